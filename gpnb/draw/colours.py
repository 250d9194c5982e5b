"""From values to colours: cuts, stretch, colour map."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.colors import Colormap, FuncNorm, LogNorm, Normalize

from gpnb.panels.sky.cuts import Scale

DIVERGING = "berlin"
"""Dark in the middle, so that white lines and both themes go with it."""


def map_name(name: str) -> str:
    """A colour map of a record as matplotlib calls it."""
    return DIVERGING if name == "diverging" else name


def colour_map(name: str) -> Colormap:
    """The colour map of a record; values that are not there are transparent."""
    return mpl.colormaps[map_name(name)].with_extremes(bad=(0, 0, 0, 0))


def normalise(scale: Scale) -> Normalize:
    """A scale as matplotlib takes it."""
    low, high = scale.low, scale.high
    if scale.stretch == "log" and not scale.centred:
        return LogNorm(scale.floor, high, clip=True)
    if scale.stretch == "linear" and not (scale.centred and low != -high):
        return Normalize(low, high, clip=True)
    return FuncNorm((scale.places, scale.values), low, high, clip=True)
