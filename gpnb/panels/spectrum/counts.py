"""Counts, background, model and what is left over, in bins of reconstructed energy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gpnb.panels.plot import MARKERS, Line, Points, SpectrumPlot, log_range
from gpnb.panels.spectrum.data import Bins
from gpnb.panels.spectrum.sed import energy_range
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork

_FLOOR = 0.4
"""The least counts that are drawn."""


def counts_plot(work: SpectrumWork, view: SpectrumView, excess: bool) -> SpectrumPlot:
    """Counts in the ON region with background and model, or excess with model, a bin."""
    lines: list[Line] = []
    points: list[Points] = []
    signal = work.predicted(view) if work.shown(view) is not None else None
    for number, bins in enumerate(work.bins(view)):
        marks = _marks(bins, bins.excess if excess else bins.counts, excess, MARKERS[number % 4])
        points.append(replace(marks, label=("excess" if excess else "counts") if number == 0 else ""))
        lines += _steps(bins, signal, excess, number == 0)
    y = log_range([*(item.y for item in points), *(item.y for item in lines)], least=_FLOOR)
    title, label = ("Excess", "Excess a bin (counts)") if excess else ("Counts", "Counts a bin (counts)")
    words = (energy_range(work, view), y, "Energy (TeV)", label)
    return SpectrumPlot(title.lower(), title, "", *words, lines=tuple(lines), points=tuple(points))


def _steps(bins: Bins, signal: list[np.ndarray] | None, excess: bool, first: bool) -> list[Line]:
    """Model and background of some bins; the first ones are named in the legend."""
    edges, made = np.append(bins.low, bins.high[-1:]), []
    if signal is not None:
        total = bins.joined(signal) + (0 if excess else bins.background)
        name = "model" if excess else "model + background"
        made.append(Line(name if first else "", edges, total, steps=True))
    if not excess and bins.background.any():
        made.append(Line("background" if first else "", edges, bins.background, "quiet", "dashed", 1.4, steps=True))
    return made


def residual_plot(work: SpectrumWork, view: SpectrumView, x: tuple[float, float]) -> SpectrumPlot:
    """What is left over, in standard deviations or relative to the model."""
    signal, points, relative = work.predicted(view), [], view.residuals == "relative"
    for number, bins in enumerate(work.bins(view)):
        model = bins.joined(signal)
        with np.errstate(divide="ignore", invalid="ignore"):
            y = bins.excess / model - 1 if relative else bins.deviance(model)
            error = np.sqrt(bins.variance) / model if relative else np.ones(model.size)
        marks = _marks(bins, y, True, MARKERS[number % 4])
        points.append(replace(marks, y_low=y - error, y_high=y + error, x_low=bins.center, x_high=bins.center))
    values = np.abs(np.concatenate([item.y for item in points])) if points else np.zeros(1)
    good = values[np.isfinite(values)]
    top = max(1.0 if relative else 3.0, 1.25 * float(good.max(initial=0.0)) + (0.0 if relative else 1.0))
    top = min(top, 3.0) if relative else top
    label = "rel. resid." if relative else "resid. (σ)"
    words = (x, (-top, top), "Energy (TeV)", label)
    return SpectrumPlot("residuals", "", "", *words, log_y=False, points=tuple(points), rules=(0.0,))


def _marks(bins: Bins, y: np.ndarray, is_excess: bool, marker: str) -> Points:
    error = np.sqrt(bins.variance if is_excess else np.maximum(bins.counts, 0))
    none = np.zeros(y.size, dtype=bool)
    return Points("", bins.center, bins.low, bins.high, y, y - error, y + error, none, marker=marker)
