"""Parts of a cube, and coarser ones: the same data in fewer bins, with responses that stay right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, to_array, to_range
from gpnb.datasets.map import MapDataset
from gpnb.datasets.off_sums import joined_acceptance
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

_SAME = 1e-6
"""Relative; edges that are so near are the same."""


def cutout(cube: MapDataset, center: SkyCoord | str, width: Any, recipe: Recipe) -> MapDataset:
    """The part around a position; see `MapDataset.cutout`."""
    geom, part = cube.geom.cutout(center, width)
    maps = {
        name: SkyMap(
            geom.cube(item.geom.axes), item.data[(..., *part)].copy(), item.unit, Recipe.of(f".{name}", on=recipe)
        )
        for name, item in cube.maps.items()
    }
    return _with(cube, maps, recipe)


def downsample(cube: MapDataset, factor: int, recipe: Recipe) -> MapDataset:
    """Pixels joined; see `MapDataset.downsample`."""
    geom = cube.geom.downsample(factor)

    def blocks(item: SkyMap) -> np.ndarray:
        return item.data.reshape(-1, geom.ny, factor, geom.nx, factor)

    def joined(name: str, how: np.ufunc) -> np.ndarray:
        item = cube.maps[name]
        wide = item.data.dtype if item.data.dtype.kind in "bui" else np.float64
        return np.asarray(how.reduce(blocks(item), axis=(2, 4), dtype=wide))

    values = {name: joined(name, np.add) for name in ("counts", "background", "acceptance") if name in cube.maps}
    values["flags"] = joined("flags", np.bitwise_or)
    values["exposure"] = joined("exposure", np.add) / factor**2
    if "counts_off" in cube.maps and "acceptance_off" in cube.maps:
        # OFF regions of neighbours are nearly the same: their mean stands for all
        off, bare = (joined(name, np.add) / factor**2 for name in ("counts_off", "acceptance_off"))
        values["counts_off"] = off
        values["acceptance_off"] = joined_acceptance(values["acceptance"], off, values["background"], bare)
    return _with(cube, _maps(cube, geom, values, recipe), recipe)


def chosen_energies(cube: MapDataset, energy: Any) -> tuple[Axis, np.ndarray]:
    """The bins with their centre in a range, and which of them each bin is (-1: none).

    Raises
    ------
    SelectionError
        If there is none.
    """
    axis = cube.geom.axis("energy")
    low, high = to_range(energy, ENERGY, "energy")
    inside = np.flatnonzero((axis.center_values >= low) & (axis.center_values <= high))
    if not inside.size:
        raise SelectionError(f"energy={energy!r}: no bin of {axis!r} has its centre there.")
    places = np.full(axis.n, -1)
    places[inside] = np.arange(inside.size)
    return axis.slice(int(inside[0]), int(inside[-1]) + 1), places


def joined_energies(cube: MapDataset, energy: Any) -> tuple[Axis, np.ndarray]:
    """Bins that are several of a cube's each, and which of them each of these is in (-1: none).

    Raises
    ------
    ArgumentError
        If an edge is none of the cube's.
    """
    axis = cube.geom.axis("energy")
    if isinstance(energy, int | np.integer):
        if energy < 1 or axis.n % energy:
            raise ArgumentError(f"energy={energy!r}: {axis.n} bins cannot be joined by it evenly; give edges.")
        numbers = np.arange(0, axis.n + 1, energy)
    else:
        edges = energy.edge_values if isinstance(energy, Axis) else to_array(energy, ENERGY, "energy")
        away = np.abs(np.log(np.ravel(edges)[:, None] / axis.edge_values))
        numbers = away.argmin(axis=1)
        if edges.ndim != 1 or len(edges) < 2 or (away.min(axis=1) > _SAME).any() or (np.diff(numbers) < 1).any():
            raise ArgumentError(f"energy={energy!r} must be rising edges, each of them one of {axis!r}.")
    places = np.searchsorted(numbers, np.arange(axis.n), side="right") - 1
    places[numbers[-1] :] = -1
    return Axis.energy_edges(axis.edge_values[numbers] * u.TeV), places


def in_energies(cube: MapDataset, axis: Axis, places: np.ndarray, recipe: Recipe) -> MapDataset:
    """A cube in other bins of energy; see `MapDataset.slice` and `MapDataset.resample`.

    Of joined bins those count that any pixel uses: what is reconstructed in the others is not expected either.
    """
    used = cube.usable.any(axis=(1, 2))
    alive = np.isin(places, places[used & (places >= 0)])  # in a bin of which any part is used
    places = np.where(alive & ~used, -1, places)
    values: dict[str, np.ndarray] = {}
    for name, item in cube.maps.items():
        if name != "exposure":
            how = np.bitwise_or if name == "flags" else np.add
            values[name] = _added(item.data, places, axis.n, how)
    if "acceptance_off" in values and "background" in values:
        off, on, bare = (values[name] for name in ("counts_off", "acceptance", "acceptance_off"))
        values["acceptance_off"] = joined_acceptance(on, off, values["background"], bare)
    geom = cube.geom.image().cube([axis])
    found = _with(cube, _maps(cube, geom, values, recipe), recipe)
    edisp = None if cube.edisp is None else cube.edisp.placed(axis, places)
    return replace(found, edisp=edisp, runs=_clipped(cube.runs, axis))


def _added(values: np.ndarray, places: np.ndarray, count: int, how: np.ufunc) -> np.ndarray:
    wide = values.dtype if values.dtype.kind in "bui" else np.dtype(float)
    found = np.zeros((count, *values.shape[1:]), dtype=wide)
    for number in np.flatnonzero(places >= 0).tolist():
        how(found[places[number]], values[number], out=found[places[number]])
    return found


def _clipped(runs: Table, axis: Axis) -> Table:
    """The table of runs, their energies no wider than those of the cube."""
    ends = {"ENERGY_MIN": (np.maximum, axis.low_values[0]), "ENERGY_MAX": (np.minimum, axis.high_values[-1])}
    runs = runs.copy()
    for name, (how, end) in ends.items():
        if name in runs.colnames:
            runs[name] = how(runs[name], end)
    return runs


def _maps(cube: MapDataset, geom: WcsGeometry, values: dict[str, np.ndarray], recipe: Recipe) -> dict[str, SkyMap]:
    """Maps of these values, each with its own kind of number and axes: those in true energy keep them."""
    found = {}
    for name, item in values.items():
        own = cube.maps[name]
        grid = geom.image().cube(own.geom.axes) if name == "exposure" else geom
        found[name] = SkyMap(grid, item.astype(own.data.dtype, copy=False), own.unit, Recipe.of(f".{name}", on=recipe))
    return found


def _with(cube: MapDataset, maps: dict[str, SkyMap], recipe: Recipe) -> MapDataset:
    changed: dict[str, Any] = {**maps, "recipe": recipe}
    return replace(cube, **changed)
