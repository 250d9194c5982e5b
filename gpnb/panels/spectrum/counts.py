"""Counts, background, model and what is left over, in bins of reconstructed energy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.panels.plot import Plot, Points, Rule, Steps, log_range, look
from gpnb.panels.spectrum.data import Bins
from gpnb.panels.spectrum.sed import energy_range
from gpnb.panels.spectrum.unfolded import counted, numbered
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork

_FLOOR = 0.4
"""The least counts that are drawn."""


def counts_plot(work: SpectrumWork, view: SpectrumView, excess: bool) -> Plot:
    """Counts in the ON region with background and model, or excess with model, a bin of the spectra.

    Where bins are joined their mean is shown: a wider group is not a higher one.
    """
    steps: list[Steps] = []
    points: list[Points] = []
    least = _FLOOR
    signal = work.predicted(view) if work.shown(view) is not None else None
    for number, first, bins in numbered(work.bins(view)):
        values = bins.excess if excess else bins.counts
        marks = _marks(bins, values, excess, number, first, bins.joins)
        points.append(replace(marks, label=("excess" if excess else "counts") if number == 0 else ""))
        least = min(least, _FLOOR / float(bins.joins.max(initial=1)))
        steps += _steps(bins, signal, excess, number == 0)
    y = log_range([*(item.y for item in points), *(item.values for item in steps)], least=least)
    title, label = ("Excess", "Excess a bin (counts)") if excess else ("Counts", "Counts a bin (counts)")
    return Plot(
        name=title.lower(),
        title=title,
        x=energy_range(work, view),
        y=y,
        x_label="Energy (TeV)",
        y_label=label,
        log_x=True,
        log_y=True,
        steps=tuple(steps),
        points=tuple(points),
    )


def _steps(bins: Bins, signal: list[np.ndarray] | None, excess: bool, first: bool) -> list[Steps]:
    """Model and background of some bins; the first ones are named in the legend."""
    made = []
    if signal is not None:
        total = bins.joined(signal) + (0 if excess else bins.background)
        name = "model" if excess else "model + background"
        made.append(_stepped(bins, total, label=name if first else ""))
    if not excess and bins.background.any():
        look: dict[str, Any] = {"role": "quiet", "dash": "dashed", "label": "background" if first else ""}
        made.append(_stepped(bins, bins.background, width=1.4, **look))
    return made


def _stepped(bins: Bins, values: np.ndarray, **look: Any) -> Steps:
    """Means over the bins of each group, with no number where no bin is usable between two of them."""
    edges = np.unique(np.append(bins.low, bins.high))
    shown = np.full(len(edges) - 1, np.nan)
    shown[np.searchsorted(edges, bins.low)] = values / bins.joins
    return Steps(edges=edges, values=shown, **look)


def residual_plot(work: SpectrumWork, view: SpectrumView, x: tuple[float, float]) -> Plot:
    """What is left over, in standard deviations or relative to the model."""
    signal, points, relative = work.predicted(view), [], view.residuals == "relative"
    for number, first, bins in numbered(work.bins(view)):
        model = bins.joined(signal)
        with np.errstate(divide="ignore", invalid="ignore"):
            y = bins.excess / model - 1 if relative else bins.deviance(model)
            error = np.sqrt(bins.variance) / model if relative else np.ones(model.size)
        marks = _marks(bins, y, True, number, first)
        points.append(replace(marks, y_low=y - error, y_high=y + error, x_low=bins.center, x_high=bins.center))
    values = np.abs(np.concatenate([item.y for item in points])) if points else np.zeros(1)
    good = values[np.isfinite(values)]
    top = max(1.0 if relative else 3.0, 1.25 * float(good.max(initial=0.0)) + (0.0 if relative else 1.0))
    top = min(top, 3.0) if relative else top
    return Plot(
        name="residuals",
        x=x,
        y=(-top, top),
        x_label="Energy (TeV)",
        y_label="rel. resid." if relative else "resid. (σ)",
        log_x=True,
        points=tuple(points),
        rules=(Rule(value=0.0, role="model"),),
    )


def _marks(bins: Bins, y: np.ndarray, is_excess: bool, number: int, first: int, joins: Any = 1) -> Points:
    """Values of groups with their errors, over how many bins each joins."""
    error = np.sqrt(bins.variance if is_excess else np.maximum(bins.counts, 0)) / joins
    y = y / joins
    sides = {"x_low": bins.low, "x_high": bins.high, "y_low": y - error, "y_high": y + error}
    rows = range(first, first + len(bins.low))
    return Points(x=bins.center, y=y, marker=look(number)[2], rows=rows, notes=counted(bins), **sides)
