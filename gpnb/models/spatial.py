"""Spatial models: surface brightness (sr-1) on the sphere, integral one."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import fov_coordinates, from_fov, separation, to_frame
from gpnb.core.units import skycoord_text, to_skycoord
from gpnb.models.base import Declared, Model, check_order

_SMALLEST, _LARGEST, _CELLS = 1e-3, 60.0, 400
"""Squares that a shape is looked for in: half their sides (deg), and cells a side."""

_MISSED = 3e-3
"""Of a shape, that may lie beyond the square that it is drawn from."""

_PART = 0.05
"""Of a shape, that must lie in a square before it can be told whether it all does."""


class SpatialModel(Model):
    """Base: a shape about a centre given in icrs or galactic coordinates, kept in that frame.

    A subclass declares its parameters and writes `evaluate`: the surface brightness, of integral one, at offsets from
    the centre.

    Examples
    --------
    A shape of your own, an exponential disk:

    >>> import gpnb
    >>> class Exponential(gpnb.SpatialModel):
    ...     scale = gpnb.Parameter("scale", 0.1, "deg", min=0)
    ...
    ...     @staticmethod
    ...     def evaluate(x, y, scale):
    ...         return np.exp(-np.hypot(x, y) / scale) / (2 * np.pi * np.radians(scale) ** 2)
    >>> shape = Exponential("83.63d 22.01d", scale="0.2 deg")
    >>> shape.density(83.63, np.array([22.01, 22.21])).round(1)
    array([13061.9,  4805.2])
    """

    lon = Declared(0.0, "deg")
    lat = Declared(0.0, "deg", min=-90.0, max=90.0)

    def __init__(self, center: SkyCoord | str | None = None, frame: str = "icrs", **given: Any):
        if center is not None:
            position = to_skycoord(center)
            frame = position.frame.name if position.frame.name in ("icrs", "galactic") else "icrs"
            spherical = position.transform_to(frame).spherical
            given |= {"lon": float(spherical.lon.deg), "lat": float(spherical.lat.deg)}
        super().__init__(**given)
        self.frame = frame

    @property
    def center(self) -> SkyCoord:
        """Its centre."""
        lon, lat = self.values[:2]
        return SkyCoord(lon, lat, unit="deg", frame=self.frame)

    def arguments(self) -> dict[str, Any]:
        """Constructor arguments: the centre as text, then the shape."""
        arguments = super().arguments()
        del arguments["lon"], arguments["lat"]
        return {"center": skycoord_text(self.center), **arguments}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the frame."""
        return {**super().to_dict(), "frame": self.frame}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"frame": data.get("frame", "icrs")}

    def density(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) at ICRS positions in degrees."""
        lon, lat = to_frame(ra, dec, "icrs", self.frame)
        return self._density(lon, lat)

    def sample(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random ICRS positions (deg) drawn from the shape."""
        x, y = self._draw(size, rng)
        lon0, lat0 = self.values[:2]
        return to_frame(*from_fov(-x, y, lon0, lat0), self.frame, "icrs")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_order(cls, 2, list(cls.declared)[2:])

    @staticmethod
    def evaluate(x: np.ndarray, y: np.ndarray, *values: Any) -> np.ndarray:
        """Surface brightness (sr-1) at offsets (deg) toward growing longitude and latitude, true from the centre.

        The values are those of all parameters but the position.
        """
        raise NotImplementedError

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) in the model's own frame."""
        lon0, lat0, *values = self.values
        west, north = fov_coordinates(lon, lat, lon0, lat0)
        return np.asarray(self.evaluate(-west, north, *values))

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random offsets (deg) toward growing longitude and latitude."""
        half, weight = self._cells()
        cells = rng.choice(weight.size, size, p=weight.ravel() / weight.sum())
        row, column = np.unravel_index(cells, weight.shape)
        step = 2 * half / len(weight)
        return (column + rng.random(size)) * step - half, (row + rng.random(size)) * step - half

    def _cells(self) -> tuple[float, np.ndarray]:
        """A square about the centre with nearly all of the shape: half its side (deg), and what is in its cells."""
        values, half, total = self.values[2:], _SMALLEST, 0.0
        while half < _LARGEST:
            place = (np.arange(_CELLS) + 0.5) / _CELLS * 2 * half - half
            weight = np.asarray(self.evaluate(place, place[:, None], *values)) * np.radians(2 * half / _CELLS) ** 2
            before, total = total, float(weight.sum())
            if total > _PART and abs(total / before - 1) < _MISSED:  # a larger square holds no more
                break
            half *= 2
        if abs(total - 1) > 2 * _MISSED:
            raise ArgumentError(
                f"{type(self).__name__}: its integral over the sky is {total:.3g}, not one: divide `evaluate` by it."
            )
        return half, weight


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

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0 = self.values
        return np.where(separation(lon, lat, lon0, lat0) == 0, np.inf, 0.0)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(size), np.zeros(size)


class GaussianSource(SpatialModel):
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
    """

    sigma = Declared(0.1, "deg", min=0.0)
    e = Declared(0.0, min=0.0, max=1.0, frozen=True)
    phi = Declared(0.0, "deg", frozen=True)

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0, sigma, e, phi = self.values
        r = separation(lon, lat, lon0, lat0)
        west, north = fov_coordinates(lon, lat, lon0, lat0)
        angle = np.arctan2(-west, north) - np.radians(phi)
        minor = sigma * np.sqrt(1 - e**2)
        # effective width in this direction, and the same with its area kept
        width = 1 / np.sqrt((np.cos(angle) / sigma) ** 2 + (np.sin(angle) / minor) ** 2)
        area = 2 * np.pi * np.radians(sigma) * np.radians(minor)
        return np.asarray(np.exp(-0.5 * (r / width) ** 2) / area)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        _, _, sigma, e, phi = self.values
        major, minor = rng.normal(0, sigma, size), rng.normal(0, sigma * np.sqrt(1 - e**2), size)
        cos, sin = np.cos(np.radians(phi)), np.sin(np.radians(phi))
        return major * sin + minor * cos, major * cos - minor * sin


class DiskSource(SpatialModel):
    """A uniform disk.

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    radius : Quantity or str
        Its radius.
    """

    radius = Declared(0.1, "deg", min=0.0)

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        lon0, lat0, radius = self.values
        area = 2 * np.pi * (1 - np.cos(np.radians(radius)))
        return np.where(separation(lon, lat, lon0, lat0) <= radius, 1 / area, 0.0)

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        radius, angle = self.values[2] * np.sqrt(rng.random(size)), 2 * np.pi * rng.random(size)
        return radius * np.sin(angle), radius * np.cos(angle)
