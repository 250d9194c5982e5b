"""Reduced responses of maps: what `reduce_map` gives, against the responses of the runs themselves."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb.core.replay import replay
from gpnb.datasets.stack import Stacker
from gpnb.irf.reduced_psf import RadialPsf, ReducedPsf

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=8)
CRAB = SkyCoord("83.6333d", "22.0145d")
SAFE = gpnb.SafeRange(offset_max="2 deg")


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


@pytest.fixture(scope="module")
def geom():
    return gpnb.WcsGeometry.create(CRAB, width="5 deg", binsz="0.1 deg", axes=[ENERGY])


@pytest.fixture(scope="module")
def single(runs, geom):
    """One run in a stack."""
    return gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)


def changed(obs, number, wider=1.0, larger=1.0, without=()):
    """The run with another point spread function and effective area, in memory."""
    psf, aeff = obs.psf, obs.aeff
    values = psf.values.copy()
    values[..., [0, 2, 4]] *= wider
    parts = {"psf": replace(psf, values=values), "aeff": replace(aeff, values=aeff.values * larger)}
    parts = {**obs.parts, **parts, "events": obs.events, "gti": obs.gti}
    return gpnb.Observation(number, {name: part for name, part in parts.items() if name not in without}, obs.row)


def near(obs, angle, offset):
    return obs.pointing.directional_offset_by(angle * u.deg, offset * u.deg)


def densities(obs, psf, offset, rad):
    energy = psf.energy_true.center_values
    return obs.psf.evaluate(energy[:, None], np.array(offset), rad) * np.radians(1) ** 2


def by_hand(runs, position, energy_true, rad):
    """The mean of the runs' densities, weighted by exposure, and the weights."""
    weights, values = [], []
    for obs in runs:
        offset = float(obs.pointing.separation(position).deg)
        area = obs.aeff.evaluate(energy_true.center_values, np.full(energy_true.n, offset))
        weights.append(area * obs.livetime.to_value("s"))
        values.append(obs.psf.evaluate(energy_true.center_values[:, None], np.array(offset), rad) * np.radians(1) ** 2)
    return np.einsum("rj,rjk->jk", weights, values) / np.sum(weights, axis=0)[:, None]


def worst(psf, expected, rad):
    found = psf.evaluate(rad)
    return float((np.abs(found - expected) / expected.max(axis=1, keepdims=True)).max())


def test_nothing_is_made_before_something_asks(runs, geom):
    cube = gpnb.reduce_map(runs, geom, background=None)
    assert "not made yet" in repr(cube.psf)
    assert "not made yet" in repr(cube.edisp)
    assert cube.psf.nbytes == cube.edisp.nbytes == 0
    assert all("events" not in share.run.obs.parts for share in cube.psf._field.shares)
    cube.psf.at(CRAB)
    cube.edisp.at(CRAB)
    assert " MB" in repr(cube.psf)
    assert " MB" in repr(cube.edisp)


@pytest.fixture
def many(monkeypatch):
    """As of more runs than fit: nothing that is read is kept."""
    monkeypatch.setattr("gpnb.irf.field_means._KEPT", 0)


def read(response):
    """Names of what the runs behind a response hold in memory."""
    return {name for share in response._field.shares for name in share.run.obs._read}


@pytest.mark.parametrize("kept", [1e9, 0])
def test_memory_does_not_grow_with_the_runs(demo, geom, monkeypatch, kept):
    monkeypatch.setattr("gpnb.irf.field_means._KEPT", kept)
    runs = demo.select(target="Crab")
    cube, single = (gpnb.reduce_map(some, geom, background=None, safe=SAFE) for some in (runs, runs[:1]))
    for psf, edisp in ((cube.psf, cube.edisp), (single.psf, single.edisp)):
        psf.at(CRAB)
        edisp.at(CRAB)
        assert bool({"psf", "edisp"} & read(psf)) == bool({"psf", "edisp"} & read(edisp)) == (kept > 0)
    assert (cube.psf.nbytes == single.psf.nbytes) == (cube.edisp.nbytes == single.edisp.nbytes) == (kept == 0)
    many = cube.psf.nbytes
    for number in range(100):
        cube.psf.at(near(runs[0], 10.0, 0.01 * number))
    assert cube.psf.nbytes < 70 * many


def test_responses_are_kept_up_to_a_limit(runs, geom, monkeypatch):
    one = gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)
    one.psf.at(CRAB)
    (size,) = one.psf._field._sizes.values()
    monkeypatch.setattr("gpnb.irf.field_means._KEPT", 1.5 * size)
    cube = gpnb.reduce_map(runs, geom, background=None, safe=SAFE)
    cube.psf.at(CRAB)
    assert len(cube.psf._field._sizes) == 2 < len(runs)


def kinked(obs, number, larger=1.0):
    """A run whose point spread function gets abruptly wider between two of its offsets, whose area falls steeply."""
    obs = changed(obs, number, larger=larger)
    psf, aeff = obs.psf, obs.aeff
    offset = psf.offset_axis.center_values
    values = psf.values.copy()
    values[:, np.abs(offset - 1.0).argmin(), [0, 2, 4]] *= 1.4
    fall = np.exp(-1.5 * aeff.offset_axis.center_values)
    parts = {"psf": replace(psf, values=values), "aeff": replace(aeff, values=aeff.values * fall)}
    return gpnb.Observation(number, {**obs.parts, **parts}, obs.row)


@pytest.mark.parametrize("offset", [0.0, 0.93, 1.0, 1.07, 1.9, 1.99])
@pytest.mark.parametrize("n", [2, 20])
def test_runs_are_asked_at_the_place_itself(runs, geom, offset, n, monkeypatch):
    """Kinks of the responses, steep exposure and the ends of fields of view are right, however many the runs."""
    monkeypatch.setattr("gpnb.irf.field_means._KEPT", 5e5)
    some = [kinked(runs[number % len(runs)], 1 + number, larger=1.0 + 4 * (number % 2)) for number in range(n)]
    cube = gpnb.reduce_map(some, geom, background=None, safe=SAFE)
    position = near(some[0], 250, offset)
    seen = [obs for obs in some if obs.pointing.separation(position).deg < 2]
    rad = np.linspace(0, 1, 501)
    psf = cube.psf.at(position)
    assert worst(psf, by_hand(seen, position, psf.energy_true, rad), rad) < 1e-3
    matrix = dispersion_by_hand(seen, position, cube.edisp.energy_true)
    assert np.abs(cube.edisp.at(position) - matrix).max() < 1e-6


def dispersion_by_hand(runs, position, energy_true):
    """The mean of the runs' matrices, weighted by exposure."""
    total, weight = 0.0, 0.0
    for obs in runs:
        offset = float(obs.pointing.separation(position).deg)
        area = obs.aeff.evaluate(energy_true.center_values, np.full(energy_true.n, offset))
        exposure = area[:, None] * obs.livetime.to_value("s")
        total, weight = total + exposure * obs.edisp.kernel(energy_true, ENERGY, offset), weight + exposure
    return total / weight


@pytest.mark.parametrize("name", ["kept", "many"])
@pytest.mark.parametrize("offset", [0.0, 0.13, 0.5, 0.9, 1.37, 1.8])
@pytest.mark.parametrize("angle", [10.0, 130.0])
def test_one_run_is_its_response_everywhere(runs, geom, offset, angle, name, request):
    if name == "many":
        request.getfixturevalue("many")
    single = gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)
    rad = np.linspace(0, 1, 1001)
    psf = single.psf.at(near(runs[0], angle, offset))
    assert worst(psf, densities(runs[0], psf, offset, rad), rad) < 4e-4
    own = runs[0].psf.containment_radius(psf.energy_true.center_values, np.array(offset))
    assert psf.containment_radius(0.68) == pytest.approx(own, rel=1e-3)
    kernel = runs[0].edisp.kernel(psf.energy_true, ENERGY, offset)
    assert np.abs(single.edisp.at(near(runs[0], angle, offset)) - kernel).max() < 1e-6


def test_two_runs_are_weighted_by_exposure(runs, geom):
    pair = [changed(runs[0], 1), changed(runs[1], 2, wider=2.0, larger=3.0)]
    cube = gpnb.reduce_map(pair, geom, background=None)
    rad = np.linspace(0, 1, 501)
    for position in (CRAB, near(pair[0], 70, 1.2), near(pair[1], 200, 0.7)):
        psf = cube.psf.at(position)
        assert worst(psf, by_hand(pair, position, psf.energy_true, rad), rad) < 3e-3


def test_a_run_off_to_one_side_counts_there_only(runs, geom):
    other = changed(runs[0], 2, wider=2.0)
    far = near(runs[0], 90, 3.5)
    events = other.events
    meta = {**events.meta, "RA_PNT": far.ra.deg, "DEC_PNT": far.dec.deg}
    moved = gpnb.EventList(events.table, meta, events.time_reference)
    other = gpnb.Observation(2, {**other.parts, "events": moved}, {})
    cube = gpnb.reduce_map([runs[0], other], geom, background=None, safe=SAFE)
    rad = np.linspace(0, 1, 501)
    here, there = near(runs[0], 270, 1.0), near(runs[0], 90, 2.7)
    psf = cube.psf.at(here)
    assert worst(psf, densities(runs[0], psf, 1.0, rad), rad) < 2e-3
    psf = cube.psf.at(there)
    assert worst(psf, densities(other, psf, 0.8, rad), rad) < 2e-3
    between = cube.psf.at(near(runs[0], 90, 1.75)).containment_radius(0.68)
    assert (between > cube.psf.at(here).containment_radius(0.68)).all()
    assert (between < cube.psf.at(there).containment_radius(0.68)).all()


@pytest.mark.parametrize(("frame", "proj"), [("galactic", "CAR"), ("galactic", "TAN"), ("fk5", "AIT")])
def test_the_frame_of_the_map_does_not_matter(runs, single, frame, proj):
    geom = gpnb.WcsGeometry.create(CRAB, width="4 deg", binsz="0.1 deg", frame=frame, proj=proj, axes=[ENERGY])
    cube = gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)
    position = near(runs[0], 100, 1.1)
    psf = cube.psf.at(position.transform_to(frame))
    rad = np.linspace(0, 1, 501)
    assert worst(psf, densities(runs[0], psf, 1.1, rad), rad) < 2e-3
    assert np.abs(cube.edisp.at(position) - single.edisp.at(position)).max() < 1e-3


def test_at_the_edge_of_a_small_map_and_beyond_its_exposure(runs):
    center = near(runs[0], 0, 1.0)
    geom = gpnb.WcsGeometry.create(center, width="0.2 deg", binsz="0.1 deg", axes=[ENERGY])
    cube = gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)
    rad = np.linspace(0, 1, 501)
    for offset in (0.9, 1.1):
        psf = cube.psf.at(near(runs[0], 0, offset))
        assert worst(psf, densities(runs[0], psf, offset, rad), rad) < 2e-3
    for far in (near(runs[0], 0, 8), near(runs[0], 0, 170)):  # what the rim of the field of view has
        psf = cube.psf.at(far)
        assert worst(psf, densities(runs[0], psf, 2.0 - 1e-6, rad), rad) < 1e-3
        kernel = runs[0].edisp.kernel(psf.energy_true, ENERGY, 2.0)
        assert np.abs(cube.edisp.at(far) - kernel).max() < 1e-6


def cut_off(obs, number, from_energy, at_offset):
    """A run without area above an energy, beyond an offset."""
    aeff = obs.aeff
    values = aeff.values.copy()
    beyond = np.ix_(aeff.energy_axis.center_values > from_energy, aeff.offset_axis.center_values >= at_offset)
    values[beyond] = 0.0
    return gpnb.Observation(number, {**obs.parts, "aeff": replace(aeff, values=values)}, obs.row)


def test_energies_without_exposure_have_what_is_nearest(runs, geom):
    """An extended source whose middle lies where some energies are not seen loses none of its counts at them."""
    obs = cut_off(runs[0], 1, 3.0, 1.0)
    cube = gpnb.reduce_map([obs], geom, background=None, safe=SAFE)
    position = near(obs, 30, 1.5)
    energy = cube.edisp.energy_true.center_values
    unseen = obs.aeff.evaluate(energy, np.full(energy.size, 1.5)) == 0
    assert unseen.any()
    assert not unseen.all()
    matrix = cube.edisp.at(position)
    assert np.abs(matrix - obs.edisp.kernel(cube.edisp.energy_true, ENERGY, 1.5))[~unseen].max() < 1e-6
    expected = obs.edisp.kernel(cube.edisp.energy_true, ENERGY, 0.9)
    assert matrix[unseen].sum(axis=1) == pytest.approx(expected[unseen].sum(axis=1), abs=0.01)
    assert expected[unseen].sum() > 1
    both = gpnb.reduce_map([obs, changed(runs[0], 2)], geom, background=None, safe=SAFE)
    assert np.abs(both.edisp.at(position) - obs.edisp.kernel(both.edisp.energy_true, ENERGY, 1.5)).max() < 1e-6


def test_a_small_field_of_view(runs, geom):
    cube = gpnb.reduce_map(runs[:1], geom, background=None, safe=gpnb.SafeRange(offset_max="0.1 deg"))
    psf = cube.psf.at(runs[0].pointing)
    rad = np.linspace(0, 1, 501)
    assert worst(psf, densities(runs[0], psf, 0.0, rad), rad) < 1e-3


def test_a_run_without_a_point_spread_function_is_named_when_it_is_needed(runs, geom):
    cube = gpnb.reduce_map([runs[0], changed(runs[1], 77, without=["psf"])], geom, background=None)
    assert cube.counts.data.sum() > 0
    for _ in range(2):
        with pytest.raises(gpnb.SelectionError, match="Run 77 has no point spread function"):
            cube.psf.at(CRAB)


def test_point_like_responses_are_named_when_a_map_is_modelled(runs, geom):
    obs = changed(runs[0], 78)
    cut = replace(obs.aeff, header={**obs.aeff.header, "HDUCLAS3": "POINT-LIKE"})
    cube = gpnb.reduce_map([gpnb.Observation(78, {**obs.parts, "aeff": cut}, obs.row)], geom, background=None)
    with pytest.raises(gpnb.SelectionError, match="Run 78 has point-like responses"):
        cube.psf.at(CRAB)


def test_without_an_energy_dispersion_energies_are_taken_as_they_are(runs, geom):
    cube = gpnb.reduce_map([changed(runs[0], 79, without=["edisp"])], geom, background=None)
    matrix = cube.edisp.at(CRAB)
    centers, edges = cube.edisp.energy_true.center_values, ENERGY.edge_values
    inside = (centers > edges[1]) & (centers < edges[-2])
    assert matrix[inside].sum(axis=1) == pytest.approx(np.ones(inside.sum()))
    assert (matrix > 0).sum(axis=1).max() <= 2


def test_runs_that_add_nothing_to_the_map_add_nothing_to_the_responses(runs, geom):
    """A run whose background cannot be found is not used: nor are its responses."""
    wide = changed(runs[1], 2, wider=3.0)
    none = gpnb.EventList(wide.events.table[:0], wide.events.meta, wide.events.time_reference)
    dark = gpnb.Observation(2, {**wide.parts, "events": none}, wide.row)
    with pytest.warns(gpnb.DataWarning):
        cube = gpnb.reduce_map([runs[0], dark], geom, background="field-of-view")
    alone = gpnb.reduce_map(runs[:1], geom, background="field-of-view")
    assert np.array_equal(cube.psf.at(CRAB).density, alone.psf.at(CRAB).density)


def test_parts_of_a_list_have_their_own_and_keep_them(runs, geom):
    parts = gpnb.reduce_map(runs, geom, background=None, stack=False)
    for part, obs in zip(parts, runs, strict=True):
        psf = part.psf.at(CRAB)
        offset = float(obs.pointing.separation(CRAB).deg)
        rad = np.linspace(0, 1, 501)
        assert worst(psf, densities(obs, psf, offset, rad), rad) < 2e-3
    masked = parts[0].masked(np.zeros(parts[0].geom.shape[1:], dtype=bool))
    assert masked.psf is parts[0].psf
    assert masked.edisp is parts[0].edisp


def test_pickles_before_and_after_they_are_made(runs, geom):
    cube = gpnb.reduce_map(runs, geom, background=None)
    before = pickle.loads(pickle.dumps(cube))
    expected = cube.psf.at(CRAB)
    after = pickle.loads(pickle.dumps(cube))
    for again in (before, after):
        assert np.array_equal(again.psf.at(CRAB).density, expected.density)
        assert np.array_equal(again.edisp.at(CRAB), cube.edisp.at(CRAB))


def test_pools_give_the_same_numbers(runs, geom):
    expected = gpnb.reduce_map(runs, geom, background=None)
    with ThreadPoolExecutor(2) as executor:
        cube = gpnb.reduce_map(runs, geom, background=None, executor=executor)
    assert np.array_equal(cube.psf.at(CRAB).density, expected.psf.at(CRAB).density)
    assert np.array_equal(cube.edisp.at(CRAB), expected.edisp.at(CRAB))


def test_what_was_made_is_weighted_by_the_exposure_of_its_dataset(runs, geom):
    pair = [changed(runs[0], 1), changed(runs[1], 2, wider=2.0, larger=3.0)]
    parts = list(gpnb.reduce_map(pair, geom, background=None, stack=False))
    expected = gpnb.reduce_map(pair, geom, background=None)
    parts[0].psf.at(CRAB)
    parts[0].edisp.at(CRAB)
    total = Stacker(geom, geom.cube([parts[0].exposure.geom.axes[0]]))
    for part in parts:
        total.add(part)
    stacked = total.result("sum", parts[0].recipe)
    rad = np.linspace(0, 1, 501)
    assert worst(stacked.psf.at(CRAB), expected.psf.at(CRAB).evaluate(rad), rad) < 5e-3
    assert np.abs(stacked.edisp.at(CRAB) - expected.edisp.at(CRAB)).max() < 2e-3


def test_a_sum_has_no_response_that_one_of_its_parts_lacks(runs, geom):
    parts = list(gpnb.reduce_map(runs[:2], geom, background=None, stack=False))
    total = Stacker(geom, geom.cube([parts[0].exposure.geom.axes[0]]))
    total.add(parts[0])
    total.add(replace(parts[1], psf=None))
    assert total.result("sum", parts[0].recipe).psf is None
    assert total.result("sum", parts[0].recipe).edisp is not None


def test_a_constant_function_is_weighted_too(runs, geom):
    parts = list(gpnb.reduce_map([changed(runs[0], 1), changed(runs[0], 2)], geom, background=None, stack=False))
    true, rad = parts[0].exposure.geom.axes[0], np.linspace(0, 1, 301)
    for number, sigma in enumerate((0.1, 0.2)):
        radial = RadialPsf.from_table(true, rad, np.tile(np.exp(-0.5 * (rad / sigma) ** 2), (true.n, 1)))
        parts[number] = replace(parts[number], psf=ReducedPsf.constant(radial, geom))
    total = Stacker(geom, geom.cube([true]))
    for part in parts:
        total.add(part)
    psf = total.result("sum", parts[0].recipe).psf.at(CRAB)
    assert psf.variance == pytest.approx(np.full(true.n, (0.1**2 + 0.2**2) / 2), rel=2e-3)


def test_recipes_lead_to_the_same_numbers(runs, geom):
    psf = gpnb.reduce_map(runs[:1], geom, background="ring").psf.at(CRAB)
    assert np.array_equal(replay(psf.recipe).density, psf.density)


@pytest.mark.data
@pytest.mark.parametrize(
    ("store", "select", "low", "high"),
    [("hess-dl3-dr1", {"target": "Crab Nebula"}, "0.5 TeV", "30 TeV"), ("cta-1dc", {}, "0.1 TeV", "30 TeV")],
)
def test_real_runs_at_their_place(data_dir, store, select, low, high):
    known = gpnb.DataStore.read(data_dir / store)
    obs = (known.select(**select) if select else known.select(obs_id=known.obs_ids[:1]))[0]
    energy = gpnb.Axis.energy(low, high, nbin=10)
    geom = gpnb.WcsGeometry.create(obs.pointing, width="4 deg", binsz="0.1 deg", axes=[energy])
    cube = gpnb.reduce_map([obs], geom, background=None)
    for offset in (0.0, 0.5, 1.0, 1.5):
        position = near(obs, 0, offset)
        psf = cube.psf.at(position)
        centers = psf.energy_true.center_values
        seen = obs.aeff.evaluate(centers, np.full(len(centers), offset)) > 0
        own = obs.psf.containment_radius(centers, np.array(offset))
        assert psf.containment_radius(0.68)[seen] == pytest.approx(own[seen], rel=0.03)
        assert np.median(np.abs(psf.containment_radius(0.68) / own - 1)[seen]) < 0.01
        rad = np.linspace(0, psf.rad[-1], 60)
        contained = obs.psf.containment(centers[:, None], np.array(offset), rad)
        assert np.abs(psf.containment(rad) - contained)[seen].max() < 0.02
        kernel = obs.edisp.kernel(psf.energy_true, energy, offset) * cube.usable.any(axis=(1, 2))
        assert np.abs(cube.edisp.at(position) - kernel)[seen].max() < 0.02


def test_energies_that_only_some_runs_use_see_the_exposure_of_those(runs, geom):
    """Of two runs, one safe from 1 TeV on: below, the stack predicts what the other does, above, what both do."""
    both = gpnb.reduce_map(runs[:2], geom, background=None, safe=SAFE, stack=False)
    late = from_1_tev(both[1])
    late_stack, true = stacked([both[0], late]), both[0].exposure.geom.axes[0]
    flux = gpnb.PowerLaw(index=2.5).integral(true.edges[:-1], true.edges[1:]).to_value("cm-2 s-1")

    def predicted(dataset):
        x, y = (int(np.round(value)) for value in dataset.geom.coord_pixel(CRAB))
        return (flux * dataset.exposure.data[:, y, x]) @ dataset.edisp.at(CRAB)

    first, second = predicted(both[0]), predicted(both[1])
    used = late.usable.any(axis=(1, 2))
    assert 0 < used.sum() < used.size
    assert predicted(late_stack) == pytest.approx(first + np.where(used, second, 0), rel=2e-3)


def from_1_tev(dataset):
    flags = dataset.flags.data.copy()
    flags[ENERGY.low_values < 1] |= np.uint8(gpnb.Flag.ENERGY)
    return replace(dataset, flags=gpnb.SkyMap(dataset.geom, flags))


def stacked(parts):
    total = Stacker(parts[0].geom, parts[0].exposure.geom)
    for part in parts:
        total.add(part)
    return total.result("stacked", parts[0].recipe)


@pytest.mark.data
def test_a_stack_of_runs_with_different_thresholds_has_their_spectrum(data_dir):
    """Three of the four runs on the Crab are safe from 0.87 TeV on: the bin from 0.7 to 1.02 TeV is the fourth's."""
    runs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(target="Crab Nebula")
    energy = gpnb.Axis.energy("0.7 TeV", "30 TeV", per_decade=6)
    geom = gpnb.WcsGeometry.create(CRAB, width="1.2 deg", binsz="0.03 deg", axes=[energy])
    crab = gpnb.SkyModel(gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), gpnb.PointSource(CRAB), name="s")
    empty = "icrs; circle(83.6333, 22.0145, 0.3)"
    each = gpnb.reduce_map(runs, geom, background="field-of-view", exclusion=empty, safe=SAFE, stack=False)
    joint = gpnb.fit(each, crab.freeze("lon", "lat"))
    found = gpnb.fit(stacked(each), crab.freeze("lon", "lat"))
    assert np.abs((found.values - joint.values) / joint.errors).max() < 0.3
