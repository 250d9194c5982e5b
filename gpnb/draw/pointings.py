"""Pointings of runs on the sky, with their fields of view."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table
from astropy.visualization.wcsaxes.frame import EllipticalFrame
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from gpnb.core.sky_regions import to_regions
from gpnb.draw.sky_axes import sky_axes
from gpnb.draw.style import BLUE, LINE, QUIET, VERMILION, heading
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.masks import to_pixels
from gpnb.panels.observations.filter import kept
from gpnb.panels.observations.pointings import Pointings, pivot_of, plane_of_pointings, rims
from gpnb.panels.observations.view import ObservationsView
from gpnb.panels.sky.grid import window_of
from gpnb.panels.sky.shapes import shapes_of


def draw_pointings(figure: Figure, place: Any, table: Table, view: ObservationsView) -> None:
    """Draw each pointing as a dot in the circle of its field of view; highlighted ones in front, others faint."""
    pointings = Pointings.of(table)
    if not pointings.known.any():
        axes = figure.add_subplot(place)
        axes.text(0.5, 0.5, "No pointings are known", ha="center", color=QUIET, transform=axes.transAxes)
        axes.set_axis_off()
        return
    radius = view.field_of_view
    geom = plane_of_pointings(pointings, radius, pivot_of(pointings, radius, view.center, view.width))
    axes = _whole(figure, place, geom) if geom.projection == "AIT" else _near(figure, place, geom)
    shown, chosen = kept(table, view), np.isin(np.asarray(table["OBS_ID"]), view.highlight)
    _dots(axes, geom, pointings.only(~shown & ~chosen), LINE, 2)
    for part, colour, order in ((shown & ~chosen, BLUE, 3), (chosen, VERMILION, 4)):
        _dots(axes, geom, pointings.only(part), colour, order)
        axes.add_collection(
            LineCollection(
                rims(pointings.only(part), radius, geom), colors=colour, linewidths=0.8, alpha=0.6, zorder=order
            )
        )
    _draw_cone(axes, geom, view.cone)
    _look(axes, geom, view)
    heading(axes, "Pointings", f"circles of {radius:g}°, {_FRAME_WORDS[geom.frame]}")


_ELLIPSE = (np.degrees(8**0.5), np.degrees(2**0.5))
"""Half axes of the whole sky, in pixels of 1 deg."""

_FRAME_WORDS = {"icrs": "ICRS", "galactic": "Galactic"}


def _near(figure: Figure, place: Any, geom: WcsGeometry) -> Any:
    axes = sky_axes(figure, place, geom.wcs, geom.frame)
    _paper(axes, geom)
    return axes


def _whole(figure: Figure, place: Any, geom: WcsGeometry) -> Any:
    axes = figure.add_subplot(place, projection=geom.wcs, frame_class=EllipticalFrame)
    axes.coords.frame.set_color(LINE)
    axes.coords.frame.set_linewidth(0.6)
    lon, lat = axes.coords
    lon.set_ticks(np.arange(0, 360, 60) * u.deg, size=0)
    lat.set_ticks(np.arange(-60, 61, 30) * u.deg, size=0)
    lon.set_ticklabel(color=QUIET, size=7.5, exclude_overlapping=True)
    lat.set_ticklabel(color=QUIET, size=8.25)
    lon.set_ticklabel_position("h")
    lon.set_axislabel("")
    lat.set_axislabel("")
    for axis in (lon, lat):
        axis.set_major_formatter("d")
    _paper(axes, geom)
    return axes


def _paper(axes: Any, geom: WcsGeometry) -> None:
    axes.set_facecolor("white")
    axes.coords.grid(color=LINE, alpha=0.7, linewidth=0.6)
    across, up = _ELLIPSE if geom.projection == "AIT" else (geom.nx / 2, geom.ny / 2)
    x, y = (geom.nx - 1) / 2, (geom.ny - 1) / 2
    axes.set(xlim=(x - across, x + across), ylim=(y - up, y + up), aspect="equal")


def _look(axes: Any, geom: WcsGeometry, view: ObservationsView) -> None:
    """Show the part that is looked at."""
    window = window_of(geom, view.center, view.width)
    if window is not None and geom.projection != "AIT":
        axes.set(xlim=window[::2], ylim=window[1::2])


def _dots(axes: Any, geom: WcsGeometry, pointings: Pointings, colour: str, order: int) -> None:
    axes.plot(*pointings.pixels(geom), ".", color=colour, ms=3, zorder=order)


def _draw_cone(axes: Any, geom: WcsGeometry, text: str) -> None:
    """The region that runs must point into, dashed."""
    for region in to_regions(text or None):
        if shapes_of(region, geom):
            artist = to_pixels(region, geom.wcs).as_artist()
            artist.set(facecolor="none", edgecolor=QUIET, linewidth=1.0, linestyle=(0, (4, 2)), zorder=5)
            axes.add_artist(artist)
