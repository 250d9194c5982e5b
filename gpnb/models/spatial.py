"""Shapes about a centre: surface brightness (sr-1) on the sphere, integral one."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_offsets, offsets, to_frame
from gpnb.core.units import skycoord_text, to_skycoord
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.base import Declared, check_order
from gpnb.models.pixel_integral import Cells, cells_of
from gpnb.models.sky_shape import SkyShape

_SMALLEST, _LARGEST, _CELLS = 1e-3, 60.0, 400
"""Squares that a shape is looked for in: half their sides (deg), and cells a side."""

_MISSED = 3e-3
"""Of a shape, that may lie beyond the square that it is drawn from."""

_STEP = 1e-3
"""Of a value, or of the size for the centre, for slopes by differences."""

_PART = 0.05
"""Of a shape, that must lie in a square before it can be told whether it all does."""


class SpatialModel(SkyShape):
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
        return to_frame(*from_offsets(x, y, lon0, lat0), self.frame, "icrs")

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """Integral over each pixel of a geometry, right for shapes smaller than a pixel too; shape (ny, nx)."""
        return self._cells_on(geom).integral(self.density)

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """Derivatives of `on` with all parameters, by differences to the fourth order; shape (n parameters, ny, nx)."""
        cells, size = self._cells_on(geom), self._size()
        rows = []
        for place, value in enumerate(self.values):
            step = _STEP * (size if place < 2 else abs(value) or 1.0)
            moved = [np.array(self.values) + by * step * np.eye(len(self.values))[place] for by in (-2, -1, 1, 2)]
            ends = [cells.integral(self.with_values(item).density) for item in moved]
            rows.append((8 * (ends[2] - ends[1]) - (ends[3] - ends[0])) / (12 * step))
        return np.stack(rows)

    def _cells_on(self, geom: WcsGeometry) -> Cells:
        center = self.center.icrs
        return cells_of(self.density, geom, float(center.ra.deg), float(center.dec.deg), self._size())

    def _size(self) -> float:
        """Radius (deg) that holds nearly all of it."""
        return float(np.sqrt(2) * self._cells()[0])

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_order(cls, 2, list(cls.declared)[2:])

    @staticmethod
    def evaluate(x: np.ndarray, y: np.ndarray, *values: Any) -> np.ndarray:
        """Surface brightness (sr-1) at offsets (deg) toward growing longitude and latitude, true from the centre.

        The values are those of all parameters but the position. Its integral over the plane of the offsets is one.
        """
        raise NotImplementedError

    def _density(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) in the model's own frame."""
        lon0, lat0, *values = self.values
        x, y = offsets(lon, lat, lon0, lat0)
        # the plane of the offsets is larger than the sphere, by angle over sine
        return np.asarray(self.evaluate(x, y, *values) / np.sinc(np.hypot(x, y) / 180))

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
