"""Few plain ticks of the axes of a plot."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from gpnb.core.words import energy_ticks, log_ticks, number
from gpnb.panels.plot import Plot

_STEPS = {"x": 5, "y": 4}


def ticks_of(plot: Plot, name: str) -> dict[float, str]:
    """Values and labels of the ticks of the axis ``"x"`` or ``"y"``."""
    low, high = getattr(plot, name)
    if name == "x" and plot.x_ticks is not None:
        return dict(plot.x_ticks)
    if name == "x" and plot.log_x:
        return {tick: number(tick) for tick in energy_ticks(low, high, 5)}
    if name == "y" and plot.log_y:
        return {tick: text for tick, text in log_ticks(low, high).items() if low <= tick <= high}
    whole = name == "y" and plot.whole_y
    steps = MaxNLocator(_STEPS[name], integer=whole, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    inside = [float(f"{step:.12g}") for step in steps if low - 1e-9 <= step <= high + 1e-9]
    return {step: number(step) for step in inside}


def key_of(value: float) -> str:
    """A number as JavaScript writes it."""
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    small = abs(value) >= 1e-6 and int(exponent) < 0
    return np.format_float_positional(value, trim="-") if small else f"{mantissa}e{int(exponent):+d}"
