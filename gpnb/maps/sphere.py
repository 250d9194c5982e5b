"""Geometry of unit vectors on the sky; angles in degrees."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import SkyCoord

FRAMES = ("icrs", "galactic", "fk5")
"""The sky frames that maps may have."""


def rotate(matrix: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """`matrix` (3, 3) applied to vectors of shape (3, *shape)."""
    return np.asarray((matrix @ vectors.reshape(3, -1)).reshape(vectors.shape))


def local_basis(lon: float, lat: float) -> np.ndarray:
    """Rows: the direction itself, east and north of it; shape (3, 3)."""
    (sin_lon, sin_lat), (cos_lon, cos_lat) = np.sin(np.radians([lon, lat])), np.cos(np.radians([lon, lat]))
    return np.array(
        [
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
        ]
    )


def coord_values(coord: SkyCoord, frame: str) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of a SkyCoord in `frame`, in degrees."""
    spherical = coord.transform_to(frame).spherical
    return np.asarray(spherical.lon.deg), np.asarray(spherical.lat.deg)


def separation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angle between unit vectors in degrees, from the chord: exact where it is small."""
    chord = [(a - b) ** 2 for a, b in zip(first, second, strict=True)]
    half = np.sqrt(chord[0] + chord[1] + chord[2]) / 2
    return np.asarray(np.degrees(2 * np.arcsin(np.minimum(half, 1.0))))


def quadrangle_areas(corners: np.ndarray) -> np.ndarray:
    """Solid angles in sr of the cells of a grid of unit vectors, shape (3, ny + 1, nx + 1) → (ny, nx).

    Each cell is two spherical triangles, by Van Oosterom & Strackee, IEEE Trans. Biomed. Eng. 30 (1983) 125.
    """
    a, b, c, d = corners[:, :-1, :-1], corners[:, :-1, 1:], corners[:, 1:, 1:], corners[:, 1:, :-1]
    return np.asarray(_triangle_areas(a, b, c) + _triangle_areas(a, c, d))


def _triangle_areas(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    # differences first: the triple product of nearly equal vectors loses its digits otherwise
    volume = np.sum(a * np.cross(b - a, c - a, axis=0), axis=0)
    cosines = 1 + np.sum(a * b, axis=0) + np.sum(b * c, axis=0) + np.sum(c * a, axis=0)
    return np.asarray(2 * np.arctan2(np.abs(volume), cosines))
