"""Where pixels lie as seen from a source: angle and direction, and how both change as the source moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.maps.sphere import local_basis

_CLOSEST = 1e-12
"""Sine of an angle: at the source itself no direction is defined."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Positions seen from a source.

    Parameters
    ----------
    radius : array, shape (n,)
        Angle from it, deg.
    slope : array, shape (2, n)
        Its derivatives with the source's longitude and latitude, deg per deg.
    angle : array, shape (n,)
        Direction from north to east in the source's frame, rad.
    turn : array, shape (2, n)
        Its derivatives, rad per deg.
    """

    radius: np.ndarray
    slope: np.ndarray
    angle: np.ndarray
    turn: np.ndarray


def seen_from(vectors: np.ndarray, lon: float, lat: float) -> Seen:
    """Unit vectors of shape (3, n) as seen from a place (deg) in the same frame.

    Examples
    --------
    >>> seen = seen_from(np.array([[0.0], [0.0], [1.0]]), 30.0, 89.0)
    >>> seen.radius.round(6).tolist(), seen.slope[1].round(6).tolist()
    ([1.0], [-1.0])
    """
    ahead, east, north = local_basis(lon, lat) @ vectors
    sine = np.maximum(np.hypot(east, north), _CLOSEST)
    cos_lat, sin_lat = np.cos(np.radians(lat)), np.sin(np.radians(lat))
    slope = np.array([-cos_lat * east / sine, -north / sine])
    d_east, d_north = sin_lat * north - cos_lat * ahead, -sin_lat * east
    turn = np.array([(north * d_east - east * d_north) / sine**2, east * ahead / sine**2])
    return Seen(np.degrees(np.arctan2(sine, ahead)), slope, np.arctan2(east, north), np.radians(turn))


@dataclass(frozen=True, eq=False)
class Nodes:
    """Places between even nodes: which, and the weights of cubic pieces that have given values and slopes there.

    Parameters
    ----------
    low : array of int, shape (n,)
        The node below.
    weights : array, shape (4, n)
        Of value and slope (per step) below, value and slope above.
    slopes : array, shape (4, n)
        Their derivatives with the place, in its unit.
    """

    low: np.ndarray
    weights: np.ndarray
    slopes: np.ndarray


def between(place: np.ndarray, step: float, n: int) -> Nodes:
    """Cubic pieces of Hermite; beyond the last node they stay there.

    Examples
    --------
    >>> nodes = between(np.array([0.25]), 0.1, 5)
    >>> nodes.low.tolist(), nodes.weights.ravel().round(4).tolist()
    ([2], [0.5, 0.125, 0.5, -0.125])
    """
    scaled = np.minimum(place / step, n - 1 - 1e-9)
    low = scaled.astype(np.intp)
    t = scaled - low
    s = 1 - t
    weights = np.array([(1 + 2 * t) * s * s, t * s * s, t * t * (3 - 2 * t), -t * t * s])
    slopes = np.array([-6 * t * s, s * (1 - 3 * t), 6 * t * s, t * (3 * t - 2)]) / step
    slopes[:, place / step >= n - 1] = 0.0
    return Nodes(low, weights, slopes)
