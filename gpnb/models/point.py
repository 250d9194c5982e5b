"""A point on the sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import separation
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.spatial import SpatialModel


class PointSource(SpatialModel):
    """A point.

    Parameters
    ----------
    center : SkyCoord or str
        Its position.

    Examples
    --------
    >>> PointSource("83.63d 22.01d")
    PointSource(lon=83.63 deg, lat=22.01 deg)
    """

    has_waves = True

    @classmethod
    def waves(cls, along: Any, across: Any, values: Sequence[float]) -> np.ndarray:  # noqa: ARG003
        """One at all wave numbers."""
        return np.ones((1, *np.broadcast_shapes(np.shape(along), np.shape(across))))

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:  # noqa: ARG003
        """None."""
        return 0.0

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """One in the pixel that holds it; shape (ny, nx)."""
        found = np.zeros((geom.ny, geom.nx))
        column, row = (np.floor(item + 0.5) for item in geom.coord_pixel(self.center))
        if 0 <= column < geom.nx and 0 <= row < geom.ny:
            found[int(row), int(column)] = 1.0
        return found

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """It has none before it is blurred."""
        raise ArgumentError("A point jumps from pixel to pixel: it has slopes only where a PSF blurs it.")

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0 = self.values
        return np.where(separation(lon, lat, lon0, lat0) == 0, np.inf, 0.0)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(size), np.zeros(size)
