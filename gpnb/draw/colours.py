"""From values to colours: cuts, stretch, colour map."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.colors import AsinhNorm, Colormap, LogNorm, Normalize, PowerNorm

from gpnb.panels.events.view import EventsView
from gpnb.panels.sky.view import SkyView


def colour_map(name: str) -> Colormap:
    """The colour map of a record; values that are not there are transparent."""
    return mpl.colormaps["RdBu_r" if name == "diverging" else name].with_extremes(bad=(0, 0, 0, 0))


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
