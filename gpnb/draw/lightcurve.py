"""The light-curve explorer: flux against time or phase, and the spectrum of a chosen time beside the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_plot
from gpnb.draw.style import PIXEL
from gpnb.panels.lightcurve.curve import curve_plot, shown_bands, spectrum_plot
from gpnb.panels.lightcurve.strips import strip_plots
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.words import (
    CORRELATIONS,
    NUMBERS,
    bin_table,
    correlation_rows,
    curve_words,
    facts_of,
    notes_of,
    number_rows,
)
from gpnb.panels.lightcurve.work import work_of
from gpnb.panels.plot import Plot

_WIDTH, _HEIGHT, _STRIP = 960, 320, 150
_SPECTRUM = 0.36
"""Part of the width that the spectrum takes."""


def plots(obj: Any, record: LightCurveView) -> list[Plot]:
    """The light curve, its strips, and the spectra where a time is chosen."""
    work = work_of(obj)
    shown = replace(curve_plot(work, record), facts=curve_words(work, record))
    beside = spectrum_plot(work, record) if record.time is not None else None
    return [shown, *strip_plots(work, record, shown), *([] if beside is None else [beside])]


def draw(obj: Any, record: LightCurveView, figure: Figure) -> None:
    """Draw the light curve with its strips; beside it the spectra, where a time is chosen."""
    found = plots(obj, record)
    beside = found.pop() if found[-1].name == "sed" else None
    heights = [_HEIGHT, *[_STRIP] * (len(found) - 1)]
    figure.set_size_inches(_WIDTH * PIXEL, sum(heights) * PIXEL)
    widths = {} if beside is None else {"width_ratios": (1 - _SPECTRUM, _SPECTRUM)}
    grid = figure.add_gridspec(len(heights), 1 if beside is None else 2, height_ratios=heights, **widths)
    if beside is not None:  # there is less room for words
        found[0] = replace(found[0], facts=found[0].facts.rpartition(" · ")[0])
        draw_plot(figure.add_subplot(grid[0, 1]), beside)
    for row, plot in enumerate(found):
        axes = figure.add_subplot(grid[row, 0])
        _draw_times(axes, plot, last=plot is found[-1])
        if row:
            _legend_above(axes)


def summary(
    obj: Any, record: LightCurveView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()
) -> html.Markup:
    """Variability, and a row a bin, as safe HTML."""
    work = work_of(obj)
    curve = work.curve(record)
    bins = html.table(*bin_table(curve, shown_bands(curve, record)))
    parts = [picture, html.table(NUMBERS, number_rows(work, record))]
    if record.series:
        parts.append(html.table(CORRELATIONS, correlation_rows(work, record)))
    parts.append(html.fold(f"Bins ({len(curve)})", bins))
    return html.frame("Light curve", facts_of(work, record), parts, [*notes_of(work, record), *notes], repr(work.obj))


def table(obj: Any, record: LightCurveView) -> Table:
    """The light curve as shown, one row a bin."""
    return work_of(obj).curve(record).table


def _draw_times(axes: Any, plot: Plot, last: bool) -> None:
    """One plot of the column that shares an axis of time; its labels stand below the last one."""
    draw_plot(axes, plot if last else replace(plot, x_label="", x_ticks=dict.fromkeys(plot.x_ticks or {}, "")))
    for text in axes.texts:
        text.set_in_layout(False)  # facts over the plot must not make it narrower


def _legend_above(axes: Any) -> None:
    """A strip is too low for a legend inside."""
    if axes.get_legend() is not None:
        place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0, "frameon": False}
        axes.legend(**place).set_in_layout(False)
