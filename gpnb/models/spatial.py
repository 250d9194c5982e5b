"""Spatial models: surface brightness (sr-1) on the sphere, integral one."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.frames import fov_coordinates, from_fov, separation, to_frame
from gpnb.core.units import skycoord_text, to_skycoord
from gpnb.models.base import Declared, Model


class SpatialModel(Model):
    """Base: a shape about a centre given in icrs or galactic coordinates, kept in that frame."""

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

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) in the model's own frame."""
        raise NotImplementedError

    def _draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random offsets (deg) toward growing longitude and latitude."""
        raise NotImplementedError


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
