"""Regions side by side, along which a flux is followed: boxes along a line, or rings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import to_vectors
from gpnb.core.frozen import unchanging
from gpnb.core.units import to_array, to_skycoord
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sphere import coord_values
from gpnb.reduce.methods import Method


@unchanging
@dataclass(frozen=True)
class Boxes(Method):
    """Boxes of one size, side by side along a great circle.

    Parameters
    ----------
    start, stop : SkyCoord or str
        The ends of the line.
    width : Quantity or str
        Size of the boxes across the line.
    n : int
        Their number.

    Examples
    --------
    >>> Boxes("0d 0d", "1d 0d", width="0.2 deg", n=4).edges.tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    start: Any
    stop: Any
    width: Any = "0.2 deg"
    n: int = 10

    def __post_init__(self) -> None:
        if self.n < 1 or not self._length > 0:
            raise ArgumentError(f"n={self.n!r} boxes need a start and a stop apart from each other.")
        _ = self._angle("width")

    @property
    def edges(self) -> np.ndarray:
        """Ends of the boxes along the line, deg from its start."""
        return np.linspace(0.0, self._length, self.n + 1)

    def numbers(self, geom: WcsGeometry) -> np.ndarray:
        """Which box each pixel's centre lies in, -1 for none; shape (ny, nx)."""
        start, stop = self._ends(geom.frame)
        pole = np.cross(start, stop)
        pole /= np.linalg.norm(pole)
        vectors = geom.plane.vectors
        ahead, along, across = (np.tensordot(axis, vectors, 1) for axis in (start, np.cross(pole, start), pole))
        place = np.degrees(np.arctan2(along, ahead))
        near = np.abs(np.degrees(np.arcsin(np.clip(across, -1, 1)))) <= self._angle("width") / 2
        return _binned(place, near, self.edges)

    @property
    def _length(self) -> float:
        return float(to_skycoord(self.start, "start").separation(to_skycoord(self.stop, "stop")).deg)

    def _ends(self, frame: str) -> list[np.ndarray]:
        return [to_vectors(*coord_values(to_skycoord(end), frame)) for end in (self.start, self.stop)]


@unchanging
@dataclass(frozen=True)
class Rings(Method):
    """Rings around a place.

    Parameters
    ----------
    center : SkyCoord or str
        The place.
    radii : Quantity or list of str
        Rising radii; the first ring is a circle where the first of them is 0.

    Examples
    --------
    >>> Rings("0d 0d", ["0 deg", "0.1 deg", "0.3 deg"]).edges.tolist()
    [0.0, 0.1, 0.3]
    """

    center: Any
    radii: Any = field(default=("0 deg", "0.1 deg", "0.2 deg", "0.3 deg", "0.4 deg", "0.5 deg"))

    def __post_init__(self) -> None:
        edges = self.edges
        if edges.ndim != 1 or len(edges) < 2 or not (edges[0] >= 0 and np.all(np.diff(edges) > 0)):
            raise ArgumentError(f"radii={self.radii!r} must be at least two angles that rise from 0 or more.")

    @property
    def edges(self) -> np.ndarray:
        """Radii, deg."""
        return to_array(self.radii, "deg", "radii")

    def numbers(self, geom: WcsGeometry) -> np.ndarray:
        """Which ring each pixel's centre lies in, -1 for none; shape (ny, nx)."""
        away = np.asarray(geom.separation(to_skycoord(self.center, "center")))
        return _binned(away, np.ones(away.shape, dtype=bool), self.edges)


def _binned(place: np.ndarray, near: np.ndarray, edges: np.ndarray) -> np.ndarray:
    number = np.searchsorted(edges, np.nan_to_num(place, nan=-np.inf), side="right") - 1
    return np.where(near & (number >= 0) & (number < len(edges) - 1), number, -1)
