"""Pictures of curves and images of instrument responses."""

from __future__ import annotations

from typing import Any

from gpnb.draw.style import CURVES, LINE, NOTHING, colour_bar, energy_axis, few_ticks, heading, log_axis
from gpnb.panels.instrument.curves import CurvePlot
from gpnb.panels.instrument.images import CurveImage


def draw_curves(axes: Any, plot: CurvePlot) -> None:
    """Draw curves with their legend."""
    for curve in plot.curves:
        colour, dash = CURVES[curve.style % len(CURVES)]
        label = "" if curve.thin else curve.label
        axes.plot(curve.x, curve.y, color=colour, linestyle=dash, label=label, linewidth=0.8 if curve.thin else 1.5)
    for place in plot.marks:
        axes.axvline(place, color=LINE, linewidth=1, linestyle=(0, (4, 2)))
    if plot.zero:
        axes.axhline(0, color=LINE, linewidth=1, zorder=1)
    axes.set(xlabel=plot.x_label, ylabel=plot.y_label, xlim=plot.x, ylim=plot.y)
    if plot.energy_x:
        energy_axis(axes.xaxis, *plot.x)
    else:
        few_ticks(axes.xaxis, 4)
    (log_axis if plot.log_y else few_ticks)(axes.yaxis)
    heading(axes, plot.title, plot.facts)
    axes.legend(loc="best")


def draw_image(axes: Any, image: CurveImage) -> None:
    """Draw an image with its colours; quiet grey where it has no value."""
    limits = {"norm": "log"} if image.log else {}
    mesh = axes.pcolormesh(
        image.x, image.y, image.values, cmap="viridis", vmin=image.low, vmax=image.high, rasterized=True, **limits
    )
    axes.set(xlabel=image.x_label, ylabel=image.y_label)
    if image.energy_x:
        energy_axis(axes.xaxis, image.x[0], image.x[-1])
    if image.square:
        axes.set(aspect="equal")
    axes.grid(visible=False)
    axes.set_facecolor(NOTHING)
    few_ticks(axes.yaxis)
    colour_bar(axes, mesh, image.label)
    heading(axes, image.title, image.facts)
