"""Which bins are added before ON and OFF counts are compared, where few OFF counts are expected.

The W statistic takes the background of each bin for itself. Where a bin holds less than about one OFF count, it lets
the background take ON counts that no OFF count speaks for, and the signal comes out too faint: with 0.14 OFF counts a
bin and a background as strong as the source, it vanishes. Sums over several bins do not have this bias. Adding the bins
of one energy over runs loses hardly anything, since the background of each run still counts with its own alpha; adding
neighbouring energies costs what the spectrum tells, so only norms, whose spectrum is held, are estimated that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpnb.datasets.spectrum import SpectrumDataset

Rates = dict[bytes, np.ndarray]
"""By the edges of an energy axis."""

LEAST = 2.5
"""OFF counts that are expected in a group (between whole numbers, so that rounding decides nothing); coverage of errors
and limits is right from about two on."""

ENOUGH = 9.5
"""OFF counts expected in a bin of a run that may stand alone: joint fits then agree with fits of the sum."""

STRONG = 8.0
"""Without OFF counts W gives ON counts to the background only up to a signal of n alpha / (1 + alpha): where the excess
of a bin is so many times what this is for one ON count, there is no bias. With half of it, bins whose ON counts happen
to be many stay apart too often: 4 % too little signal in short bins of time, errors that cover 66 %."""


def off_groups(
    datasets: Sequence[SpectrumDataset],
    expected: np.ndarray,
    cells: Sequence[np.ndarray] | None = None,
    varying: bool = False,
) -> np.ndarray:
    """The group of each usable bin; bins of one group are to be added.

    What decides are the OFF counts that are expected, so that groups hardly depend on where single counts lie. Bins in
    which the source is strong stay as they are.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        With OFF counts.
    expected : array
        OFF counts expected in each usable bin, dataset after dataset; see `expected_off`.
    cells : sequence of array of int, optional
        For each dataset, the norm that each of its bins belongs to. Neighbouring energies of a norm are added too, from
        the highest down, where one over all runs is not enough; bins of different norms never.
    varying : bool
        Add no more runs than needed, as for a source whose flux varies from run to run.

    Returns
    -------
    array of int
        One number for each usable bin, dataset after dataset; from 0, none left out.

    Examples
    --------
    >>> import gpnb
    >>> axis = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> runs = [gpnb.SpectrumDataset(axis, true, [3, 0], [1e13, 1e13], np.eye(2), "1 h", counts_off=[30, 1],
    ...                              acceptance_off=10, name=name) for name in "ab"]
    >>> off_groups(runs, expected_off(runs)).tolist()
    [0, 2, 1, 2]
    >>> off_groups(runs, expected_off(runs), cells=[np.array([0, 0])] * 2).tolist()
    [0, 0, 0, 0]
    """
    if expected.size == 0 or expected.min() >= ENOUGH:
        return np.arange(expected.size)
    table = _Bins.of(datasets, expected, cells)
    layers, layer = np.unique(np.stack([table.axis, table.cell, table.energy]), axis=1, return_inverse=True)
    layer = layer.ravel()
    total, excess = np.bincount(layer, table.expected), np.bincount(layer, table.counts - table.alpha * table.expected)
    needed = STRONG * np.bincount(layer, table.alpha / (1 + table.alpha))  # if its bins stay apart
    part = _parts(table, layer, total, excess >= needed, varying)
    if cells is not None:
        owner = _joined(layers, total, excess >= needed / np.bincount(layer))
        part, layer = np.where(np.bincount(owner)[owner][layer] > 1, 0, part), owner[layer]
    return np.asarray(np.unique(np.stack([layer, part]), axis=1, return_inverse=True)[1]).ravel()


def off_rates(datasets: Sequence[SpectrumDataset]) -> Rates:
    """OFF counts per exposure in each energy bin, of all datasets with the same energy bins together."""
    sums: Rates = {}
    for item in datasets:
        if item.counts_off is not None:
            total = sums.setdefault(item.energy.edge_values.tobytes(), np.zeros((2, item.energy.n)))
            total += np.where(item.usable, [item.counts_off, _off_exposure(item)], 0.0)
    return {key: np.divide(m, t, out=np.zeros(len(t)), where=t > 0) for key, (m, t) in sums.items()}


def expected_off(datasets: Sequence[SpectrumDataset], rates: Rates | None = None) -> np.ndarray:
    """OFF counts expected in each usable bin, dataset after dataset.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        With OFF counts.
    rates : dict, optional
        From `off_rates`; by default that of these datasets.
    """
    rates = off_rates(datasets) if rates is None else rates
    known = [rates.get(item.energy.edge_values.tobytes(), np.zeros(item.energy.n)) for item in datasets]
    places = [item.usable for item in datasets]
    return _flat([rate * _off_exposure(item) for rate, item in zip(known, datasets, strict=True)], places)


@dataclass(frozen=True, eq=False)
class _Bins:
    """The usable bins of all datasets.

    Parameters
    ----------
    run, energy, cell : array of int
        The dataset, the kind of energy bin, rising with energy within an axis, and the cell of each.
    axis : array of int
        Its energy axis.
    expected : array
        OFF counts.
    counts, alpha : array
        ON counts, and the ratio of exposures.
    """

    run: np.ndarray
    axis: np.ndarray
    energy: np.ndarray
    cell: np.ndarray
    expected: np.ndarray
    counts: np.ndarray
    alpha: np.ndarray

    @classmethod
    def of(cls, datasets: Sequence[SpectrumDataset], expected: np.ndarray, cells: Sequence[np.ndarray] | None) -> _Bins:
        axes: dict[bytes, int] = {}
        numbers = [axes.setdefault(item.energy.edge_values.tobytes(), len(axes)) for item in datasets]
        longest = max((item.energy.n for item in datasets), default=0)
        places = [np.flatnonzero(item.usable) for item in datasets]
        sizes = [len(place) for place in places]
        axis = np.repeat(np.array(numbers, dtype=int), sizes)
        energy = axis * longest + np.concatenate([*places, np.zeros(0, dtype=int)])
        cell = np.zeros(len(axis), dtype=int) if cells is None else _flat(cells, places).astype(int)
        counts, alpha = (_flat([getattr(item, name) for item in datasets], places) for name in ("counts", "alpha"))
        return cls(np.repeat(np.arange(len(sizes)), sizes), axis, energy, cell, expected, counts, alpha)


def _off_exposure(dataset: SpectrumDataset) -> np.ndarray:
    """What OFF counts of one energy are proportional to."""
    assert dataset.acceptance_off is not None
    return np.asarray(np.nan_to_num(dataset.acceptance_off) * dataset.livetime.value)


def _flat(values: Sequence[np.ndarray | None], places: Sequence[np.ndarray]) -> np.ndarray:
    found = [np.asarray(value)[place] for value, place in zip(values, places, strict=True)]
    return np.concatenate(found) if found else np.zeros(0)


def _parts(table: _Bins, layer: np.ndarray, total: np.ndarray, strong: np.ndarray, varying: bool) -> np.ndarray:
    """The part of each bin within its layer: runs alone, all together, or those that follow each other."""
    order = np.lexsort([table.run, layer])
    size = np.bincount(layer)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    alone = strong | (total >= ENOUGH * size)
    count = np.where(alone, size, np.clip(total // LEAST, 1, size) if varying else 1)
    before = np.cumsum(table.expected[order]) - 0.5 * table.expected[order]
    before -= np.repeat(np.cumsum(total) - total, size)
    share = before / np.repeat(np.where(total > 0, total, 1.0), size)
    place = np.arange(len(order)) - np.repeat(first, size)
    part = np.where(np.repeat(alone, size), place, np.floor(share * np.repeat(count, size)))
    found = np.empty(len(order), dtype=int)
    found[order] = part
    return found


def _joined(layers: np.ndarray, total: np.ndarray, strong: np.ndarray) -> np.ndarray:
    """The first layer of those that are added, for each: from the highest energy down, what is left joins the last."""
    owner, enough = np.arange(len(total)), np.where(strong, LEAST, total)
    ends = np.flatnonzero(np.any(np.diff(layers[:2]), axis=0)) + 1
    for start, stop in zip([0, *ends.tolist()], [*ends.tolist(), len(total)], strict=True):
        top = stop
        while top > start:
            low = top - 1
            while low > start and enough[low:top].sum() < LEAST:
                low -= 1
            if enough[low:top].sum() < LEAST and top < stop:
                owner[low:top] = owner[top]
            else:
                owner[low:top] = low
            top = low
    return owner
