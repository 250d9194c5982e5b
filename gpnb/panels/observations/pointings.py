"""Where runs point: the plane they are shown on, their fields of view, and which of them lie at a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.frames import from_vectors, separation, to_frame, to_vectors
from gpnb.core.units import to_skycoord
from gpnb.maps.geometry import WcsGeometry

_NEAR = 20.0
"""Pointings within this radius (deg) are shown on a plane, others on the whole sky."""

_NARROW = 60.0
"""A part of the whole sky that is less wide (deg) is shown on a plane of its own."""

_SIZE = (300, 200)

_WHOLE = (352, 190)
"""Pixels of 1 deg that the whole sky is shown on: its ellipse is 324 × 162, and has a margin."""

_MARGIN = 2.15
"""Height of the plane in radii of what is on it."""

_STRETCHED = 10.0
"""No projection draws a step along a circle so many times as long as it is: there it jumps."""

_RIM, _COARSE, _MANY = 73, 37, 200
"""Points on the rim of a field of view, the first one twice; fewer where there are many circles."""


@dataclass(frozen=True, eq=False)
class Pointings:
    """Directions of runs.

    Attributes
    ----------
    ra, dec : ndarray, shape (n,)
        deg, ICRS; NaN where unknown.
    """

    ra: np.ndarray
    dec: np.ndarray

    @classmethod
    def of(cls, table: Table) -> Pointings:
        """Those of a table of runs.

        Examples
        --------
        >>> len(Pointings.of(Table({"RA_PNT": [83.6, 84.1], "DEC_PNT": [22.0, 22.0]})))
        2
        """
        if not {"RA_PNT", "DEC_PNT"} <= set(table.colnames):
            return cls(np.full(len(table), np.nan), np.full(len(table), np.nan))
        return cls(*(_floats(table[name]) for name in ("RA_PNT", "DEC_PNT")))

    def __len__(self) -> int:
        return len(self.ra)

    @cached_property
    def known(self) -> np.ndarray:
        """Whether each direction is known."""
        return np.asarray(np.isfinite(self.ra) & np.isfinite(self.dec))

    @cached_property
    def extent(self) -> tuple[float, float, float]:
        """The middle (ra, dec) of all directions, and the angle to the farthest, deg."""
        vectors = to_vectors(self.ra[self.known], self.dec[self.known])
        mean = vectors.mean(axis=1) if vectors.size else np.zeros(3)
        if np.linalg.norm(mean) < 1e-3:
            return 0.0, 0.0, 180.0
        ra, dec = (float(value) for value in from_vectors(mean))
        return ra, dec, float(separation(self.ra[self.known], self.dec[self.known], ra, dec).max())

    def is_near(self, radius: float) -> bool:
        """Whether all fields of view of a radius (deg) fit on a plane."""
        return self.extent[2] + radius < _NEAR

    def only(self, rows: np.ndarray) -> Pointings:
        """Some of them, by a mask or row numbers."""
        return Pointings(self.ra[rows], self.dec[rows])

    def pixels(self, geom: WcsGeometry) -> tuple[np.ndarray, np.ndarray]:
        """Where the directions lie on a map, in pixels."""
        return geom.pixel(*to_frame(self.ra, self.dec, "icrs", geom.frame))

    def at(self, geom: WcsGeometry, x: float, y: float, reach: float) -> np.ndarray:
        """Row numbers of the runs that point nearest to a place on a map, if as near as `reach` (all in pixels)."""
        there_x, there_y = self.pixels(geom)
        return _nearest(np.hypot(there_x - x, there_y - y), reach)

    def near(self, ra: float, dec: float, reach: float) -> np.ndarray:
        """Row numbers of the runs that point nearest to a direction, if as near as `reach` (all in deg, ICRS)."""
        return _nearest(separation(self.ra, self.dec, ra, dec), reach)


def _nearest(away: np.ndarray, reach: float) -> np.ndarray:
    """Places of the smallest distance, and of those that cannot be told from it."""
    away = np.nan_to_num(away, nan=np.inf)
    return np.flatnonzero((away <= reach) & (away < away.min(initial=np.inf) + 0.25 * reach))


def pivot_of(pointings: Pointings, radius: float, center: str, width: float | None) -> str:
    """The centre that the plane must have; empty if it holds all pointings, or the whole sky is looked at."""
    return center if width is not None and width < _NARROW and not pointings.is_near(radius) else ""


def plane_of_pointings(pointings: Pointings, radius: float, pivot: str = "") -> WcsGeometry:
    """A grid that all fields of view fit on: a tangential plane if they lie close together, else the whole sky.

    Parameters
    ----------
    pointings : Pointings
        Where runs point.
    radius : float
        Of the fields of view, deg.
    pivot : str
        Centre of a plane for a part of the sky; see `pivot_of`.

    Examples
    --------
    >>> few = Pointings(np.array([83.1, 84.1]), np.array([22.0, 22.0]))
    >>> plane_of_pointings(few, 2.5).projection
    'TAN'
    >>> plane_of_pointings(Pointings(np.array([10.0, 84.1]), np.array([-40.0, 22.0])), 2.5).projection
    'AIT'
    """
    if pivot:
        return _plane(to_skycoord(pivot), 1.5 * _NARROW / _SIZE[0])
    if not pointings.is_near(radius):
        return WcsGeometry.create("galactic 0d 0d", binsz="1 deg", npix=_WHOLE, frame="galactic", proj="AIT")
    ra, dec, spread = pointings.extent
    return _plane(SkyCoord(ra, dec, unit="deg"), _MARGIN * (spread + radius) / _SIZE[1])


def rims(pointings: Pointings, radius: float, geom: WcsGeometry) -> list[np.ndarray]:
    """Circles on the sky about pointings as lines on a map, shape (points, 2) in pixels; alike ones once.

    Circles across the rim of the sky come in pieces; what does not lie on the map's side of the sky is left out.
    """
    lon, lat = to_frame(pointings.ra[pointings.known], pointings.dec[pointings.known], "icrs", geom.frame)
    if not lon.size:
        return []
    _, first = np.unique(np.round(np.stack(geom.pixel(lon, lat)), 1), axis=1, return_index=True)
    lines = np.stack(geom.pixel(*_circles(lon[first], lat[first], radius)), axis=-1)
    with np.errstate(invalid="ignore"):
        step = 2 * np.pi * radius / lines.shape[1] / min(geom.plane.scales)
        jumps = np.hypot(*np.moveaxis(np.diff(lines, axis=1), -1, 0)) > _STRETCHED * step
    jumps |= np.isnan(lines[:, 1:, 0]) | np.isnan(lines[:, :-1, 0])
    return [piece for line, jump in zip(lines, jumps, strict=True) for piece in _pieces(line, jump)]


def _pieces(line: np.ndarray, jump: np.ndarray) -> list[np.ndarray]:
    """A line cut where it jumps; its first and last piece are one where it ends where it began."""
    if not jump.any():
        return [line]
    pieces = np.split(line[:-1], np.flatnonzero(jump) + 1)
    pieces = [np.concatenate([pieces[-1], pieces[0]]), *pieces[1:-1]]
    return [piece for piece in pieces if len(piece) > 1 and np.isfinite(piece).all()]


def _circles(lon: np.ndarray, lat: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Points at an angle from each position, shape (n, points), deg."""
    phi = np.linspace(0, 2 * np.pi, _RIM if len(lon) < _MANY else _COARSE)
    ahead, east, north = to_vectors(lon, lat), to_vectors(lon + 90, np.zeros_like(lat)), to_vectors(lon + 180, 90 - lat)
    around = east[..., None] * np.sin(phi) + north[..., None] * np.cos(phi)
    size = np.radians(radius)
    return from_vectors(np.cos(size) * ahead[..., None] + np.sin(size) * around)


def _floats(column: Any) -> np.ndarray:
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(float), np.nan))


def _plane(middle: SkyCoord, binsz: float) -> WcsGeometry:
    frame = "galactic" if abs(middle.galactic.b.deg) < 5 else "icrs"
    return WcsGeometry.create(middle, binsz=f"{binsz} deg", npix=_SIZE, frame=frame)
