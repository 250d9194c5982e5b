"""A disk on the sky, with a soft edge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import i0e, j0, j1

from gpnb.models.base import Declared
from gpnb.models.radial import SMALLEST, RadialSource

_EDGE = 1 / (math.sqrt(2) * 2.3263478740408408)
"""Standard deviation of the edge over its width: 98 % of the fall lies within it on either side."""

_FAR = 8.0
"""Standard deviations beyond which a Gaussian is nothing."""

_NODES = 64


class DiskSource(RadialSource):
    """A uniform disk or ellipse with a soft edge.

    The hard-edged disk convolved with a Gaussian of the same axes, so that the fit statistic is smooth in its radius.

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    radius : Quantity or str
        Its radius, along the major axis; the brightness there is half of that inside.
    e : float
        Eccentricity; the minor axis is radius sqrt(1 - e²).
    phi : Quantity or str
        Direction of the major axis, from north (of its frame) to east.
    edge_width : float
        Width of the edge over the radius, as Gammapy has it: the brightness falls as
        (1 - erf(2.326 (r - radius) / (edge_width radius))) / 2; 0 for a hard edge.

    Examples
    --------
    >>> DiskSource("83.63d 22.01d", radius="0.2 deg")
    DiskSource(lon=83.63 deg, lat=22.01 deg, radius=0.2 deg, e=0, phi=0 deg, edge_width=0.01)
    """

    radius = Declared(0.1, "deg", min=0.0)
    e = Declared(0.0, min=0.0, max=1.0, frozen=True)
    phi = Declared(0.0, "deg", frozen=True)
    edge_width = Declared(0.01, min=0.0, max=1.0, frozen=True)

    @staticmethod
    def profile(at: np.ndarray, radius: float, edge_width: float) -> np.ndarray:  # type: ignore[override]
        """1 / πR² inside, softened."""
        radius = max(radius, SMALLEST)
        return _inside(np.asarray(at) / radius, _EDGE * edge_width) / (np.pi * radius**2)

    @staticmethod
    def wave(squared: np.ndarray, radius: float, edge_width: float) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """2 J1(qR)/(qR) times the transform of the edge."""
        square = radius**2 * squared
        disk, slope = _airy(square)
        soft = (_EDGE * edge_width) ** 2
        edge = np.exp(-0.5 * soft * square)
        value, by_square = disk * edge, (slope - 0.5 * soft * disk) * edge
        by_width = -(_EDGE**2) * edge_width * square * value
        return value, radius**2 * by_square, 2 * radius * squared * by_square, by_width

    @staticmethod
    def draw_radius(  # type: ignore[override]
        size: int, rng: np.random.Generator, radius: float, edge_width: float
    ) -> np.ndarray:
        """Radii of a round disk: a place inside and, where the edge is soft, a step."""
        inside = np.sqrt(rng.random(size))
        step = rng.normal(0, _EDGE * edge_width, (2, size)) if edge_width else np.zeros((2, size))
        return np.asarray(radius * np.hypot(inside + step[0], step[1]))

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """Where the edge ends."""
        return values[0] * (1 + 4 * _EDGE * values[3])


def _airy(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """2 J1(x)/x, and its slope with x², by x²."""
    small = square < 1e-3
    safe = np.where(small, 1.0, square)
    x = np.sqrt(safe)
    first = j1(x)
    value = np.where(small, 1 - square / 8 + square**2 / 192, 2 * first / x)
    slope = np.where(small, -1 / 8 + square / 96 - square**2 / 3072, (j0(x) - 2 * first / x) / safe)
    return value, slope


def _inside(radius: np.ndarray, sigma: float) -> np.ndarray:
    """The part of a round Gaussian that lies in the unit circle, by the radius of its centre."""
    found = np.where(radius <= 1, 1.0, 0.0)
    near = np.abs(radius - 1) < _FAR * sigma
    if near.any():
        found[near] = _overlap(radius[near], sigma)
    return found


def _overlap(radius: np.ndarray, sigma: float) -> np.ndarray:
    """The integral of Rice's distribution, a Bessel function times a Gaussian, up to one."""
    nodes, weights = _legendre()
    low, high = np.maximum(radius - _FAR * sigma, 0), np.minimum(radius + _FAR * sigma, 1)
    at = low[:, None] + (high - low)[:, None] * nodes
    rice = at / sigma**2 * np.exp(-0.5 * ((at - radius[:, None]) / sigma) ** 2) * i0e(at * radius[:, None] / sigma**2)
    return np.asarray((high - low) * (rice @ weights))


@lru_cache(maxsize=1)
def _legendre() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss and Legendre between 0 and 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) / 2, weights / 2
