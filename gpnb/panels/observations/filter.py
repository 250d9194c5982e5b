"""Which rows of the observation browser are shown, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from regions import CircleSkyRegion, PixCoord, SkyRegion

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import separation
from gpnb.core.sky_regions import to_regions
from gpnb.data.expression import where_mask
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.observations.pointings import Pointings
from gpnb.panels.observations.rows import cells, columns_of, sorted_rows
from gpnb.panels.observations.view import ObservationsView


def shown_rows(table: Table, view: ObservationsView) -> np.ndarray:
    """Row numbers of the runs that the record lets through, in its order."""
    rows = sorted_rows(table, view)
    return np.asarray(rows[kept(table, view)[rows]])


def kept(table: Table, view: ObservationsView) -> np.ndarray:
    """Whether each run meets the condition, holds the text and points into the region of the record.

    Raises
    ------
    SelectionError
        If the condition cannot be read.
    ArgumentError
        If a region has no inside.

    Examples
    --------
    >>> table = Table({"OBS_ID": [1, 2, 3], "OBJECT": ["Crab", "crab", "Sgr A*"], "ZEN_PNT": [20.0, 50.0, 30.0]})
    >>> kept(table, ObservationsView(where="ZEN_PNT < 40", find="CRAB"))
    array([ True, False, False])
    """
    keep = np.ones(len(table), dtype=bool)
    if view.where:
        keep &= where_mask(view.where, {name: np.asarray(table[name]) for name in table.colnames}, len(table))
    if view.cone:
        keep &= points_into(Pointings.of(table), view.cone)
    if view.find:
        text, rows = view.find.casefold(), np.flatnonzero(keep)
        found = cells(table, columns_of(table, view), rows)
        keep[rows] = [any(text in cell.casefold() for cell in row) for row in found]
    return keep


def points_into(pointings: Pointings, text: str) -> np.ndarray:
    """Whether each run points into any of the regions, given as DS9 text; circles are exact on the sphere."""
    inside = np.zeros(len(pointings), dtype=bool)
    for region in to_regions(text):
        inside |= _inside(pointings, region)
    return inside


def _inside(pointings: Pointings, region: SkyRegion) -> np.ndarray:
    if isinstance(region, CircleSkyRegion):
        center = region.center.icrs
        with np.errstate(invalid="ignore"):
            away = separation(pointings.ra, pointings.dec, center.ra.deg, center.dec.deg)
            return np.asarray(away <= region.radius.to_value("deg"))
    geom = WcsGeometry.create(_middle(region), binsz="0.1 deg", npix=(100, 100), frame="icrs")
    pixel: Any = region.to_pixel(geom.wcs)
    x, y = geom.pixel(pointings.ra, pointings.dec)
    seen = np.isfinite(x) & np.isfinite(y)
    try:
        return np.asarray(pixel.contains(PixCoord(np.where(seen, x, 0.0), np.where(seen, y, 0.0))) & seen)
    except NotImplementedError as error:
        raise ArgumentError(f"A {type(region).__name__} has no inside: give a circle or a polygon.") from error


def _middle(region: Any) -> SkyCoord:
    """Where a region is."""
    if hasattr(region, "center"):
        return region.center
    if not hasattr(region, "vertices"):
        raise ArgumentError(f"A {type(region).__name__} has no inside: give a circle or a polygon.")
    mean = region.vertices.icrs.cartesian.mean()
    coord = SkyCoord(mean.x, mean.y, mean.z, representation_type="cartesian").spherical
    return SkyCoord(coord.lon, coord.lat, unit=u.deg)
