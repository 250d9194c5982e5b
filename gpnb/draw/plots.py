"""The one drawer: a picture of every `Plot`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from gpnb.draw.colours import colour_map
from gpnb.draw.style import (
    BLUE,
    GREEN,
    LINE,
    NOTHING,
    ORANGE,
    PIXEL,
    PURPLE,
    QUIET,
    SKY,
    TEXT,
    VERMILION,
    colour_bar,
    energy_axis,
    few_ticks,
    heading,
    log_axis,
)
from gpnb.panels.plot import COLOUR_MAP, Band, Image, Line, Plot, Points, Rule, Spans, Steps

_COLOURS = {"model": VERMILION, "quiet": QUIET, "accent": BLUE, "fine": GREEN, "purple": PURPLE}
_COLOURS |= {"attention": ORANGE, "text": TEXT}
_DASHES: dict[str, Any] = {"solid": "-", "dashed": (0, (5, 3)), "dotted": (0, (1.2, 1.6)), "dash_dotted": "-."}
_MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle-up": "^", "triangle-down": "v", "cross": "P"}
_MARKERS[""] = "none"


def draw_plot(axes: Any, plot: Plot) -> dict[str, Any]:
    """Draw a plot into some axes, with ticks, heading and legend.

    Returns
    -------
    dict of str to Artist
        What was drawn, by the names of `Plot.parts`.
    """
    _draw_axes(axes, plot)
    if plot.chosen is not None:
        axes.axvspan(*plot.chosen, color=SKY, alpha=0.22, linewidth=0, zorder=0)
    drawn = {name: _DRAWERS[name.partition(" ")[0]](axes, item, plot) for name, item in plot.parts()}
    axes.set(xlim=plot.x, ylim=plot.y)
    if plot.title:
        heading(axes, plot.title, plot.facts)
    if plot.labelled():
        axes.legend(loc="best")
    return drawn


def draw_grid(figure: Figure, plots: Sequence[Plot], columns: int, width: int, height: int) -> None:
    """Draw plots side by side, each in so many pixels; one of a square frame is narrower than others."""
    columns = max(1, min(columns, len(plots)))
    rows = -(-len(plots) // columns)
    figure.set_size_inches(width * columns * PIXEL, height * max(rows, 1) * PIXEL)
    ratios = [1 / 1.7 if rows == 1 and plot.square else 1 for plot in plots[:columns]]
    places = figure.subplots(max(rows, 1), columns, squeeze=False, width_ratios=ratios or None).ravel()
    for axes, plot in zip(places, plots, strict=False):
        draw_plot(axes, plot)
    for axes in places[len(plots) :]:
        axes.set_visible(False)


def share_x(upper: Any, lower: Any) -> None:
    """Leave ticks and title of the axis of x to the plot below."""
    upper.set_xlabel("")
    upper.tick_params(axis="x", labelbottom=False, length=0)
    lower.set_title("")
    lower.spines["top"].set_color(LINE)


def _draw_axes(axes: Any, plot: Plot) -> None:
    axes.set(xlim=plot.x, ylim=plot.y, xlabel=plot.x_label, ylabel=plot.y_label)
    if plot.x_ticks is not None:
        ticks = dict(plot.x_ticks)
        axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: ticks.get(value, "")))
    elif plot.log_x:
        energy_axis(axes.xaxis, *plot.x)
    else:
        few_ticks(axes.xaxis)
    if plot.log_y:
        log_axis(axes.yaxis)
    else:
        few_ticks(axes.yaxis, 4, integer=plot.whole_y)
    if plot.square:
        axes.set(aspect="equal")


def _draw_image(axes: Any, image: Image, plot: Plot) -> Any:  # noqa: ARG001  (every drawer's signature)
    """The pixels with their colours; quiet grey where there is no value."""
    limits: dict[str, Any] = {"norm": "log"} if image.log else {}
    limits |= {"cmap": colour_map(COLOUR_MAP), "vmin": image.low, "vmax": image.high}
    mesh = axes.pcolormesh(image.x, image.y, image.values, rasterized=True, **limits)
    axes.grid(visible=False)
    axes.set_facecolor(NOTHING)
    colour_bar(axes, mesh, image.label)
    return mesh


def _draw_spans(axes: Any, spans: Spans, plot: Plot) -> Any:
    look: dict[str, Any] = {"color": SKY if spans.role == "accent" else _COLOURS[spans.role], "alpha": spans.fill}
    if spans.hatched:
        look = {"facecolor": "none", "edgecolor": _COLOURS[spans.role], "alpha": 0.35, "hatch": "///"}
    shown = spans.within(*plot.x)
    labels = [spans.label or None, *[None] * len(shown)]
    return [
        axes.axvspan(*ends, linewidth=0, zorder=0.5, label=label, **look)
        for ends, label in zip(shown, labels, strict=False)
    ]


def _draw_rule(axes: Any, rule: Rule, plot: Plot) -> Any:  # noqa: ARG001
    return axes.axhline(rule.value, **_ruled(rule))


def _draw_mark(axes: Any, rule: Rule, plot: Plot) -> Any:  # noqa: ARG001
    return axes.axvline(rule.value, **_ruled(rule))


def _ruled(rule: Rule) -> dict[str, Any]:
    look = {"color": _COLOURS[rule.role], "linestyle": _DASHES[rule.dash], "label": rule.label or None}
    return look | {"linewidth": 0.8, "zorder": 1}


def _draw_band(axes: Any, band: Band, plot: Plot) -> Any:  # noqa: ARG001
    return axes.fill_between(band.x, band.low, band.high, color=_COLOURS[band.role], alpha=0.18, linewidth=0)


def _draw_steps(axes: Any, steps: Steps, plot: Plot) -> Any:  # noqa: ARG001
    """The outline; below it the area."""
    colour, look = _COLOURS[steps.role], {}
    if steps.fill:
        look = {"label": None if steps.width else steps.label or None}
        area = axes.stairs(
            steps.values, steps.edges, color=colour, fill=True, alpha=steps.fill, baseline=0, linewidth=0, **look
        )
        if not steps.width:
            return area
    stroke = {"linewidth": 0.75 * steps.width, "linestyle": _DASHES[steps.dash], "label": steps.label or None}
    return axes.stairs(steps.values, steps.edges, color=colour, baseline=0 if steps.fill else None, **stroke)


def _draw_line(axes: Any, line: Line, plot: Plot) -> Any:  # noqa: ARG001
    stroke = {"linestyle": _DASHES[line.dash], "linewidth": 0.75 * line.width, "label": line.label or None}
    return axes.plot(line.x, line.y, color=_COLOURS[line.role], **stroke)[0]


def _draw_points(axes: Any, points: Points, plot: Plot) -> Any:
    """Open marks with bars; an upper limit is a bar with an arrow."""
    colour, there = _COLOURS[points.role], np.isfinite(points.x) & np.isfinite(points.y)
    good, limit = there & ~points.limit, there & points.limit
    x_error = _sides(points.x, points.x_low, points.x_high)
    y_error = _sides(points.y, points.y_low, points.y_high)
    common = {"color": colour, "elinewidth": 1.05, "linestyle": "none", "capsize": 0, "zorder": 4}
    made = []
    if good.any():
        mark = {"marker": _MARKERS[points.marker], "ms": 4.5, "mfc": "white", "mew": 1.05}
        mark |= {"label": points.label or None}
        made.append(axes.errorbar(points.x[good], points.y[good], y_error[:, good], x_error[:, good], **common, **mark))
    if limit.any():
        label = None if made else points.label or None
        made.append(axes.errorbar(points.x[limit], points.y[limit], None, x_error[:, limit], label=label, **common))
        _draw_arrows(axes, points.x[limit], points.y[limit], colour, plot)
    return made[0]


def _sides(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Lengths of bars down and up; none to what is no number."""
    with np.errstate(invalid="ignore"):
        sides = np.array([values - low, high - values])
    return np.where(np.isfinite(sides) & (sides > 0), sides, 0.0)


def _draw_arrows(axes: Any, x: np.ndarray, y: np.ndarray, colour: str, plot: Plot) -> None:
    (bottom, top), look = plot.y, {"arrowstyle": "->", "color": colour, "lw": 1.05, "shrinkA": 0}
    for place, value in zip(x, y, strict=True):
        low = value / (top / bottom) ** 0.09 if plot.log_y else value - 0.09 * (top - bottom)
        axes.annotate("", (place, low), (place, value), arrowprops=look, annotation_clip=True)


_DRAWERS: dict[str, Callable[[Any, Any, Plot], Any]] = {
    "image": _draw_image,
    "span": _draw_spans,
    "rule": _draw_rule,
    "mark": _draw_mark,
    "band": _draw_band,
    "steps": _draw_steps,
    "line": _draw_line,
    "points": _draw_points,
}
