"""The spectral-fit panel: spectra with their model, or the result of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.colours import colour_map, normalise
from gpnb.draw.plots import draw_grid, draw_plot, share_x
from gpnb.draw.sky_axes import draw_regions, sky_axes
from gpnb.draw.style import PIXEL, QUIET, colour_bar, heading
from gpnb.panels.plot import Plot
from gpnb.panels.sky.cuts import scale_of
from gpnb.panels.sky.view import SkyView
from gpnb.panels.spectrum.plots import spectrum_plots
from gpnb.panels.spectrum.published import published
from gpnb.panels.spectrum.table import table_of
from gpnb.panels.spectrum.verdict import verdict_of
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import (
    COMPARED,
    PARAMETERS,
    comparison_rows,
    correlation_table,
    facts_of,
    fit_facts,
    notes_of,
    parameter_rows,
    title_of,
    totals_of,
)
from gpnb.panels.spectrum.work import SpectrumWork, work_of

_WIDTH = 700
_MAIN, _RESIDUALS, _SMALL = 300, 100, 240


def plots(obj: Any, record: SpectrumView) -> list[Plot]:
    """The plots of the tab of the record; none of its regions, which need a sky."""
    work = work_of(obj)
    if work.tab(record) == "regions":
        return []
    found = spectrum_plots(work, record, published(record.published, work.spectra(record).region))
    if work.tab(record) in ("profiles", "contours"):
        return found
    return [replace(found[0], facts=fit_facts(work, record)), *found[1:]]


def draw(obj: Any, record: SpectrumView, figure: Figure) -> None:
    """Draw what the tab of the record says."""
    work = work_of(obj)
    if work.tab(record) == "regions":
        _draw_sky(work, record, figure)
        return
    found = plots(obj, record)
    if work.tab(record) in ("profiles", "contours"):
        several = len(found) > 1
        width = 960 // min(len(found), 3) if several else 480
        draw_grid(figure, found, 3, width, _SMALL if several else _MAIN)
        return
    heights = [_MAIN, _RESIDUALS][: len(found)]
    figure.set_size_inches(_WIDTH * PIXEL, (sum(heights) + 20) * PIXEL)
    axes = figure.subplots(len(found), 1, squeeze=False, height_ratios=heights)[:, 0]
    for place, plot in zip(axes, found, strict=True):
        draw_plot(place, plot)
    if len(found) > 1:
        share_x(axes[0], axes[1])
        figure.align_ylabels(axes)


def summary(
    obj: Any, record: SpectrumView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()
) -> html.Markup:
    """Parameters with their errors, correlations, spectra, as safe HTML."""
    work = work_of(obj)
    models, result = work.shown(record), work.result(record)
    parts = [picture]
    if models is not None:
        rows = parameter_rows(result or models, work.intervals(record))
        parts.append(html.table(PARAMETERS, rows))
    if result is not None and len(result.names) > 1:
        parts.append(html.fold("Correlations of the free parameters", html.table(*correlation_table(result))))
    if len(fits := work.fits(record)) > 1:
        parts.append(html.table(COMPARED, comparison_rows(work, fits)))
    spectra = work.spectra(record)
    if spectra.items:
        table = html.table(*totals_of(spectra))
        parts.append(table if models is None else html.fold(f"Spectra ({len(spectra.items)})", table))
    facts = " · ".join(word for word in (facts_of(work, record), fit_facts(work, record)) if word)
    verdict = [text for text in [verdict_of(work, record).words] if text]
    return html.frame(title_of(work), facts, parts, [*verdict, *notes_of(work, record), *notes], repr(work.obj))


def table(obj: Any, record: SpectrumView) -> Table:
    """The numbers behind the picture."""
    return table_of(work_of(obj), record)


def _draw_sky(work: SpectrumWork, record: SpectrumView, figure: Figure) -> None:
    figure.set_size_inches(600 * PIXEL, 400 * PIXEL)
    sky = work.region_sky(record)
    if sky is None:
        axes = figure.subplots()
        axes.text(0.5, 0.5, "The regions are not known", ha="center", color=QUIET, transform=axes.transAxes)
        axes.set_axis_off()
        return
    geom = sky.geom
    axes = sky_axes(figure, figure.add_gridspec(1, 1)[0], geom.wcs, geom.frame)
    axes.set_facecolor("#0b0e12")
    if sky.counts is not None:
        look = SkyView(stretch="sqrt", low=record.low, high=record.high)
        norm = normalise(scale_of(sky.counts.image, look))
        drawn = axes.imshow(sky.counts.image, cmap=colour_map("cividis"), norm=norm, origin="lower")
        colour_bar(axes, drawn, "Counts a pixel, smoothed")
    axes.set(xlim=(-0.5, geom.nx - 0.5), ylim=(-0.5, geom.ny - 0.5), aspect="equal")
    for run in sky.runs:
        draw_regions(axes, "\n".join(run.off), "off_regions", run.tint)
        if run.pointing is not None:
            axes.plot(*(float(value) for value in geom.coord_pixel(run.pointing)), "+", color=run.tint, ms=8, mew=1.6)
    draw_regions(axes, "\n".join(dict.fromkeys(run.on for run in sky.runs if run.on)), "regions")
    heading(axes, "Regions", f"ON solid, OFF dashed · {sky.facts}")
