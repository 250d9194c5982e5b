"""How likely data are that fit a model no better: from groups of bins with enough counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc

from gpnb.core.words import power
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.result import FitResult
from gpnb.stats.counts import cstat
from gpnb.stats.onoff import wstat

_ENOUGH = 10.0
"""Counts that are expected in a group of bins: of fewer the statistic is not distributed like χ²."""

POOR = 1e-4
"""A probability below which a fit is said to be poor."""

_LEAST = 1e-16


def fit_chance(result: FitResult) -> float:
    """The p of `goodness` of a fit; NaN where nothing of it are counts of spectra."""
    likelihood = result.likelihood()
    predicted = likelihood.predict(likelihood.start)
    pairs = zip(result.datasets, predicted, strict=True)
    used = [(item, signal) for item, signal in pairs if isinstance(item, SpectrumDataset) and item.usable.any()]
    return goodness([item for item, _ in used], [signal for _, signal in used], len(result.names))[2]


def chance_cell(chance: float) -> str:
    """A probability for a table; ▲ marks a poor one."""
    if not math.isfinite(chance):
        return "–"
    if chance >= 0.01:
        return f"{chance:.2f}"
    return f"▲ {small_words(chance)}" if chance < POOR else small_words(chance)


def small_words(chance: float) -> str:
    """A small probability as a power of ten."""
    return f"< {power(_LEAST)}" if chance < _LEAST else power(float(f"{chance:.1g}"))


def goodness(items: Sequence[SpectrumDataset], signal: Sequence[np.ndarray], free: int) -> tuple[float, int, float]:
    """Statistic of groups of neighbouring bins in which 10 counts are expected each, its degrees of freedom, and p.

    Parameters
    ----------
    items : sequence of SpectrumDataset
        The data; each is grouped by itself, so that what cancels between them is seen.
    signal : sequence of array
        Counts of the model in each bin of each.
    free : int
        Parameters that were fitted.

    Returns
    -------
    tuple of float, int, float
        The probability is that of χ²; NaN where there are no more groups than parameters.
    """
    parts = [part for item, counts in zip(items, signal, strict=True) for part in [_groups(item, counts)] if len(part)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    total, dof = float(values.sum()), values.size - free
    return total, dof, float(chdtrc(dof, total)) if dof > 0 else np.nan


def _groups(item: SpectrumDataset, signal: np.ndarray) -> np.ndarray:
    """The statistic of each group of a spectrum; what is left at the end belongs to the last one."""
    used = np.flatnonzero(item.usable)
    background = np.nan_to_num(item.expected_background)[used]
    starts = _starts(signal[used] + background)
    if not starts:
        return np.zeros(0)

    def joined(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(values, starts))

    counts, source, total = joined(item.counts[used]), joined(signal[used]), joined(background)
    if item.counts_off is None or item.alpha is None:
        return np.asarray(cstat(counts, source + total))
    off, bare = joined(item.counts_off[used]), joined(np.nan_to_num(item.alpha)[used]) / joined(np.ones(used.size))
    alpha = np.divide(total, off, out=bare, where=off > 0)
    return np.asarray(wstat(counts, off, alpha, source))


def _starts(expected: np.ndarray) -> list[int]:
    """The first bin of each group that is full."""
    starts, held = [0], 0.0
    for place, value in enumerate(expected.tolist(), 1):
        held += value
        if held >= _ENOUGH:
            starts.append(place)
            held = 0.0
    return starts[:-1]
