"""A shape given by a map."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_offsets, offsets, to_frame
from gpnb.core.units import DNDE
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.models.base import Declared
from gpnb.models.spatial import SpatialModel
from gpnb.models.template_planes import Planes

_FLUX = DNDE / u.sr
_MOST = 8
"""Places a side at which a pixel larger than those of the map is looked at."""

_STEP = 1e-5
"""Of a shift (deg), for the slope of the map's pixels with it."""


class TemplateSource(SpatialModel):
    """A map as a shape: of brightness (sr-1), the same at all energies or with an axis of energy.

    Between the middles of its pixels the brightness is bilinear; between its energies a shape is linear in ln E, a flux
    a power law. What is negative or not a number counts as zero.

    Parameters
    ----------
    map : SkyMap, str or Path
        The map, or its file. Where it is not normalised its unit is sr-1, or that of differential flux per solid angle,
        for diffuse emission: then the spectrum is a factor, such as `PowerLawNorm`.
    normalize : bool
        Scale it, at each energy, to an integral of one.
    center : SkyCoord or str, optional
        Where the middle of the map lies on the sky: another place than its own moves the whole shape, north up. Both
        coordinates are frozen.

    Examples
    --------
    >>> import gpnb
    >>> geom = gpnb.WcsGeometry.create("galactic 0d 0d", width="1 deg", binsz="0.1 deg", frame="galactic")
    >>> TemplateSource(gpnb.SkyMap(geom, np.ones(geom.shape)))
    TemplateSource(10 × 10 pixels, lon=0 deg, lat=0 deg)
    """

    lon = Declared(0.0, "deg", frozen=True)
    lat = Declared(0.0, "deg", min=-90.0, max=90.0, frozen=True)

    def __init__(self, map: SkyMap | str | os.PathLike[str], normalize: bool = True, center: Any = None, **given: Any):  # noqa: A002
        self._filename = os.fspath(map) if isinstance(map, str | os.PathLike) else ""
        found = SkyMap.read(os.path.expandvars(self._filename)) if self._filename else map
        if not isinstance(found, SkyMap):
            raise ArgumentError(f"map={map!r} must be a SkyMap or its file.")
        frame = found.geom.frame if found.geom.frame in ("icrs", "galactic") else "icrs"
        middle = found.geom.center.transform_to(frame).spherical
        self._middle = float(middle.lon.deg), float(middle.lat.deg)
        place = {} if center is not None else dict(zip(("lon", "lat"), self._middle, strict=True))
        super().__init__(center, frame, **{**place, **given})
        if self.frame != frame:
            moved = self.center.transform_to(frame).spherical
            self._values |= {
                "lon": self._values["lon"].to(float(moved.lon.deg)),
                "lat": self._values["lat"].to(float(moved.lat.deg)),
            }
            self.frame = frame
        self.map, self.normalize = found, bool(normalize)
        self._planes = Planes(found, self.normalize)
        self._goes_on = self.normalize

    @property
    def carries_flux(self) -> bool:
        """Whether the map is of differential flux per solid angle."""
        return bool(self._planes.unit == _FLUX)

    @property
    def is_round(self) -> bool:
        """No."""
        return False

    @cached_property
    def energy(self) -> u.Quantity | None:
        """Its energies; None if it is the same at all of them."""
        return None if self._planes.energy is None else self._planes.energy * u.TeV

    def reach(self, values: Sequence[float]) -> float:  # type: ignore[override]
        """Half the diagonal of the map."""
        return float(np.hypot(*self.map.geom.width.to_value("deg")) / 2)

    def density(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Brightness (sr-1) at ICRS positions in degrees, of a map without energies."""
        self._check_flat("brightness")
        lon, lat = to_frame(ra, dec, "icrs", self.frame)
        return np.asarray(self._planes.at(*self._pixels(lon, lat, *self.values))[0])

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """Integral over each pixel of a geometry.

        Parameters
        ----------
        geom : WcsGeometry
            With the axis ``energy_true`` where the map has energies.

        Returns
        -------
        array, shape (ny, nx) or (n energies, ny, nx)

        Raises
        ------
        ArgumentError
            If the map is not normalised and does not cover the geometry, or the geometry has no energies.
        """
        if not self._goes_on and not self.covers(geom).all():
            raise ArgumentError(
                f"TemplateSource: its map ({self.map.geom!r}) does not cover {geom!r}: give a larger one, "
                "or normalize=True for a source within it."
            )
        found = sum(self._planes.at(*place) for place in self._places(geom, *self.values))
        return self._in_energy(found * self._area(geom), None, geom)[0]

    def covers(self, geom: WcsGeometry) -> np.ndarray:
        """Whether a pixel of a geometry lies on the map, or on no sky; a normalised map is all there is."""
        if self.normalize:
            return super().covers(geom)
        lon, lat = geom.lonlat
        place = self._pixels(*to_frame(lon, lat, geom.frame, self.frame), *self.values)
        return np.asarray(self._planes.inside(*place) | ~np.isfinite(lon))

    def extended(self) -> Self:
        """The same, with the brightness at the edge going on beyond the map, unless this is normalised."""
        found = self.with_values(list(self.values))
        found._goes_on = True
        return found

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """Derivatives of `on` with lon and lat (per deg); shape (2, …)."""
        total: Any = 0.0
        around = [self._places(geom, *moved) for moved in self._moved()]
        for place, west, east, south, north in zip(self._places(geom, *self.values), *around, strict=True):
            value, by_x, by_y = self._planes.slopes(*place)
            shifts = [
                [(up - down) / (2 * _STEP) for down, up in zip(low, high, strict=True)]
                for low, high in ((west, east), (south, north))
            ]
            total = total + np.stack([value, *(by_x * dx + by_y * dy for dx, dy in shifts)])
        value, *slopes = total * self._area(geom)
        return self._in_energy(value, np.stack(slopes), geom)[1]

    def _moved(self) -> Iterator[tuple[float, float]]:
        """A little to either side in longitude, then in latitude."""
        lon, lat = self.values
        yield from ((lon + by, lat) for by in (-_STEP, _STEP))
        yield from ((lon, lat + by) for by in (-_STEP, _STEP))

    def _area(self, geom: WcsGeometry) -> np.ndarray:
        return np.asarray(np.nan_to_num(geom.solid_angle) / self._finer(geom) ** 2)

    def _in_energy(
        self, value: np.ndarray, slopes: np.ndarray | None, geom: WcsGeometry
    ) -> tuple[np.ndarray, np.ndarray]:
        slopes = np.zeros((0, *value.shape)) if slopes is None else slopes
        if self._planes.energy is None:
            return value[0], slopes[:, 0]
        axis = next((item for item in geom.axes if item.name == "energy_true"), None)
        if axis is None:
            raise ArgumentError("TemplateSource: its map has energies, so the geometry needs an axis 'energy_true'.")
        return self._planes.in_energy(value, slopes, axis, flux=self.carries_flux)

    def _finer(self, geom: WcsGeometry) -> int:
        """Places a side of each pixel that are looked at."""
        ratio = float((geom.binsz / self.map.geom.binsz).max())
        return min(max(1, int(np.ceil(ratio - 1e-6))), _MOST)

    def _places(self, geom: WcsGeometry, lon0: float, lat0: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Pixels (x, y) of the map at which each pixel of a geometry is looked at."""
        n = self._finer(geom)
        steps = (np.arange(n) + 0.5) / n - 0.5
        x, y = np.meshgrid(np.arange(geom.nx, dtype=float), np.arange(geom.ny, dtype=float))
        for dx, dy in ((dx, dy) for dy in steps for dx in steps):
            lon, lat = geom.lonlat if n == 1 else geom.plane.sky(x + dx, y + dy)
            place = self._pixels(*to_frame(lon, lat, geom.frame, self.frame), lon0, lat0)
            yield place if self.normalize else self._planes.held(*place)

    def _pixels(self, lon: np.ndarray, lat: np.ndarray, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
        """Where on the map positions in its frame lie, when its middle is at another place."""
        if (lon0, lat0) != self._middle:
            lon, lat = from_offsets(*offsets(lon, lat, lon0, lat0), *self._middle)
        return self.map.geom.pixel(*to_frame(lon, lat, self.frame, self.map.geom.frame))

    def sample(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random ICRS positions (deg) drawn from a map without energies."""
        self._check_flat("photons")
        x, y = self._planes.draw(size, rng)
        lon, lat = to_frame(*self.map.geom.plane.sky(x, y), self.map.geom.frame, self.frame)
        if self.values != self._middle:
            lon, lat = from_offsets(*offsets(lon, lat, *self._middle), *self.values)
        return to_frame(lon, lat, self.frame, "icrs")

    def _check_flat(self, what: str) -> None:
        if self._planes.energy is not None or self.carries_flux:
            raise ArgumentError(
                f"TemplateSource: its map has energies or a flux, which give no {what} by position alone: "
                "use it in a fit of cubes, or give a slice of it."
            )

    def arguments(self) -> dict[str, Any]:
        """Constructor arguments: the map, and where it is."""
        return {"map": self._filename or self.map, "normalize": self.normalize, **super().arguments()}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the name of the file.

        Raises
        ------
        ArgumentError
            If the map was not read from a file.
        """
        if not self._filename:
            raise ArgumentError(
                "TemplateSource: its map is in memory: write it with .map.write(path), and make the model of path."
            )
        return {**super().to_dict(), "filename": self._filename, "normalize": self.normalize}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"map": data["filename"], "normalize": data.get("normalize", True)}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TemplateSource) or self.parameters != other.parameters:
            return False
        same = self.map is other.map or (
            self.map.geom == other.map.geom and np.array_equal(self.map.data, other.map.data, equal_nan=True)
        )
        return same and (self.normalize, self.map.unit) == (other.normalize, other.map.unit)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        energies = "" if self._planes.energy is None else f" × {self._planes.energy.size} energies"
        lon, lat = self.values
        size = f"{self.map.geom.nx} × {self.map.geom.ny} pixels{energies}"
        return f"TemplateSource({size}, lon={_short(lon)} deg, lat={_short(lat)} deg)"


def _short(angle: float) -> str:
    """Six digits; an angle (deg) that is zero but for rounding is zero."""
    return f"{round(angle, 9) + 0.0:.6g}"
