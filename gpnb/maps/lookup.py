"""Values of a map at positions: nearest bin, interpolated, on another grid; choosing planes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array, to_time
from gpnb.maps.axis import Axis

if TYPE_CHECKING:
    from gpnb.maps.geometry import WcsGeometry
    from gpnb.maps.sky_map import SkyMap


def nearest(skymap: SkyMap, coord: SkyCoord | str, axis_values: dict[str, Any]) -> Any:
    """The value of the bin at each position: see `SkyMap.at`."""
    geom = skymap.geom
    x, y = geom.coord_pixel(coord)
    values = _values(geom, axis_values)
    numbers = [axis.index(value) for axis, value in zip(geom.axes, values, strict=True)]
    x, y, *numbers = np.broadcast_arrays(x, y, *numbers)
    inside = (x >= -0.5) & (x < geom.nx - 0.5) & (y >= -0.5) & (y < geom.ny - 0.5)
    for number in numbers:
        inside = inside & (number >= 0)
    column, row = (np.where(inside, np.floor(pixel + 0.5), 0).astype(np.intp) for pixel in (x, y))
    planes = [np.where(inside, number, 0) for number in reversed(numbers)]
    found = skymap.data[(*planes, row, column)]
    if skymap.data.dtype == bool:
        return found & inside
    return np.where(inside, found, np.nan) * skymap.unit


def interpolated(skymap: SkyMap, coord: SkyCoord | str, axis_values: dict[str, Any]) -> u.Quantity:
    """Multi-linear interpolation between bin centres: see `SkyMap.interpolate`."""
    from scipy import ndimage  # here: most maps are only shown

    geom = skymap.geom
    x, y = geom.coord_pixel(coord)
    values = _values(geom, axis_values)
    positions = [axis.coordinate(value) for axis, value in zip(geom.axes, values, strict=True)]
    x, y, *positions = np.broadcast_arrays(x, y, *positions)
    inside = (x >= -0.5) & (x < geom.nx - 0.5) & (y >= -0.5) & (y < geom.ny - 0.5)
    where = np.stack([*reversed(positions), np.where(inside, y, 0), np.where(inside, x, 0)]).reshape(-1, inside.size)
    found = ndimage.map_coordinates(skymap.data.astype(float, copy=False), where, order=1, mode="nearest")
    return np.where(inside, found.reshape(inside.shape), np.nan) * skymap.unit


def reprojected(skymap: SkyMap, geom: WcsGeometry) -> SkyMap:
    """The map on another sky grid: see `SkyMap.reproject`."""
    from scipy import ndimage  # here: most maps are only shown

    from gpnb.maps.sky_map import SkyMap

    recipe = Recipe.of(".reproject()", on=skymap, geom=geom)
    target = geom.cube(skymap.geom.axes)
    x, y = skymap.geom.coord_pixel(geom.coords)
    inside = (x >= -0.5) & (x < skymap.geom.nx - 0.5) & (y >= -0.5) & (y < skymap.geom.ny - 0.5)
    where = [np.where(inside, y, 0), np.where(inside, x, 0)]
    is_mask = skymap.data.dtype == bool
    order, outside = (0, False) if is_mask else (1, np.nan)
    data = np.empty(target.shape, dtype=bool if is_mask else float)
    planes = skymap.data.reshape(-1, skymap.geom.ny, skymap.geom.nx)
    for result, plane in zip(data.reshape(-1, geom.ny, geom.nx), planes, strict=True):
        values = ndimage.map_coordinates(plane.astype(float), where, order=order, mode="nearest")
        result[...] = np.where(inside, values, outside)
    return SkyMap(target, data, skymap.unit, recipe, skymap.meta)


def slice_axis(
    geom: WcsGeometry, data: np.ndarray, name: str, choice: Any, recipe: Recipe
) -> tuple[WcsGeometry, np.ndarray]:
    """One plane of an axis (which disappears), or the bins of a range: see `SkyMap.slice`."""
    axis = geom.axis(name)
    start, stop, single = _planes(axis, choice)
    index: list[Any] = [slice(None)] * data.ndim
    index[len(geom.axes) - 1 - geom.axis_number(name)] = start if single else slice(start, stop)
    new_axis = None if single else axis.slice(start, stop)
    return geom.replace_axis(name, new_axis, Recipe.of(".geom", on=recipe)), data[tuple(index)]


def axis_floats(axis: Axis, value: Any, name: str) -> np.ndarray:
    """Public values on an axis as floats in its unit (labels stay text)."""
    if axis.kind == "label":
        return np.asarray(value)
    if axis.reference is not None:
        return np.asarray((to_time(value, name) - axis.reference).to_value(u.s))
    return to_array(value, axis.unit, name)


def _values(geom: WcsGeometry, given: dict[str, Any]) -> list[np.ndarray]:
    """One array of floats for each axis, in their order."""
    names = [axis.name for axis in geom.axes]
    if set(names) != set(given):
        raise ArgumentError(
            f"Give one value for each axis ({', '.join(names) or 'there is none'}), not for {sorted(given)}."
        )
    return [axis_floats(axis, given[axis.name], axis.name) for axis in geom.axes]


def _planes(axis: Axis, choice: Any) -> tuple[int, int, bool]:
    """First and last-but-one bin, and whether it is a single plane."""
    if isinstance(choice, int | np.integer):
        number = int(choice) + (axis.n if choice < 0 else 0)
        if not 0 <= number < axis.n:
            raise SelectionError(f"{axis.name}={choice}: the axis has the bins 0 to {axis.n - 1}.")
        return number, number + 1, True
    if isinstance(choice, str) and axis.kind == "label":
        number = int(axis.index(choice))
        if number < 0:
            raise SelectionError(f"{axis.name}={choice!r} must be one of {', '.join(axis.label_values)}.")
        return number, number + 1, True
    return *_range(axis, choice), False


def _range(axis: Axis, choice: Any) -> tuple[int, int]:
    is_pair = isinstance(choice, tuple | list | u.Quantity | Time) and np.shape(choice) == (2,)
    if axis.kind == "label" or not is_pair:
        raise SelectionError(f"{axis.name}={choice!r} must be a bin number, a label, or a pair (low, high).")
    ends = [None if end is None else float(axis_floats(axis, end, axis.name)) for end in choice]
    low, high = -np.inf if ends[0] is None else ends[0], np.inf if ends[1] is None else ends[1]
    (inside,) = np.nonzero((axis.center_values >= low) & (axis.center_values <= high))
    if not len(inside):
        raise SelectionError(f"{axis.name}={choice!r}: no bin of the axis {axis!r} has its centre in this range.")
    return int(inside[0]), int(inside[-1]) + 1
