"""Flux points by themselves: plot and table."""

from __future__ import annotations

import numpy as np

from gpnb.core.words import number
from gpnb.panels.columns import Column
from gpnb.panels.plot import SpectrumPlot, log_range
from gpnb.panels.points.view import PointsView
from gpnb.panels.spectrum.sed import ERG, SED, flux_point_marks
from gpnb.panels.spectrum.words import value_words
from gpnb.products.flux_points import FluxPoints
from gpnb.state.doors import range_ends

_LABELS = {"e2dnde": (SED, ERG), "dnde": ("dN/dE (cm⁻² s⁻¹ TeV⁻¹)", 1.0)}

COLUMNS = (
    *(Column("Energy", "TeV", number=True), Column("from", "TeV", number=True), Column("to", "TeV", number=True)),
    *(Column("Flux", number=True), Column("Unit"), Column("√TS", number=True), Column("Kind")),
)


def points_plot(points: FluxPoints, view: PointsView) -> SpectrumPlot:
    """Flux points with errors and upper limits."""
    label, factor = _LABELS[view.quantity]
    marks = flux_point_marks(points, "", quantity=view.quantity, factor=factor)
    x = _span(points, view)
    inside = (marks.x >= x[0]) & (marks.x <= x[1])
    values = [part[inside] for part in (marks.y, marks.y_high, np.maximum(marks.y_low, 0.3 * marks.y))]
    return SpectrumPlot("points", "", "", x, log_range(values), "Energy (TeV)", label, points=(marks,))


def points_rows(points: FluxPoints, view: PointsView) -> list[list[str]]:
    """One row a point."""
    _, factor = _LABELS[view.quantity]
    unit = "erg cm-2 s-1" if view.quantity == "e2dnde" else "cm-2 s-1 TeV-1"
    y, errn, errp, ul = (factor * points.column(f"{view.quantity}{end}") for end in ("", "_errn", "_errp", "_ul"))
    rows = []
    for place in range(len(points)):
        if points.is_ul[place] and np.isfinite(ul[place]):
            text, words = value_words(float(ul[place]), unit=unit)
            text, kind = f"< {text}", "upper limit"
        else:
            error = (float(errn[place]), float(errp[place]))
            text, words = value_words(float(y[place]), error if np.isfinite(error).all() else np.nan, unit)
            kind = "measured" if np.isfinite(y[place]) else "no data"
        energies = [points.e_ref[place], points.e_min[place], points.e_max[place]]
        numbers = [number(float(f"{value:.4g}")) if np.isfinite(value) else "–" for value in energies]
        root = points.sqrt_ts[place]
        rows.append([*numbers, text.replace("nan", "–"), words, f"{root:.1f}" if np.isfinite(root) else "–", kind])
    return rows


def points_facts(points: FluxPoints) -> str:
    """How many, of what: one line."""
    limits = int(points.is_ul.sum())
    words = [points.name, f"{len(points)} points", f"{limits} upper limit{'s' * (limits != 1)}"]
    if points.cl is not None and limits:
        words[-1] += f" ({100 * points.cl:.3g} %)"
    return " · ".join(word for word in words if word)


def _span(points: FluxPoints, view: PointsView) -> tuple[float, float]:
    ends = np.concatenate([points.e_ref, points.e_min, points.e_max])
    good = ends[np.isfinite(ends) & (ends > 0)]
    low, high = (0.85 * float(good.min()), 1.18 * float(good.max())) if good.size else (0.1, 100.0)
    first, last = range_ends(view.energy)
    return (first if np.isfinite(first) and first > 0 else low), (last if np.isfinite(last) else high)
