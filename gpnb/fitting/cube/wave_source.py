"""A source whose shape has a transform, in a cube: exact where photons landed, whatever its size and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from gpnb.core.frames import separation
from gpnb.fitting.block import Source
from gpnb.fitting.cube.course import course_of
from gpnb.fitting.cube.exposure import AtPoint, Course, Spot, spot
from gpnb.fitting.cube.part import Component, Part, chained, moved_places
from gpnb.fitting.cube.responses import Instrument, instrument_at
from gpnb.fitting.cube.sphere import Nodes, Seen, between, seen_from
from gpnb.fitting.cube.voxels import Voxels

_HARMONICS = ((0.6, 4), (0.9, 7), (0.96, 9), (1.0, 14))
"""Up to an eccentricity, how many even harmonics."""

_ROOM = 0.3
"""Part of its radius that a source may move before its pixels are looked for again."""

_NEAR, _ALIKE = 0.1, 0.1
"""Of the width that is seen, and of the reach: a source that has moved or grown less keeps its responses."""

_GROWTH = 1.4
"""Tables reach this many times further than the shape, so that it may grow."""


@dataclass(frozen=True, eq=False)
class _Placed:
    """Pixels as seen from one place.

    Parameters
    ----------
    seen : Seen
        Angles.
    nodes : Nodes
        Among those of the tables.
    area : array, shape (n,)
        deg2, times the relative exposure of an extended source.
    rates : array or None, shape (2, n)
        Derivatives of `area` with longitude and latitude; None where it has none.
    """

    seen: Seen
    nodes: Nodes
    area: np.ndarray
    rates: np.ndarray | None


@dataclass(frozen=True, eq=False)
class _Sums:
    """For each node of the tables, how much of it is seen in usable voxels.

    Parameters
    ----------
    value, lon, lat, phi : array, shape (n_energy, n_node, n_order, 2)
        Weights of values and slopes at nodes, and their derivatives.
    """

    value: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    phi: np.ndarray


class WaveSource(Component):
    """See `Component`.

    Parameters
    ----------
    voxels : Voxels
        The data.
    model : SkyModel
        The source, where a fit starts.
    instrument : Instrument
        The responses that apply to it, at its place.
    """

    def __init__(self, voxels: Voxels, model: Any, instrument: Instrument):
        spatial = model.spatial
        self._voxels, self._frame = voxels, spatial.frame
        self._shape: Any = type(spatial)
        self._turns = "phi" in spatial.names and not spatial.is_round
        self._phi = spatial.names.index("phi") if self._turns else 0
        self._anchor(model, instrument)

    def _anchor(self, model: Any, instrument: Instrument) -> None:
        """Take the responses at the place of the model, and the exposure's course over a source of its size."""
        self._model, self._instrument, self.asks = model, instrument, instrument.asks
        values = model.spatial.values
        self._harmonics = _harmonics_of(model.spatial) if self._turns else 0
        self._settle(np.array(values))
        self._course: Course | None = None
        if self._reach_of(values) > 0:
            place = spot(self._voxels, values[0], values[1], self._frame)
            self._course, self._exposure = course_of(self._voxels, model, instrument, place)
        self._point = AtPoint(instrument.exposure)

    def settle(self, source: Source) -> bool:
        """See `Component`."""
        values, before = self._values_of(source), np.array(self._model.spatial.values)
        reach, was = self._reach_of(values.tolist()), self._reach_of(before.tolist())
        model = replace(self._model, spatial=self._model.spatial.with_values(values.tolist()))
        flatter = self._turns and _harmonics_of(model.spatial) > self._harmonics
        moved = _away(before, values) >= _NEAR * self._tables.width or abs(reach - was) > _ALIKE * max(reach, was)
        if not (moved or flatter):
            return False
        self._anchor(model, instrument_at(self._voxels.dataset, model))
        return True

    def _reach_of(self, values: Sequence[float]) -> float:
        return float(self._shape.reach(tuple(values[2:])))

    def _settle(self, values: np.ndarray) -> None:
        """Tables and pixels for a source of about this place and size."""
        reach = self._reach_of(values.tolist())
        self._room_to_grow = _GROWTH * reach
        lon, lat = values[:2].tolist()
        sides = self._voxels.pixel_sides(lon, lat, self._frame)
        self._tables = self._instrument.tables(sides, self._room_to_grow, self._harmonics)
        self._home = values[:2].copy()
        seen = seen_from(self._voxels.vectors(self._frame), lon, lat)
        with np.errstate(invalid="ignore"):
            self._near = np.flatnonzero(seen.radius < self._tables.radius * (1 + _ROOM))
        photons = np.zeros(self._voxels.area.size, dtype=bool)
        photons[self._near] = True
        self._rows = np.flatnonzero(photons[self._voxels.pixel])
        planes, self._which = self._voxels.planes
        self._masks = planes[:, self._near]
        self._inside = self._has_no_edge(seen)
        self._kept: dict[str, tuple[Any, Any]] = {}

    def _has_no_edge(self, seen: Seen) -> bool:
        """Whether all that is seen lies in usable pixels, also after a move."""
        edge = (1 + _ROOM) * self._tables.radius
        planes, _ = self._voxels.planes
        used = planes[planes.any(axis=1)]
        outside = ~used.all(axis=0)
        with np.errstate(invalid="ignore"):
            lost = bool((seen.radius[outside] < edge).any())
        return not lost and self._on_map(edge)

    def _on_map(self, radius: float) -> bool:
        """Whether a circle about home lies on the map."""
        angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        lon, lat = self._home
        lats = np.clip(lat + radius * np.cos(angle), -90, 90)
        lons = lon + radius * np.sin(angle) / np.maximum(np.cos(np.radians(lats)), 1e-3)
        x, y = self._voxels.pixel_of(lons, lats, self._frame)
        geom = self._voxels.dataset.geom
        return bool(((x > 0) & (x < geom.nx - 1) & (y > 0) & (y < geom.ny - 1)).all())

    def reaches(self) -> np.ndarray:
        """See `Component`."""
        found = np.zeros(self._voxels.area.size, dtype=bool)
        found[self._near] = True
        return found

    def strays(self, source: Source) -> bool:
        """See `Component`."""
        values = self._values_of(source)
        room = _ROOM * self._tables.radius
        if _away(self._home, values) < room and self._reach_of(values.tolist()) <= self._room_to_grow:
            return False
        self._settle(values)
        return True

    def at(self, source: Source) -> Part:
        """See `Component`."""
        values, places = self._values_of(source), moved_places(source)
        table = self._folded(source, values, places)
        columns = self._lookup(table, values, source, places)
        totals = self._totals(table, values, source, places)
        return chained(self._rows, columns, totals, source, places)

    def cube(self, source: Source) -> np.ndarray:
        """See `Component`."""
        values = self._values_of(source)
        table = self._folded(source, values, ())
        found = np.zeros((len(self._which), self._voxels.area.size))
        for number in range(len(self._which)):
            placed = self._placed(values, self._near, np.full(self._near.size, number))
            trig, _ = self._trig(placed.seen, values)
            looked = _look(
                table[number : number + 1], np.zeros(self._near.size, dtype=int), placed.nodes.low, placed.nodes.weights
            )
            found[number, self._near] = (looked[:, :, 0].T * trig).sum(axis=0) * placed.area
        mean = 1.0 if source.mean is None else float(source.mean.values[0])
        return mean * found

    def _values_of(self, source: Source) -> np.ndarray:
        return np.array(self._model.spatial.values) if source.shape is None else source.shape.values

    def _spectral(self, source: Source, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Flux times exposure, and its derivatives with the flux's entries; and with longitude and latitude."""
        flux = np.concatenate([source.flux.values[None], source.flux.slopes.reshape(-1, source.flux.values.size)])
        if self._course is not None:
            return flux * self._exposure, np.zeros((2, flux.shape[1]))
        exposure = self._remembered("exposure", values[:2], lambda: self._point.values(self._spot(values)))
        return flux * exposure[0], source.flux.values * exposure[1:]

    def _spot(self, values: np.ndarray) -> Spot:
        lon, lat = values[:2].tolist()
        found: Spot = self._remembered("spot", values[:2], lambda: spot(self._voxels, lon, lat, self._frame))
        return found

    def _folded(self, source: Source, values: np.ndarray, places: tuple[int, ...]) -> np.ndarray:
        """What is seen at the nodes in each energy; shape (n_energy, n_node, n_order, n_column, 2).

        Columns: value, slopes with the flux's entries, with longitude and latitude by the exposure, with the size.
        """
        sizes = tuple(place - 2 for place in places if place >= 2 and place != self._phi)
        shape = tuple(values[2:].tolist())
        tables = self._remembered(
            "tables", np.array([*shape, *sizes]), lambda: self._tables.of(self._shape, shape, sizes)
        )
        spectral, moves = self._spectral(source, values)
        rows = np.concatenate([spectral, moves])
        found = [_fold(rows, self._instrument.matrix, tables[0])]
        found += [_fold(spectral[:1], self._instrument.matrix, table) for table in tables[1:]]
        return np.ascontiguousarray(np.concatenate(found).transpose(1, 3, 2, 0, 4))

    def _placed(self, values: np.ndarray, pixels: np.ndarray, energy: np.ndarray) -> _Placed:
        lon, lat = values[:2].tolist()
        seen = seen_from(self._voxels.vectors(self._frame)[:, pixels], lon, lat)
        nodes = between(seen.radius, self._tables.step, self._tables.n)
        area = self._voxels.area[pixels]
        if self._course is None:
            return _Placed(seen, nodes, area, None)
        course = self._course.at(self._spot(values), energy, self._pixels(pixels))
        return _Placed(seen, nodes, area * course[0], area * course[1:])

    def _trig(self, seen: Seen, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Factors of the harmonics, and their derivatives with the direction; shape (n_order, n)."""
        order = np.array(self._tables.orders)[:, None]
        angle = order * (seen.angle - np.radians(values[self._phi] if self._turns else 0.0))
        return np.cos(angle), -order * np.sin(angle)

    def _lookup(self, table: np.ndarray, values: np.ndarray, source: Source, places: tuple[int, ...]) -> np.ndarray:
        """Counts where photons landed, with derivatives; shape (1 + n_flux + n_place, n_row)."""
        energy, pixels = self._voxels.energy[self._rows], self._voxels.pixel[self._rows]
        placed = self._remembered("rows", values[:2], lambda: self._placed(values, pixels, energy))
        trig, rates = self._trig(placed.seen, values)
        looked = _look(table, energy, placed.nodes.low, placed.nodes.weights)
        columns = np.einsum("nmc,mn->cn", looked, trig) * placed.area
        n_flux = len(source.flux.numbers)
        found = [columns[: 1 + n_flux]]
        if places:
            round_ = looked[:, :, 0].T
            turning = (round_ * rates).sum(axis=0)
            slope = _look(table[:, :, :, :1], energy, placed.nodes.low, placed.nodes.slopes)[:, :, 0].T
            falling = (slope * trig).sum(axis=0)
            size = 3 + n_flux
            for place in places:
                if place < 2:
                    row = (falling * placed.seen.slope[place] + turning * placed.seen.turn[place]) * placed.area
                    row = row + columns[1 + n_flux + place]
                    if placed.rates is not None:
                        row = row + (round_ * trig).sum(axis=0) * placed.rates[place]
                elif place == self._phi and self._turns:
                    row = -np.radians(1) * turning * placed.area
                else:
                    row, size = columns[size], size + 1
                found.append(row[None])
        return np.concatenate(found)

    def _totals(self, table: np.ndarray, values: np.ndarray, source: Source, places: tuple[int, ...]) -> np.ndarray:
        """The same, in all usable voxels together; shape (1 + n_flux + n_place,)."""
        n_flux = len(source.flux.numbers)
        if self._inside and self._course is None:
            spectral, moves = self._spectral(source, values)
            seen = self._instrument.matrix[:, self._used].sum(axis=1)
            sums = np.concatenate([spectral, moves]) @ seen
            extra = {place: sums[1 + n_flux + place] for place in (0, 1)}
            return np.array([*sums[: 1 + n_flux], *(extra.get(place, 0.0) for place in places)])
        where = values[[0, 1, self._phi]] if self._turns else values[:2]
        sums_at = self._remembered("sums", where, lambda: self._sums(values))
        columns = np.einsum("knmcs,knms->c", table, sums_at.value)
        found, size = list(columns[: 1 + n_flux]), 3 + n_flux
        for place in places:
            if place < 2:
                moving = (sums_at.lon, sums_at.lat)[place]
                found.append(np.einsum("knms,knms->", table[:, :, :, 0], moving) + columns[1 + n_flux + place])
            elif place == self._phi and self._turns:
                found.append(np.einsum("knms,knms->", table[:, :, :, 0], sums_at.phi))
            else:
                found.append(columns[size])
                size += 1
        return np.array(found)

    @property
    def _used(self) -> np.ndarray:
        """Energies with usable pixels."""
        planes, which = self._voxels.planes
        return np.asarray(planes.any(axis=1).take(which))

    def _sums(self, values: np.ndarray) -> _Sums:
        lon, lat = values[:2].tolist()
        seen = seen_from(self._voxels.vectors(self._frame)[:, self._near], lon, lat)
        nodes = between(seen.radius, self._tables.step, self._tables.n)
        trig, rates = self._trig(seen, values)
        area, moves = self._areas(values)
        spread, fall = (_spread(nodes.low, weights, self._tables.n) for weights in (nodes.weights, nodes.slopes))

        def sums(matrix: csr_array, factors: np.ndarray, areas: np.ndarray) -> np.ndarray:
            """Shape (n_energy, n_node, n_order, 2)."""
            columns = (factors[:, None] * areas).reshape(-1, seen.radius.size)
            found = (matrix @ columns.T).reshape(self._tables.n, 2, len(factors), len(areas)).transpose(3, 0, 2, 1)
            return np.asarray(found[self._which] if self._course is None else found)

        moved = []
        for place in (0, 1):
            found = sums(fall, trig * seen.slope[place], area)
            if len(trig) > 1:
                found = found + sums(spread, rates * seen.turn[place], area)
            if moves is not None:
                found = found + sums(spread, trig, moves[place])
            moved.append(found)
        turned = -np.radians(1) * sums(spread, rates, area) if len(trig) > 1 else np.zeros_like(moved[0])
        return _Sums(sums(spread, trig, area), moved[0], moved[1], turned)

    def _areas(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Usable area of the pixels near, times relative exposure, and its derivatives with longitude and latitude.

        One row for each plane of usable pixels; of an extended source, for each energy.
        """
        area = self._masks * self._voxels.area[self._near]
        if self._course is None:
            return area, None
        pixel = self._pixels(self._near)
        course = [self._course.plane(self._spot(values), number, pixel) for number in range(len(self._which))]
        found = np.array(course).transpose(1, 0, 2) * area[self._which]
        return found[0], found[1:]

    def _pixels(self, numbers: np.ndarray) -> np.ndarray:
        """Pixels (x, y) of places along the rows of the map."""
        nx = self._voxels.dataset.geom.nx
        return np.array([numbers % nx, numbers // nx], dtype=float)

    def _remembered(self, name: str, key: np.ndarray, make: Any) -> Any:
        """The last answer, if it was to the same question."""
        text = key.tobytes()
        if name not in self._kept or self._kept[name][0] != text:
            self._kept[name] = text, make()
        return self._kept[name][1]


def _fold(rows: np.ndarray, matrix: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Through the dispersion.

    Parameters
    ----------
    rows : array, shape (n_row, n_true)
        Flux times exposure, and its derivatives.
    matrix : array, shape (n_true, n_energy)
        The dispersion.
    table : array, shape (n_order, n_true, n, 2)
        What is seen at the nodes.

    Returns
    -------
    array, shape (n_row, n_energy, n_order, n, 2)
    """
    weights = (rows[:, None, :] * matrix.T).reshape(-1, matrix.shape[0])
    flat = table.transpose(1, 0, 2, 3).reshape(matrix.shape[0], -1)
    return np.asarray((weights @ flat).reshape(len(rows), matrix.shape[1], table.shape[0], *table.shape[2:]))


def _look(table: np.ndarray, energy: np.ndarray, low: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Cubic pieces at places of one energy each; shape (n, n_order, n_column)."""
    _, n, order, columns, _ = table.shape
    flat = table.reshape(-1, order * columns, 2)
    below = np.take(flat, energy * n + low, axis=0)
    above = np.take(flat, energy * n + low + 1, axis=0)
    a, b, c, d = weights[:, :, None]
    found = a * below[..., 0] + b * below[..., 1] + c * above[..., 0] + d * above[..., 1]
    return np.asarray(found.reshape(-1, order, columns))


def _spread(low: np.ndarray, weights: np.ndarray, n: int) -> csr_array:
    """From places to values and slopes of nodes; shape (2 n, n_place)."""
    rows = 2 * low + np.arange(4)[:, None]
    columns = np.broadcast_to(np.arange(low.size), rows.shape)
    return csr_array((weights.ravel(), (rows.ravel(), columns.ravel())), shape=(2 * n, low.size))


def _harmonics_of(spatial: Any) -> int:
    most = float(spatial.parameters[spatial.names.index("e")].value)
    return next(number for limit, number in _HARMONICS if most <= limit)


def _away(one: np.ndarray, other: np.ndarray) -> float:
    """Angle (deg) between two places, the first two of the values of a shape."""
    return float(separation(*one[:2], *other[:2]))
