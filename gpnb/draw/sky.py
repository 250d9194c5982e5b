"""The sky panel: maps, masks, cubes, datasets and the products of maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.visualization.wcsaxes import WCSAxes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.patches import Patch

from gpnb.core.words import class_words, counted
from gpnb.datasets.flags import Flag, reasons
from gpnb.draw import html
from gpnb.draw.colours import colour_map, normalise
from gpnb.draw.sky_axes import draw_overlay, draw_peaks, draw_regions, sky_axes
from gpnb.draw.style import BLUE, GREEN, LINE, NOTHING, ORANGE, PIXEL, PURPLE, SKY, colour_bar, heading
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.columns import Column
from gpnb.panels.sky.cuts import colours_of, scale_of
from gpnb.panels.sky.fitted import fit_facts, fit_table
from gpnb.panels.sky.grid import window_of
from gpnb.panels.sky.layers import Layer, chosen_maps, for_contours, layer_title, maps_of, shown_layer
from gpnb.panels.sky.overlays import marker_of
from gpnb.panels.sky.view import SkyView

_FLAG_COLOURS = {
    Flag.NO_BACKGROUND: ORANGE,
    Flag.USER: PURPLE,
    Flag.FIELD_OF_VIEW: NOTHING,
    Flag.ENERGY: SKY,
    Flag.EXCLUDED: GREEN,
}
_WIDEST, _HIGHEST, _LOWEST = 960, 470, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 110, 30, 48
"""Room around each image, in pixels of the screen."""


def draw(obj: Any, record: SkyView, figure: Figure) -> None:
    """Draw every layer with its colours, regions, peaks and contours."""
    maps = maps_of(obj)
    layers = [shown_layer(maps, name, record) for name in chosen_maps(obj, record)]
    columns = 2 if len(layers) in (2, 4, 5) else min(3, len(layers))
    rows = -(-len(layers) // columns)
    grid = _arranged(figure, layers[0].image.shape, columns, rows)
    for place, shown in enumerate(layers):
        axes = sky_axes(figure, grid[place // columns, place % columns], shown.wcs, shown.frame, record.grid)
        _draw_layer(axes, shown, record)
        heading(axes, record.title if record.title and len(layers) == 1 else shown.title, shown.facts)


def summary(obj: Any, record: SkyView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Geometry and statistics of the maps, as safe HTML."""
    found = maps_of(obj)
    geom = next(iter(found.values())).geom
    width = " × ".join(f"{size:.3g}°" for size in geom.width.to_value("deg"))
    binsz = f"{float(np.ravel(geom.binsz.to_value('deg'))[0]):.3g}°"
    facts = [f"{width} · {geom.nx} × {geom.ny} pixels of {binsz} · {geom.frame} {geom.projection}"]
    facts += [f"{counted(axis.n, 'bin')} of {axis.name.replace('_', ' ')}" for axis in geom.axes]
    facts += filter(None, [fit_facts(obj)])
    columns = [Column("Map"), Column("Unit")]
    columns += [Column(name, number=True) for name in ("Sum", "Smallest", "Largest", "Without value")]
    rows = [_statistics(shown_layer(found, name, record)) for name in chosen_maps(obj, record)]
    title = record.title or (class_words(type(obj)) if len(found) > 1 else layer_title(obj, record))
    remarks = [*getattr(obj, "notes", ()), *notes]
    parameters, peaks = fit_table(obj), [_peaks(record)] if record.peaks else []
    statistics = html.table(columns, rows)
    tables = [html.table(*parameters), html.fold("Maps", statistics)] if parameters[1] else [statistics]
    parts = [picture, *tables, *peaks]
    return html.frame(title, " · ".join(facts), parts, remarks, repr(obj))


def _arranged(figure: Figure, shape: tuple[int, ...], columns: int, rows: int) -> GridSpec:
    """Places for the images: as wide as the notebook allows, and no higher than a screen."""
    ratio = shape[0] / shape[1]
    gap_x, gap_y = _LEFT + _RIGHT, _TOP + _BOTTOM
    width = max(min(_WIDEST / columns - gap_x, _HIGHEST / ratio), 80)
    height = max(width * ratio, _LOWEST)
    whole_x, whole_y = (width + gap_x) * columns, (height + gap_y) * rows
    figure.set_layout_engine("none")
    figure.set_size_inches(whole_x * PIXEL, whole_y * PIXEL)
    return figure.add_gridspec(
        rows,
        columns,
        left=_LEFT / whole_x,
        right=1 - _RIGHT / whole_x,
        bottom=_BOTTOM / whole_y,
        top=1 - _TOP / whole_y,
        wspace=gap_x / width,
        hspace=gap_y / height,
    )


def _draw_layer(axes: WCSAxes, shown: Layer, view: SkyView) -> None:
    if shown.name == "flags":
        _draw_flags(axes, shown.image)
    elif shown.image.dtype == bool:
        _draw_mask(axes, shown.image)
    else:
        _draw_values(axes, shown, view)
    for kind in ("excluded", "off_regions", "regions"):
        draw_regions(axes, getattr(view, kind), kind)
    for place, (name, text, colour) in enumerate(view.overlays):
        if name not in view.hidden:
            draw_overlay(axes, text, colour, marker_of(place))
    draw_peaks(axes, view.peaks)
    ny, nx = shown.image.shape
    geom = WcsGeometry.from_wcs(shown.wcs, (ny, nx))
    x0, y0, x1, y1 = window_of(geom, view.center, view.width) or (-0.5, -0.5, nx - 0.5, ny - 0.5)
    axes.set(xlim=(x0, x1), ylim=(y0, y1))


def _draw_values(axes: WCSAxes, shown: Layer, view: SkyView) -> None:
    image = np.asarray(shown.image, dtype=float)
    colours = colour_map(colours_of(view, shown.name))
    norm = normalise(scale_of(image, view, shown.name))
    masked = np.ma.masked_invalid(image)
    drawn = axes.imshow(masked, cmap=colours, norm=norm, alpha=view.opacity, origin="lower")
    if view.contours:
        levels = sorted(view.contours)
        axes.contour(for_contours(shown), levels=levels, colors="white", linewidths=0.8, alpha=0.9)
    colour_bar(axes, drawn, f"{shown.title} ({shown.unit})" if shown.unit else shown.title)


def _draw_mask(axes: WCSAxes, mask: np.ndarray) -> None:
    axes.imshow(mask, cmap=ListedColormap([NOTHING, BLUE]), vmin=0, vmax=1, origin="lower")
    _legend(axes, {"true": BLUE, "false": NOTHING})


def _draw_flags(axes: WCSAxes, flags: np.ndarray) -> None:
    """Each pixel in the colour of its gravest reason; white is good."""
    colours, kind = ["white"], np.zeros(flags.shape, dtype=int)
    present = {}
    for flag, colour in reversed(_FLAG_COLOURS.items()):
        hit = (flags.astype(int) & int(flag)) > 0
        colours.append(colour)
        kind[hit] = len(colours) - 1
        if hit.any():
            present[reasons(int(flag))[0]] = colour
    axes.imshow(kind, cmap=ListedColormap(colours), vmin=0, vmax=len(colours) - 1, origin="lower")
    _legend(axes, {"good": "white", **present})


def _legend(axes: WCSAxes, words: dict[str, str]) -> None:
    patches = [Patch(facecolor=colour, edgecolor=LINE, linewidth=0.6, label=word) for word, colour in words.items()]
    legend = axes.legend(handles=patches, loc="upper right", frameon=True, framealpha=0.9, edgecolor=LINE)
    legend.get_frame().set_linewidth(0.6)


def _statistics(shown: Layer) -> list[str]:
    values = np.asarray(shown.image, dtype=float)
    good = values[np.isfinite(values)]
    missing = f"{values.size - good.size}" if values.size > good.size else "–"
    if not good.size:
        return [shown.title, shown.unit or "–", "–", "–", "–", missing]
    total = f"{good.sum():.6g}" if not shown.unit else "–"
    return [shown.title, shown.unit or "–", total, f"{good.min():.4g}", f"{good.max():.4g}", missing]


def _peaks(view: SkyView) -> html.Markup:
    columns = [Column("Peak", number=True), Column("RA", "deg", number=True)]
    columns += [Column("Dec", "deg", number=True), Column("Value", number=True)]
    rows = [[place, f"{ra:.4f}", f"{dec:+.4f}", f"{value:.4g}"] for place, (ra, dec, value) in enumerate(view.peaks, 1)]
    return html.fold(f"{len(rows)} peak{'s' * (len(rows) != 1)}", html.table(columns, rows))
