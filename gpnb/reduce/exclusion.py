"""What is excluded from the background, in the view of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import to_frame
from gpnb.core.sky_regions import to_regions
from gpnb.maps.sky_map import SkyMap
from gpnb.reduce.shape import Circle, Shape, View, distance, shape_of, turned


@dataclass(frozen=True, eq=False)
class Excluded:
    """The argument `exclusion`, the same for all runs; picklable.

    Parameters
    ----------
    regions : sequence of SkyRegion
        In which no background is measured.
    mask : SkyMap of bool, optional
        True where the sky is kept; nothing is known to be excluded outside of it.
    lost : array, shape (2, n)
        Right ascension and declination (deg) of the pixels that the mask excludes.
    """

    regions: Sequence[Any] = ()
    mask: SkyMap | None = None
    lost: np.ndarray | None = None

    @classmethod
    def of(cls, value: Any) -> Excluded:
        """From what was given.

        Raises
        ------
        ArgumentError
            If it is neither regions nor a 2-D mask of bool.
        """
        if not isinstance(value, SkyMap):
            return cls(to_regions(value, "exclusion"))
        if value.data.dtype != bool or value.geom.axes:
            raise ArgumentError("exclusion: a mask must be a 2-D SkyMap of bool, True where the sky is kept.")
        rows, columns = np.nonzero(~value.data)
        lon, lat = value.geom.plane.sky(columns, rows)
        seen = np.isfinite(lon)
        return cls((), value, np.stack(to_frame(lon[seen], lat[seen], value.geom.frame, "icrs")))


class Exclusion:
    """Exclusion regions, or a mask, seen from a pointing.

    Parameters
    ----------
    excluded : Excluded
        What is excluded.
    view : View
        The view.
    """

    def __init__(self, excluded: Excluded, view: View):
        self._shapes: list[Shape] = [shape_of(region, view) for region in excluded.regions]
        self._excluded, self._view = excluded, view
        self._near: tuple[Shape, np.ndarray] | None = None

    def contains(self, vectors: np.ndarray) -> np.ndarray:
        """Whether directions are excluded."""
        found = np.zeros(vectors.shape[1:], dtype=bool)
        for shape in self._shapes:
            found |= shape.contains(vectors)
        if self._excluded.mask is not None:
            found |= self._masked(self._excluded.mask, vectors)
        return found

    def touches(self, on: Shape, angle: float) -> bool:
        """Whether a region, turned about the pointing, touches anything excluded: exactly for two circles."""
        if any(_touch(on, angle, shape) for shape in self._shapes):
            return True
        if self._excluded.mask is None:
            return False
        return bool(on.contains(self._lost_near(on), angle).any()) or bool(
            self._masked(self._excluded.mask, turned(_inside(on), angle)).any()
        )

    def _masked(self, mask: SkyMap, vectors: np.ndarray) -> np.ndarray:
        """Whether directions lie in a pixel that the mask excludes."""
        x, y = mask.geom.pixel_icrs(*self._view.sky(vectors))
        with np.errstate(invalid="ignore"):
            inside = (x >= -0.5) & (x < mask.geom.nx - 0.5) & (y >= -0.5) & (y < mask.geom.ny - 0.5)
        column, row = (np.where(inside, np.rint(np.nan_to_num(item)), 0).astype(np.intp) for item in (x, y))
        return np.asarray(inside & ~mask.data[row, column])

    @cached_property
    def _lost(self) -> np.ndarray:
        """Directions of the pixels that the mask excludes."""
        assert self._excluded.lost is not None
        return self._view.vectors(*self._excluded.lost)

    def _lost_near(self, on: Shape) -> np.ndarray:
        """Those that a region can meet on its way about the pointing."""
        if self._near is None or self._near[0] is not on:
            low, high = on.reach
            away = distance(self._lost, np.array([1.0, 0.0, 0.0]))
            self._near = on, self._lost[:, (away >= low) & (away <= high)]
        return self._near[1]


def _touch(on: Shape, angle: float, other: Shape) -> bool:
    if isinstance(on, Circle) and isinstance(other, Circle):
        gap = float(distance(turned(on.center, angle), other.center))
        return gap < on.radius + other.radius
    if other.contains(turned(_inside(on), angle)).any():
        return True
    return bool(on.contains(_inside(other), angle).any())


def _inside(shape: Shape) -> np.ndarray:
    """Directions that fill a region, shape (3, n); of a point, itself."""
    return shape.center[:, None] if isinstance(shape, Circle) and shape.radius == 0 else shape.cells[0]
