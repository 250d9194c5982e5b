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
from gpnb.models.box_means import box_means
from gpnb.models.spatial import SpatialModel
from gpnb.models.template_file import file_of, map_of, same_map, written_file
from gpnb.models.template_planes import Planes

_FLUX = DNDE / u.sr
_STEP = 1e-5
"""Of a shift (deg), for the slope of the map's pixels with it."""


class TemplateSource(SpatialModel):
    """A map as a shape: of brightness (sr-1), the same at all energies or with an axis of energy.

    Between the middles of its pixels the brightness is bilinear, and pixels of a cube have its means over them, which
    change smoothly as the map moves; between its energies a shape is linear in ln E, a flux a power law. What is
    negative or not a number counts as zero.

    Parameters
    ----------
    map : SkyMap, str or Path
        The map, or its file. Where it is not normalised its unit is sr-1, or that of differential flux per solid angle,
        for diffuse emission: then the spectrum is a factor, such as `PowerLawNorm`.
    normalize : bool
        Scale it, at each energy, to an integral of one.
    center : SkyCoord or str, optional
        Where the middle of the map lies on the sky: another place than its own moves the whole shape, north up. Both
        coordinates are frozen: thaw them to fit the place.

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
        found = map_of(map)
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
        return self._flat(self._means(geom, slopes=False)[0] * np.nan_to_num(geom.solid_angle))

    def covers(self, geom: WcsGeometry) -> np.ndarray:
        """Whether a pixel of a geometry lies on the map, or on no sky; a normalised map is all there is."""
        if self.normalize:
            return super().covers(geom)
        return np.asarray(self._planes.inside(*self._places(geom, *self.values)) | ~np.isfinite(geom.lonlat[0]))

    def extended(self) -> Self:
        """The same, with the brightness at the edge going on beyond the map, unless this is normalised."""
        found = self.with_values(list(self.values))
        found._goes_on = True
        return found

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """Derivatives of `on` with lon and lat (per deg); shape (2, …)."""
        _, by_x, by_y = self._means(geom)
        ends = [np.array(self._places(geom, *moved)) for moved in self._moved()]
        area = np.nan_to_num(geom.solid_angle) / (2 * _STEP)
        shifts = [np.nan_to_num(high - low) for low, high in (ends[:2], ends[2:])]
        return np.stack([self._flat((by_x * dx + by_y * dy) * area) for dx, dy in shifts])

    def _moved(self) -> Iterator[tuple[float, float]]:
        """A little to either side in longitude, then in latitude."""
        lon, lat = self.values
        yield from ((lon + by, lat) for by in (-_STEP, _STEP))
        yield from ((lon, lat + by) for by in (-_STEP, _STEP))

    def _means(self, geom: WcsGeometry, slopes: bool = True) -> np.ndarray:
        """Mean brightness of pixels, and its slopes with places on the map; shape (n, ny, nx)."""
        place = self._places(geom, *self.values)
        goes_on = self._goes_on and not self.normalize
        return box_means(self._planes_of(geom), *place, self._box(geom), goes_on, slopes)

    def _planes_of(self, geom: WcsGeometry) -> np.ndarray:
        if self._planes.energy is None:
            return self._planes.data
        axis = next((item for item in geom.axes if item.name == "energy_true"), None)
        if axis is None:
            raise ArgumentError("TemplateSource: its map has energies, so the geometry needs an axis 'energy_true'.")
        return self._planes.in_energy(axis)

    def _flat(self, planes: np.ndarray) -> np.ndarray:
        """Without an axis of energy if the map has none."""
        return planes[0] if self._planes.energy is None else planes

    def _box(self, geom: WcsGeometry) -> tuple[float, float]:
        """A pixel of a geometry in pixels of the map, where the middle of the geometry is."""
        x, y = np.array((geom.nx - 1) / 2), np.array((geom.ny - 1) / 2)
        wanted, place = geom.plane.sides(x, y), self._pixels(*self._own(geom, *geom.plane.sky(x, y)), *self.values)
        own = self.map.geom
        at = (np.clip(np.nan_to_num(item), 0, size - 1) for item, size in zip(place, (own.nx, own.ny), strict=True))
        across, along = np.where(np.isfinite(wanted), wanted, geom.plane.scales) / own.plane.sides(*at)
        return float(across), float(along)

    def _places(self, geom: WcsGeometry, lon0: float, lat0: float) -> tuple[np.ndarray, np.ndarray]:
        """Where on the map the pixels of a geometry lie, when its middle is at a place."""
        return self._pixels(*self._own(geom, *geom.lonlat), lon0, lat0)

    def _own(self, geom: WcsGeometry, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return to_frame(lon, lat, geom.frame, self.frame)

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
        return {"map": file_of(self.map) or self.map, "normalize": self.normalize, **super().arguments()}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the name of the file.

        Raises
        ------
        ArgumentError
            If the map was not read from a file.
        """
        name = written_file(self.map, "TemplateSource")
        return {**super().to_dict(), "filename": name, "normalize": self.normalize}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"map": data["filename"], "normalize": data.get("normalize", True)}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TemplateSource) or self.parameters != other.parameters:
            return False
        return same_map(self.map, other.map) and self.normalize == other.normalize

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        energies = "" if self._planes.energy is None else f" × {self._planes.energy.size} energies"
        lon, lat = self.values
        size = f"{self.map.geom.nx} × {self.map.geom.ny} pixels{energies}"
        return f"TemplateSource({size}, lon={_short(lon)} deg, lat={_short(lat)} deg)"


def _short(angle: float) -> str:
    """Six digits; an angle (deg) that is zero but for rounding is zero."""
    return f"{round(angle, 9) + 0.0:.6g}"
