"""Integrals of a brightness over the pixels of a map, also of shapes smaller than these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.frames import to_frame
from gpnb.maps.geometry import WcsGeometry

Density = Callable[[np.ndarray, np.ndarray], np.ndarray]

_ENOUGH = 1e-6
"""Error of a cell, in parts of the whole shape, from which on it is not divided."""

_LEVELS = 12
"""Times that a cell is halved, at most: a pixel of 0.1 deg ends at 0.1 arcsec."""

_NODE = 0.5 / np.sqrt(3)
_NODES = np.array([[-_NODE, -_NODE], [_NODE, -_NODE], [-_NODE, _NODE], [_NODE, _NODE]])
"""Of Gauss and Legendre in a square of side one."""

_QUARTERS = np.sign(_NODES) / 4
"""Middles of the quarters of a square."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Places on a map whose values add up to integrals over pixels.

    Parameters
    ----------
    ra, dec : array
        ICRS, deg.
    weight : array
        Solid angle that each stands for, sr.
    pixel : array of int
        The pixel that each lies in, as a place in the flat map.
    shape : tuple of int
        Of the map.
    """

    ra: np.ndarray
    dec: np.ndarray
    weight: np.ndarray
    pixel: np.ndarray
    shape: tuple[int, ...]

    def integral(self, density: Density) -> np.ndarray:
        """Integral over each pixel."""
        ny, nx = self.shape
        values = density(self.ra, self.dec) * self.weight
        return np.bincount(self.pixel, values, ny * nx).reshape(ny, nx)


def cells_of(density: Density, geom: WcsGeometry, ra: float, dec: float, reach: float) -> Cells:
    """Places enough for a brightness: pixels within its reach are halved until that changes nothing.

    Parameters
    ----------
    density : callable
        Brightness (sr-1) at ICRS positions (deg).
    geom : WcsGeometry
        The map.
    ra, dec : float
        The centre of the shape (deg): about it the cells are made as small as they become, lest a shape is missed.
    reach : float
        Radius (deg) that holds nearly all of it; beyond, the middle of a pixel stands for it.
    """
    area, x, y = _on_sky(geom)
    away = geom.separation(SkyCoord(ra, dec, unit="deg")).ravel()
    near = away < reach + 2 * np.degrees(np.sqrt(np.nanmax(area)))
    (far,) = np.nonzero(np.isfinite(area) & ~near)
    found = [(x[far], y[far], area[far], far)]
    (pixel,) = np.nonzero(np.isfinite(area) & near)
    place, size, total = np.stack([x[pixel], y[pixel]], axis=-1), 1.0, 0.0
    middle = np.stack(geom.pixel_icrs(ra, dec), axis=-1)
    for level in range(_LEVELS + 1):
        weight = area[pixel] * size**2
        whole = _mean(density, geom, place[:, None] + size * _NODES) * weight
        quarters = place[:, None] + size * _QUARTERS
        nodes = (quarters[:, :, None] + size / 2 * _NODES).reshape(-1, 16, 2)
        parts = _mean(density, geom, nodes) * weight
        total = max(total, float(parts.sum()))
        divide = (np.abs(parts - whole) > _ENOUGH * total) | (np.abs(place - middle) <= size).all(axis=-1)
        divide &= level < _LEVELS
        kept = nodes[~divide].reshape(-1, 2)
        found.append((kept[:, 0], kept[:, 1], np.repeat(weight[~divide] / 16, 16), np.repeat(pixel[~divide], 16)))
        place, pixel, size = quarters[divide].reshape(-1, 2), np.repeat(pixel[divide], 4), size / 2
    x, y, weight, pixel = (np.concatenate(column) for column in zip(*found, strict=True))
    return Cells(*_sky(geom, x, y), weight, pixel, (geom.ny, geom.nx))


def _on_sky(geom: WcsGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solid angle (NaN outside the sky), column and row of each pixel, flat."""
    y, x = np.mgrid[: geom.ny, : geom.nx]
    return geom.solid_angle.ravel(), x.ravel().astype(float), y.ravel().astype(float)


def _mean(density: Density, geom: WcsGeometry, nodes: np.ndarray) -> np.ndarray:
    """Mean brightness over the nodes of each cell, which are places (x, y)."""
    values = np.nan_to_num(density(*_sky(geom, nodes[..., 0], nodes[..., 1])))
    return np.asarray(values.mean(axis=-1)) if len(nodes) else np.zeros(0)


def _sky(geom: WcsGeometry, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = geom.plane.sky(x, y)
    return to_frame(lon, lat, geom.frame, "icrs")
