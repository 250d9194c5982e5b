"""A map of the sky: values in the bins of a geometry."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float
from gpnb.maps.algebra import combine, of_maps
from gpnb.maps.binning import bin_events
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.kernels import fft_convolve


class SkyMap(Displayed):
    """Values in the bins of a sky geometry, with a unit.

    Parameters
    ----------
    geom : WcsGeometry
        The bins.
    data : array-like, shape ``geom.shape``
        The values; an array is kept as it is, not copied and not converted. Masks are bool.
    unit : unit or str
        The unit of the values.
    recipe : Recipe, optional
        How the map was made.
    meta : mapping, optional
        JSON data that travels with the map into files.

    Raises
    ------
    ArgumentError
        If the shapes differ.

    Examples
    --------
    >>> geom = WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.1 deg")
    >>> flux = 2 * SkyMap(geom, np.ones(geom.shape), "cm-2 s-1")
    >>> flux
    <SkyMap 10 × 10 pixels of 0.1 deg, icrs TAN at 83.6300 22.0100, float64, 1 / (s cm2)>
    >>> flux.at("83.63d 22.01d")
    <Quantity 2. 1 / (s cm2)>
    """

    panel: ClassVar[str] = "sky"

    @told
    def __init__(
        self,
        geom: WcsGeometry,
        data: Any,
        unit: u.UnitBase | str = "",
        recipe: Recipe | None = None,
        meta: Mapping[str, Any] | None = None,
    ):
        self.geom = geom
        self.data = np.asarray(data)
        if self.data.shape != geom.shape:
            raise ArgumentError(f"data of shape {self.data.shape} do not fit the geometry's shape {geom.shape}.")
        self.unit = u.Unit(unit)
        self.recipe = recipe or _memory_recipe(geom, self.unit)
        self.meta: dict[str, Any] = dict(meta or {})

    @classmethod
    def zeros(cls, geom: WcsGeometry, unit: u.UnitBase | str = "", dtype: Any = np.float32) -> Self:
        """A map of zeros (of False, for `dtype` bool)."""
        recipe = Recipe.of("gpnb.SkyMap.zeros()", geom=geom, unit=str(unit) or None, dtype=np.dtype(dtype).name)
        return cls(geom, np.zeros(geom.shape, dtype=dtype), unit, recipe)

    @classmethod
    def from_events(cls, events: Any, geom: WcsGeometry) -> Self:
        """Count events.

        Parameters
        ----------
        events : EventList
            Or anything with the float arrays that the geometry needs: see `bin_events`.
        geom : WcsGeometry
            The bins; events outside are left out.

        Returns
        -------
        SkyMap
            Of float32, in which counts up to 2**24 a bin are exact.
        """
        recipe = Recipe.of("gpnb.SkyMap.from_events()", events=input_of(events, "events"), geom=geom, name="counts")
        return cls(geom, bin_events(events, geom), "", recipe)

    @classmethod
    def read(cls, path: Any, hdu: str | None = None) -> Self:
        """Read a map from a FITS file.

        Parameters
        ----------
        path : str or Path
            The file; GADF sky maps (WCS images with a BANDS table) and Fermi-LAT cubes.
        hdu : str, optional
            Its name in the file; the first image on the sky by default.

        Raises
        ------
        DataFormatError
            If the file is missing or holds no such map.
        """
        from gpnb.maps.files import read_map

        found = read_map(path, hdu)
        return cls(found.geom, found.data, found.unit, found.recipe, found.meta)

    def write(self, path: Any, overwrite: bool = False) -> None:
        """Write the map as a FITS file (GADF sky map), with its recipe in the header."""
        from gpnb.maps.files import write_map

        write_map(self, path, overwrite)

    @property
    def quantity(self) -> u.Quantity:
        """The values with their unit (masks: as bool, without)."""
        return u.Quantity(self.data, self.unit, copy=False, dtype=self.data.dtype)

    def to(self, unit: u.UnitBase | str) -> SkyMap:
        """The same map in another unit."""
        try:
            factor = self.unit.to(u.Unit(unit))
        except u.UnitConversionError as error:
            raise ArgumentError(f"A map in '{self.unit}' cannot be given in '{unit}'.") from error
        return SkyMap(self.geom, self.data * factor, unit, Recipe.of(".to()", on=self, unit=str(unit)), self.meta)

    def sum_over(self, axis_name: str, keep: bool = False) -> SkyMap:
        """Sum over all bins of an axis.

        Parameters
        ----------
        axis_name : str
            The axis that disappears.
        keep : bool
            Keep it as one bin instead.

        Returns
        -------
        SkyMap
            Summed in double precision, in the dtype of this map; masks are counted.
        """
        dimension = self._dimension(axis_name)
        recipe = Recipe.of(".sum_over()", on=self, axis_name=axis_name, keep=keep or None)
        axis = self.geom.axis(axis_name).squash() if keep else None
        wide = np.float64 if self.data.dtype.kind == "f" else None
        total = self.data.sum(axis=dimension, dtype=wide, keepdims=keep)
        kept = total.astype(self.data.dtype) if wide else total
        return SkyMap(self.geom.replace_axis(axis_name, axis, Recipe.of(".geom", on=recipe)), kept, self.unit, recipe)

    def slice(self, **choices: Any) -> SkyMap:
        """Choose planes of one or more axes.

        Parameters
        ----------
        **choices
            ``energy=3``: that plane, without the axis; ``energy=("1 TeV", "10 TeV")``: the bins
            with their centre in the range; ``type="gamma"``: the plane with that label.

        Raises
        ------
        SelectionError
            If there is no such axis or plane.
        """
        from gpnb.maps.lookup import slice_axis

        recipe = Recipe.of(".slice()", on=self, **choices)
        geom, data = self.geom, self.data
        for name, choice in choices.items():
            geom, data = slice_axis(geom, data, name, choice, recipe)
        return SkyMap(geom, data, self.unit, recipe, self.meta)

    def cutout(self, center: SkyCoord | str, width: Any) -> SkyMap:
        """A copy of the part around a position, clipped at the rim: see `WcsGeometry.cutout`."""
        geom, (y_part, x_part) = self.geom.cutout(center, width)
        recipe = Recipe.of_call(self.cutout, locals())
        return SkyMap(geom, self.data[..., y_part, x_part].copy(), self.unit, recipe, self.meta)

    def paste(self, other: SkyMap) -> Self:
        """Add a cutout in place, where it overlaps (masks: or), and give this map back.

        Raises
        ------
        ArgumentError
            If the grids are not aligned, the axes differ, or the units do not convert.
        """
        if other.geom.axes != self.geom.axes:
            raise ArgumentError(f"The maps have different axes: {self.geom!r} and {other.geom!r}.")
        here, there = self.geom.overlap(other.geom)
        if self.data.dtype == bool:
            self.data[here] |= other.data[there]
        else:
            part = other.to(self.unit).data if other.unit != self.unit else other.data
            self.data[here] += part[there].astype(self.data.dtype, copy=False)
        self.recipe = Recipe.of(".paste()", on=self, other=other)
        return self

    def convolve(self, kernel: np.ndarray) -> SkyMap:
        """Convolve each plane with a kernel by FFT: same size, zero outside, float64.

        Parameters
        ----------
        kernel : ndarray
            Shape (ky, kx), or one for each plane; odd sizes: see `gpnb.maps.kernels`.
        """
        recipe = Recipe.of(".convolve()", on=self, kernel=Recipe.memory("kernel"))
        return SkyMap(self.geom, fft_convolve(self.data, kernel), self.unit, recipe, self.meta)

    def smooth(self, width: Any, kernel: str = "gauss", even: bool = True) -> SkyMap:
        """Smooth each plane with a kernel of sum 1.

        Parameters
        ----------
        width : Quantity or str
            Sigma of the Gaussian, radius of the disk, or half the side of the box.
        kernel : {"gauss", "disk", "box"}
            The shape.
        even : bool
            Divide by the part of the kernel that lies on the map, and on pixels that are not NaN. The surface
            brightness is kept, a flat map stays flat up to its edges; the sum is kept only far from them. If False,
            what is outside counts as zero: the map falls off at its edges, and the sum is less by what is smeared
            beyond them. NaN stay NaN in both cases.

        Examples
        --------
        >>> import gpnb
        >>> flat = gpnb.SkyMap(gpnb.WcsGeometry.create("83.6d 22d", npix=9, binsz="0.1 deg"), np.ones((9, 9)))
        >>> [round(float(flat.smooth("0.1 deg", even=even).data[0, 0]), 3) for even in (True, False)]
        [1.0, 0.478]
        """
        from gpnb.maps.rounds import evened, smoothed

        recipe = Recipe.of_call(self.smooth, locals())
        size = to_float(width, u.deg, "width")
        if even:
            return SkyMap(self.geom, evened(self.geom.plane, self.data, size, kernel), self.unit, recipe, self.meta)
        known = np.isfinite(self.data)
        data = smoothed(self.geom.plane, np.where(known, self.data, 0.0), size, kernel)
        return SkyMap(self.geom, np.where(known, data, np.nan), self.unit, recipe, self.meta)

    def downsample(self, factor: int, reduce: str = "sum") -> SkyMap:
        """Join `factor` × `factor` pixels.

        Parameters
        ----------
        factor : int
            Must divide both numbers of pixels.
        reduce : {"sum", "mean"}
            Sum for counts, mean for fluxes; masks are True where all joined pixels are.
        """
        if reduce not in {"sum", "mean"}:
            raise ArgumentError(f"reduce={reduce!r} must be 'sum' or 'mean'.")
        geom = self.geom.downsample(factor)
        blocks = self.data.reshape(*geom.shape[:-2], geom.ny, factor, geom.nx, factor)
        data = blocks.all(axis=(-3, -1)) if self.data.dtype == bool else getattr(blocks, reduce)(axis=(-3, -1))
        return SkyMap(geom, data, self.unit, Recipe.of_call(self.downsample, locals()), self.meta)

    def at(self, coord: SkyCoord | str, **axis_values: Any) -> Any:
        """The value of the bin at sky positions.

        Parameters
        ----------
        coord : SkyCoord or str
            Where.
        **axis_values
            One for each axis: ``energy="1 TeV"``, ``time=Time(…)``, ``type="gamma"``; they broadcast with `coord`.

        Returns
        -------
        Quantity
            NaN outside the map; masks: bool, False outside.
        """
        from gpnb.maps.lookup import nearest

        return nearest(self, coord, axis_values)

    def interpolate(self, coord: SkyCoord | str, **axis_values: Any) -> u.Quantity:
        """Values between bin centres, multi-linear on the scale of each axis; arguments as for `at`.

        Beyond the outermost centres the value stays; outside the map it is NaN.
        """
        from gpnb.maps.lookup import interpolated

        return interpolated(self, coord, axis_values)

    def reproject(self, geom: WcsGeometry) -> SkyMap:
        """The map on another sky grid, by bilinear interpolation (masks: the nearest pixel).

        Values are taken as they are: right for fluxes, rates and significances, not for counts.
        Outside this map they are NaN (masks: False). The axes of `geom` are not used.
        """
        from gpnb.maps.lookup import reprojected

        return reprojected(self, geom)

    def _dimension(self, axis_name: str) -> int:
        return len(self.geom.axes) - 1 - self.geom.axis_number(axis_name)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Functions of numpy, bin by bin; arrays and quantities leave arithmetic with maps to the map."""
        return of_maps(ufunc, method, inputs, kwargs)

    def __add__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.add)

    def __radd__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.add, swapped=True)

    def __sub__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.sub)

    def __rsub__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.sub, swapped=True)

    def __mul__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.mul)

    def __rmul__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.mul, swapped=True)

    def __truediv__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.truediv)

    def __rtruediv__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.truediv, swapped=True)

    def __neg__(self) -> SkyMap:
        return combine(self, -1, operator.mul)

    def __gt__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.gt)

    def __ge__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.ge)

    def __lt__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.lt)

    def __le__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.le)

    def __and__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.and_)

    def __or__(self, other: Any) -> SkyMap:
        return combine(self, other, operator.or_)

    def __invert__(self) -> SkyMap:
        return SkyMap(self.geom, ~self.data, self.unit, Recipe.of(".__invert__()", on=self), self.meta)

    def __repr__(self) -> str:
        geometry = repr(self.geom).removeprefix("<WcsGeometry ").removesuffix(">")
        unit = f", {self.unit}" if str(self.unit) else ""
        return f"<{type(self).__name__} {geometry}, {self.data.dtype}{unit}>"


def input_of(value: Any, name: str) -> Recipe:
    """The recipe of an argument, or a placeholder for what has none."""
    recipe = getattr(value, "recipe", None)
    return recipe if isinstance(recipe, Recipe) else Recipe.memory(name)


def _memory_recipe(geom: WcsGeometry, unit: u.UnitBase) -> Recipe:
    return Recipe.of("gpnb.SkyMap()", geom=geom, data=Recipe.memory("data"), unit=str(unit) or None)
