"""The light-curve explorer: flux against time or phase, and the spectrum of a chosen time beside the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from gpnb.draw import html
from gpnb.draw.plots import draw_plot
from gpnb.draw.style import PIXEL, SKY, heading
from gpnb.state.lightcurveview import LightCurveView
from gpnb.state.timecurve import CurveWork, work_of
from gpnb.state.timecurveplots import curve_plot, shown_bands, spectrum_plot
from gpnb.state.timecurvewords import NUMBERS, bin_table, curve_words, facts_of, notes_of, number_rows

_WIDTH, _HEIGHT = 960, 320
_SPECTRUM = 0.36
"""Part of the width that the spectrum takes."""


def record(obj: Any, **changes: Any) -> LightCurveView:  # noqa: ARG001  (every panel's signature)
    """The view record of a light curve; see `gpnb.state.lightcurveview.LightCurveView`."""
    return LightCurveView.build(**changes)


def draw(obj: Any, record: LightCurveView, figure: Figure) -> None:
    """Draw the light curve; beside it the spectra, where a time is chosen."""
    work = work_of(obj)
    figure.set_size_inches(_WIDTH * PIXEL, _HEIGHT * PIXEL)
    beside = spectrum_plot(work, record) if record.time is not None else None
    if beside is None:
        _draw_curve(figure.subplots(), work, record)
        return
    left, right = figure.subplots(1, 2, width_ratios=(1 - _SPECTRUM, _SPECTRUM))
    _draw_curve(left, work, record)
    left.texts[-1].set_in_layout(False)  # facts over the plot must not make it narrower
    draw_plot(right, beside)


def summary(
    obj: Any, record: LightCurveView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()
) -> html.Markup:
    """Variability, and a row a bin, as safe HTML."""
    work = work_of(obj)
    curve = work.curve(record)
    bins = html.table(*bin_table(curve, shown_bands(curve, record)))
    parts = [picture, html.table(NUMBERS, number_rows(work, record))]
    parts.append(html.fold(f"Bins ({len(curve)})", bins))
    return html.frame("Light curve", facts_of(work, record), parts, [*notes_of(work, record), *notes], repr(work.obj))


def table(obj: Any, record: LightCurveView) -> Table:
    """The light curve as shown, one row a bin."""
    return work_of(obj).curve(record).table()


def _draw_curve(axes: Any, work: CurveWork, record: LightCurveView) -> None:
    shown = curve_plot(work, record)
    draw_plot(axes, shown.plot)
    if shown.chosen is not None:
        axes.axvspan(*shown.chosen, color=SKY, alpha=0.22, linewidth=0, zorder=0)
    axes.xaxis.set_major_locator(FixedLocator(list(shown.ticks)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: shown.ticks.get(value, "")))
    heading(axes, shown.plot.title, curve_words(work, record))
