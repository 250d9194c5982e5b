"""Pictures of lines, points with errors and bands."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.draw.style import BLUE, GREEN, LINE, PURPLE, QUIET, TEXT, VERMILION, energy_axis, few_ticks, heading, log_axis
from gpnb.panels.plot import Line, Points, SpectrumPlot

_COLOURS = {"model": VERMILION, "quiet": QUIET, "accent": BLUE, "fine": GREEN, "purple": PURPLE, "text": TEXT}
_DASHES: dict[str, Any] = {"solid": "-", "dashed": (0, (5, 3)), "dotted": (0, (1.2, 1.6)), "dash_dotted": "-."}
_MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle-up": "^"}


def draw_plot(axes: Any, plot: SpectrumPlot) -> None:
    """Draw one plot with its legend."""
    for value in plot.rules:
        axes.axhline(value, color=VERMILION if value == 0 else QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    axes.set(xlim=plot.x, ylim=plot.y, xlabel=plot.x_label, ylabel=plot.y_label)
    if plot.log_x:
        energy_axis(axes.xaxis, *plot.x)
    else:
        few_ticks(axes.xaxis, 4)
    (log_axis if plot.log_y else few_ticks)(axes.yaxis)
    if plot.band is not None:
        axes.fill_between(*plot.band, color=VERMILION, alpha=0.18, linewidth=0)
    for line in plot.lines:
        _draw_line(axes, line)
    for points in plot.points:
        _draw_points(axes, points, plot.y)
    if plot.title:
        heading(axes, plot.title, plot.facts)
    if any([*(line.label for line in plot.lines), *(points.label for points in plot.points)]):
        axes.legend(loc="best")


def _draw_line(axes: Any, line: Line) -> None:
    stroke = {"color": _COLOURS[line.role], "linestyle": _DASHES[line.dash], "linewidth": 0.75 * line.width}
    y = np.append(line.y, line.y[-1:]) if line.steps else line.y
    axes.plot(line.x, y, drawstyle="steps-post" if line.steps else "default", label=line.label or None, **stroke)


def _draw_points(axes: Any, points: Points, frame: tuple[float, float]) -> None:
    """Open marks with bars; an upper limit is a bar with an arrow."""
    colour, good = _COLOURS[points.role], ~points.limit
    x_error = np.array([points.x - points.x_low, points.x_high - points.x])
    y_error = np.array([points.y - points.y_low, points.y_high - points.y])
    common = {"color": colour, "elinewidth": 1.05, "linestyle": "none", "capsize": 0, "zorder": 4}
    if good.any():
        mark = {"marker": _MARKERS[points.marker], "ms": 4.5, "mfc": "white", "mew": 1.05}
        mark |= {"label": points.label or None}
        axes.errorbar(points.x[good], points.y[good], y_error[:, good], x_error[:, good], **common, **mark)
    if points.limit.any():
        x, y = points.x[points.limit], points.y[points.limit]
        arrow = {"arrowstyle": "->", "color": colour, "lw": 1.05, "shrinkA": 0}
        axes.errorbar(x, y, None, x_error[:, points.limit], label=None if good.any() else points.label, **common)
        for place, value in zip(x, y, strict=True):
            low = value / (frame[1] / frame[0]) ** 0.09 if frame[0] > 0 else value - 0.09 * (frame[1] - frame[0])
            axes.annotate("", (place, low), (place, value), arrowprops=arrow)


def share_energies(upper: Any, lower: Any) -> None:
    """Take ticks and title of the energy axis from an upper plot that has another one below."""
    upper.set_xlabel("")
    upper.tick_params(axis="x", labelbottom=False, length=0)
    lower.set_title("")
    lower.spines["top"].set_color(LINE)
