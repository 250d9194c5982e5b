"""Joining neighbouring energy bins until each has enough counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.maps.axis import Axis
from gpnb.stats.significance import cash_significance, lima

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset


def group_bins(
    dataset: SpectrumDataset, min_counts: float | None, significance: float | None, min_off: float | None
) -> SpectrumDataset:
    """Join usable neighbouring bins, from low to high energy, until each has enough.

    What is left over at the high end joins the last group. Bins that are not usable stay as they are.

    Parameters
    ----------
    dataset : SpectrumDataset
        With fine bins.
    min_counts : float, optional
        Least ON counts of a bin.
    significance : float, optional
        Least significance of its excess, in standard deviations.
    min_off : float, optional
        Least OFF counts; one or more keeps WStat from its bias.

    Returns
    -------
    SpectrumDataset

    Raises
    ------
    ArgumentError
        If nothing is asked for, or OFF counts where there are none.
    """
    if min_counts is None and significance is None and min_off is None:
        raise ArgumentError("Give min_counts, min_off or significance: what each bin must have.")
    if min_off is not None and dataset.counts_off is None:
        raise ArgumentError(f"min_off={min_off}: {dataset.name} has no OFF counts.")

    def enough(part: slice) -> bool:
        n, b = dataset.counts[part].sum(), dataset.expected_background[part].sum()
        m = np.nan if dataset.counts_off is None else dataset.counts_off[part].sum()
        if n < (min_counts or 0) or (min_off is not None and m < min_off):
            return False
        return significance is None or _significance(dataset, part, n, m, b) >= significance

    starts: list[int] = []
    for first, stop in _runs(dataset.usable):
        starts += _groups(first, stop, enough) if dataset.usable[first] else list(range(first, stop))
    recipe = Recipe.of(".group()", on=dataset, min_counts=min_counts, significance=significance, min_off=min_off)
    return replace(join_bins(dataset, np.array(starts)), recipe=recipe)


def join_bins(dataset: SpectrumDataset, starts: np.ndarray) -> SpectrumDataset:
    """Join the bins from each start up to the next; sums stay what they were.

    Parameters
    ----------
    starts : array of int
        First bins, rising from 0.
    """
    energy, counts_off, background = dataset.energy, dataset.counts_off, dataset.background
    edges = np.append(energy.edge_values[starts], energy.edge_values[-1])
    on = np.add.reduceat(dataset.acceptance, starts)
    off = None
    if counts_off is not None and dataset.acceptance_off is not None:
        total = np.add.reduceat(dataset.expected_background, starts)
        counts_off = np.add.reduceat(counts_off, starts)
        bare = np.add.reduceat(dataset.acceptance_off, starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.where(total > 0, on * counts_off / total, bare)
    return replace(
        dataset,
        energy=Axis.energy_edges(edges * u.TeV, energy.name),
        counts=np.add.reduceat(dataset.counts, starts),
        edisp=np.add.reduceat(dataset.edisp, starts, axis=1),
        flags=np.bitwise_or.reduceat(dataset.flags, starts),
        counts_off=counts_off,
        acceptance=on,
        acceptance_off=off,
        background=None if background is None else np.add.reduceat(background, starts),
    )


def _runs(usable: np.ndarray) -> list[tuple[int, int]]:
    """First and stop of each stretch of bins that are all usable, or all not."""
    breaks = np.flatnonzero(np.diff(usable)) + 1
    return list(zip([0, *breaks.tolist()], [*breaks.tolist(), len(usable)], strict=True))


def _groups(first: int, stop: int, enough: Callable[[slice], bool]) -> list[int]:
    """Where groups start in a stretch; the leftover joins the last one."""
    starts, begin = [first], first
    for end in range(first + 1, stop + 1):
        if enough(slice(begin, end)) and end < stop:
            starts.append(end)
            begin = end
    while len(starts) > 1 and not enough(slice(starts[-1], stop)):
        starts.pop()
    return starts


def _significance(dataset: SpectrumDataset, part: slice, n: float, m: float, b: float) -> float:
    if dataset.counts_off is None or dataset.acceptance_off is None:
        return float(np.nan_to_num(cash_significance(n, b), nan=np.inf))
    bare = float(dataset.acceptance[part].sum() / dataset.acceptance_off[part].sum())
    return float(np.nan_to_num(lima(n, m, b / m if b > 0 else bare)))
