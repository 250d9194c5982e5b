"""How well spectra are described by a model, and what a fit does not tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import chdtrc

from gpnb.core.words import power
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.result import FitResult
from gpnb.panels.fit.view import KINDS
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.panels.verdict import FINE, Verdict
from gpnb.stats.counts import cstat
from gpnb.stats.onoff import wstat

_ENOUGH = 10.0
"""Counts that are expected in a group of bins: of fewer the statistic is not distributed like χ²."""

_POOR = 1e-4
_LEAST = 1e-16
_SAME = 0.995
"""A correlation of two parameters that says as much as 1."""

_BETTER = 10.0
"""AIC by which a model has to be better before it is proposed."""

_CURVED = "LogParabola"
"""What is proposed where a power law is poor."""


def verdict_of(work: SpectrumWork, view: SpectrumView) -> Verdict:
    """What is wrong with the model that is shown, first what is worst."""
    if not view.model and work.given is None:
        return FINE
    if not math.isfinite(work.stat(view)):
        return Verdict("−2 ln L is not finite: these values predict no counts where some were seen, or none at all")
    result = None if view.model and not view.fitted else work.result(view)
    if result is None:
        return FINE
    poor = _poor(work, view, result)
    return replace(poor, words="; ".join(words for words in (poor.words, _degenerate(result)) if words))


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


def _poor(work: SpectrumWork, view: SpectrumView, result: FitResult) -> Verdict:
    items = work.spectra(view).usable
    _, _, chance = goodness(items, work.predicted(view)[: len(items)], len(result.names))
    if not chance < _POOR:
        return FINE
    shown = f"p < {power(_LEAST)}" if chance < _LEAST else f"p = {power(float(f'{chance:.1g}'))}"
    better = _better(work, view, result)
    return replace(better, words=f"Poor fit: −2 ln L {result.stat:.1f} for {result.dof} dof, {shown}; {better.words}")


def _better(work: SpectrumWork, view: SpectrumView, result: FitResult) -> Verdict:
    """What to take instead: the best of the fits that were made, else a curved model."""
    label, best = next(iter(work.fits(view).items()), ("", result))
    kind = type(best.models.sources[0].spectral).__name__
    if kind in KINDS and result.aic - best.aic > _BETTER:
        return Verdict(f"{label} is better by {result.aic - best.aic:.0f} in AIC", "Use it", kind)
    if type(result.models.sources[0].spectral).__name__ == "PowerLaw":
        return Verdict("try a curved model", f"Fit a {KINDS[_CURVED]}", _CURVED)
    return Verdict("try another model")


def _degenerate(result: FitResult) -> str:
    """The pair of parameters that is told apart the least, if it is not."""
    size = np.abs(np.triu(np.nan_to_num(result.correlation), 1))
    if not size.size or size.max() < _SAME:
        return ""
    first, second = np.unravel_index(int(size.argmax()), size.shape)
    one, other = (result.names[place].rpartition(".")[2] for place in (first, second))
    value = f"{result.correlation[first, second]:.3f}".replace("-", "−")
    return f"{one} and {other} are degenerate (correlation {value}): hold one of them"
