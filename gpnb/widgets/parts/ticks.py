"""Few plain ticks of the axes of a plot, in one value with the ranges and titles that they belong to."""

from __future__ import annotations

import math
from typing import Any

from gpnb.core.words import energy_ticks, log_ticks, number
from gpnb.panels.plot import Plot

_MOST = {"x": 5, "y": 4}
"""Steps of a linear axis."""

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


def frame_of(plot: Plot, over: bool, height: int) -> dict[str, Any]:
    """Ranges, titles and ticks of both axes, and the size of the picture; as the page takes it.

    Parameters
    ----------
    plot : Plot
        What is shown.
    over : bool
        Whether texts along x are left to the plot below.
    height : int
        Of the picture, pixels.
    """
    return {"x": axis_of(plot, "x"), "y": axis_of(plot, "y"), "square": plot.square, "over": over, "height": height}


def axis_of(plot: Plot, name: str) -> dict[str, Any]:
    """One axis: range, title, the values and texts of its ticks, and what makes others for a closer look."""
    low, high = getattr(plot, name)
    is_x = name == "x"
    return {
        "low": float(low),
        "high": float(high),
        "log": plot.log_x if is_x else plot.log_y,
        "label": plot.x_label if is_x else plot.y_label,
        "ticks": [[float(value), text] for value, text in ticks_of(plot, name).items()],
        "most": _MOST[name],
        "whole": not is_x and plot.whole_y,
        "energy": is_x and plot.log_x,
        "scale": [[float(value) for value in part] for part in plot.x_scale] if is_x and plot.x_scale else None,
    }


def ticks_of(plot: Plot, name: str) -> dict[float, str]:
    """Values and texts of the ticks of the axis ``"x"`` or ``"y"``."""
    low, high = getattr(plot, name)
    if name == "x" and plot.x_ticks is not None:
        return dict(plot.x_ticks)
    if name == "x" and plot.log_x:
        return {tick: number(tick) for tick in energy_ticks(low, high, 5)}
    if name == "y" and plot.log_y:
        return {tick: text for tick, text in log_ticks(low, high).items() if low <= tick <= high}
    return {value: number(value) for value in even_ticks(low, high, _MOST[name], name == "y" and plot.whole_y)}


def even_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten between two ends, at most so many steps.

    Examples
    --------
    >>> even_ticks(0.0, 0.3, 5), even_ticks(0.0, 1.08, 4, whole=True)
    ([0.0, 0.1, 0.2, 0.3], [0.0, 1.0])
    """
    least = (high - low) / most
    size = 10.0 ** math.floor(math.log10(least) + 1e-9)
    steps = [factor * size for factor in _NICE if factor * size >= least * (1 - 1e-9)]
    if whole:
        steps = [1.0] if size < 1 else [step for step in steps if step == int(step)]
    first, last = math.ceil(low / steps[0] - 1e-9), math.floor(high / steps[0] + 1e-9)
    return [float(f"{place * steps[0]:.12g}") for place in range(first, last + 1)]
