"""Where pixels lie as seen from a source: angle and direction, and how both change as the source moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gpnb.maps.sphere import local_basis

_CLOSEST = 1e-12
"""Sine of an angle: at the source itself no direction is defined."""

_SLOW = 50.0
"""Steps by which a ladder's next step gets longer by as much again."""

_HALF_TURN = 180.0
"""deg: nothing is further away."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Positions seen from a source; each of what follows is made when it is asked for.

    Parameters
    ----------
    lat : float
        Of the source, deg.
    ahead, east, north : array, shape (n,)
        Components of the unit vectors along the source's direction and beside it.
    """

    lat: float
    ahead: np.ndarray
    east: np.ndarray
    north: np.ndarray

    @cached_property
    def _sine(self) -> np.ndarray:
        return np.asarray(np.maximum(np.sqrt(self.east**2 + self.north**2), _CLOSEST))

    @cached_property
    def radius(self) -> np.ndarray:
        """Angle from the source, deg."""
        return np.asarray(np.degrees(np.arctan2(self._sine, self.ahead)))

    @cached_property
    def slope(self) -> np.ndarray:
        """Derivatives of the radius with the source's longitude and latitude, deg per deg; shape (2, n)."""
        inverse = -1 / self._sine
        return np.array([np.cos(np.radians(self.lat)) * self.east * inverse, self.north * inverse])

    @cached_property
    def angle(self) -> np.ndarray:
        """Direction from north to east in the source's frame, rad."""
        return np.asarray(np.arctan2(self.east, self.north))

    @cached_property
    def turn(self) -> np.ndarray:
        """Derivatives of the direction, rad per deg; shape (2, n)."""
        cos_lat, sin_lat = np.cos(np.radians(self.lat)), np.sin(np.radians(self.lat))
        d_east, d_north = sin_lat * self.north - cos_lat * self.ahead, -sin_lat * self.east
        by_lon, by_lat = self.north * d_east - self.east * d_north, self.east * self.ahead
        return np.asarray(np.radians(np.array([by_lon, by_lat]) / self._sine**2))

    def taken(self, own: np.ndarray | slice) -> Seen:
        """Some of them."""
        return Seen(self.lat, self.ahead[own], self.east[own], self.north[own])


def seen_from(vectors: np.ndarray, lon: float, lat: float) -> Seen:
    """Unit vectors of shape (3, n) as seen from a place (deg) in the same frame.

    Examples
    --------
    >>> seen = seen_from(np.array([[0.0], [0.0], [1.0]]), 30.0, 89.0)
    >>> seen.radius.round(6).tolist(), seen.slope[1].round(6).tolist()
    ([1.0], [-1.0])
    """
    return Seen(lat, *(local_basis(lon, lat) @ vectors))


def is_within(vectors: np.ndarray, lon: float, lat: float, radius: float) -> np.ndarray:
    """True for unit vectors of shape (3, n) nearer than a radius, deg, to a place; false where they are not numbers.

    Examples
    --------
    >>> is_within(np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]), 30.0, 89.0, 1.1).tolist()
    [True, False]
    """
    if radius >= _HALF_TURN:
        return np.asarray(np.isfinite(vectors[0]))
    return np.asarray(local_basis(lon, lat)[0] @ vectors > np.cos(np.radians(radius)))


@dataclass(frozen=True)
class Ladder:
    """Angles of the nodes of tables: even, and from some angle on further and further apart.

    Parameters
    ----------
    step : float
        Between the even ones, deg.
    even : int
        Number of even steps.
    n : int
        Number of angles.

    Examples
    --------
    >>> Ladder(0.1, 2, 5).angles.round(4).tolist()
    [0.0, 0.1, 0.2, 0.301, 0.4041]
    """

    step: float
    even: int
    n: int

    @classmethod
    def to(cls, radius: float, step: float, even: int) -> Self:
        """One that reaches an angle, deg."""
        index, _ = cls(step, even, 2).place(np.array([radius]))
        return cls(step, even, int(np.ceil(index[0])) + 1)

    @cached_property
    def angles(self) -> np.ndarray:
        """deg, shape (n,)."""
        index = np.arange(self.n)
        return np.asarray(self.step * (np.minimum(index, self.even) + _SLOW * np.expm1(self._beyond(index) / _SLOW)))

    @cached_property
    def steps(self) -> np.ndarray:
        """Derivative of the angle with the number of the node, deg; shape (n,)."""
        return np.asarray(self.step * np.exp(self._beyond(np.arange(self.n)) / _SLOW))

    def _beyond(self, index: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(index - self.even, 0))

    def place(self, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Number of the node at an angle, in fractions, and its derivative with the angle, deg-1."""
        index = radius / self.step
        rate = np.full(index.shape, 1 / self.step)
        far = index > self.even
        more = index[far] - self.even
        index[far] = self.even + _SLOW * np.log1p(more / _SLOW)
        rate[far] /= 1 + more / _SLOW
        return index, rate


@dataclass(frozen=True, eq=False)
class Nodes:
    """Places between nodes: which, and the weights of cubic pieces that have given values and slopes there.

    Parameters
    ----------
    low : array of int, shape (n,)
        The node below.
    weights : array, shape (n, 4)
        Of value and slope (per node) below, value and slope above.
    slopes : array, shape (n, 4)
        Their derivatives with the angle, deg-1.
    """

    low: np.ndarray
    weights: np.ndarray
    slopes: np.ndarray


def between(radius: np.ndarray, ladder: Ladder) -> Nodes:
    """Cubic pieces of Hermite; beyond the last node they stay there.

    Examples
    --------
    >>> nodes = between(np.array([0.25]), Ladder(0.1, 4, 5))
    >>> nodes.low.tolist(), nodes.weights.ravel().round(4).tolist()
    ([2], [0.5, 0.125, 0.5, -0.125])
    """
    index, rate = ladder.place(radius)
    rate[index >= ladder.n - 1] = 0.0
    index = np.minimum(index, ladder.n - 1 - 1e-9)
    low = index.astype(np.intp)
    t = index - low
    s = 1 - t
    ts = t * s
    steep = 6 * ts * rate
    weights = np.stack([(1 + 2 * t) * s * s, ts * s, t * t * (3 - 2 * t), -t * ts], axis=-1)
    slopes = np.stack([-steep, s * (1 - 3 * t) * rate, steep, t * (3 * t - 2) * rate], axis=-1)
    return Nodes(low, weights, slopes)
