"""Emission from everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.base import Declared
from gpnb.models.sky_shape import SkyShape


class ConstantSource(SkyShape):
    """Isotropic emission: the spectrum is that of one steradian times `value`.

    Parameters
    ----------
    value : Quantity or str
        Solid angle whose emission the spectrum is, frozen at 1 sr-1.

    Examples
    --------
    >>> ConstantSource()
    ConstantSource(value=1 sr-1)
    """

    value = Declared(1.0, "sr-1", frozen=True)

    def density(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) at ICRS positions in degrees."""
        return np.full(np.broadcast_shapes(np.shape(ra), np.shape(dec)), self.values[0])

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """`value` times the solid angle of each pixel; shape (ny, nx)."""
        return np.asarray(self.values[0] * self.on_slopes(geom)[0])

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """The solid angle of each pixel; shape (1, ny, nx)."""
        return np.asarray(np.nan_to_num(geom.solid_angle)[None])


class ConstantFluxSource(SkyShape):
    """The same flux in every pixel, whatever its size: the spectrum is that of a pixel.

    Examples
    --------
    >>> ConstantFluxSource()
    ConstantFluxSource()
    """

    def density(self, ra: Any, dec: Any) -> np.ndarray:
        """It has none: it depends on the pixels."""
        raise ArgumentError("ConstantFluxSource has a flux a pixel, no brightness at positions: use ConstantSource.")

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """One in each pixel on the sky; shape (ny, nx)."""
        return np.asarray(np.isfinite(geom.solid_angle), dtype=float)

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """No derivatives: there are no parameters; shape (0, ny, nx)."""
        return np.zeros((0, geom.ny, geom.nx))
