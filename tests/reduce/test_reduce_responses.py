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
    assert all("events" not in share.run.obs.parts for share in cube.psf._shares)
    cube.psf.at(CRAB)
    cube.edisp.at(CRAB)
    assert " MB" in repr(cube.psf)
    assert " MB" in repr(cube.edisp)
    assert cube.edisp._shares == ()


@pytest.fixture
def many(monkeypatch):
    """All stacks count as those of many runs, which keep means at nodes."""
    monkeypatch.setattr("gpnb.irf.reduced_psf._FEW", 0)


@pytest.mark.usefixtures("many")
def test_memory_does_not_grow_with_the_runs(runs, geom):
    single = gpnb.reduce_map(runs[:1], geom, background=None, safe=SAFE)
    single.psf.at(CRAB)
    single.edisp.at(CRAB)
    cube = gpnb.reduce_map(runs, geom, background=None, safe=SAFE)
    cube.psf.at(CRAB)
    cube.edisp.at(CRAB)
    assert cube.psf._shares == ()
    assert cube.psf.nbytes == single.psf.nbytes
    assert cube.edisp.nbytes == single.edisp.nbytes


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
def test_few_runs_are_asked_at_the_place_itself(runs, geom, offset):
    """Kinks of the responses, steep exposure and the ends of fields of view are right to 1e-3 of the peak."""
    two = [kinked(runs[0], 1), kinked(runs[1], 2, larger=5.0)]
    cube = gpnb.reduce_map(two, geom, background=None, safe=SAFE)
    position = near(two[0], 250, offset)
    seen = [obs for obs in two if obs.pointing.separation(position).deg < 2]
    rad = np.linspace(0, 1, 501)
    psf = cube.psf.at(position)
    assert worst(psf, by_hand(seen, position, psf.energy_true, rad), rad) < 1e-3


def test_both_ways_agree_in_the_middle(runs, geom, monkeypatch):
    cubes = [gpnb.reduce_map(runs, geom, background=None, safe=SAFE) for _ in range(2)]
    few = cubes[0].psf.at(CRAB)
    monkeypatch.setattr("gpnb.irf.reduced_psf._FEW", 0)
    rad = np.linspace(0, 1, 501)
    assert worst(cubes[1].psf.at(CRAB), few.evaluate(rad), rad) < 3e-3
    assert 0 < cubes[0].psf.nbytes < 5e6


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("offset", [0.0, 0.13, 0.5, 0.9, 1.37, 1.8])
@pytest.mark.parametrize("angle", [10.0, 130.0])
def test_one_run_is_its_response_between_the_nodes(runs, single, offset, angle):
    rad = np.linspace(0, 1, 1001)
    psf = single.psf.at(near(runs[0], angle, offset))
    assert worst(psf, densities(runs[0], psf, offset, rad), rad) < 2e-3
    own = runs[0].psf.containment_radius(psf.energy_true.center_values, np.array(offset))
    assert psf.containment_radius(0.68) == pytest.approx(own, rel=2e-3)
    kernel = runs[0].edisp.kernel(psf.energy_true, ENERGY, offset)
    assert np.abs(single.edisp.at(near(runs[0], angle, offset)) - kernel).max() < 1e-3


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
    for far in (near(runs[0], 0, 8), near(runs[0], 0, 170)):
        assert cube.psf.at(far).containment_radius(0.68) == pytest.approx(
            cube.psf.at(center).containment_radius(0.68), rel=0.15
        )
        assert cube.edisp.at(far).sum(axis=1).max() == pytest.approx(1, abs=1e-5)


def test_a_field_of_view_smaller_than_the_nodes_are_apart(runs, geom):
    cube = gpnb.reduce_map(runs[:1], geom, background=None, safe=gpnb.SafeRange(offset_max="0.1 deg"))
    psf = cube.psf.at(runs[0].pointing)
    rad = np.linspace(0, 1, 501)
    assert worst(psf, densities(runs[0], psf, 0.0, rad), rad) < 0.01


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
