"""Which directions lie in a region of the sky: one answer for maps, events, runs and the views of runs.

Circles, annuli and ellipses are exact in angles from the centre. A rectangle has its sides along the meridians and
parallels of a sphere whose equator is its own axis, so that it may be as wide as the sky. The sides of a polygon are
great circles. Angles are about the north of the region's own frame. No map is needed, so none has an edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import CartesianRepresentation, SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    CompoundSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipseSkyRegion,
    PixCoord,
    PolygonPixelRegion,
    PolygonSkyRegion,
    RectangleAnnulusSkyRegion,
    RectangleSkyRegion,
    SkyRegion,
)

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_vectors, rotation
from gpnb.maps.sphere import local_basis, rotate, separation

Test = Callable[[np.ndarray], np.ndarray]
"""Unit vectors, shape (3, …) → whether each lies in a region."""

_Size = tuple[float, float]

_HALF_SKY = 0.01
"""Cosine of the largest angle from the middle of a polygon to its corners."""


def inside_test(region: SkyRegion, matrix: np.ndarray | None = None) -> Test:
    """The test whether unit vectors lie in a region.

    Parameters
    ----------
    region : SkyRegion
        With an inside.
    matrix : array, shape (3, 3), optional
        Turns ICRS vectors into those that will be given; these are ICRS themselves by default.

    Raises
    ------
    ArgumentError
        If the region has no inside, or a polygon reaches over half of the sky.

    Examples
    --------
    >>> from gpnb.core.frames import to_vectors
    >>> from gpnb.core.sky_regions import to_regions
    >>> plane = inside_test(to_regions("galactic; box(0, 0, 360, 4, 0)")[0])
    >>> plane(to_vectors([266.4, 83.6], [-28.9, 22.0])).tolist()
    [True, False]
    """
    matrix = np.eye(3) if matrix is None else matrix
    if isinstance(region, CompoundSkyRegion):
        one, other = (inside_test(part, matrix) for part in (region.region1, region.region2))
        return lambda vectors: np.asarray(region.operator(one(vectors), other(vectors)))
    if isinstance(region, PolygonSkyRegion):
        return _polygon(region, matrix)
    *holes, outer = _sizes(region)
    return _of_center(_WITHIN[type(region)], _own_axes(region, matrix), holes, outer)


def in_sky(vectors: np.ndarray, region: SkyRegion, frame: str = "icrs") -> np.ndarray:
    """Whether unit vectors of a frame, shape (3, …), lie in a region; see `inside_test`."""
    return inside_test(region, rotation("icrs", frame))(vectors)


def cap_of(region: SkyRegion) -> tuple[np.ndarray, float]:
    """The middle (ICRS vector) and radius (deg) of a circle that holds a region."""
    if isinstance(region, CompoundSkyRegion):
        (one, near), (other, far) = cap_of(region.region1), cap_of(region.region2)
        middle = _unit(one + other)
        return middle, max(near + _apart(one, middle), far + _apart(other, middle))
    if isinstance(region, PolygonSkyRegion):
        middle, corners = _corners(region)
        return middle, float(separation(corners, middle[:, None]).max())
    width, height = _sizes(region)[-1]
    center = np.asarray(region.center.icrs.cartesian.xyz.value)
    return center, min(math.hypot(width, height), 180.0)


def _of_center(within: Callable[..., np.ndarray], axes: np.ndarray, holes: list[_Size], outer: _Size) -> Test:
    """The test of a shape about its centre, without its hole; the inner rim belongs to the hole."""

    def test(vectors: np.ndarray) -> np.ndarray:
        found = within(axes, vectors, *outer)
        for inner in holes:
            found &= ~within(axes, vectors, *inner)
        return found

    return test


def _in_circle(axes: np.ndarray, vectors: np.ndarray, radius: float, _: float = 0.0) -> np.ndarray:
    """By the square of the chord."""
    x, y, z = axes[0]
    chord = (vectors[0] - x) ** 2 + (vectors[1] - y) ** 2 + (vectors[2] - z) ** 2
    return np.asarray(chord <= (2 * np.sin(np.radians(min(radius, 180.0)) / 2)) ** 2)


def _in_ellipse(axes: np.ndarray, vectors: np.ndarray, a: float, b: float) -> np.ndarray:
    """In distance and direction from the centre."""
    ahead, along, across = rotate(axes, vectors)
    distance, direction = np.degrees(np.arctan2(np.hypot(along, across), ahead)), np.arctan2(across, along)
    return np.asarray((distance * np.cos(direction) / a) ** 2 + (distance * np.sin(direction) / b) ** 2 <= 1)


def _in_rectangle(axes: np.ndarray, vectors: np.ndarray, a: float, b: float) -> np.ndarray:
    """In longitude and latitude of the sphere whose equator is the width axis."""
    ahead, along, across = rotate(axes, vectors)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(np.degrees(np.arctan2(along, ahead))) <= a) & (np.abs(across) <= _sine(b)))


def _sine(latitude: float) -> float:
    return float(np.sin(np.radians(latitude))) if latitude < 90 else 1.0


def _polygon(region: PolygonSkyRegion, matrix: np.ndarray) -> Test:
    """In the plane that touches the sky at its middle, where great circles are straight."""
    middle, corners = _corners(region)
    axes = local_basis(*(float(value) for value in from_vectors(middle)))
    ahead, right, up = rotate(axes, corners)
    plane = PolygonPixelRegion(PixCoord(right / ahead, up / ahead))
    axes = axes @ matrix.T

    def test(vectors: np.ndarray) -> np.ndarray:
        ahead, right, up = rotate(axes, vectors)
        with np.errstate(invalid="ignore"):
            front = ahead > _HALF_SKY / 2
        safe = np.where(front, ahead, 1.0)
        x, y = (np.where(front, item / safe, 0.0) for item in (right, up))
        return np.asarray(front & plane.contains(PixCoord(np.atleast_1d(x), np.atleast_1d(y))).reshape(front.shape))

    return test


def _corners(region: PolygonSkyRegion) -> tuple[np.ndarray, np.ndarray]:
    corners = np.asarray(region.vertices.icrs.cartesian.xyz.value)
    middle = _unit(corners.mean(axis=1))
    if not (middle @ corners).min() > _HALF_SKY:
        raise ArgumentError("A polygon reaches over half of the sky, and has no known inside: give it in parts.")
    return middle, corners


def _own_axes(region: Any, matrix: np.ndarray) -> np.ndarray:
    """Rows: the centre, the width axis and the height axis; as in `regions`, the first points west at angle 0."""
    frame = region.center.frame
    own = local_basis(float(frame.spherical.lon.deg), float(frame.spherical.lat.deg))
    sky = SkyCoord(CartesianRepresentation(own.T), frame=frame.replicate_without_data()).icrs
    ahead, east, north = sky.cartesian.xyz.value.T
    angle = float(region.angle.to_value(u.rad)) if hasattr(region, "angle") else 0.0
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(np.array([ahead, north * sin - east * cos, north * cos + east * sin]) @ matrix.T)


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(np.linalg.norm(vector), 1e-12))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(separation(one, other))


def _half(width: u.Quantity, height: u.Quantity) -> _Size:
    return float(width.to_value(u.deg)) / 2, float(height.to_value(u.deg)) / 2


def _sizes(region: SkyRegion) -> list[_Size]:
    """Half of width and height (deg) of a region, after those of its hole; of circles radius and 0."""
    if type(region) not in _SIZES:
        raise ArgumentError(f"A {type(region).__name__} has no inside: give a circle, ellipse, rectangle or polygon.")
    return _SIZES[type(region)](region)


_SIZES: dict[type, Callable[[Any], list[_Size]]] = {
    CircleSkyRegion: lambda it: [_half(2 * it.radius, 0 * u.deg)],
    CircleAnnulusSkyRegion: lambda it: [_half(2 * r, 0 * u.deg) for r in (it.inner_radius, it.outer_radius)],
    EllipseSkyRegion: lambda it: [_half(it.width, it.height)],
    EllipseAnnulusSkyRegion: lambda it: [
        _half(it.inner_width, it.inner_height),
        _half(it.outer_width, it.outer_height),
    ],
    RectangleSkyRegion: lambda it: [_half(it.width, it.height)],
    RectangleAnnulusSkyRegion: lambda it: [
        _half(it.inner_width, it.inner_height),
        _half(it.outer_width, it.outer_height),
    ],
}

_WITHIN: dict[type, Callable[..., np.ndarray]] = {
    CircleSkyRegion: _in_circle,
    CircleAnnulusSkyRegion: _in_circle,
    EllipseSkyRegion: _in_ellipse,
    EllipseAnnulusSkyRegion: _in_ellipse,
    RectangleSkyRegion: _in_rectangle,
    RectangleAnnulusSkyRegion: _in_rectangle,
}
