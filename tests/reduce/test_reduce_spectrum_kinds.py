"""Backgrounds and regions of other kinds, each with a simulation of known truth."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb import DataWarning
from gpnb.data.observation import Observation
from gpnb.irf import EffectiveArea, RadMax
from gpnb.maps.axis import Axis
from gpnb.models.integrate import integrate_powerlaws
from gpnb.simulate.demo import truth

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("0.2 TeV", "20 TeV", per_decade=6)
CRAB = "83.6333, 22.0145"
ON = f"icrs; circle({CRAB}, 0.15)"
WIDE = gpnb.Ring(inner="0.8 deg", width="0.5 deg")
POINT = f"icrs; point({CRAB})"
DISK = gpnb.SkyModel(
    spectral=gpnb.PowerLaw(index=2.3, amplitude="3e-11 TeV-1 s-1 cm-2", reference="1 TeV"),
    spatial=gpnb.DiskSource("83.6333d 22.0145d", radius="0.3 deg"),
    name="disk",
)


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


@pytest.fixture(scope="module")
def disk_runs(runs):
    return [with_parts(obs, events=gpnb.simulate_events(obs, DISK, seed=3, radius="2.5 deg")) for obs in runs]


def with_parts(obs, without=(), **parts):
    kept = {name: getattr(obs, name) for name in obs.parts if name not in without}
    return Observation(obs.obs_id, {**kept, **parts}, obs.row)


def expected(dataset, model):
    edges = dataset.energy_true.refine(5).edge_values
    flux = integrate_powerlaws(edges, model.spectral.evaluate_at(edges))
    return dataset.predict(flux.reshape(-1, 5).sum(axis=1))


def pull(dataset, model):
    found, counts = dataset.summary, expected(dataset, model)[dataset.usable].sum()
    alpha = 0.0 if np.isnan(found.alpha) else found.alpha
    return (found.excess - counts) / np.sqrt(counts + found.background * (1 + alpha))


@pytest.mark.parametrize(
    "method",
    [
        "wobble",
        gpnb.Wobble(n_off=3),
        "ring",
        gpnb.Ring(inner="0.3 deg", width="0.5 deg"),
        gpnb.OffRegions(["icrs; circle(84.9, 22.0, 0.3)", "icrs; box(83.6, 23.4, 0.8, 0.3, 0)"]),
        None,
    ],
    ids=str,
)
def test_every_background_finds_the_truth(runs, method):
    """Acceptance differs between ON and OFF for rings and given regions: alpha follows the background response."""
    specs = gpnb.reduce_spectrum(runs, ON, ENERGY, background=method)
    stacked = specs.stack()
    assert abs(pull(stacked, truth()["Crab"][0])) < 4
    known = gpnb.reduce_spectrum(runs, ON, ENERGY, background=None, stack=True)[0].background.sum()
    error = np.sqrt(stacked.summary.background * max(np.nan_to_num(stacked.summary.alpha), 1e-9))
    assert stacked.expected_background.sum() == pytest.approx(known, abs=4 * error + 0.05 * known)


def test_alpha_of_a_ring_depends_on_energy(runs):
    spectrum = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, background=gpnb.Ring(inner="1 deg", width="1 deg"))[0]
    area = 0.15**2 / (2**2 - 1**2)
    assert spectrum.alpha.min() > area  # fewer background events further out
    assert np.ptp(spectrum.alpha) > 0.03 * area
    assert len(spectrum.off_regions) == 1


def test_ring_leaves_out_exclusion_and_the_on_region(runs):
    ring, exclusion = gpnb.Ring(inner="0.05 deg", width="0.5 deg"), "icrs; circle(83.63, 22.3, 0.2)"
    free, cut = (
        gpnb.reduce_spectrum(runs[:1], ON, ENERGY, background=ring, exclusion=item)[0] for item in (None, exclusion)
    )
    assert cut.counts_off.sum() < free.counts_off.sum()
    assert (cut.alpha > free.alpha).all()
    assert free.summary.background < 0.3 * free.summary.n_on, "source events do not count as background"


def test_regions_that_overlap_count_once(runs):
    one, twice = (
        gpnb.reduce_spectrum(runs[:1], ON, ENERGY, background=gpnb.OffRegions(regions))[0]
        for regions in ("icrs; circle(84.5, 22.0, 0.3)", ["icrs; circle(84.5, 22.0, 0.3)"] * 2)
    )
    assert np.array_equal(one.counts_off, twice.counts_off)
    assert one.alpha == pytest.approx(twice.alpha)


def test_area_as_acceptance(runs):
    method = gpnb.OffRegions("icrs; circle(84.5, 22.0, 0.3)", acceptance="area")
    spectrum = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, background=method)[0]
    assert spectrum.alpha == pytest.approx(0.25, rel=1e-3)


def test_ring_without_background_response_says_so(runs):
    bare = with_parts(runs[0], without=["bkg"])
    with pytest.warns(DataWarning, match="no background response, so alpha is the ratio of solid angles"):
        spectrum = gpnb.reduce_spectrum(bare, ON, ENERGY, background="ring")[0]
    assert spectrum.alpha == pytest.approx(0.15**2 / (1 - 0.49), rel=1e-3)
    assert gpnb.reduce_spectrum(bare, ON, ENERGY, background=None)[0].background is None


def pointlike(obs, cut_at):
    """The run with responses in which a cut on direction, given against energy, is contained."""
    area, offsets = obs.aeff, obs.aeff.offset_axis.center_values
    energy = area.energy_axis.center_values
    cut = cut_at(energy)
    contained = obs.psf.containment(energy[:, None], offsets[None, :], cut[:, None])
    header = {**area.header, "HDUCLAS3": "POINT-LIKE"}
    if np.ptp(cut) == 0:
        header["RAD_MAX"] = float(cut[0])
        return with_parts(obs, without=["psf"], aeff=EffectiveArea(area.axes, area.values * contained, header))
    axes = (Axis.energy("0.05 TeV", "50 TeV", nbin=60), Axis.from_edges([0.0, 4.0], "offset", "deg"))
    table = RadMax(axes, cut_at(axes[0].center_values)[:, None])
    parts = {"aeff": EffectiveArea(area.axes, area.values * contained, header), "rad_max": table}
    return with_parts(obs, without=["psf"], **parts)


def falling(energy):
    return np.clip(0.08 * energy**-0.25, 0.04, 0.2)


def test_energy_dependent_rad_max_finds_the_truth(runs):
    cut = [pointlike(obs, falling) for obs in runs]
    specs = gpnb.reduce_spectrum(cut, POINT, ENERGY, background=gpnb.Wobble(2))
    obs = cut[0]
    events = obs.events.select(energy=("0.2 TeV", "20 TeV"), region=f"icrs; circle({CRAB}, 0.25)")
    away = events.radec.separation(gpnb.core.units.to_skycoord("83.6333d 22.0145d")).deg
    assert specs[0].counts.sum() == np.count_nonzero(away < obs.rad_max.applied(events.energy_values, np.array(0.5)))
    assert specs[0].alpha == pytest.approx(0.5)
    assert abs(pull(specs.stack(), truth()["Crab"][0])) < 4
    whole = gpnb.reduce_spectrum(runs, ON, ENERGY, background=gpnb.Wobble(2)).stack()
    assert specs.stack().summary.n_on < whole.summary.n_on


def test_rad_max_that_overlaps_leaves_those_energies_without_background(runs):
    wide = [pointlike(obs, lambda energy: np.where(energy < 1, 0.6, 0.1)) for obs in runs[:1]]
    spectrum = gpnb.reduce_spectrum(wide, POINT, ENERGY, background="wobble")[0]
    assert spectrum.why("0.3 TeV") == ["no background estimate"]
    assert spectrum.why("3 TeV") == []


@pytest.mark.parametrize("background", ["reflected", "wobble", "ring"])
def test_fixed_rad_max_is_a_circle(runs, background):
    cut = [pointlike(obs, lambda energy: np.full(len(energy), 0.1)) for obs in runs]
    specs = gpnb.reduce_spectrum(cut, POINT, ENERGY, background=background)
    same = gpnb.reduce_spectrum(cut, f"icrs; circle({CRAB}, 0.1)", ENERGY, background=background)
    assert specs[0].on_region.startswith("icrs; circle(83.63")
    assert np.array_equal(specs[0].counts, same[0].counts)
    assert abs(pull(specs.stack(), truth()["Crab"][0])) < 4


def test_region_that_responses_were_not_made_for(runs):
    cut = [pointlike(obs, falling) for obs in runs[:1]]
    with pytest.warns(DataWarning, match="responses were made for RAD_MAX 0.04–0.11"):
        gpnb.reduce_spectrum(cut, ON, ENERGY)


def test_point_with_table_needs_wobble(runs):
    cut = [pointlike(obs, falling) for obs in runs[:1]]
    with pytest.raises(gpnb.SelectionError, match="use background='wobble'"):
        gpnb.reduce_spectrum(cut, POINT, ENERGY)


@pytest.mark.parametrize(
    ("region", "background"),
    [
        (f"icrs; circle({CRAB}, 0.45)", "reflected"),
        (f"icrs; box({CRAB}, 0.9, 0.9, 0)", WIDE),
        (f"icrs; ellipse({CRAB}, 0.45, 0.45, 0)", "wobble"),
        (
            "icrs; polygon(84.1, 21.6, 84.1, 22.45, 83.15, 22.45, 83.15, 21.6)",
            WIDE,
        ),
    ],
)
def test_extended_source_in_a_region_of_any_shape(disk_runs, region, background):
    """A disk of 0.3 deg within the region: the mean exposure, no containment correction."""
    specs = gpnb.reduce_spectrum(disk_runs, region, ENERGY, background=background, containment=False)
    stacked = specs.stack()
    assert stacked.summary.excess > 2000
    lost = 0.03 * expected(stacked, DISK).sum()  # what the tails of the point spread function take out
    difference = expected(stacked, DISK)[stacked.usable].sum() - stacked.summary.excess
    assert difference / np.sqrt(stacked.summary.n_on) > -4
    assert difference < lost + 4 * np.sqrt(stacked.summary.n_on)


def test_mean_exposure_of_a_large_region(runs):
    """Mean over the disk of the area that falls off with offset, by plain integration over rings."""
    obs = runs[0]
    center = obs.pointing
    region = f"icrs; circle({center.ra.deg}, {center.dec.deg}, 2)"
    spectrum = gpnb.reduce_spectrum(obs, region, ENERGY, background=None, containment=False)[0]
    offset = np.linspace(0, 2, 2001)
    offset = (offset[1:] + offset[:-1]) / 2
    true = spectrum.energy_true.center_values
    area = obs.aeff.evaluate_grid(true, offset)
    mean = (area * np.sin(np.radians(offset))).sum(axis=1) / np.sin(np.radians(offset)).sum()
    assert spectrum.exposure == pytest.approx(mean * obs.livetime.to_value(u.s), rel=2e-3)


@pytest.mark.parametrize("region", [f"icrs; circle({CRAB}, 0.3)", f"icrs; box({CRAB}, 0.5, 0.5, 20)"])
def test_containment_of_an_extended_source(disk_runs, region):
    """The region cuts the disk: its part inside, blurred by the point spread function, is corrected for."""
    specs = gpnb.reduce_spectrum(disk_runs, region, ENERGY, background="wobble", containment=DISK.spatial)
    assert abs(pull(specs.stack(), DISK)) < 4
    wrong = gpnb.reduce_spectrum(disk_runs, region, ENERGY, background="wobble", containment=False)
    assert pull(wrong.stack(), DISK) < -4


@pytest.mark.parametrize(
    "region",
    [f"icrs; box({CRAB}, 0.25, 0.25, 0)", f"icrs; ellipse({CRAB}, 0.12, 0.08, 30)", "icrs; circle(83.68, 22.03, 0.15)"],
)
def test_containment_of_a_point_anywhere_in_any_region(runs, region):
    source = truth()["Crab"][0]
    specs = gpnb.reduce_spectrum(runs, region, ENERGY, background="wobble", containment=source.spatial)
    assert abs(pull(specs.stack(), source)) < 4


def test_containment_by_numbers_is_that_of_the_closed_form(runs):
    """A circle of vertices holds what the circle holds."""
    angle = np.radians(np.arange(0, 360, 3))
    lon, lat = 83.6333 + 0.15 * np.sin(angle) / np.cos(np.radians(22.0145)), 22.0145 + 0.15 * np.cos(angle)
    polygon = f"icrs; polygon({', '.join(f'{x}, {y}' for x, y in zip(lon, lat, strict=True))})"
    drawn, exact = (gpnb.reduce_spectrum(runs[:1], item, ENERGY)[0].exposure for item in (polygon, ON))
    assert drawn == pytest.approx(exact, rel=0.01)


def test_containment_refused(runs):
    with pytest.raises(gpnb.ArgumentError, match="must be True, False or a spatial model"):
        gpnb.reduce_spectrum(runs[:1], ON, ENERGY, containment=DISK)
    bare = with_parts(runs[0], without=["psf"])
    with pytest.raises(gpnb.SelectionError, match="has no point spread function for the containment correction"):
        gpnb.reduce_spectrum(bare, ON, ENERGY)
