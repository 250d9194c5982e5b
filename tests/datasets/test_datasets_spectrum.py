"""Spectra as plain data: prediction, statistics, flags, tables, grouping, stacking."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb import ArgumentError, Datasets, Flag, SelectionError, SpectrumDataset
from gpnb.stats import cash, cash_significance, cstat, lima, wstat

N = 12
ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=N)
TRUE = gpnb.Axis.energy("0.5 TeV", "200 TeV", nbin=20, name="energy_true")


def kernel(seed=0):
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(0, 1, (20, N)) ** 4
    return matrix / matrix.sum(axis=1, keepdims=True)


def make(seed=0, n_off=10.0, **changes):
    rng = np.random.default_rng(seed)
    values = {
        "counts": rng.poisson(np.geomspace(60, 0.5, N)),
        "counts_off": rng.poisson(np.geomspace(200, 1, N)),
        "acceptance_off": np.full(N, n_off),
        "exposure": np.geomspace(1e11, 1e14, 20),
        "edisp": kernel(seed),
        "livetime": "30 min",
        "name": f"run-{seed}",
        "obs_ids": (seed,),
    }
    return SpectrumDataset(ENERGY, TRUE, **values | changes)


def known(seed=0, **changes):
    return make(seed, counts_off=None, acceptance_off=None, background=np.geomspace(20, 0.1, N), **changes)


def test_prediction_is_flux_times_exposure_through_the_dispersion():
    dataset, flux = make(), np.random.default_rng(1).uniform(0, 1e-12, (3, 20))
    by_hand = [
        [sum(f[j] * dataset.exposure[j] * dataset.edisp[j, k] for j in range(20)) for k in range(N)] for f in flux
    ]
    assert dataset.predict(flux) == pytest.approx(np.array(by_hand))
    assert dataset.predict(flux[0] * u.Unit("m-2 s-1")) == pytest.approx(np.array(by_hand[0]) * 1e-4)
    with pytest.raises(ArgumentError, match="one value for each of 20 true-energy bins"):
        dataset.predict(flux[:, :5])


def test_perfect_dispersion_keeps_counts():
    dataset = make(edisp=kernel())
    assert dataset.predict(np.ones(20)).sum() == pytest.approx(dataset.exposure.sum())


def test_statistics_are_those_of_the_formulae():
    dataset, other = make(), known()
    signal = np.geomspace(40, 0.3, N)
    assert dataset.statistic(signal) == pytest.approx(wstat(dataset.counts, dataset.counts_off, 0.1, signal))
    assert other.statistic(signal) == pytest.approx(cash(other.counts, signal + other.background))
    assert other.statistic(signal, "cstat") == pytest.approx(cstat(other.counts, signal + other.background))
    grouped = dataset.group(min_counts=5)
    excess = grouped.counts - 0.1 * grouped.counts_off
    chi2 = (excess - 3.0) ** 2 / (grouped.counts + 0.01 * grouped.counts_off)
    assert grouped.statistic(np.full(grouped.energy.n, 3.0), "chi2") == pytest.approx(chi2)


def test_masked_bins_do_not_count_in_a_statistic():
    dataset = make().masked(np.arange(N) == 3)
    values = dataset.statistic(np.ones(N))
    assert values[3] == 0
    assert (np.delete(values, 3) != 0).all()


def test_statistics_that_cannot_be():
    with pytest.raises(SelectionError, match="has no OFF counts, which wstat needs"):
        known().statistic(np.ones(N), "wstat")
    with pytest.raises(SelectionError, match="usable bins hold no counts, so chi2 has no error"):
        make(counts=np.zeros(N), counts_off=np.zeros(N)).statistic(np.ones(N), "chi2")
    with pytest.raises(ArgumentError, match="kind='chi' is not known"):
        make().statistic(np.ones(N), "chi")


def test_flags_keep_their_reasons():
    dataset = make(flags=np.where(np.arange(N) < 2, Flag.ENERGY, 0)).restrict((None, "50 TeV"))
    assert dataset.why("1.1 TeV") == ["outside the safe energy range"]
    assert dataset.why("80 TeV") == ["masked by hand"]
    assert dataset.why("10 TeV") == []
    assert dataset.why("1000 TeV") == ["outside the axis"]
    assert list(dataset.table["masked"][[0, 5, N - 1]]) == ["outside the safe energy range", "", "masked by hand"]


def test_numbers_give_reasons_of_their_own():
    off = np.where(np.arange(N) == 4, 0.0, 10.0)
    matrix = kernel()
    matrix[:, 7] = 0
    dataset = make(acceptance_off=off, edisp=matrix)
    assert dataset.why(ENERGY.centers[4]) == ["no background estimate"]
    assert dataset.why(ENERGY.centers[7]) == ["no exposure"]
    assert np.isnan(dataset.alpha[4])
    assert dataset.usable.sum() == N - 2
    assert np.isfinite(dataset.statistic(np.ones(N))).all()


def test_restrict_keeps_whole_bins_only():
    edges = ENERGY.edge_values
    dataset = make().restrict((f"{edges[2]} TeV", f"{edges[9] * 1.1} TeV"))
    assert dataset.usable.tolist() == [2 <= number < 9 for number in range(N)]


def test_summary_and_table():
    dataset = make().masked(np.arange(N) < 2)
    found, table = dataset.summary, dataset.table
    assert found.n_on == dataset.counts[2:].sum()
    assert found.n_off == dataset.counts_off[2:].sum()
    assert found.significance == pytest.approx(lima(found.n_on, found.n_off, 0.1))
    assert found.energy_min == pytest.approx(ENERGY.edge_values[2])
    assert table["excess"] == pytest.approx(dataset.counts - 0.1 * dataset.counts_off)
    assert table["energy_min"].unit == u.TeV
    bare = known()
    assert bare.table["significance"] == pytest.approx(cash_significance(bare.counts, bare.background))
    assert np.isnan(bare.summary.alpha)


def test_alpha_of_a_sum_without_off_counts():
    dataset = make(counts_off=np.zeros(N), acceptance_off=np.linspace(5, 15, N))
    assert dataset.summary.alpha == pytest.approx(N / np.linspace(5, 15, N).sum())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counts": np.ones(3)}, r"counts must have the shape \(12,\)"),
        ({"edisp": np.eye(3)}, "edisp must have the shape"),
        ({"acceptance_off": None}, "must be given together"),
        ({"livetime": "3 TeV"}, "livetime"),
        ({"exposure": np.ones(20) * u.TeV}, "exposure"),
    ],
)
def test_refused(changes, words):
    with pytest.raises(ArgumentError, match=words):
        make(**changes)


def test_frozen_and_picklable():
    dataset = make()
    with pytest.raises(ValueError, match="read-only"):
        dataset.counts[0] = 5
    again = pickle.loads(pickle.dumps(dataset))
    assert np.array_equal(again.alpha, dataset.alpha)
    assert repr(again) == repr(dataset)
    assert "12 of 12 bins" in repr(dataset)


def test_exposure_with_a_unit():
    assert make(exposure=np.ones(20) * u.Unit("m2 h")).exposure == pytest.approx(1e4 * 3600)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 60), st.sampled_from(["min_counts", "min_off", "significance"]))
def test_grouping_keeps_sums_and_gives_enough(seed, least, kind):
    dataset = make(seed).masked(np.arange(N) == 5)
    least = least / 10 if kind == "significance" else least
    grouped = dataset.group(**{kind: least})
    assert grouped.counts.sum() == dataset.counts.sum()
    assert grouped.expected_background.sum() == pytest.approx(dataset.expected_background.sum())
    assert grouped.edisp.sum() == pytest.approx(dataset.edisp.sum())
    assert set(grouped.energy.edge_values) <= set(dataset.energy.edge_values)
    assert (~grouped.usable).sum() == 1
    low = grouped.usable & (grouped.energy.low_values < dataset.energy.low_values[5])
    for part in (low, grouped.usable & ~low):
        if part.sum() > 1:  # more than one group: each has enough
            has = {
                "min_counts": grouped.counts,
                "min_off": grouped.counts_off,
                "significance": grouped.table["significance"],
            }[kind]
            assert (np.asarray(has)[part] >= least - 1e-9).all()


def test_grouping_predicts_the_sum():
    dataset, flux = make(), np.geomspace(1e-12, 1e-14, 20)
    grouped = dataset.group(min_counts=20)
    assert 1 < grouped.energy.n < N
    assert grouped.predict(flux).sum() == pytest.approx(dataset.predict(flux).sum())
    assert known().group(min_counts=20).background.sum() == pytest.approx(known().background.sum())


def test_grouping_refused():
    with pytest.raises(ArgumentError, match="Give min_counts, min_off or significance"):
        make().group()
    with pytest.raises(ArgumentError, match="has no OFF counts"):
        known().group(min_off=1)


def test_stack_of_runs_with_different_safe_ranges():
    """What is predicted for the sum is the sum of what is predicted, bin by bin, whatever each run masks."""
    first, second = make(1).masked(np.arange(N) < 4), make(2, n_off=3.0).masked(np.arange(N) > 8)
    stacked, flux = Datasets([first, second]).stack(), np.geomspace(1e-12, 1e-14, 20)
    parts = [np.where(item.usable, item.predict(flux), 0) for item in (first, second)]
    assert stacked.predict(flux) == pytest.approx(parts[0] + parts[1])
    background = [np.where(item.usable, item.expected_background, 0) for item in (first, second)]
    assert stacked.expected_background == pytest.approx(background[0] + background[1])
    assert stacked.usable.all()
    assert stacked.livetime == 1 * u.h
    assert stacked.obs_ids == (1, 2)


def test_alpha_of_a_stack_is_weighted_by_off_counts():
    first, second = make(1, n_off=10.0), make(2, n_off=2.0)
    stacked = Datasets([first, second]).stack()
    total = first.counts_off + second.counts_off
    weighted = (0.1 * first.counts_off + 0.5 * second.counts_off) / np.where(total > 0, total, 1)
    assert stacked.alpha == pytest.approx(np.where(total > 0, weighted, 2 / 12.0))


def test_a_masked_run_adds_nothing():
    first, second = make(1), make(2).masked(np.ones(N, dtype=bool))
    stacked = Datasets([first, second]).stack()
    assert np.array_equal(stacked.exposure, first.exposure)
    assert stacked.livetime == first.livetime


def test_stack_refused():
    other = gpnb.Axis.energy("1 TeV", "90 TeV", nbin=N)
    with pytest.raises(ArgumentError, match="energy bins differ"):
        Datasets([make(1), SpectrumDataset(other, TRUE, np.ones(N), np.ones(20), kernel(), "1 h")]).stack()
    with pytest.raises(ArgumentError, match="backgrounds differ in kind"):
        Datasets([make(1), known(2)]).stack()
    with pytest.raises(SelectionError, match="no bin of run-1 is usable"):
        Datasets([make(1).masked(np.ones(N, dtype=bool))]).stack()
    with pytest.raises(SelectionError, match="no bin of no dataset"):
        Datasets().stack()


def test_table_of_many():
    table = Datasets([make(1), make(2)]).table
    assert list(table["name"]) == ["run-1", "run-2"]
    assert table["livetime"].unit == "s"
    assert len(Datasets().table) == 0
