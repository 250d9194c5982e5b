"""A shell seen in projection."""

from __future__ import annotations

import numpy as np

from gpnb.core.frames import separation
from gpnb.models.base import Declared
from gpnb.models.spatial import SpatialModel


class ShellSource(SpatialModel):
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

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0, radius, width = self.values
        squared = separation(lon, lat, lon0, lat0) ** 2
        outer, inner = radius + width, radius
        depth = np.sqrt(np.clip(outer**2 - squared, 0, None)) - np.sqrt(np.clip(inner**2 - squared, 0, None))
        volume = 2 * np.pi * (outer**3 - inner**3) / 3  # half of it, as the depth is
        return np.asarray(depth / volume * np.degrees(1.0) ** 2)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        _, _, radius, width = self.values
        r = np.cbrt(rng.uniform(radius**3, (radius + width) ** 3, size))
        cos, angle = rng.uniform(-1, 1, size), rng.uniform(0, 2 * np.pi, size)
        projected = r * np.sqrt(1 - cos**2)
        return projected * np.sin(angle), projected * np.cos(angle)
