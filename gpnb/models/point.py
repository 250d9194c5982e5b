"""A point on the sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.frames import separation
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

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0 = self.values
        return np.where(separation(lon, lat, lon0, lat0) == 0, np.inf, 0.0)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(size), np.zeros(size)
