"""A Gaussian on the sky."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.models.base import Declared
from gpnb.models.radial import SMALLEST, RadialSource

_REACH = float(np.sqrt(-2 * np.log(1e-4)))


class GaussianSource(RadialSource):
    """A Gaussian, round or elongated.

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    sigma : Quantity or str
        Standard deviation along the major axis.
    e : float
        Eccentricity; the minor axis is sigma sqrt(1 - e²).
    phi : Quantity or str
        Direction of the major axis, from north (of its frame) to east.

    Examples
    --------
    >>> GaussianSource("83.63d 22.01d", sigma="0.2 deg", e=0.8, phi="30 deg")
    GaussianSource(lon=83.63 deg, lat=22.01 deg, sigma=0.2 deg, e=0.8, phi=30 deg)
    """

    sigma = Declared(0.1, "deg", min=0.0)
    e = Declared(0.0, min=0.0, max=1.0, frozen=True)
    phi = Declared(0.0, "deg", frozen=True)

    @staticmethod
    def profile(radius: np.ndarray, sigma: float) -> np.ndarray:  # type: ignore[override]
        """exp(-r²/2σ²) / 2πσ²."""
        sigma = max(sigma, SMALLEST)
        return np.exp(-0.5 * (radius / sigma) ** 2) / (2 * np.pi * sigma**2)

    @staticmethod
    def wave(squared: np.ndarray, sigma: float) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """exp(-σ²q²/2)."""
        value = np.exp(-0.5 * sigma**2 * squared)
        return value, -0.5 * sigma**2 * value, -sigma * squared * value

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        _, _, sigma, e, phi = self.values
        major, minor = rng.normal(0, sigma, size), rng.normal(0, sigma * np.sqrt(1 - e**2), size)
        cos, sin = np.cos(np.radians(phi)), np.sin(np.radians(phi))
        return major * sin + minor * cos, major * cos - minor * sin

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """4.3 standard deviations of the major axis."""
        return _REACH * values[0]
