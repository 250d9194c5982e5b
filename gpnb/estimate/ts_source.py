"""From responses and a model to what a source is seen as anywhere in a cube."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from gpnb.core.frames import rotation, to_frame
from gpnb.datasets.map import MapDataset
from gpnb.estimate.ts_kernels import Kernels, SourceCounts
from gpnb.fitting.cube.node_weights import fold
from gpnb.fitting.cube.responses import Instrument, instrument_at
from gpnb.fitting.cube.sphere import between, seen_from
from gpnb.fitting.cube.wave_source import harmonics_of
from gpnb.fitting.cube.waves import WaveTables, seen_width
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.variation import mean_factor
from gpnb.irf.node_sums import NodeSums
from gpnb.models.sky import SkyModel

_APART = 0.5
"""deg between the nodes, as responses lie in files."""

_MOST_NODES = 15
"""Along each side."""

_ALIKE = 1e-6
"""Of the largest value of a response: less is no change over the field."""

_FAINT = 1e-5
"""Of its peak: a kernel is nothing there."""

_LEAST = 1e-6
"""Of the mean exposure: where there is none, kernels have the energies that are seen elsewhere."""

_SQUARE_DEGREES = (180 / np.pi) ** 2


def source_counts(cube: MapDataset, model: SkyModel, wanted: np.ndarray, radius: float = np.inf) -> SourceCounts:
    """What a source is seen as at each pixel.

    Parameters
    ----------
    cube : MapDataset
        With the responses that apply to the source.
    model : SkyModel
        A shape that has a transform; its place does not matter.
    wanted : array of bool, shape (ny, nx)
        Where it may lie: nodes are within what holds these pixels.
    radius : float
        deg, beyond which nothing of it is looked at.

    Raises
    ------
    SelectionError
        If the cube lacks a response.
    """
    nodes = [_nodes_along(np.flatnonzero(wanted.any(axis=side)), cube, model, 1 - side) for side in (1, 0)]
    found = [[_Node(cube, model, y, x) for x in nodes[1]] for y in nodes[0]]
    first = found[0][0]
    half = _half(cube, min(radius, first.tables.radius))
    values = np.array([[node.kernel(half, radius) for node in row] for row in found])
    kernels = Kernels(nodes[0], nodes[1], _trimmed(values))
    planes = first.instrument.exposure

    def counts(node: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
        own = found[node[0]][node[1]]
        return np.tensordot(own.weights.T, planes[:, rows, columns], axes=1)

    shape = cube.geom.shape
    return SourceCounts(kernels, kernels.spread(counts, shape))


def _nodes_along(places: np.ndarray, cube: MapDataset, model: SkyModel, side: int) -> np.ndarray:
    """Rows or columns of nodes: one, in the middle, where the responses are the same everywhere."""
    first, last = float(places[0]), float(places[-1])
    width = (last - first) * float(cube.geom.plane.scales[side])
    applied = [
        response
        for response, applies in ((cube.psf, model.responses.psf), (cube.edisp, model.responses.dispersion))
        if applies and response is not None
    ]
    if width == 0 or all(item.sums is not None and _is_constant(item.sums) for item in applied):
        return np.array([(first + last) / 2])
    return np.linspace(first, last, min(int(np.ceil(width / _APART)) + 1, _MOST_NODES))


def _is_constant(sums: NodeSums) -> bool:
    """Whether a response is the same wherever it is known."""
    known = sums.weight > 0
    values = np.divide(sums.total, sums.weight[:, None], out=np.zeros(sums.total.shape), where=known[:, None])
    low = np.where(known[:, None], values, np.inf).min(axis=(2, 3))
    high = np.where(known[:, None], values, -np.inf).max(axis=(2, 3))
    return bool((high - low <= _ALIKE * np.abs(values).max(initial=0.0)).all())


class _Node:
    """A source at one place.

    Parameters
    ----------
    cube, model
        See `source_counts`.
    y, x : float
        Its pixel.
    """

    def __init__(self, cube: MapDataset, model: SkyModel, y: float, x: float):
        geom, frame = cube.geom, model.spatial.frame  # type: ignore[union-attr]
        if not np.isfinite(geom.plane.sky(np.array(x), np.array(y))).all():  # outside the sky
            y, x = (geom.ny - 1) / 2, (geom.nx - 1) / 2
        self._cube, self._y, self._x = cube, y, x
        lon, lat = to_frame(*geom.plane.sky(np.array(x), np.array(y)), geom.frame, frame)
        self._lon, self._lat = float(lon), float(lat)
        self._model = moved(model, self._lon, self._lat)
        self.instrument: Instrument = instrument_at(cube, self._model)
        low, high = self.instrument.asks
        flux = BinFlux(model.spectral, low, high).value(list(model.spectral.values)) * mean_factor(model, cube)
        self.weights = flux[:, None] * self.instrument.matrix
        sides = geom.plane.sides(np.array(x), np.array(y))
        self._sides = float(sides[0]), float(sides[1])

    @property
    def _shape(self) -> Any:
        return self._model.spatial

    @cached_property
    def tables(self) -> WaveTables:
        """What it is seen as at any angle."""
        shape = self._shape
        harmonics = harmonics_of(shape, seen_width(self.instrument.psf, self._sides))
        return self.instrument.tables(self._sides, float(shape.reach(tuple(shape.values[2:]))), harmonics)

    def kernel(self, half: tuple[int, int], radius: float) -> np.ndarray:
        """Part of the counts of each energy in pixels around it, shape (n_energy, 2 half_y + 1, 2 half_x + 1)."""
        geom, tables = self._cube.geom, self.tables
        y, x = (np.arange(-size, size + 1) for size in half)
        vectors = geom.plane.directions(*(grid.ravel() for grid in np.meshgrid(self._x + x, self._y + y)))
        if geom.frame != self._shape.frame:
            vectors = rotation(geom.frame, self._shape.frame) @ vectors
        seen = seen_from(np.nan_to_num(vectors), self._lon, self._lat)
        nodes = between(seen.radius.copy(), tables.ladder)
        looked = np.zeros((self.weights.shape[1], len(tables.orders), seen.radius.size))
        flat = self._folded(tables)
        for place, weight in zip(range(4), nodes.weights.T, strict=True):
            looked += flat[:, 2 * nodes.low + place].transpose(0, 2, 1) * weight
        if len(tables.orders) > 1:
            phi = np.radians(self._shape.values[self._shape.names.index("phi")])
            looked *= np.cos(np.array(tables.orders)[:, None] * (seen.angle - phi))
        known = np.isfinite(vectors[0]) & (seen.radius <= radius)
        shares = (looked.sum(axis=1) * known).reshape(-1, y.size, x.size)
        return np.asarray(shares * self._areas(y, x))

    def _folded(self, tables: WaveTables) -> np.ndarray:
        """Tables in each energy, relative to its counts; shape (n_energy, 2 n_node, n_order)."""
        shape = self._shape
        kind: Any = type(shape)
        table = tables.of(kind, tuple(shape.values[2:]), ())[0]
        exposure = self.instrument.exposure
        y, x = round(self._y), round(self._x)
        rows = exposure[:, y, x] + _LEAST * exposure.mean(axis=(1, 2))
        weights = rows[:, None] * self.weights
        total = weights.sum(axis=0)
        weights = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
        found = fold(np.ones((1, len(weights))), weights, table)[..., 0]
        return np.asarray(found.reshape(len(found), -1, found.shape[-1]))

    def _areas(self, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Of pixels around it, deg2; beyond the map those of its rim."""
        geom = self._cube.geom
        rows = np.clip(np.rint(self._y + y).astype(int), 0, geom.ny - 1)
        columns = np.clip(np.rint(self._x + x).astype(int), 0, geom.nx - 1)
        return np.asarray(np.nan_to_num(geom.solid_angle[rows[:, None], columns]) * _SQUARE_DEGREES)


def moved(model: SkyModel, lon: float, lat: float) -> SkyModel:
    """The same source at another place, deg in its frame."""
    shape: Any = model.spatial
    return replace(model, spatial=shape.with_values([lon, lat, *shape.values[2:]]))


def _half(cube: MapDataset, radius: float) -> tuple[int, int]:
    """Rows and columns that a radius (deg) takes."""
    rows, columns = cube.geom.plane.reach(radius)
    return min(rows, cube.geom.ny - 1), min(columns, cube.geom.nx - 1)


def _trimmed(values: np.ndarray) -> np.ndarray:
    """Without what is faint, and no larger than what is left."""
    peak = values.max(axis=(-2, -1), keepdims=True)
    values = np.where(values > _FAINT * peak, values, 0.0)
    held: Any = (values > 0).any(axis=(0, 1, 2))
    cut = []
    for side, size in ((1, held.shape[0]), (0, held.shape[1])):
        away = np.abs(np.flatnonzero(held.any(axis=side)) - size // 2).max(initial=0)
        cut.append(slice(size // 2 - int(away), size // 2 + int(away) + 1))
    return np.ascontiguousarray(values[..., cut[0], cut[1]])
