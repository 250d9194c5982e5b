"""Fast conversions between fixed celestial frames: a 3×3 matrix instead of a SkyCoord for every event."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from astropy.coordinates import CartesianRepresentation, SkyCoord
from numpy.typing import ArrayLike


@lru_cache
def rotation(source: str, target: str) -> np.ndarray:
    """The matrix that turns unit vectors of one frame (icrs, galactic, fk5) into another's, as astropy has it."""
    basis = SkyCoord(CartesianRepresentation(np.eye(3)), frame=source).transform_to(target)
    matrix: np.ndarray = basis.cartesian.xyz.value
    matrix.flags.writeable = False
    return matrix


def to_frame(lon: ArrayLike, lat: ArrayLike, source: str, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Convert longitudes and latitudes (deg) from one fixed frame into another.

    Examples
    --------
    >>> lon, lat = to_frame(np.array([266.40499]), np.array([-28.93617]), "icrs", "galactic")
    >>> bool(abs(lat[0]) < 1e-4)
    True
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if source == target:
        return lon, lat
    return from_vectors(np.tensordot(rotation(source, target), to_vectors(lon, lat), axes=1))


def to_vectors(lon: ArrayLike, lat: ArrayLike) -> np.ndarray:
    """Unit vectors (3, …) of positions in degrees."""
    phi, theta = np.broadcast_arrays(np.radians(np.asarray(lon)), np.radians(np.asarray(lat)))
    cos_theta = np.cos(theta)
    return np.array([cos_theta * np.cos(phi), cos_theta * np.sin(phi), np.sin(theta)])


def from_vectors(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude in [0, 360) and latitude, in degrees, of vectors (3, …)."""
    x, y, z = vectors
    return _full_turn(np.degrees(np.arctan2(y, x))), _latitude(x, y, z)


def _full_turn(lon: np.ndarray) -> np.ndarray:
    """Longitudes in [0, 360): a quarter of the time of ``%``."""
    return np.asarray(lon - 360.0 * np.floor(lon / 360.0))


def _latitude(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """In degrees, exact at the poles too; the root takes a quarter of the time of ``hypot``."""
    return np.asarray(np.degrees(np.arctan2(z, np.sqrt(x * x + y * y))))


def separation(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> np.ndarray:
    """Angle between positions in one frame, deg; exact for small angles too (haversine)."""
    phi1, theta1, phi2, theta2 = (np.radians(np.asarray(value, dtype=float)) for value in (lon1, lat1, lon2, lat2))
    h = np.sin((theta2 - theta1) / 2) ** 2 + np.cos(theta1) * np.cos(theta2) * np.sin((phi2 - phi1) / 2) ** 2
    angle: np.ndarray = np.degrees(2 * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))
    return angle


def fov_coordinates(lon: ArrayLike, lat: ArrayLike, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
    """Field-of-view longitude and latitude (deg) about a pointing, aligned with the frame of the input.

    The GADF convention: a rotation of the sphere, pointing at (0, 0), longitude growing
    as the sky longitude decreases, latitude growing with the sky latitude.
    """
    vectors = to_vectors(np.asarray(lon, dtype=float) - lon0, np.asarray(lat, dtype=float))
    cos0, sin0 = np.cos(np.radians(lat0)), np.sin(np.radians(lat0))
    x = cos0 * vectors[0] + sin0 * vectors[2]
    z = -sin0 * vectors[0] + cos0 * vectors[2]
    return np.degrees(np.arctan2(-vectors[1], x)), _latitude(x, vectors[1], z)


def from_fov(fov_lon: ArrayLike, fov_lat: ArrayLike, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `fov_coordinates`: sky longitude in [0, 360) and latitude, deg."""
    return from_fov_vectors(to_vectors(-np.asarray(fov_lon, dtype=float), np.asarray(fov_lat, dtype=float)), lon0, lat0)


def from_fov_vectors(vectors: np.ndarray, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
    """The same from unit vectors (3, …) along the pointing, to the east and to the north."""
    cos0, sin0 = np.cos(np.radians(lat0)), np.sin(np.radians(lat0))
    x = cos0 * vectors[0] - sin0 * vectors[2]
    z = sin0 * vectors[0] + cos0 * vectors[2]
    return _full_turn(np.degrees(np.arctan2(vectors[1], x)) + lon0), _latitude(x, vectors[1], z)


def offsets(lon: ArrayLike, lat: ArrayLike, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
    """Offsets (deg) from a centre toward growing longitude and toward the pole, as long as the angle on the sky.

    The zenithal equidistant plane about the centre: what is round on the sphere is round there.
    """
    along, east, north = _seen_from(lon, lat, lon0, lat0)
    chord = np.hypot(east, north)
    angle = np.degrees(np.arctan2(chord, along))
    scale = np.divide(angle, chord, out=np.full(np.shape(chord), np.degrees(1.0)), where=chord > 0)
    return east * scale, north * scale


def from_offsets(east: ArrayLike, north: ArrayLike, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `offsets`: longitude in [0, 360) and latitude, deg."""
    east, north = np.asarray(east, dtype=float), np.asarray(north, dtype=float)
    angle = np.radians(np.hypot(east, north))
    scale = np.radians(np.sinc(angle / np.pi))
    cos0, sin0 = np.cos(np.radians(lat0)), np.sin(np.radians(lat0))
    along, up = np.cos(angle), north * scale
    lon, lat = from_vectors(np.array([cos0 * along - sin0 * up, east * scale, sin0 * along + cos0 * up]))
    return (lon + lon0) % 360.0, lat


def _seen_from(lon: ArrayLike, lat: ArrayLike, lon0: float, lat0: float) -> np.ndarray:
    """Unit vectors along the direction to a centre, and there to the east and to the north."""
    x, east, z = to_vectors(np.asarray(lon, dtype=float) - lon0, np.asarray(lat, dtype=float))
    cos0, sin0 = np.cos(np.radians(lat0)), np.sin(np.radians(lat0))
    return np.array([cos0 * x + sin0 * z, east, -sin0 * x + cos0 * z])
