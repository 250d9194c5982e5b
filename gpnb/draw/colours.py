"""From values to colours: cuts, stretch, colour map."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import AsinhNorm, Colormap, LogNorm, Normalize, PowerNorm

from gpnb.state.views import EventsView, SkyView

_CUTS = (0.5, 99.9)
"""Percentiles of the values that get the first and the last colour."""


def colour_map(name: str) -> Colormap:
    """The colour map of a record; values that are not there are transparent."""
    return mpl.colormaps["RdBu_r" if name == "diverging" else name].with_extremes(bad=(0, 0, 0, 0))


def cuts(image: np.ndarray, view: SkyView) -> tuple[float, float]:
    """The first and last value with a colour: as the record says, else from percentiles."""
    values = image[np.isfinite(image)]
    if view.stretch == "log":
        values = values[values > 0]
    low, high = (float(end) for end in np.percentile(values, _CUTS)) if values.size else (0.0, 1.0)
    if not low < high and values.size:
        low, high = float(values.min()), float(values.max())
    low = low if view.low is None else view.low
    high = high if view.high is None else view.high
    if view.cmap == "diverging" and view.low is None and view.high is None:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    return (low, high) if low < high else (low, low + (abs(low) or 1.0))


def normalise(low: float, high: float, view: SkyView | EventsView) -> Normalize:
    """The stretch between two values."""
    makers: dict[str, Any] = {
        "linear": lambda: Normalize(low, high, clip=True),
        "sqrt": lambda: PowerNorm(0.5, low, high, clip=True),
        "log": lambda: LogNorm(max(low, high * 1e-6), high, clip=True),
        "asinh": lambda: AsinhNorm((high - low) / 10, low, high, clip=True),
    }
    norm: Normalize = makers[view.stretch]()
    return norm
