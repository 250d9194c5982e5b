"""A region of the sky as seen from a pointing: which directions lie in it, turned about the pointing by any angle.

Directions are unit vectors in the frame of the pointing: ahead, right (towards lower right ascension), up (north).
Turns are rotations of the sphere about the first axis, from up to left: position angles grow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    CompoundSkyRegion,
    PointSkyRegion,
    SkyRegion,
)

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_vectors, to_vectors
from gpnb.core.sky_regions import region_text
from gpnb.maps.inside import cap_of, inside_test
from gpnb.maps.masks import in_frame
from gpnb.maps.sphere import local_basis, rotate

_CELLS = 64
"""Cells across a shape that is sampled."""


@dataclass(frozen=True, eq=False)
class View:
    """The sky seen from a pointing.

    Parameters
    ----------
    ra, dec : float
        The pointing (ICRS), deg.
    """

    ra: float
    dec: float

    @classmethod
    def of(cls, pointing: SkyCoord) -> View:
        """From the pointing of a run."""
        icrs = pointing.icrs
        return cls(float(icrs.ra.deg), float(icrs.dec.deg))

    @cached_property
    def basis(self) -> np.ndarray:
        """Rows: ahead, right and up, as ICRS vectors."""
        basis = local_basis(self.ra, self.dec)
        basis[1] *= -1
        return basis

    def vectors(self, ra: Any, dec: Any) -> np.ndarray:
        """Directions (ICRS, deg) as vectors of this view, shape (3, …)."""
        return rotate(self.basis, to_vectors(ra, dec))

    def sky(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """ICRS directions (deg) of vectors of this view."""
        return from_vectors(rotate(self.basis.T, vectors))


def turned(vectors: np.ndarray, angle: float) -> np.ndarray:
    """Vectors of a view turned about the pointing by an angle (rad)."""
    cos, sin = math.cos(angle), math.sin(angle)
    ahead, right, up = vectors
    return np.stack([ahead, right * cos - up * sin, up * cos + right * sin])


class Circle:
    """A circle or annulus, exact on the sphere; a point is a circle without a radius.

    Parameters
    ----------
    center : array, shape (3,)
        In the frame of the view.
    radius : float
        deg.
    view : View
        The view.
    inner : float
        Radius of the hole, deg.
    """

    def __init__(self, center: np.ndarray, radius: float, view: View, inner: float = 0.0):
        self.center, self.radius, self.view, self.inner = center, radius, view, inner

    @property
    def offset(self) -> float:
        """Angle of the centre from the pointing, deg."""
        return _angle(self.center)

    @property
    def width(self) -> float:
        """Smallest turn (rad) after which it does not touch itself; infinite if the pointing is inside.

        The chord between the centres must be two radii: sin(offset) sin(turn / 2) = sin(radius).
        """
        reach = math.sin(math.radians(self.radius)) / max(math.sin(math.radians(self.offset)), 1e-12)
        return 2 * math.asin(reach) if reach < 1 else math.inf

    @property
    def reach(self) -> tuple[float, float]:
        """Smallest and largest angle of its parts from the pointing, deg."""
        return self.offset - self.radius, self.offset + self.radius

    @property
    def solid_angle(self) -> float:
        """In sr."""
        return 2 * math.pi * (math.cos(math.radians(self.inner)) - math.cos(math.radians(self.radius)))

    def contains(self, vectors: np.ndarray, angle: float = 0.0) -> np.ndarray:
        """Whether directions lie in it, after it was turned (rad) about the pointing."""
        away = distance(vectors, turned(self.center, angle))
        return np.asarray((away < self.radius) & (away >= self.inner))

    def text(self, angle: float = 0.0) -> str:
        """DS9 text, after the turn."""
        lon, lat = (float(item) for item in self.view.sky(turned(self.center, angle)))
        if self.radius == 0:
            return f"icrs; point({lon:.10f},{lat:.10f})"
        if self.inner:
            return f"icrs; annulus({lon:.10f},{lat:.10f},{self.inner:.10f},{self.radius:.10f})"
        return f"icrs; circle({lon:.10f},{lat:.10f},{self.radius:.10f})"

    @cached_property
    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Directions that fill it evenly, shape (3, n), and the solid angle of each, sr."""
        cells, area = _grid(self.center, self.radius)
        inside = self.contains(cells)
        if not inside.any():
            raise ArgumentError(f"The region {self.text()} is empty, or too thin to be sampled.")
        return cells[:, inside], area[inside] * (self.solid_angle / area[inside].sum())


class Drawn:
    """Any other region.

    Parameters
    ----------
    region : SkyRegion
        With an inside.
    view : View
        The view.
    """

    def __init__(self, region: SkyRegion, view: View):
        self.view, self.region = view, region
        self._inside = inside_test(region, view.basis)

    @cached_property
    def center(self) -> np.ndarray:
        """The mean direction of the region."""
        cells, area = self.cells
        middle = cells @ area
        return np.asarray(middle / np.linalg.norm(middle))

    @property
    def offset(self) -> float:
        """Angle of the centre from the pointing, deg."""
        return _angle(self.center)

    @property
    def reach(self) -> tuple[float, float]:
        """Smallest and largest angle of its parts from the pointing, deg, with the width of a cell to spare."""
        cells, area = self.cells
        away, spare = distance(cells, np.array([1.0, 0.0, 0.0])), math.degrees(math.sqrt(float(area.max())))
        return float(away.min()) - spare, float(away.max()) + spare

    @cached_property
    def width(self) -> float:
        """Smallest turn (rad) after which it does not touch itself, from its extent in position angle."""
        if self.contains(np.array([[1.0], [0.0], [0.0]]))[0]:
            return math.inf
        cells, area = self.cells
        around = np.sort(np.arctan2(cells[1], cells[2]))
        gaps = np.diff(np.append(around, around[0] + 2 * math.pi))
        near = np.hypot(cells[1], cells[2]).min()
        extent = 2 * math.pi - float(gaps.max()) + 1.5 * math.sqrt(float(area.max())) / near  # half a cell on each side
        return extent if extent < math.pi else math.inf

    def contains(self, vectors: np.ndarray, angle: float = 0.0) -> np.ndarray:
        """Whether directions lie in it, after it was turned (rad) about the pointing."""
        return self._inside(turned(vectors, -angle))

    def text(self, angle: float = 0.0) -> str:
        """DS9 text, after the turn."""
        if isinstance(self.region, CompoundSkyRegion):
            return f"# a compound region, turned by {math.degrees(angle):.4f} deg about the pointing"
        return region_text(self.region if angle == 0 else self._turned(angle))

    def _turned(self, angle: float) -> SkyRegion:
        """The region itself, turned (rad) about the pointing."""
        region = in_frame(self.region, "icrs")
        points = (region.vertices if hasattr(region, "vertices") else region.center).icrs
        lon, lat = self.view.sky(turned(self.view.vectors(points.ra.deg, points.dec.deg), angle))
        place = SkyCoord(lon, lat, unit="deg")
        if hasattr(region, "vertices"):
            return region.copy(vertices=place)
        # its angle is about north, which the turn takes with it
        north = turned(self.view.vectors(points.ra.deg, points.dec.deg + 1e-3), angle)
        turn = place.position_angle(SkyCoord(*self.view.sky(north), unit="deg"))
        return region.copy(center=place, angle=region.angle + turn)

    @cached_property
    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Directions that fill it evenly, shape (3, n), and the solid angle of each, sr."""
        middle, radius = cap_of(self.region)
        cells, area = _grid(rotate(self.view.basis, middle), 1.05 * radius)
        inside = self.contains(cells)
        if not inside.any():
            raise ArgumentError(f"The region {self.text()} is empty, or too thin to be sampled.")
        return cells[:, inside], area[inside]


Shape = Circle | Drawn


def shape_of(region: SkyRegion, view: View) -> Shape:
    """The shape of a region in a view."""
    if isinstance(region, CircleSkyRegion | PointSkyRegion):
        icrs = region.center.icrs
        radius = 0.0 if isinstance(region, PointSkyRegion) else float(region.radius.to_value("deg"))
        return Circle(view.vectors(float(icrs.ra.deg), float(icrs.dec.deg)), radius, view)
    if isinstance(region, CircleAnnulusSkyRegion):
        icrs, inner, outer = region.center.icrs, region.inner_radius, region.outer_radius
        center = view.vectors(float(icrs.ra.deg), float(icrs.dec.deg))
        return Circle(center, float(outer.to_value("deg")), view, float(inner.to_value("deg")))
    return Drawn(region, view)


def distance(vectors: np.ndarray, center: np.ndarray) -> np.ndarray:
    """Angle (deg) between directions and one direction, from the chord: exact where it is small."""
    chord = (vectors[0] - center[0]) ** 2 + (vectors[1] - center[1]) ** 2 + (vectors[2] - center[2]) ** 2
    return np.asarray(np.degrees(2 * np.arcsin(np.minimum(np.sqrt(chord) / 2, 1.0))))


def _angle(vector: np.ndarray) -> float:
    """Angle of a direction from the pointing, deg."""
    return math.degrees(math.atan2(math.hypot(vector[1], vector[2]), vector[0]))


def _grid(middle: np.ndarray, half: float) -> tuple[np.ndarray, np.ndarray]:
    """Cells of a square (half width in deg) about a direction: vectors, and solid angles (sr)."""
    half = math.tan(math.radians(min(half, 80.0)))
    steps = (np.arange(_CELLS) + 0.5) / _CELLS * 2 - 1
    x, y = (item.ravel() * half for item in np.meshgrid(steps, steps))
    scale = 1 / np.sqrt(1 + x**2 + y**2)
    lon, lat = (float(item) for item in from_vectors(middle))
    local = local_basis(lon, lat)
    vectors = rotate(local.T, np.stack([scale, x * scale, y * scale]))
    return vectors, scale**3 * (2 * half / _CELLS) ** 2
