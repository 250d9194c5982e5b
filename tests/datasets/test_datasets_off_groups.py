"""Which bins are added where few OFF counts are expected."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import gpnb
from gpnb.datasets.off_groups import LEAST, expected_off, off_groups


def spectrum(off, name, livetime="1 h", flags=None, acceptance_off=10.0, on=None):
    n = len(off)
    energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=n)
    true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=n, name="energy_true")
    return gpnb.SpectrumDataset(
        energy, true, np.zeros(n) if on is None else on, np.ones(n), np.eye(n), livetime, flags=flags, counts_off=off,
        acceptance_off=acceptance_off, name=name,
    )  # fmt: skip


def groups_of(runs, cells=None, energies=False, varying=False):
    cells = [np.zeros(run.energy.n, dtype=int) for run in runs] if energies and cells is None else cells
    return off_groups(runs, expected_off(runs), cells, varying)


def test_bins_with_enough_stay_apart():
    runs = [spectrum([30, 19], "a"), spectrum([31, 18], "b")]
    assert groups_of(runs).tolist() == [0, 1, 2, 3]
    assert groups_of(runs, energies=True).tolist() == [0, 1, 2, 3]


def test_sparse_energies_are_added_over_runs():
    groups = groups_of([spectrum([30, 1, 0], name) for name in "abcd"]).reshape(4, 3)
    assert len(set(groups[:, 0])) == 4
    assert len(set(groups[:, 1])) == 1
    assert len(set(groups[:, 2])) == 1  # none expected at all
    assert not set(groups[:, 1]) & set(groups[:, 2])


def test_of_what_varies_as_few_runs_as_needed_in_their_order():
    runs = [spectrum([1], str(number)) for number in range(12)]
    assert groups_of(runs).tolist() == [0] * 12
    groups = groups_of(runs, varying=True)
    assert groups.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_what_is_expected_follows_exposure_not_single_counts():
    """All counts lie in one run; the runs are alike, so they are treated alike."""
    assert groups_of([spectrum([m], str(m)) for m in (0, 48, 1, 2)]).tolist() == [0, 1, 2, 3]
    runs = [spectrum([m], name, hours) for m, name, hours in ((9, "long", "9 h"), (1, "a", "1 h"), (1, "b", "1 h"))]
    assert groups_of(runs, varying=True).tolist() == [0, 1, 1]


def test_energies_join_from_the_top_and_the_rest_at_the_bottom_too():
    assert groups_of([spectrum([19, 4, 2, 1, 0], "a")], energies=True).tolist() == [0, 1, 2, 2, 2]
    assert groups_of([spectrum([1, 5], "a")], energies=True).tolist() == [0, 0]
    assert groups_of([spectrum([1, 0, 1], "a")], energies=True).tolist() == [0, 0, 0]


def test_cells_and_axes_are_never_mixed():
    runs = [spectrum([1, 1], "a"), spectrum([1, 1], "b"), spectrum([1, 1, 1], "other")]
    groups = groups_of(runs, [np.array([0, 1]), np.array([0, 1]), np.array([0, 0, 1])], energies=True)
    assert groups.tolist() == [0, 1, 0, 1, 2, 2, 3]


def test_masked_bins_take_no_part():
    flags = [int(gpnb.Flag.ENERGY), 0]
    runs = [spectrum([1, 5], "a", flags=flags), spectrum([1, 1], "b"), spectrum([1, 1], "c")]
    assert groups_of(runs).tolist() == [1, 0, 1, 0, 1]


@given(
    st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=8),
    st.lists(st.floats(0.1, 10), min_size=8, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_groups_have_enough_where_there_is_enough(off, hours, energies, varying):
    runs = [spectrum(row, str(i), f"{hours[i]} h") for i, row in enumerate(off)]
    groups = groups_of(runs, energies=energies, varying=varying)
    assert sorted(set(groups)) == list(range(groups.max() + 1))
    rate = np.sum(off, axis=0) / sum(hours[: len(off)])
    expected = np.outer(hours[: len(off)], rate).ravel()
    sums = np.bincount(groups, expected)
    energy = np.tile(np.arange(4), len(off))
    for group in np.flatnonzero(sums < LEAST * (1 - 1e-9)):
        own = set(energy[groups == group])
        if energies:
            assert expected.sum() < LEAST or len(own) >= 1
        else:
            assert len(own) == 1
    if not energies:
        assert all(len(set(energy[groups == group])) == 1 for group in set(groups))
    elif expected.sum() >= LEAST:
        layers = [sums[groups[energy == k]].max() for k in range(4)]
        assert min(layers) >= LEAST / 2  # parts of uneven runs may hold less than their share


def test_nothing_is_no_group():
    assert groups_of([]).size == 0


def test_a_strong_source_needs_no_sums():
    """Each ON count speaks for the source where its signal is above alpha / (1 + alpha)."""
    runs = [spectrum([1, 1], name, on=[5, 0]) for name in "ab"]
    assert groups_of(runs).tolist() == [0, 2, 1, 2]
    assert groups_of(runs, energies=True).tolist() == [0, 0, 0, 0]  # what is sparse joins the next that is not
