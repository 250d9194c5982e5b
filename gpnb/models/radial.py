"""Shapes of one radial profile, round or elongated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.models.spatial import SpatialModel

SMALLEST = 1e-9
"""Size (deg) that stands for none, where a profile has to be divided by it."""

_FLATTEST = 1e-6
"""Minor over major axis that stands for none."""


class RadialSource(SpatialModel):
    """Base of the shapes that depend on one effective radius alone.

    A subclass declares its sizes and, where it is elongated, ``e`` (eccentricity; the minor axis is the major one
    times sqrt(1 - e²)) and ``phi`` (direction of the major axis, from the north of its frame to the east). It writes
    `profile` and `wave`, which depend on the other parameters, in their order.
    """

    has_waves = True
    periods = {"phi": 180.0}  # noqa: RUF012  (declared in the base)

    @staticmethod
    def profile(radius: np.ndarray, *own: float) -> np.ndarray:
        """Brightness (deg-2) of the round shape at a radius (deg); its integral over the plane is one."""
        raise NotImplementedError

    @staticmethod
    def wave(squared: np.ndarray, *own: float) -> tuple[np.ndarray, ...]:
        """Transform of the round shape by the squared wave number; its slopes with that and with each of `own`."""
        raise NotImplementedError

    @staticmethod
    def draw_radius(size: int, rng: np.random.Generator, *own: float) -> np.ndarray:
        """Random radii (deg) of the round shape."""
        raise NotImplementedError

    @classmethod
    def waves(cls, along: Any, across: Any, values: Sequence[float]) -> np.ndarray:
        """Fourier transform and its slopes; see `SkyShape.waves`.

        Stretched across its axis by sqrt(1 - e²), a shape has the transform of the round one at a wave number whose
        part across is shorter by the same.
        """
        own, e, _ = cls._split(values)
        across_squared = np.square(across, dtype=float)
        squared = np.square(along, dtype=float) + (1 - e**2) * across_squared
        value, by_squared, *by_own = cls.wave(squared, *own)
        named = {"e": -2 * e * across_squared * by_squared, "phi": np.zeros_like(value)}
        named |= dict(zip(cls._own_names(), by_own, strict=True))
        return np.stack([value, *(named[name] for name in list(cls.declared)[2:])])

    @classmethod
    def evaluate(cls, x: np.ndarray, y: np.ndarray, *values: Any) -> np.ndarray:
        """Surface brightness (sr-1) at offsets (deg) toward growing longitude and latitude."""
        own, e, phi = cls._split(values)
        ratio = max(np.sqrt(1 - e**2), _FLATTEST)
        cos, sin = np.cos(np.radians(phi)), np.sin(np.radians(phi))
        radius = np.hypot(x * sin + y * cos, (x * cos - y * sin) / ratio)
        return np.asarray(cls.profile(radius, *own) / ratio * np.degrees(1.0) ** 2)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        own, e, phi = self._split(self.values[2:])
        radius, angle = self.draw_radius(size, rng, *own), rng.uniform(0, 2 * np.pi, size)
        along, across = radius * np.cos(angle), radius * np.sin(angle) * np.sqrt(1 - e**2)
        cos, sin = np.cos(np.radians(phi)), np.sin(np.radians(phi))
        return along * sin + across * cos, along * cos - across * sin

    def _size(self) -> float:
        return max(self.reach(self.values[2:]), SMALLEST)

    @classmethod
    def _own_names(cls) -> list[str]:
        return [name for name in list(cls.declared)[2:] if name not in ("e", "phi")]

    @classmethod
    def _split(cls, values: Sequence[float]) -> tuple[list[float], float, float]:
        """Values of what is its own, eccentricity, direction."""
        named = dict(zip(list(cls.declared)[2:], values, strict=True))
        e, phi = named.pop("e", 0.0), named.pop("phi", 0.0)
        return list(named.values()), e, phi
