"""Reduction on the demo store: what must hold whatever the data, and what the truth says."""

import math
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb import Flag
from gpnb.datasets.flags import merge_flags, reasons
from gpnb.reduce.background import fit_norm
from gpnb.reduce.exposure import lookup_linear
from gpnb.reduce.map import true_axis

ENERGY = gpnb.Axis.energy("0.2 TeV", "20 TeV", nbin=4)
CRAB = "83.6333d 22.0145d"
AROUND = "icrs; circle(83.6333, 22.0145, 0.4)"


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


@pytest.fixture(scope="module")
def geom():
    return gpnb.WcsGeometry.create(CRAB, width="6 deg", binsz="0.05 deg", axes=[ENERGY])


@pytest.fixture(scope="module")
def cube(runs, geom):
    return gpnb.reduce_map(
        runs, geom, background="field-of-view", exclusion=AROUND, safe=gpnb.SafeRange(offset_max="2 deg")
    )


def test_counts_are_the_events_in_the_safe_range(cube, runs):
    expected = sum(len(obs.events.select(offset=(None, "2 deg"), energy=("0.2 TeV", "20 TeV"))) for obs in runs)
    assert cube.counts.data.sum() == pytest.approx(expected, rel=2e-3)  # pixels are in or out as a whole


def test_exposure_is_area_times_live_time_at_the_offset(cube, runs):
    true = cube.exposure.geom.axis("energy_true")
    expected = sum(
        obs.aeff.evaluate(true.center_values, np.full(true.n, 0.5)) * obs.livetime.to_value("s") for obs in runs
    )
    found = cube.exposure.interpolate(CRAB, energy_true=true.centers).to_value("cm2 s")
    assert found == pytest.approx(expected, rel=2e-3)
    assert cube.exposure.unit == "cm2 s"


def test_background_norm_of_a_model_that_is_true(cube):
    pulls = (cube.runs["NORM"] - 1) / cube.runs["NORM_ERR"]
    assert np.abs(pulls).max() < 4
    off = cube.empty_sky
    n, b = cube.counts.data[off].sum(), cube.background.data[off].sum()
    assert n == pytest.approx(b, abs=4 * math.sqrt(b))


def test_stack_is_the_sum_of_the_runs(runs, geom, cube):
    parts = gpnb.reduce_map(
        runs, geom, background="field-of-view", exclusion=AROUND, safe=gpnb.SafeRange(offset_max="2 deg"), stack=False
    )
    assert parts.names == [f"run-{obs.obs_id}" for obs in runs]
    assert sum(part.counts.data[part.usable].sum() for part in parts) == cube.counts.data.sum()
    assert sum(part.background.data[part.usable].sum() for part in parts) == pytest.approx(cube.background.data.sum())
    assert cube.gti.seconds == pytest.approx(sum(part.gti.seconds for part in parts))


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_pools_give_the_same_numbers(runs, geom, cube, pool):
    seen = []
    with pool(2) as executor:
        other = gpnb.reduce_map(
            runs,
            geom,
            exclusion=AROUND,
            safe=gpnb.SafeRange(offset_max="2 deg"),
            executor=executor,
            progress=seen.append,
        )
    for name, expected in cube.maps.items():
        assert np.array_equal(other.maps[name].data, expected.data), name
    assert [step.done for step in seen] == [0, 1, 2, 3, 4]


def test_cancel_between_runs(runs, geom):
    token = gpnb.CancelToken()

    def cancel_after_two(step):
        if step.done == 2:
            token.cancel()

    with pytest.raises(gpnb.Cancelled):
        gpnb.reduce_map(runs, geom, background=None, progress=cancel_after_two, cancel=token)


def test_dataset_pickles_and_remembers_how_it_was_made(cube):
    again = pickle.loads(pickle.dumps(cube))
    assert np.array_equal(again.counts.data, cube.counts.data)
    assert again.recipe == cube.recipe
    code = "".join(cube.to_code().split())
    assert "cube=gpnb.reduce_map(runs=runs,geom=geom,background=field_of_view" in code


def test_recipe_runs_and_gives_the_same(cube):
    names = {}
    exec(cube.to_code(), names)
    assert np.array_equal(names["cube"].background.data, cube.background.data)


def test_exclusion_as_mask_is_exclusion_as_region(runs, geom, cube):
    mask = geom.image().region_mask(AROUND, inside=False)
    other = gpnb.reduce_map(runs, geom, exclusion=mask, safe=gpnb.SafeRange(offset_max="2 deg"))
    assert np.array_equal(other.background.data, cube.background.data)
    coarse = gpnb.WcsGeometry.create(CRAB, width="2 deg", binsz="0.1 deg").region_mask(AROUND, inside=False)
    other = gpnb.reduce_map(runs, geom, exclusion=coarse, safe=gpnb.SafeRange(offset_max="2 deg"))
    assert other.background.data.sum() == pytest.approx(cube.background.data.sum(), rel=0.01)


def test_flags_keep_their_reasons(cube):
    assert cube.why(CRAB, energy="1 TeV") == ["in an exclusion region"]
    assert cube.why("83.6333d 24.7d", energy="1 TeV") == ["outside the field of view"]
    assert cube.why("83.6333d 23.0d", energy="1 TeV") == []
    by_hand = cube.masked(cube.geom.image().region_mask("icrs; circle(83.6333, 23.0, 0.2)"))
    assert by_hand.why("83.6333d 23.0d", energy="1 TeV") == ["masked by hand"]
    assert cube.why("83.6333d 23.0d", energy="1 TeV") == []


def test_merged_flags():
    energy, fov, excluded = (
        np.array([flag], dtype=np.uint8) for flag in (Flag.ENERGY, Flag.FIELD_OF_VIEW, Flag.EXCLUDED)
    )
    assert merge_flags(energy, np.zeros(1, np.uint8)) == 0
    assert reasons(merge_flags(energy, fov)[0]) == ["outside the safe energy range", "outside the field of view"]
    assert merge_flags(energy | excluded, excluded) == Flag.EXCLUDED


@pytest.mark.parametrize(
    ("safe", "lowest"),
    [
        (gpnb.SafeRange(aeff_max=0.5), True),
        (gpnb.SafeRange(edisp_bias=0.05), True),
        (gpnb.SafeRange(bkg_peak=True), False),
        (gpnb.SafeRange(thresholds=False), False),
    ],
    ids=["aeff-max", "edisp-bias", "bkg-peak", "all"],
)
def test_safe_ranges_cut_low_energies_only(runs, safe, lowest):
    energy = gpnb.Axis.energy("0.01 TeV", "100 TeV", nbin=40)
    geom = gpnb.WcsGeometry.create(CRAB, width="1 deg", binsz="0.2 deg", axes=[energy])
    dataset = gpnb.reduce_map(runs[:1], geom, background=None, safe=safe, stack=False)[0]
    good = dataset.usable.any(axis=(1, 2))
    first = int(np.argmax(good))
    assert good[first:-8].all()
    assert (first > 0) == (lowest or safe.bkg_peak)
    if safe.aeff_max:
        obs = runs[0]
        reach = obs.aeff.evaluate(energy.low_values[first : first + 1], np.array([0.5]))
        most = obs.aeff.evaluate(energy.center_values, np.full(energy.n, 0.5)).max()
        assert reach >= 0.45 * most
        assert obs.aeff.evaluate(energy.low_values[first - 2 : first - 1], np.array([0.5])) < 0.5 * most


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"background": "rings"}, "background='rings' is not known"),
        ({"safe": "offset-max"}, "safe='offset-max' must be a gpnb.SafeRange"),
        ({"exclusion": 3}, "exclusion=3 is not a region"),
        ({"geom": gpnb.WcsGeometry.create(CRAB, width="1 deg")}, "must have one axis called 'energy'"),
        ({"geom": gpnb.WcsGeometry.create("200d 0d", width="1 deg", axes=[ENERGY])}, "no run overlaps the map"),
    ],
)
def test_wrong_arguments(runs, geom, change, says):
    with pytest.raises(gpnb.GpnbError, match=says):
        gpnb.reduce_map(**({"runs": runs, "geom": geom} | change))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gpnb.Ring(inner="1"), "has no unit"),
        (lambda: gpnb.Ring(width="-1 deg"), "must be a positive angle"),
        (lambda: gpnb.SafeRange(aeff_max=10), "must be a fraction"),
        (lambda: gpnb.SafeRange(edisp_bias=-1), "must be positive"),
    ],
)
def test_wrong_settings(make, says):
    with pytest.raises(gpnb.ArgumentError, match=says):
        make()


def test_run_without_background_response(runs, geom):
    obs = runs[0]
    bare = gpnb.Observation(obs.obs_id, {name: part for name, part in obs.parts.items() if name != "bkg"}, obs.row)
    assert gpnb.reduce_map(bare, geom, background=None).background is None
    with pytest.raises(gpnb.SelectionError, match="Run 2001 has no background response, which Ring needs"):
        gpnb.reduce_map(bare, geom, background="ring")


def test_too_few_counts_for_a_norm_mask_the_run(runs, geom):
    method = gpnb.FieldOfView(min_counts=1e6)
    with pytest.warns(gpnb.DataWarning, match="Run 2001: .* too few for a norm"):
        dataset = gpnb.reduce_map(runs[:1], geom, background=method)
    assert not dataset.usable.any()
    assert "no background estimate" in dataset.why("83.6333d 23.0d", energy="1 TeV")


def test_norm_and_tilt_are_found_again():
    energy = gpnb.Axis.energy("0.1 TeV", "100 TeV", nbin=15)
    background = 1e6 * energy.center_values**-1.5
    counts = 1.3 * background * energy.center_values**-0.25
    norm = fit_norm(counts, background, energy, tilt=True, min_counts=10)
    assert (norm.norm, norm.tilt) == pytest.approx((1.3, 0.25))
    scaled = fit_norm(counts, background, energy, tilt=False, min_counts=10)
    assert scaled.norm == pytest.approx(counts.sum() / background.sum())
    assert scaled.norm_error == pytest.approx(math.sqrt(counts.sum()) / background.sum())


def test_errors_of_norm_and_tilt_are_those_of_repeated_draws():
    energy = gpnb.Axis.energy("0.1 TeV", "100 TeV", nbin=15)
    background = 300 * energy.center_values**-1.0
    rng = np.random.default_rng(1)
    fits = [fit_norm(rng.poisson(background).astype(float), background, energy, True, 10) for _ in range(400)]
    pulls = np.array([[(item.norm - 1) / item.norm_error, item.tilt / item.tilt_error] for item in fits])
    assert np.abs(pulls.mean(axis=0)).max() < 0.2
    assert pulls.std(axis=0) == pytest.approx([1, 1], abs=0.12)


def test_lookup_is_linear_interpolation():
    table = np.random.default_rng(0).random((3, 11))
    position = np.random.default_rng(1).uniform(0, 10, (4, 5))
    expected = [np.interp(position, np.arange(11), row) for row in table]
    assert lookup_linear(table, position) == pytest.approx(np.array(expected))


def test_true_axis_is_finer_and_wider():
    axis = true_axis(gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=10))
    assert axis.name == "energy_true"
    assert axis.edge_values[[0, -1]] == pytest.approx([0.1 / 3, 30])
    assert axis.n == 45


def test_an_adaptive_ring_grows_only_where_it_must(runs, geom):
    """In a large exclusion region a plain ring finds nothing; an adaptive one does, and is the plain one elsewhere."""
    hidden = "icrs; circle(83.6333, 22.0145, 1.0)"
    safe = gpnb.SafeRange(offset_max="2 deg")
    plain = gpnb.Ring(inner="0.3 deg", width="0.2 deg")
    grown = gpnb.AdaptiveRing(inner="0.3 deg", width="0.2 deg", outer_max="1.5 deg", circle="0.05 deg", alpha_max=0.1)
    fixed = gpnb.reduce_map(runs[:1], geom, background=plain, exclusion=hidden, safe=safe)
    adaptive = gpnb.reduce_map(runs[:1], geom, background=grown, exclusion=hidden, safe=safe)
    assert fixed.why(CRAB, energy="0.5 TeV") == ["in an exclusion region", "no background estimate"]
    assert adaptive.why(CRAB, energy="0.5 TeV") == ["in an exclusion region"]
    far = "83.6333d 23.6d"
    assert adaptive.counts_off.at(far, energy="0.5 TeV") == fixed.counts_off.at(far, energy="0.5 TeV") > 0
    off = adaptive.empty_sky
    background, counts = adaptive.background.data[off].sum(), adaptive.counts.data[off].sum()
    assert background == pytest.approx(counts, rel=0.05)
    with pytest.raises(gpnb.ArgumentError, match="must not be below inner"):
        gpnb.AdaptiveRing(outer_max="0.5 deg")


def test_livetime_map(runs, geom):
    hours = gpnb.livetime_map(runs, geom, safe=gpnb.SafeRange(offset_max="1 deg"))
    assert hours.unit == "h"
    total = sum(obs.livetime.to_value("h") for obs in runs)
    assert hours.at(CRAB).value == pytest.approx(total)
    assert hours.at("83.6333d 24.5d").value == 0
    on_axis = gpnb.livetime_map(runs, geom, energy="1 TeV")
    areas = [obs.aeff.evaluate(np.array([1.0, 1.0]), np.array([0.0, 0.5])) for obs in runs]
    assert on_axis.at(CRAB).value == pytest.approx(total * np.mean([area[1] / area[0] for area in areas]), rel=5e-3)
    with pytest.raises(gpnb.SelectionError, match="No run overlaps"):
        gpnb.livetime_map(runs, gpnb.WcsGeometry.create("200d 0d", width="1 deg"))


@pytest.mark.parametrize("dec", [88.8, 89.9, -89.5])
def test_a_map_beyond_the_pole_counts_what_it_shows(demo, dec):
    """Rows of CAR that lie beyond the pole show no sky, and rows up to it narrow wedges."""
    run = demo.select(target="Crab")[0]
    pole, rng = np.copysign(1.0, dec), np.random.default_rng(3)
    events = run.events.select(energy=("0.5 TeV", "20 TeV"))
    center = SkyCoord(40, dec - 0.2 * pole, unit="deg")
    places = center.directional_offset_by(
        rng.uniform(0, 360, len(events)) * u.deg, 2 * np.sqrt(rng.random(len(events))) * u.deg
    )
    table = events.table
    table["RA"], table["DEC"] = places.ra.deg, places.dec.deg
    meta = {**events.meta, "RA_PNT": 40.0, "DEC_PNT": dec - 0.2 * pole}
    moved = gpnb.Observation(1, {**run.parts, "events": gpnb.EventList(table, meta)})
    geom = gpnb.WcsGeometry.create(
        SkyCoord(40, dec, unit="deg"), width="3 deg", binsz="0.05 deg", axes=[ENERGY], proj="CAR"
    )
    cube = gpnb.reduce_map([moved], geom, background=None)
    sky = np.isfinite(geom.plane.lonlat[0])
    apart = (places.ra.deg - 40 + 180) % 360 - 180
    shown = (np.abs(apart) < 1.5) & (np.abs(places.dec.deg - dec) < 1.5)
    inside = (moved.events.energy_values >= ENERGY.low_values[0]) & (
        moved.events.energy_values < ENERGY.high_values[-1]
    )
    assert cube.counts.data.sum() == (shown & inside).sum() > 0
    assert (cube.exposure.data.max(axis=0)[sky] > 0).all()
    assert np.isfinite(cube.exposure.data).all()
