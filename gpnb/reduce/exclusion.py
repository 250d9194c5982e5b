"""What is excluded from the background, in the view of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.skyregions import to_regions
from gpnb.maps.skymap import SkyMap
from gpnb.reduce.shape import Circle, Shape, View, distance, shape_of, turned


class Exclusion:
    """Exclusion regions, or a mask, seen from a pointing.

    Parameters
    ----------
    regions : sequence of SkyRegion
        In which no background is measured.
    mask : SkyMap of bool or None
        True where the sky is kept; nothing is known to be excluded outside of it.
    view : View
        The view.
    """

    def __init__(self, regions: Sequence[Any], mask: SkyMap | None, view: View):
        self._shapes: list[Shape] = [shape_of(region, view) for region in regions]
        self._mask, self._view = mask, view
        self._lost: np.ndarray | None = None if mask is None else _lost(mask, view)

    def contains(self, vectors: np.ndarray) -> np.ndarray:
        """Whether directions are excluded."""
        found = np.zeros(vectors.shape[1:], dtype=bool)
        for shape in self._shapes:
            found |= shape.contains(vectors)
        if self._mask is not None:
            found |= _masked(self._mask, self._view, vectors)
        return found

    def touches(self, on: Shape, angle: float) -> bool:
        """Whether a region, turned about the pointing, touches anything excluded: exactly for two circles."""
        if any(_touch(on, angle, shape) for shape in self._shapes):
            return True
        if self._mask is None or self._lost is None:
            return False
        if on.contains(self._lost, angle).any():
            return True
        inside = on.cells[0] if _has_area(on) else on.center[:, None]
        return bool(_masked(self._mask, self._view, turned(inside, angle)).any())


def parse_exclusion(value: Any) -> tuple[list[Any], SkyMap | None]:
    """Regions and mask of the argument `exclusion`.

    Raises
    ------
    ArgumentError
        If a mask is not a 2-D map of bool.
    """
    if not isinstance(value, SkyMap):
        return to_regions(value, "exclusion"), None
    if value.data.dtype != bool or value.geom.axes:
        raise ArgumentError("exclusion: a mask must be a 2-D SkyMap of bool, True where the sky is kept.")
    return [], value


def _touch(on: Shape, angle: float, other: Shape) -> bool:
    if isinstance(on, Circle) and isinstance(other, Circle):
        gap = float(distance(turned(on.center, angle), other.center))
        return gap < on.radius + other.radius
    mine = on.cells[0] if _has_area(on) else on.center[:, None]
    if other.contains(turned(mine, angle)).any():
        return True
    theirs = other.cells[0] if _has_area(other) else other.center[:, None]
    return bool(on.contains(theirs, angle).any())


def _has_area(shape: Shape) -> bool:
    return not (isinstance(shape, Circle) and shape.radius == 0)


def _masked(mask: SkyMap, view: View, vectors: np.ndarray) -> np.ndarray:
    """Whether directions lie in a pixel that the mask excludes."""
    x, y = mask.geom.pixel_icrs(*view.sky(vectors))
    with np.errstate(invalid="ignore"):
        inside = (x >= -0.5) & (x < mask.geom.nx - 0.5) & (y >= -0.5) & (y < mask.geom.ny - 0.5)
    column, row = (np.where(inside, np.rint(np.nan_to_num(item)), 0).astype(np.intp) for item in (x, y))
    return np.asarray(inside & ~mask.data[row, column])


def _lost(mask: SkyMap, view: View) -> np.ndarray:
    """Directions of the excluded pixels."""
    rows, columns = np.nonzero(~mask.data)
    lon, lat = mask.geom.plane.sky(columns, rows)
    seen = np.isfinite(lon)
    if mask.geom.frame != "icrs":
        from gpnb.core.frames import to_frame

        lon, lat = to_frame(lon[seen], lat[seen], mask.geom.frame, "icrs")
        return view.vectors(lon, lat)
    return view.vectors(lon[seen], lat[seen])
