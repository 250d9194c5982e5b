"""Real data against Gammapy 2.1's numbers on them (task 05 and the counts of task 04 of the peer scripts)."""

import json

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

import gpnb
from gpnb.models.integrate import integrate_powerlaws
from gpnb.reduce.background import fit_norm

pytestmark = pytest.mark.data
CRAB = [23523, 23526, 23559, 23592]


@pytest.fixture(scope="module")
def peer(data_dir):
    return json.loads((data_dir.parent / "reference" / "peer" / "results.json").read_text())


@pytest.fixture(scope="module")
def cta_ring(data_dir):
    runs = gpnb.DataStore.read(data_dir / "cta-1dc").select(obs_id=[110380, 111140, 111159])
    energy = gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=10)
    geom = gpnb.WcsGeometry.create(
        "galactic 0d 0d", width=("10 deg", "8 deg"), binsz="0.02 deg", frame="galactic", axes=[energy]
    )
    method = gpnb.Ring(inner="1 deg", width="0.5 deg")
    safe = gpnb.SafeRange(offset_max="3.5 deg")
    return gpnb.reduce_map(runs, geom, background=method, exclusion="galactic; box(0, 0, 20, 1)", safe=safe)


def assert_same_peaks(peaks, expected):
    ours = {(int(row["x"]), int(row["y"])): float(row["value"]) for row in peaks}
    for peak in expected:
        near = [value for (x, y), value in ours.items() if abs(x - peak["x"]) <= 1 and abs(y - peak["y"]) <= 1]
        assert near == pytest.approx([peak["value"]], abs=0.3)


def test_galactic_centre_peaks(cta_ring, peer):
    expected = peer["05_ring_excess"]["results"]["cta_ring"]
    excess = gpnb.excess_map(cta_ring, radius="0.1 deg")
    peaks = gpnb.find_peaks(excess.significance, threshold=5)
    assert len(peaks) == expected["n_peaks"]
    assert_same_peaks(peaks, expected["peaks"])
    assert 29.5 < peaks["value"][0] < 30.0  # ctools 29.79, Gammapy 29.75


def test_galactic_centre_has_no_significance_off_the_sources(cta_ring):
    excess = gpnb.excess_map(cta_ring, radius="0.1 deg").significance.data
    values = excess[cta_ring.empty_sky.any(axis=0) & np.isfinite(excess)]
    assert len(values) > 100_000
    assert abs(values.mean()) < 0.1
    assert abs(values.std() - 1) < 0.15


def test_galactic_centre_counts_and_model_background(data_dir, peer):
    """Gammapy takes the values of the table as rates at the centres of its bins, as the simulation of this set did."""
    expected = peer["05_ring_excess"]["results"]["cta_fov_background"]
    runs = gpnb.DataStore.read(data_dir / "cta-1dc", bkg_energy="nodes").select()
    energy = gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=10)
    geom = gpnb.WcsGeometry.create(
        "galactic 0d 0d", width=("10 deg", "8 deg"), binsz="0.02 deg", frame="galactic", axes=[energy]
    )
    cube = gpnb.reduce_map(runs, geom, background=None, safe=gpnb.SafeRange(offset_max="3.5 deg"))
    assert cube.counts.data.sum(dtype=float) == expected["counts"]
    assert cube.background.data.sum() == pytest.approx(expected["background"], rel=0.01)
    excess = gpnb.excess_map(cube, radius="0.1 deg")
    assert_same_peaks(gpnb.find_peaks(excess.significance), expected["peaks"])


@pytest.fixture(scope="module")
def hess_runs(data_dir):
    return gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(obs_id=CRAB)


def test_crab_ring(hess_runs, peer):
    expected = peer["05_ring_excess"]["results"]["hess"]
    energy = gpnb.Axis.energy("0.5 TeV", "30 TeV", nbin=1)
    geom = gpnb.WcsGeometry.create("83.633d 22.014d", width="5 deg", binsz="0.02 deg", axes=[energy])
    cube = gpnb.reduce_map(
        hess_runs,
        geom,
        background=gpnb.Ring(inner="0.5 deg", width="0.3 deg"),
        exclusion="icrs; circle(83.633, 22.014, 0.4)",
        safe=gpnb.SafeRange(thresholds=False, offset_max="2 deg"),
    )
    assert cube.counts.data.sum(dtype=float) == expected["n_on"]
    assert cube.background.data.sum() == pytest.approx(expected["background_total"], rel=0.01)
    excess = gpnb.excess_map(cube, radius="0.1 deg")
    assert_same_peaks(gpnb.find_peaks(excess.significance), expected["peaks"])
    values = excess.significance.data[cube.empty_sky[0] & np.isfinite(excess.significance.data)]
    reference = expected["off_stats_outside_exclusion"]
    assert values.mean() == pytest.approx(reference["mean"], abs=0.05)
    assert values.std() == pytest.approx(reference["std"], abs=0.05)


@pytest.fixture(scope="module")
def hess_cube(hess_runs):
    geom = gpnb.WcsGeometry.create(
        "83.633d 22.014d", width="5 deg", binsz="0.02 deg", axes=[gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=15)]
    )
    true = gpnb.Axis.energy("0.05 TeV", "100 TeV", nbin=30, name="energy_true")
    safe = gpnb.SafeRange(thresholds=False, offset_max="2 deg")
    return gpnb.reduce_map(hess_runs, geom, true, background=None, safe=safe)


def test_crab_counts_and_exposure(hess_cube, peer):
    expected = peer["04_map_reduction"]["results"]
    assert hess_cube.counts.data.sum(axis=(1, 2), dtype=float).tolist() == expected["counts_per_bin"]
    exposure = hess_cube.exposure.at("83.633d 22.014d", energy_true=hess_cube.exposure.geom.axis("energy_true").centers)
    ours, theirs = exposure.to_value("m2 s"), np.array(expected["exposure_centre_m2s"])
    assert ours[theirs > 1e8] == pytest.approx(theirs[theirs > 1e8], rel=0.01)
    # Gammapy drops the first bin, in which the background model is zero
    assert int(hess_cube.usable[1:].sum()) == expected["mask_safe_pixels"]


def test_norm_that_jumps_with_energy_is_told(hess_runs):
    geom = gpnb.WcsGeometry.create(
        "83.633d 22.014d", width="5 deg", binsz="0.05 deg", axes=[gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=15)]
    )
    with pytest.warns(gpnb.DataWarning, match=r"Run 23523: background norm 1\.\d+ jumps with energy: 1\.\d+ at 0\.46"):
        cube = gpnb.reduce_map(
            hess_runs[:1],
            geom,
            background="field-of-view",
            exclusion="icrs; circle(83.633, 22.014, 0.3)",
            safe=gpnb.SafeRange(thresholds=False, offset_max="2 deg"),
        )
    assert "jumps with energy" in cube.notes[0]
    assert cube.runs["NORM"][0] == pytest.approx(1.18, abs=0.05)  # 1.27 with rates between nodes


def test_crab_ring_from_headers_thresholds(hess_runs):
    energy = gpnb.Axis.energy("0.5 TeV", "30 TeV", nbin=5)
    geom = gpnb.WcsGeometry.create("83.633d 22.014d", width="5 deg", binsz="0.05 deg", axes=[energy])
    with pytest.warns(gpnb.DataWarning, match=r"only partly in the safe range \(0.5–1.13 TeV\)"):
        cube = gpnb.reduce_map(hess_runs, geom, background=None)
    low = hess_runs[0].aeff.threshold[0]
    assert low > 0.6
    assert "outside the safe energy range" in cube.why("83.633d 22.014d", energy="0.6 TeV")
    assert cube.why("83.633d 22.014d", energy="5 TeV") == []


def gammapy_rate(bkg, edges, lon, lat):
    """Integral over each bin as Gammapy 2.1 takes it.

    DETX along latitude and DETY against longitude, linear in the logarithm of the rate with zeros put to the
    smallest float, and a power law between the two edges of the bin: where the table falls to zero, little is left.
    (By the events of the release's OFF runs this is how the tables of H.E.S.S. lie, though GADF says otherwise.)
    """
    values = np.log(np.maximum(np.asarray(bkg.values, dtype=float).swapaxes(1, 2), np.finfo(np.float32).tiny))
    nodes = np.log(bkg.energy_axis.center_values), bkg.axes[1].center_values, bkg.axes[2].center_values
    table = RegularGridInterpolator(nodes, values, bounds_error=False, fill_value=None)
    points = np.stack(np.broadcast_arrays(np.log(edges)[:, None], -lon, lat), axis=-1)
    return integrate_powerlaws(edges, np.exp(table(points)), axis=0)


def gammapy_norms(hess_runs, tilt):
    energy = gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=15)
    geom = gpnb.WcsGeometry.create("83.633d 22.014d", width="5 deg", binsz="0.02 deg", axes=[energy])
    kept = geom.image().region_mask("icrs; circle(83.633, 22.014, 0.3)", inside=False).data
    for obs in hess_runs:
        sky = kept & (geom.separation(obs.pointing) < 2)
        rate = gammapy_rate(obs.bkg, energy.edge_values, *(values[sky] for values in geom.fov(obs.pointing)))
        background = rate * geom.solid_angle[sky] * obs.gti.seconds
        counts = gpnb.SkyMap.from_events(obs.events, geom).data[:, sky]
        yield fit_norm(counts.sum(axis=1, dtype=float), background.sum(axis=1), energy, tilt, min_counts=10)


@pytest.mark.parametrize(("name", "tilt"), [("fov_per_run_norm", False), ("fov_per_run_norm_tilt", True)])
def test_norms_and_tilts_of_gammapys_background_are_those_of_gammapy(hess_runs, peer, name, tilt):
    expected = peer["04_map_reduction"]["results"][name]
    for norm, (_, value, error, tilt_value, tilt_error, _) in zip(
        gammapy_norms(hess_runs, tilt), expected, strict=True
    ):
        assert norm.norm == pytest.approx(value, abs=0.1 * error)
        assert norm.norm_error == pytest.approx(error, rel=0.05)
        assert norm.tilt == pytest.approx(tilt_value, abs=0.1 * tilt_error)


def test_the_background_keeps_what_the_table_holds(hess_runs):
    """Where the table rises steeply, two nodes a bin lose a fifth of it, and a tenth even if taken piece by piece."""
    bkg = hess_runs[0].bkg
    edges = bkg.energy_axis.edge_values[4:6]  # 0.40–0.56 TeV
    lon, lat = np.meshgrid(np.linspace(-1.45, 1.45, 30), np.linspace(-1.45, 1.45, 30))  # centres of bins
    table = np.asarray(bkg.values, dtype=float)[4, bkg.axes[1].index(lon), bkg.axes[2].index(lat)]
    held = table.mean() * (edges[1] - edges[0])
    assert bkg.integrate(edges, lon, lat).mean() == pytest.approx(held, rel=1e-6)
    between = bkg.at_nodes()
    assert between.integrate(edges, lon, lat).mean() < 0.93 * held
    coarse = integrate_powerlaws(edges, between.evaluate(edges[:, None, None], lon, lat), axis=0).mean()
    assert coarse < 0.9 * held
