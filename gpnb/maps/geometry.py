"""The geometry of a map: a WCS on the sky with any number of further axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frames import rotation, to_vectors
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord
from gpnb.maps.axis import Axis
from gpnb.maps.extent import clip, common_part, is_whole, pair, pixels
from gpnb.maps.plane import Plane, plane_of
from gpnb.maps.sphere import coord_values, local_basis, rotate, separation
from gpnb.maps.wcs import make_wcs

if TYPE_CHECKING:
    from gpnb.maps.sky_map import SkyMap

MAX_VALUES = 2_000_000_000
"""More values than this are refused: they would fill the memory and kill the kernel."""


@unchanging
@dataclass(frozen=True, eq=False)
class WcsGeometry:
    """A frozen sky grid with further axes; arrays have the last axis first, then ny, nx.

    Made by `create` or `from_wcs`. Geometries of the same sky grid share what they cache.

    Attributes
    ----------
    plane : Plane
        The sky grid (float methods).
    axes : tuple of Axis
        The further axes; the first one varies fastest after the sky.
    recipe : Recipe
        How the geometry was made.

    Examples
    --------
    >>> energy = Axis.energy("0.1 TeV", "100 TeV", nbin=10)
    >>> WcsGeometry.create(center="83.63d 22.01d", width="5 deg", binsz="0.02 deg", axes=[energy])
    <WcsGeometry 250 × 250 pixels of 0.02 deg, icrs TAN at 83.6300 22.0100, energy 10>
    """

    plane: Plane
    axes: tuple[Axis, ...]
    recipe: Recipe

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        if len(set(names)) < len(names):
            raise ArgumentError(f"axes: the names {names} must differ.")
        if math.prod(self.shape) > MAX_VALUES:
            raise ArgumentError(
                f"A map of shape {self.shape} has {math.prod(self.shape):.3g} values, more than {MAX_VALUES:.0g}: "
                "give a smaller width, a larger binsz or fewer bins."
            )

    @classmethod
    def create(
        cls,
        center: SkyCoord | str,
        width: Any = None,
        binsz: Any = "0.02 deg",
        frame: str = "icrs",
        proj: str = "TAN",
        axes: Sequence[Axis] = (),
        npix: int | tuple[int, int] | None = None,
    ) -> WcsGeometry:
        """Make a geometry around a position.

        Parameters
        ----------
        center : SkyCoord or str
            The middle of the map.
        width : Quantity, str, or pair of them
            The size in longitude and latitude; the number of pixels is ``round(width / binsz)``.
        binsz : Quantity, str, or pair of them
            The pixel size.
        frame : {"icrs", "galactic", "fk5"}
            The sky frame.
        proj : str
            TAN, SIN, ARC, STG, ZEA (their reference point is the centre) or
            CAR, CEA, MER, SFL, PAR, MOL, AIT (their reference point is on the equator).
        axes : sequence of Axis
            Further axes.
        npix : int or pair of int, optional
            The number of pixels in longitude and latitude, instead of `width`.

        Raises
        ------
        ArgumentError
            If an argument cannot be used, or the map would have more than 2e9 values.
        """
        position = to_skycoord(center)
        steps = pair(binsz, "binsz")
        shape = pixels(width, npix, steps)
        wcs = make_wcs(position, shape, steps, frame, proj)
        recipe = Recipe.of_call(cls.create, locals(), name="geom", center=position, axes=list(axes) or None)
        return cls(plane_of(wcs, shape[1], shape[0]), tuple(axes), recipe)

    @classmethod
    def from_wcs(
        cls, wcs: WCS, shape: tuple[int, int], axes: Sequence[Axis] = (), recipe: Recipe | None = None
    ) -> WcsGeometry:
        """Make a geometry from a celestial WCS and the numpy shape (ny, nx).

        Raises
        ------
        ArgumentError
            If the WCS is not of the sky, or in a frame other than icrs, galactic, fk5.
        """
        if not wcs.has_celestial:
            raise ArgumentError(
                f"A WCS with the axes {list(wcs.wcs.ctype)} is not of the sky: give RA/DEC or GLON/GLAT."
            )
        ny, nx = shape
        made = recipe or Recipe.of(
            "gpnb.WcsGeometry.from_wcs()",
            wcs=Recipe.memory("wcs"),
            shape=[ny, nx],
            axes=list(axes) or None,
            name="geom",
        )
        return cls(plane_of(wcs.celestial, ny, nx), tuple(axes), made)

    @staticmethod
    def _instead(*_: str) -> str:
        """What to do instead of changing it."""
        return "make another one with WcsGeometry.create(…), or take a .cutout, .cube(axes) or .image()"

    @property
    def wcs(self) -> WCS:
        """The celestial WCS; do not change it."""
        return self.plane.wcs

    @property
    def ny(self) -> int:
        """Pixels in latitude."""
        return self.plane.ny

    @property
    def nx(self) -> int:
        """Pixels in longitude."""
        return self.plane.nx

    @property
    def frame(self) -> str:
        """The sky frame: ``"icrs"``, ``"galactic"`` or ``"fk5"``."""
        return self.plane.frame

    @property
    def projection(self) -> str:
        """The three-letter code of the projection."""
        return self.plane.projection

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the data: last axis first, then ny, nx."""
        return (*(axis.n for axis in reversed(self.axes)), self.ny, self.nx)

    @property
    def center(self) -> SkyCoord:
        """The middle of the map."""
        lon, lat = self.plane.sky((self.nx - 1) / 2, (self.ny - 1) / 2)  # type: ignore[arg-type]
        return SkyCoord(lon, lat, unit="deg", frame=self.frame)

    @property
    def binsz(self) -> u.Quantity:
        """The pixel size in longitude and latitude at the reference point, shape (2,)."""
        return self.plane.scales * u.deg

    @property
    def width(self) -> u.Quantity:
        """Number of pixels times pixel size, in longitude and latitude, shape (2,)."""
        return self.plane.scales * [self.nx, self.ny] * u.deg

    def axis(self, name: str) -> Axis:
        """The axis called `name`.

        Raises
        ------
        SelectionError
            If there is none.
        """
        return self.axes[self.axis_number(name)]

    def axis_number(self, name: str) -> int:
        """The place of the axis called `name` in `axes`."""
        for number, axis in enumerate(self.axes):
            if axis.name == name:
                return number
        names = ", ".join(axis.name for axis in self.axes) or "none"
        raise SelectionError(f"The map has no axis {name!r}; its axes are: {names}.")

    def pixel(self, lon: Any, lat: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Float pixels (x, y) of sky positions; 0 is the first pixel's centre.

        Parameters
        ----------
        lon : SkyCoord, str or array
            Positions; or longitudes in the map's frame, deg.
        lat : array, optional
            Latitudes, where `lon` holds longitudes.
        """
        return self.coord_pixel(lon) if lat is None else self.plane.pixel(lon, lat)

    def pixel_icrs(self, ra: Any, dec: Any) -> tuple[np.ndarray, np.ndarray]:
        """Float pixels (x, y) of ICRS directions in degrees."""
        return self.plane.pixel_icrs(ra, dec)

    def coord_pixel(self, coord: SkyCoord | str) -> tuple[np.ndarray, np.ndarray]:
        """Float pixels (x, y) of sky positions."""
        return self.plane.pixel(*coord_values(to_skycoord(coord), self.frame))

    def contains(self, coord: SkyCoord | str) -> np.ndarray:
        """Whether sky positions are on the map."""
        x, y = self.coord_pixel(coord)
        return (x >= -0.5) & (x < self.nx - 0.5) & (y >= -0.5) & (y < self.ny - 0.5)

    @property
    def lonlat(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixel centres in the map's frame in degrees, two cached arrays (ny, nx); NaN outside the sky."""
        return self.plane.lonlat

    @property
    def coords(self) -> SkyCoord:
        """Pixel centres, shape (ny, nx)."""
        return SkyCoord(*self.lonlat, unit="deg", frame=self.frame)

    @property
    def solid_angle(self) -> np.ndarray:
        """Solid angle of each pixel in sr, a cached array (ny, nx); NaN outside the sky."""
        return self.plane.solid_angle

    def separation(self, coord: SkyCoord | str) -> np.ndarray:
        """Angle between each pixel and a position in degrees, shape (ny, nx)."""
        lon, lat = coord_values(to_skycoord(coord), self.frame)
        return separation(self.plane.vectors, to_vectors(lon, lat))

    def fov(self, pointing: SkyCoord | str) -> tuple[np.ndarray, np.ndarray]:
        """Field-of-view coordinates of each pixel, GADF frame aligned with RADEC.

        Parameters
        ----------
        pointing : SkyCoord or str
            Where the telescope looks: (0, 0).

        Returns
        -------
        fov_lon, fov_lat : ndarray, shape (ny, nx)
            Degrees; `fov_lon` rises as right ascension falls, `fov_lat` rises with declination,
            whatever the frame of the map (GADF v0.3, general/coordinates).
        """
        ra, dec = coord_values(to_skycoord(pointing, "pointing"), "icrs")
        matrix = local_basis(float(ra), float(dec)) @ rotation("icrs", self.frame).T
        ahead, east, north = rotate(matrix, self.plane.vectors)
        return np.degrees(np.arctan2(-east, ahead)), np.degrees(np.arctan2(north, np.hypot(ahead, east)))

    def region_mask(self, regions: Any, inside: bool = True) -> SkyMap:
        """Mark the pixels whose centre lies in any of the regions (or in none of them).

        Parameters
        ----------
        regions : SkyRegion, DS9 text, or sequence of them
            Circles, annuli and ellipses are exact on the sphere, others go through the WCS;
            angles are about the north of the region's own frame.
        inside : bool
            False: mark the pixels outside all regions.

        Returns
        -------
        SkyMap
            2-D, bool.
        """
        from gpnb.maps.masks import region_mask

        return region_mask(self, regions, inside)

    def cutout(self, center: SkyCoord | str, width: Any) -> tuple[WcsGeometry, tuple[slice, slice]]:
        """The part around a position, clipped at the rim of the map.

        Parameters
        ----------
        center : SkyCoord or str
            The middle of the part.
        width : Quantity, str, or pair of them
            Its size in longitude and latitude.

        Returns
        -------
        geometry : WcsGeometry
        slices : (slice_y, slice_x)
            Where it lies in arrays of this geometry.

        Raises
        ------
        SelectionError
            If the part lies outside the map.
        """
        position = to_skycoord(center)
        pixel = self.coord_pixel(position)
        counts = [
            max(1, round(size / scale)) for size, scale in zip(pair(width, "width"), self.plane.scales, strict=True)
        ]
        x_part, y_part = (clip(*item) for item in zip(pixel, counts, (self.nx, self.ny), strict=True))
        if x_part is None or y_part is None:
            raise SelectionError(f"The cutout of width {width} at {center!r} lies outside the map {self!r}.")
        recipe = Recipe.of("[0]", on=Recipe.of(".cutout()", on=self, center=position, width=width), name="geom")
        return self.part(y_part, x_part, recipe), (y_part, x_part)

    def around(self, center: SkyCoord | str, radius: float) -> tuple[WcsGeometry, tuple[slice, slice]] | None:
        """The part that holds all pixels within `radius` (deg on the sky) of a position, a little more than they take.

        Where they lie on both sides of the map, as on one of the whole sky, the part is as wide as the map.

        Returns
        -------
        geometry, (slice_y, slice_x)
            As `cutout` gives them; None if no pixel is that near.
        """
        position = to_skycoord(center)
        parts = self.plane.within(to_vectors(*coord_values(position, self.frame)), radius)
        if parts is None:
            return None
        recipe = Recipe.of("[0]", on=Recipe.of(".around()", on=self, center=position, radius=radius), name="geom")
        return self.part(*parts, recipe), parts

    def part(self, y_part: slice, x_part: slice, recipe: Recipe) -> WcsGeometry:
        """The geometry of a rectangle of pixels; slices without a step, inside the map."""
        wcs = self.wcs.deepcopy()
        wcs.wcs.crpix -= [x_part.start, y_part.start]
        plane = plane_of(wcs, y_part.stop - y_part.start, x_part.stop - x_part.start)
        return replace(self, plane=plane, recipe=recipe)

    def overlap(self, other: WcsGeometry) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The pixels shared with another geometry on the same grid, as an index into arrays of each.

        Raises
        ------
        ArgumentError
            If the pixels of the two are not aligned.
        """
        x, y = self.plane.offset_of(other.plane)
        if not (is_whole(x) and is_whole(y)):
            raise ArgumentError(f"The maps are not on one grid: {self!r} and {other!r}.")
        x_here, x_there = common_part(round(x), self.nx, other.nx)
        y_here, y_there = common_part(round(y), self.ny, other.ny)
        return (..., y_here, x_here), (..., y_there, x_there)

    def image(self) -> WcsGeometry:
        """The sky grid without further axes."""
        return replace(self, axes=(), recipe=Recipe.of(".image()", on=self)) if self.axes else self

    def cube(self, axes: Sequence[Axis]) -> WcsGeometry:
        """The same sky grid with other axes."""
        return replace(self, axes=tuple(axes), recipe=Recipe.of(".cube()", on=self, axes=list(axes)))

    def squash(self, axis_name: str) -> WcsGeometry:
        """The geometry with all bins of one axis joined into one."""
        recipe = Recipe.of(".squash()", on=self, axis_name=axis_name)
        return self.replace_axis(axis_name, self.axis(axis_name).squash(), recipe)

    def replace_axis(self, axis_name: str, axis: Axis | None, recipe: Recipe) -> WcsGeometry:
        """The geometry with another axis, or none, in the place of the one called `axis_name`."""
        number = self.axis_number(axis_name)
        new = () if axis is None else (axis,)
        return replace(self, axes=(*self.axes[:number], *new, *self.axes[number + 1 :]), recipe=recipe)

    def downsample(self, factor: int) -> WcsGeometry:
        """The geometry with `factor` × `factor` pixels joined into one.

        Raises
        ------
        ArgumentError
            If the number of pixels is not a multiple of `factor`.
        """
        if factor < 1 or self.nx % factor or self.ny % factor:
            raise ArgumentError(f"factor={factor}: {self.nx} × {self.ny} pixels cannot be joined by it evenly.")
        wcs = self.wcs[::factor, ::factor]
        plane = plane_of(wcs, self.ny // factor, self.nx // factor)
        return replace(self, plane=plane, recipe=Recipe.of(".downsample()", on=self, factor=factor))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WcsGeometry):
            return NotImplemented
        return self.plane.same_grid(other.plane) and self.axes == other.axes

    def __hash__(self) -> int:
        return hash((self.shape, self.frame, self.projection))

    def __repr__(self) -> str:
        x_scale, y_scale = self.plane.scales
        size = f"{x_scale:.4g}" if math.isclose(x_scale, y_scale) else f"{x_scale:.4g} × {y_scale:.4g}"
        center = self.center.spherical
        axes = "".join(f", {axis.name} {axis.n}" for axis in self.axes)
        place = f"{self.frame} {self.projection} at {center.lon.deg:.4f} {center.lat.deg:.4f}"
        return f"<WcsGeometry {self.nx} × {self.ny} pixels of {size} deg, {place}{axes}>"
