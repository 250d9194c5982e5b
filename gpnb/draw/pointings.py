"""Pointings of runs on the sky, with their fields of view."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.visualization.wcsaxes.frame import EllipticalFrame
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from gpnb.draw.skyaxes import circle, sky_axes
from gpnb.draw.style import BLUE, LINE, QUIET, VERMILION, heading
from gpnb.maps.geometry import WcsGeometry
from gpnb.state.views import ObservationsView

_NEAR = 20.0
"""Pointings within this radius (deg) are drawn on a plane, others on the whole sky."""


def draw_pointings(figure: Figure, place: Any, table: Table, view: ObservationsView) -> None:
    """Draw each pointing as a dot in the circle of its field of view; highlighted ones in front."""
    if not {"RA_PNT", "DEC_PNT"} <= set(table.colnames) or not len(table):
        axes = figure.add_subplot(place)
        axes.text(0.5, 0.5, "No pointings are known", ha="center", color=QUIET, transform=axes.transAxes)
        axes.set_axis_off()
        return
    coord = SkyCoord(np.asarray(table["RA_PNT"], float), np.asarray(table["DEC_PNT"], float), unit="deg")
    chosen = np.isin(np.asarray(table["OBS_ID"]), view.highlight)
    middle, spread = _extent(coord)
    if spread + view.field_of_view < _NEAR:
        axes, geom = _near(figure, place, middle, spread + view.field_of_view)
    else:
        axes, geom = _whole(figure, place)
    for part, colour, order in ((~chosen, BLUE, 3), (chosen, VERMILION, 4)):
        if part.any():
            _draw(axes, geom, coord[part], view.field_of_view, colour, order)
    heading(axes, "Pointings", f"circles of {view.field_of_view:g}°, {_FRAME_WORDS[geom.frame]}")


_FRAME_WORDS = {"icrs": "ICRS", "galactic": "Galactic"}


def _extent(coord: SkyCoord) -> tuple[SkyCoord, float]:
    """The middle of some positions, and the angle to the farthest."""
    vectors = coord.cartesian.xyz.value.mean(axis=1)
    if np.linalg.norm(vectors) < 1e-3:
        return SkyCoord(0, 0, unit="deg"), 180.0
    middle = SkyCoord(*vectors, representation_type="cartesian")
    middle.representation_type = "unitspherical"
    return middle, float(coord.separation(middle).deg.max())


def _near(figure: Figure, place: Any, middle: SkyCoord, radius: float) -> tuple[Any, WcsGeometry]:
    frame = "galactic" if abs(middle.galactic.b.deg) < 5 else "icrs"
    width = 2.15 * radius
    geom = WcsGeometry.create(middle, binsz=f"{width / 200} deg", npix=(300, 200), frame=frame)
    axes = sky_axes(figure, place, geom.wcs, frame)
    _paper(axes, 300, 200)
    return axes, geom


def _whole(figure: Figure, place: Any) -> tuple[Any, WcsGeometry]:
    geom = WcsGeometry.create("galactic 0d 0d", binsz="1 deg", npix=(324, 162), frame="galactic", proj="AIT")
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
    _paper(axes, 324, 162)
    return axes, geom


def _paper(axes: Any, width: int, height: int) -> None:
    axes.set_facecolor("white")
    axes.coords.grid(color=LINE, alpha=0.7, linewidth=0.6)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(-0.5, height - 0.5), aspect="equal")


def _draw(axes: Any, geom: WcsGeometry, coord: SkyCoord, radius: float, colour: str, order: int) -> None:
    """Dots, and a circle for each that differs from the others."""
    frame = coord.transform_to(geom.frame).spherical
    x, y = geom.pixel(frame.lon.deg, frame.lat.deg)
    axes.plot(x, y, ".", color=colour, ms=3, zorder=order)
    _, first = np.unique(np.round(np.stack([x, y]), 1), axis=1, return_index=True)
    rims = circle(coord[first], radius).transform_to(geom.frame).spherical
    rim_x, rim_y = geom.pixel(rims.lon.deg, rims.lat.deg)
    lines = np.stack([rim_x, rim_y], axis=-1)
    jump = np.abs(np.diff(lines[..., 0], axis=1)).max(axis=1) > geom.nx / 4  # across the rim of the sky
    lines = lines[~jump & np.isfinite(lines).all(axis=(1, 2))]
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.8, alpha=0.6, zorder=order))
