"""Extraction of spectra on the demo store: what must hold whatever the data, and what the truth says."""

import pickle
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

import gpnb
from gpnb import ArgumentError, DataWarning, SelectionError
from gpnb.models.integrate import integrate_powerlaws
from gpnb.reduce.map import true_axis
from gpnb.simulate.demo import truth

ENERGY = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=8)
CRAB = SkyCoord(83.6333, 22.0145, unit="deg")
ON = "icrs; circle(83.6333, 22.0145, 0.15)"


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


@pytest.fixture(scope="module")
def specs(runs):
    return gpnb.reduce_spectrum(runs, ON, ENERGY)


def true_counts(dataset, model):
    edges = dataset.energy_true.refine(5).edge_values
    flux = integrate_powerlaws(edges, model.spectral.evaluate_at(edges))
    return dataset.predict(flux.reshape(-1, 5).sum(axis=1))


def pull(dataset, expected):
    """Distance of the excess from what is expected, in standard deviations."""
    used, alpha = dataset.usable, dataset.summary.alpha
    variance = expected[used].sum() + dataset.summary.background * (1 + alpha)
    return (dataset.summary.excess - expected[used].sum()) / np.sqrt(variance)


def test_on_counts_are_the_events_in_the_region(specs, runs):
    for dataset, obs in zip(specs, runs, strict=True):
        events = obs.events.select(region=ON, energy=("0.1 TeV", "30 TeV"))
        assert dataset.counts.sum() == len(events)
        assert np.array_equal(dataset.counts, np.histogram(events.energy_values, ENERGY.edge_values)[0])


def test_off_counts_are_the_events_in_the_off_regions(specs, runs):
    for dataset, obs in zip(specs, runs, strict=True):
        events = obs.events.select(region=list(dataset.off_regions), energy=("0.1 TeV", "30 TeV"))
        assert dataset.counts_off.sum() == len(events)
        assert dataset.alpha == pytest.approx(1 / len(dataset.off_regions))


def test_flux_of_the_truth_gives_the_counts(specs):
    """Exposure, containment and energy dispersion at once: full-enclosure responses and a point source."""
    model = truth()["Crab"][0]
    for dataset in specs:
        assert abs(pull(dataset, true_counts(dataset, model))) < 4
    stacked = specs.stack()
    expected = true_counts(stacked, model)
    assert expected.sum() > 3000
    assert abs(pull(stacked, expected)) < 4
    stat = stacked.statistic(expected)
    assert stat.sum() < stacked.usable.sum() + 4 * np.sqrt(2 * stacked.usable.sum())


def test_without_containment_correction_the_exposure_is_larger(runs, specs):
    whole = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, containment=False)[0]
    seen = specs[0].exposure > 0
    ratio = specs[0].exposure[seen] / whole.exposure[seen]
    obs, true = runs[0], specs[0].energy_true.center_values[seen]
    offset = obs.pointing.separation(CRAB).deg
    contained = obs.psf.containment(true, np.array(offset), np.array(0.15))
    assert ratio == pytest.approx(contained, rel=2e-3)  # area of the region's middle, and its mean
    assert ratio.min() < 0.9


def test_stack_is_the_sum(runs, specs):
    stacked = gpnb.reduce_spectrum(runs, ON, ENERGY, stack=True)[0]
    assert np.array_equal(stacked.counts, sum(np.where(item.usable, item.counts, 0) for item in specs))
    assert stacked.livetime.value == pytest.approx(sum(item.livetime.value for item in specs))
    assert stacked.obs_ids == tuple(runs.obs_ids)
    flux = 1e-12 * stacked.energy_true.center_values**-1.5
    one_by_one = sum(np.where(item.usable, item.predict(flux), 0) for item in specs)
    assert stacked.predict(flux) == pytest.approx(one_by_one, rel=1e-12)
    background = sum(np.where(item.usable, item.expected_background, 0) for item in specs)
    assert stacked.expected_background == pytest.approx(background)


def test_table_has_a_row_a_run(specs, runs):
    table = specs.table
    assert list(table["name"]) == [f"run-{number}" for number in runs.obs_ids]
    assert list(table["n_regions"]) == [len(item.off_regions) for item in specs]
    assert table["excess"] == pytest.approx(table["n_on"] - table["alpha"] * table["n_off"])
    assert (table["significance"] > 10).all()
    assert table["livetime"].unit == "s"


def test_safe_range_is_flagged_with_its_reason(runs):
    safe = gpnb.SafeRange(aeff_max=0.1)
    dataset = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, safe=safe)[0]
    assert dataset.why("0.11 TeV") == ["outside the safe energy range"] or dataset.why("0.11 TeV") == []
    strict = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, safe=gpnb.SafeRange(aeff_max=0.5))[0]
    assert strict.usable.sum() < dataset.usable.sum() <= ENERGY.n
    assert strict.why("0.11 TeV") == ["outside the safe energy range"]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_pools_give_the_same_numbers(runs, specs, pool):
    seen = []
    with pool(2) as executor:
        others = gpnb.reduce_spectrum(runs, ON, ENERGY, executor=executor, progress=seen.append)
    for other, mine in zip(others, specs, strict=True):
        assert np.array_equal(other.counts_off, mine.counts_off)
        assert np.array_equal(other.exposure, mine.exposure)
    assert [step.done for step in seen] == [0, 1, 2, 3, 4]


def test_cancel_between_runs(runs):
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.reduce_spectrum(runs, ON, ENERGY, cancel=token)


def test_recipe_runs_and_gives_the_same(specs):
    names = {}
    exec(specs[1].recipe.to_code(), names)
    assert np.array_equal(names["spectrum"].counts_off, specs[1].counts_off)
    names = {}
    exec(specs.stack().recipe.to_code(), names)
    assert names["stacked"].counts.sum() == specs.stack().counts.sum()


def test_recipe_tells_the_method(runs):
    method = gpnb.OffRegions("icrs; circle(83.6333, 23.0145, 0.15)", acceptance="area")
    specs = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, background=method)
    names = {}
    exec(specs.recipe.to_code(), names)
    assert names["specs"][0].counts_off.sum() == specs[0].counts_off.sum()


def test_datasets_pickle(specs):
    again = pickle.loads(pickle.dumps(specs[0]))
    assert np.array_equal(again.edisp, specs[0].edisp)


def test_true_axis_is_finer_and_wider(specs):
    assert specs[0].energy_true == true_axis(ENERGY)


def test_second_extraction_reads_nothing_anew(runs):
    gpnb.reduce_spectrum(runs, ON, ENERGY)
    events = [obs.events for obs in runs]
    gpnb.reduce_spectrum(runs, ON.replace("0.15", "0.1"), ENERGY)
    assert all(obs.events is known for obs, known in zip(runs, events, strict=True))


def test_region_on_top_of_the_pointing(runs):
    center = runs[0].pointing
    region = f"icrs; circle({center.ra.deg}, {center.dec.deg}, 0.2)"
    with pytest.raises(SelectionError, match=r"the pointing lies in .* use background='ring'"):
        gpnb.reduce_spectrum(runs[:1], region, ENERGY)


def test_a_run_without_room_is_flagged_and_told(runs):
    first = runs[0].pointing
    exclusion = f"icrs; circle({first.ra.deg}, {first.dec.deg}, 0.75)"
    with pytest.raises(SelectionError, match="No run has a background: run 2001: there is no room"):
        gpnb.reduce_spectrum(runs[:1], ON, ENERGY, exclusion=exclusion)
    with pytest.warns(DataWarning, match="there is no room for a reflected region"):
        specs = gpnb.reduce_spectrum(runs, ON, ENERGY, exclusion=exclusion)
    assert specs[0].why("1 TeV") == ["no background estimate"]
    assert np.isnan(specs.table["energy_min"][0])
    assert specs.stack().obs_ids == tuple(runs.obs_ids[1:]), "a run without background adds nothing"


def test_all_masked(runs):
    axis = gpnb.Axis.energy("0.001 TeV", "0.002 TeV", nbin=2)
    safe = gpnb.SafeRange(aeff_max=0.5)
    with pytest.warns(DataWarning, match="no energy bin lies in the safe range"):
        specs = gpnb.reduce_spectrum(runs[:1], ON, axis, safe=safe)
    with pytest.raises(SelectionError, match="nothing to stack: no bin of run-2001 is usable"):
        specs.stack()


def test_zero_exposure_is_flagged(runs):
    axis = gpnb.Axis.energy_edges(["1 TeV", "100 TeV", "1e6 TeV", "1e7 TeV"])
    true = gpnb.Axis.energy("0.3 TeV", "3e7 TeV", per_decade=10, name="energy_true")
    dataset = gpnb.reduce_spectrum(runs[:1], ON, axis, true, safe=gpnb.SafeRange(thresholds=False))[0]
    assert dataset.why("2e6 TeV") == ["no exposure"]
    assert dataset.why("2 TeV") == []


def test_counts_without_exposure_are_told(runs):
    true = gpnb.Axis.energy("1000 TeV", "3000 TeV", nbin=3, name="energy_true")
    with pytest.warns(DataWarning, match=r"Run-2001: \d+ counts from 0\.1 to .* TeV, where the responses have no exp"):
        dataset = gpnb.reduce_spectrum(runs[:1], ON, ENERGY, true)[0]
    assert not dataset.usable.any()


def test_runs_that_do_not_see_the_region_are_left_out(demo, runs):
    both = gpnb.Observations([*runs[:2], *demo.select(target="Demo AGN")[:1]])
    assert gpnb.reduce_spectrum(both, ON, ENERGY).names == ["run-2001", "run-2002"]
    with pytest.raises(SelectionError, match="No run sees the ON region"):
        gpnb.reduce_spectrum(runs, "icrs; circle(200, 0, 0.1)", ENERGY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"background": "adaptive-ring"}, "not for spectra"),
        ({"background": gpnb.FieldOfView()}, "not for spectra"),
        ({"background": gpnb.AdaptiveRing()}, "not for spectra"),
        ({"on_region": "icrs; circle(1,1,1)\nicrs; circle(2,1,1)"}, "one region is expected, not 2"),
        ({"energy": "1 TeV"}, "must be an energy axis"),
        ({"on_region": "icrs; line(83,22,84,22)"}, "has no inside"),
        ({"exclusion": 3}, "not a region"),
    ],
)
def test_refused(runs, changes, words):
    with pytest.raises(ArgumentError, match=words):
        gpnb.reduce_spectrum(runs[:1], **{"on_region": ON, "energy": ENERGY} | changes)


def test_point_needs_point_like_responses(runs):
    with pytest.raises(SelectionError, match="full-enclosure: give a circle"):
        gpnb.reduce_spectrum(runs[:1], "icrs; point(83.6, 22.0)", ENERGY)


@pytest.mark.parametrize(
    "make",
    [
        lambda: gpnb.Reflected(max_regions=0),
        lambda: gpnb.Reflected(min_distance="-1 deg"),
        lambda: gpnb.Wobble(n_off=0),
        gpnb.OffRegions,
        lambda: gpnb.OffRegions("icrs; circle(1,1,1)", acceptance="guess"),
    ],
)
def test_records_check_themselves(make):
    with pytest.raises(ArgumentError):
        make()


def test_no_warning_where_all_is_well(runs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gpnb.reduce_spectrum(runs, ON, ENERGY, background="wobble")
