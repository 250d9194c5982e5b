"""Flux points as marks of a plot, and the range that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.panels.plot import Line, Points, log_range
from gpnb.products.estimates import Estimates
from gpnb.products.flux_points import FluxPoints

ERG = 1.602176634
"""erg a TeV."""

SED = "E² dN/dE (erg cm⁻² s⁻¹)"

_COUNTS = (("Counts on", "n_on"), ("Counts off", "n_off"), ("Counts", "counts"))
_OF_CUBES = (("Effective counts", "effective_on"), ("of background", "effective_background"))
"""Of a sky with nearly all of its counts far from the source."""


def sed_range(lines: Sequence[Line], points: Sequence[np.ndarray]) -> tuple[float, float]:
    """A range that holds all points; a model that falls below them is followed a little."""
    low, high = log_range([*points, *(line.y for line in lines)])
    if any(values.size for values in points):
        return max(low, log_range(points)[0] / 2), high
    return max(low, high / 1e4), high


def flux_point_marks(
    points: FluxPoints,
    label: str,
    role: str = "text",
    marker: str = "circle",
    quantity: str = "e2dnde",
    factor: float = ERG,
    first: int | None = None,
) -> Points:
    """Flux points as marks, in TeV units times `factor`; where they are upper limits, at the limit.

    With `first` they are rows of a table from that one on.
    """
    y, errn, errp, ul = (factor * points.column(f"{quantity}{end}") for end in ("", "_errn", "_errp", "_ul"))
    limit = np.asarray(points.is_ul) & np.isfinite(ul)
    place = np.where(limit, ul, y)
    low, high = (np.where(np.isfinite(end), end, points.e_ref) for end in (points.e_min, points.e_max))
    ends = (np.where(limit, place, y - np.nan_to_num(errn)), np.where(limit, place, y + np.nan_to_num(errp)))
    good = np.isfinite(place) & (place > 0)
    sides = {"x": points.e_ref, "y": place, "x_low": low, "x_high": high, "y_low": ends[0], "y_high": ends[1]}
    shown = {name: item[good] for name, item in sides.items()}
    rows = None if first is None else (first + np.flatnonzero(good)).tolist()
    return Points(
        label=label, limit=limit[good], role=role, marker=marker, rows=rows, notes=point_notes(points, good), **shown
    )


def point_notes(points: Estimates, good: Any) -> dict[str, list[str]]:
    """What is known of points beside their fluxes: counts, significance; of those at some places."""
    counts = _OF_CUBES if "effective_on" in points.extra else _COUNTS
    known = {name: np.asarray(points.extra[key], dtype=float)[good] for name, key in counts if key in points.extra}
    notes = {name: [f"{value:.0f}" if np.isfinite(value) else "" for value in values] for name, values in known.items()}
    root = points.sqrt_ts[good]
    return notes | {"√TS": [f"{value:.1f}".replace("-", "−") if np.isfinite(value) else "" for value in root]}


def seen_values(points: Points, x: tuple[float, float]) -> np.ndarray:
    """Values that lie in the frame; those that may as well be nothing would stretch it far down, and do not count."""
    inside = (points.x >= x[0]) & (points.x <= x[1])
    sure = inside & ((points.y_low > 0) | (points.y_high <= points.y))
    inside = sure if sure.any() else inside
    return np.concatenate([points.y[inside], points.y_high[inside], np.maximum(points.y_low, 0.3 * points.y)[inside]])
