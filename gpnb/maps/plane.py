"""The two sky dimensions of a map: pixels ↔ sky, solid angles; plain floats.

Geometries of the same sky grid share one `Plane`, so that what it caches is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from weakref import WeakValueDictionary

import numpy as np
from astropy.wcs import WCS
from astropy.wcs.utils import wcs_to_celestial_frame

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_vectors, rotation, to_vectors
from gpnb.maps.sphere import FRAMES, local_basis, quadrangle_areas, rotate, separation
from gpnb.maps.wcs import celestial_header

ZENITHAL: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "TAN": lambda up: 1 / up,
    "SIN": np.ones_like,
    "STG": lambda up: 2 / (1 + up),
    "ZEA": lambda up: np.sqrt(2 / (1 + up)),
}
"""Projection → distance from the centre over the sine of the angle, against its cosine
(Calabretta & Greisen 2002, A&A 395, 1077, section 5.1; tested against wcslib)."""

_UP: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "TAN": lambda square: 1 / np.sqrt(1 + square),
    "SIN": lambda square: np.sqrt(1 - square),
    "STG": lambda square: (4 - square) / (4 + square),
    "ZEA": lambda square: 1 - square / 2,
}
"""Projection → cosine of the angle from the centre, against the square of the distance: the way back."""

_HEMISPHERE = ("TAN", "SIN")

_TOLERANCE = 1e-6
"""Pixels by which two grids may differ and still be the same."""

_ALIKE = 0.015
"""Part by which the sides of pixels may differ for one shape to stand for all: a tangential map of 13 deg across."""

_AREA = 1.35
"""How much more the area of pixels may differ than their sides: less than if both sides were at their limits."""

_SAMPLES = 17
"""Pixels along x and along y whose shape is looked at."""

_MARGIN = 1.1

_COARSE = 100
"""Places along x and along y at which is looked whether a position is near."""

_DISTORTED = 2.5
"""Ratio of the longest side of a pixel to the shortest from which rows that are no parallels bend too much."""


class Plane:
    """A celestial WCS with its shape; use `plane_of`, which shares equal ones.

    Parameters
    ----------
    wcs : WCS
        With two celestial axes, longitude first; not to be changed.
    ny, nx : int
        Pixels in latitude and longitude.
    """

    def __init__(self, wcs: WCS, ny: int, nx: int):
        self.wcs, self.ny, self.nx = wcs, ny, nx
        self.frame = _frame_name(wcs)
        self.projection = str(wcs.wcs.ctype[0])[-3:]
        self.matrix = np.array(wcs.pixel_scale_matrix)
        self.scales = np.hypot(*self.matrix)
        """Pixel widths in x and y at the reference point, in degrees."""

    def pixel(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Float pixels of directions in the map's frame (deg); NaN where they cannot be projected."""
        lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
        x, y = self.wcs.wcs_world2pix(lon, lat, 0)
        return np.asarray(x), np.asarray(y)

    def pixel_icrs(self, ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Float pixels of ICRS directions (deg); many at once are quick."""
        if self._zenithal is None and self.frame == "icrs":
            return self.pixel(ra, dec)
        vectors = to_vectors(ra, dec)
        if self._zenithal is None:
            return self.pixel(*from_vectors(rotate(rotation("icrs", self.frame), vectors)))
        matrix = self._zenithal
        up, right, along = rotate(matrix, vectors)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = ZENITHAL[self.projection](up)
        if self.projection in _HEMISPHERE:
            factor = np.where(up > 0, factor, np.nan)
        x0, y0 = self.wcs.wcs.crpix - 1
        return right * factor + x0, along * factor + y0

    def sky(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Directions of float pixels in the map's frame (deg); NaN outside the sky."""
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        lon, lat = self.wcs.wcs_pix2world(x, y, 0)
        return np.asarray(lon), np.asarray(lat)

    def directions(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Unit vectors of float pixels in the map's frame, shape (3, …); NaN outside the sky."""
        if self._zenithal is None:
            return to_vectors(*self.sky(x, y))
        x0, y0 = self.wcs.wcs.crpix - 1
        (xx, xy), (yx, yy) = np.radians(self.matrix)
        right, along = xx * (x - x0) + xy * (y - y0), yx * (x - x0) + yy * (y - y0)
        with np.errstate(invalid="ignore"):
            up = _UP[self.projection](right**2 + along**2)
            factor = 1 / ZENITHAL[self.projection](up)
        return rotate(local_basis(*self.wcs.wcs.crval).T, np.stack([up, right * factor, along * factor]))

    @cached_property
    def lonlat(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixel centres in the map's frame (deg), two arrays of shape (ny, nx), read-only."""
        lon, lat = from_vectors(self.vectors) if self._zenithal is not None else self.sky(*self._grid())
        lon.flags.writeable = lat.flags.writeable = False
        return lon, lat

    @cached_property
    def vectors(self) -> np.ndarray:
        """Pixel centres as unit vectors in the map's frame, shape (3, ny, nx), read-only."""
        vectors = self.directions(*self._grid()) if self._zenithal is not None else to_vectors(*self.lonlat)
        vectors.flags.writeable = False
        return vectors

    @cached_property
    def solid_angle(self) -> np.ndarray:
        """Solid angle of each pixel in sr, shape (ny, nx), read-only; NaN outside the sky."""
        if self.projection == "TAN" and self._zenithal is not None and self.matrix[0, 1] == self.matrix[1, 0] == 0:
            areas = self._tangential_areas()
        else:
            areas = quadrangle_areas(self.directions(*self._corners()))
            rows, columns = np.nonzero(np.isnan(areas) & np.isfinite(self.lonlat[0]))
            areas[rows, columns] = self._differential_area(columns, rows)
        areas.flags.writeable = False
        return areas

    @cached_property
    def pixel_size(self) -> tuple[float, float] | None:
        """Sides of a pixel (deg) in x and y if all are alike and at right angles, to `_ALIKE`; else None.

        Those at the reference point if they stand for all, else those at the middle of the map.
        """
        xx, xy, yy = self._shapes
        middle = xx.size // 2
        for x, y in (self.scales, np.sqrt([xx.flat[middle], yy.flat[middle]])):
            long, slanted, high = xx / x**2 - 1, xy / (x * y), yy / y**2 - 1
            if np.abs([long, 2 * slanted, high, (long + high) / _AREA]).max() < 2 * _ALIKE:
                return float(x), float(y)
        return None

    @cached_property
    def has_parallels(self) -> bool:
        """Whether rows are parallels of the sphere, which close on themselves."""
        _, lat = self.sky(*self._sample)
        spread = np.nanmax(lat, axis=1, initial=-np.inf) - np.nanmin(lat, axis=1, initial=np.inf)
        return bool(spread.max() < _TOLERANCE * self.scales[1])

    def reach(self, radius: float) -> tuple[int, int]:
        """Rows at most, and columns usually, that a circle (deg) extends to either side of its centre.

        Raises
        ------
        ArgumentError
            If rows are no parallels, and pixels differ so much that circles cannot be followed along them.
        """
        xx, xy, yy = self._shapes
        sides = np.sqrt([xx, yy])
        if not self.has_parallels and not sides.max() < _DISTORTED * sides.min():
            raise ArgumentError(
                f"The {self.projection} projection distorts this map too much for circles on the sky: "
                "take a smaller map, or reproject it to CAR, CEA, SFL or MOL."
            )
        with np.errstate(divide="ignore", invalid="ignore"):
            area = np.sqrt(xx * yy - xy**2)
            rows, columns = np.nanmax(np.sqrt(xx) / area), np.nanmedian(np.sqrt(yy) / area)
        most = self.ny + self.nx
        return min(int(radius * rows * _MARGIN) + 1, most), min(int(radius * columns * _MARGIN) + 1, most)

    def sides(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Sides of pixels on the sky (deg), shape (2, …): in x and in y."""
        xx, _, yy = self._shape(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        return np.sqrt([xx, yy])

    @cached_property
    def _shapes(self) -> np.ndarray:
        return self._shape(*self._sample)

    def _shape(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Of pixels: square of the side in x, product of both sides, square of the side in y, in deg2."""
        along_x = np.degrees(self.directions(x + 0.5, y) - self.directions(x - 0.5, y))
        along_y = np.degrees(self.directions(x, y + 0.5) - self.directions(x, y - 0.5))
        pairs = ((along_x, along_x), (along_x, along_y), (along_y, along_y))
        return np.array([np.sum(first * second, axis=0) for first, second in pairs])

    def within(self, direction: np.ndarray, radius: float) -> tuple[slice, slice] | None:
        """Rows and columns that hold all pixels within `radius` (deg) of a unit vector; found on every few pixels."""
        steps = [max(1, size // _COARSE) for size in (self.ny, self.nx)]
        rows, columns = (
            np.arange(-step, size + step, step) for step, size in zip(steps, (self.ny, self.nx), strict=True)
        )
        x, y = np.meshgrid(columns, rows)
        apart = separation(self.directions(x, y), direction)
        cell = np.nanmax(np.hypot(*self._shapes[[0, 2]] ** 0.5), initial=0.0) * max(steps)
        with np.errstate(invalid="ignore"):
            near = apart <= radius + cell
        if not near.any():
            return None
        return _holding(near.any(axis=1), rows, steps[0], self.ny), _holding(
            near.any(axis=0), columns, steps[1], self.nx
        )

    def same_grid(self, other: Plane) -> bool:
        """Whether the WCS and the shape are the same."""
        if self is other:
            return True
        return (self.ny, self.nx) == (other.ny, other.nx) and np.max(np.abs(self.offset_of(other))) < _TOLERANCE

    def offset_of(self, other: Plane) -> tuple[float, float]:
        """Where pixel (0, 0) of `other` lies in this grid; NaN if the grids are not aligned."""
        mine, theirs = self.wcs.wcs, other.wcs.wcs
        aligned = (
            (self.frame, list(mine.ctype)) == (other.frame, list(theirs.ctype))
            and np.allclose(self.matrix, other.matrix, rtol=_TOLERANCE / max(self.nx, self.ny), atol=0)
            and np.allclose(mine.crval, theirs.crval, rtol=0, atol=_TOLERANCE * float(self.scales.min()))
            and np.allclose([mine.lonpole, mine.latpole], [theirs.lonpole, theirs.latpole])
        )
        if not aligned:
            return float("nan"), float("nan")
        dx, dy = mine.crpix - theirs.crpix
        return float(dx), float(dy)

    @cached_property
    def _zenithal(self) -> np.ndarray | None:
        """Rows: up, right, along, from ICRS vectors, in pixels; None where wcslib has to project."""
        plain = self.projection in ZENITHAL and self.wcs.wcs.lonpole == 180 and not self.wcs.has_distortion
        if not plain or self.wcs.wcs.get_pv():
            return None
        basis = local_basis(*self.wcs.wcs.crval)
        basis[1:] = np.degrees(np.linalg.inv(self.matrix) @ basis[1:])
        return np.asarray(basis @ rotation("icrs", self.frame))

    @property
    def _sample(self) -> tuple[np.ndarray, ...]:
        """Pixels all over the map, in rows and columns."""
        return tuple(np.meshgrid(*(np.linspace(0, size - 1, _SAMPLES) for size in (self.nx, self.ny))))

    def _grid(self) -> tuple[np.ndarray, ...]:
        """Pixels of the centres."""
        return tuple(np.meshgrid(np.arange(self.nx), np.arange(self.ny)))

    def _corners(self) -> tuple[np.ndarray, ...]:
        """Pixels of the corners."""
        return tuple(np.meshgrid(np.arange(self.nx + 1) - 0.5, np.arange(self.ny + 1) - 0.5))

    def _tangential_areas(self) -> np.ndarray:
        """Pixel areas in a tangential plane without rotation: a rectangle from the centre has arctan(xy / r)."""
        (x, y), (x0, y0) = self._corners(), self.wcs.wcs.crpix - 1
        x, y = np.radians(self.matrix[0, 0] * (x - x0)), np.radians(self.matrix[1, 1] * (y - y0))
        area = np.arctan(x * y / np.sqrt(1 + x**2 + y**2))
        return np.asarray(np.abs(np.diff(np.diff(area, axis=0), axis=1)))

    def _differential_area(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Pixel areas from small steps about the centre: for pixels cut by the rim of the sky."""
        step = 1e-4
        along_x = to_vectors(*self.sky(x + step, y)) - to_vectors(*self.sky(x - step, y))
        along_y = to_vectors(*self.sky(x, y + step)) - to_vectors(*self.sky(x, y - step))
        return np.asarray(np.linalg.norm(np.cross(along_x, along_y, axis=0), axis=0) / (2 * step) ** 2)


def _holding(near: np.ndarray, places: np.ndarray, step: int, size: int) -> slice:
    """The pixels from the place before the first near one to that after the last, on a map of `size` pixels."""
    first, last = places[near][[0, -1]]
    return slice(int(np.clip(first - step, 0, size - 1)), int(np.clip(last + step + 1, 1, size)))


_PLANES: WeakValueDictionary[tuple[str, int, int], Plane] = WeakValueDictionary()


def plane_of(wcs: WCS, ny: int, nx: int) -> Plane:
    """The plane of a WCS and shape; equal ones are shared while one of them is in use."""
    key = (celestial_header(wcs).tostring(), ny, nx)
    plane = _PLANES.get(key)
    if plane is None:
        plane = _PLANES[key] = Plane(wcs.deepcopy(), ny, nx)
    return plane


def _frame_name(wcs: WCS) -> str:
    types = [str(ctype) for ctype in wcs.wcs.ctype]
    # by the axis names too: astropy takes ecliptic ones for ICRS
    if types[0][:4] not in {"RA--", "GLON"}:
        raise ArgumentError(f"A WCS with the axes {types} is not supported: give RA/DEC or GLON/GLAT, longitude first.")
    name = str(wcs_to_celestial_frame(wcs).name)
    if name not in FRAMES:
        raise ArgumentError(f"A WCS in the frame {name!r} is not supported: use one of {', '.join(FRAMES)}.")
    return name
