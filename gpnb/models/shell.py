"""A shell seen in projection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.models.base import Declared
from gpnb.models.radial import SMALLEST, RadialSource

_THIN = 1e-3
"""Width over radius below which the closed form loses digits."""

_NODES, _WEIGHTS = (np.array(item) for item in np.polynomial.legendre.leggauss(8))


class ShellSource(RadialSource):
    """A uniformly emitting spherical shell, projected on the sky (small angles).

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    radius : Quantity or str
        Inner radius.
    width : Quantity or str
        Thickness: the outer radius is ``radius + width``.

    Examples
    --------
    >>> ShellSource("83.63d 22.01d", radius="0.4 deg", width="0.1 deg")
    ShellSource(lon=83.63 deg, lat=22.01 deg, radius=0.4 deg, width=0.1 deg)
    """

    radius = Declared(0.4, "deg", min=0.0)
    width = Declared(0.1, "deg", min=0.0)

    @staticmethod
    def profile(at: np.ndarray, radius: float, width: float) -> np.ndarray:  # type: ignore[override]
        """The line of sight inside, over the volume."""
        return _depth(at, radius, width)

    @staticmethod
    def draw_radius(  # type: ignore[override]
        size: int, rng: np.random.Generator, radius: float, width: float
    ) -> np.ndarray:
        """Projected radii."""
        r = np.cbrt(rng.uniform(radius**3, (radius + width) ** 3, size))
        return np.asarray(r * np.sqrt(1 - rng.uniform(-1, 1, size) ** 2))

    @classmethod
    def waves(cls, along: Any, across: Any, values: Sequence[float]) -> np.ndarray:
        """Fourier transform and its slopes; see `SkyShape.waves`."""
        return np.stack(shell_waves(np.hypot(along, across), *values))

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """The outer radius."""
        return values[0] + values[1]


class Shell2Source(RadialSource):
    """`ShellSource` by its outer radius and its relative thickness.

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    r_0 : Quantity or str
        Outer radius.
    eta : float
        Thickness over outer radius: the inner one is ``(1 - eta) r_0``.

    Examples
    --------
    >>> Shell2Source("83.63d 22.01d", r_0="0.5 deg", eta=0.2)
    Shell2Source(lon=83.63 deg, lat=22.01 deg, r_0=0.5 deg, eta=0.2)
    """

    r_0 = Declared(0.5, "deg", min=0.0)
    eta = Declared(0.2, min=0.0, max=1.0)

    @staticmethod
    def profile(at: np.ndarray, r_0: float, eta: float) -> np.ndarray:  # type: ignore[override]
        """The line of sight inside, over the volume."""
        return _depth(at, (1 - eta) * r_0, eta * r_0)

    @staticmethod
    def draw_radius(size: int, rng: np.random.Generator, r_0: float, eta: float) -> np.ndarray:  # type: ignore[override]
        """Projected radii."""
        return ShellSource.draw_radius(size, rng, (1 - eta) * r_0, eta * r_0)

    @classmethod
    def waves(cls, along: Any, across: Any, values: Sequence[float]) -> np.ndarray:
        """Fourier transform and its slopes; see `SkyShape.waves`."""
        r_0, eta = values
        value, by_inner, by_width = shell_waves(np.hypot(along, across), (1 - eta) * r_0, eta * r_0)
        return np.stack([value, (1 - eta) * by_inner + eta * by_width, r_0 * (by_width - by_inner)])

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """The outer radius."""
        return values[0]


def shell_waves(q: np.ndarray, inner: float, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Transform of a shell by wave number, and its slopes with inner radius and width.

    It is the mean of sin(qR)/(qR), that of a sphere's surface, over the volume.
    """
    outer = inner + width
    if outer <= 0:
        return np.ones_like(q), np.zeros_like(q), np.zeros_like(q)
    if width < _THIN * inner:
        return _thin_waves(q, inner, width)
    volume = outer**3 - inner**3
    value = (outer**3 * _ball(q * outer) - inner**3 * _ball(q * inner)) / volume
    by_outer = 3 * outer**2 * (_surface(q * outer) - value) / volume
    by_inner = -3 * inner**2 * (_surface(q * inner) - value) / volume
    return value, by_outer + by_inner, by_outer


def _thin_waves(q: np.ndarray, inner: float, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same by quadrature over the radius, which holds without any width too."""
    part = (_NODES + 1) / 2
    radius = inner + width * part
    weight = _WEIGHTS * radius**2 / (_WEIGHTS * radius**2).sum()
    at = np.multiply.outer(q, radius)
    surface = _surface(at)
    value = surface @ weight
    slopes = 2 * (surface - value[..., None]) / radius + (np.cos(at) - surface) / radius
    return value, slopes @ weight, slopes @ (weight * part)


def _surface(x: np.ndarray) -> np.ndarray:
    """sin(x)/x."""
    return np.sinc(x / np.pi)


def _ball(x: np.ndarray) -> np.ndarray:
    """3 (sin x − x cos x)/x³."""
    small = x < 0.05
    safe = np.where(small, 1.0, x)
    square = x**2
    return np.where(
        small, 1 - square / 10 + square**2 / 280 - square**3 / 15120, 3 * (np.sin(safe) - safe * np.cos(safe)) / safe**3
    )


def _depth(at: np.ndarray, inner: float, width: float) -> np.ndarray:
    """Brightness (deg-2) at a projected radius."""
    outer = inner + max(width, SMALLEST)
    squared = np.square(at)
    depth = np.sqrt(np.clip(outer**2 - squared, 0, None)) - np.sqrt(np.clip(inner**2 - squared, 0, None))
    return np.asarray(depth / (2 * np.pi * (outer**3 - inner**3) / 3))  # half of each: the depth is one side's
