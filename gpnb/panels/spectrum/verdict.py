"""How well spectra are described by a model, and what a fit does not tell apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gpnb.fitting.result import FitResult
from gpnb.panels.fit.view import KINDS
from gpnb.panels.spectrum.goodness import POOR, goodness, small_words
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.panels.verdict import FINE, Verdict

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


def _poor(work: SpectrumWork, view: SpectrumView, result: FitResult) -> Verdict:
    items = work.spectra(view).usable
    _, _, chance = goodness(items, work.predicted(view)[: len(items)], len(result.names))
    if not chance < POOR:
        return FINE
    words = small_words(chance)
    shown = f"p {words}" if words.startswith("<") else f"p = {words}"
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
