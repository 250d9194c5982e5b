"""A source whose shape has a transform, in a cube: exact where photons landed, whatever its size and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from gpnb.core.frames import separation
from gpnb.fitting.block import Source
from gpnb.fitting.cube.course import course_of, mean_squares
from gpnb.fitting.cube.exposure import AtPoint, Course, Spot, spot
from gpnb.fitting.cube.node_weights import NodeWeights, fold, node_weights, pieces
from gpnb.fitting.cube.part import Component, Part, chained, moved_places
from gpnb.fitting.cube.responses import Instrument, instrument_at
from gpnb.fitting.cube.sphere import Nodes, Seen, between, is_within, seen_from
from gpnb.fitting.cube.voxels import Voxels
from gpnb.fitting.cube.waves import seen_width

_FEWEST, _PER_RATIO = 1, 2.4
"""Even harmonics, and how many more per length over width that is seen: right to 4e-4 of the peak or so."""

_TOO_MANY = 10**9
"""More than any table holds: a step may make a source as long as it likes."""

_ROOM = 0.3
"""Part of its radius that a source may move before its pixels are looked for again."""

_NEAR, _ALIKE = 0.1, 0.1
"""Of the width that is seen, and of the reach: a source that has moved or grown less keeps its responses."""

_GROWTH = 1.4
"""Tables reach this many times further than the shape, so that it may grow."""


@dataclass(frozen=True, eq=False)
class _Placed:
    """Voxels with photons as seen from one place.

    Parameters
    ----------
    seen : Seen
        Angles.
    value, slope : sparse array, shape (n, 2 n_node n_energy)
        From the tables to what is seen, and to its derivative with the angle.
    area : array, shape (n,)
        deg2, times the relative exposure of an extended source.
    rates : array or None, shape (2, n)
        Derivatives of `area` with longitude and latitude; None where it has none.
    """

    seen: Seen
    value: csr_array
    slope: csr_array
    area: np.ndarray
    rates: np.ndarray | None


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
        self._turns = _turns(spatial)
        self._phi = spatial.names.index("phi") if self._turns else 0
        self._anchor(model, instrument)

    def _anchor(self, model: Any, instrument: Instrument) -> None:
        """Take the responses at the place of the model, and the exposure's course over a source of its size."""
        self._model, self._instrument, self.asks = model, instrument, instrument.asks
        values = model.spatial.values
        self._course: Course | None = None
        if self._reach_of(values) > 0:
            place = spot(self._voxels, values[0], values[1], self._frame)
            self._course, self._exposure = course_of(self._voxels, model, instrument, place)
        self._point = AtPoint(instrument.exposure)
        self._settle(np.array(values))

    def settle(self, source: Source) -> bool:
        """See `Component`."""
        values, before = self._values_of(source), np.array(self._model.spatial.values)
        reach, was = self._reach_of(values.tolist()), self._reach_of(before.tolist())
        model = replace(self._model, spatial=self._model.spatial.with_values(values.tolist()))
        flatter = self._needed(values) >= len(self._tables.orders)
        moved = _away(before, values) >= _NEAR * self._tables.width or abs(reach - was) > _ALIKE * max(reach, was)
        if not (moved or flatter):
            return False
        self._anchor(model, instrument_at(self._voxels.dataset, model))
        return True

    def _reach_of(self, values: Sequence[float]) -> float:
        return float(self._shape.reach(tuple(values[2:])))

    def _needed(self, values: np.ndarray) -> int:
        """How many even harmonics a shape needs, seen through point spread function and pixels."""
        return harmonics_of(self._model.spatial.with_values(values.tolist()), self._point_width)

    def _settle(self, values: np.ndarray) -> None:
        """Tables and pixels for a source of about this place and size."""
        room = _GROWTH * self._reach_of(values.tolist())
        lon, lat = values[:2].tolist()
        sides = self._voxels.pixel_sides(lon, lat, self._frame)
        self._point_width = seen_width(self._instrument.psf, sides)
        self._tables = self._instrument.tables(sides, room, self._needed(values))
        self._room_to_grow = room
        self._home = values[:2].copy()
        vectors, edge = self._voxels.vectors(self._frame), (1 + _ROOM) * self._tables.radius
        near = is_within(vectors, lon, lat, edge)
        self._near = np.flatnonzero(near)
        self.rows = np.flatnonzero(near[self._voxels.pixel])
        self._energy, self._pixel = self._voxels.energy[self.rows], self._voxels.pixel[self.rows]
        planes, self._which = self._voxels.planes
        self._counted = self._near[planes[:, self._near].any(axis=0)]
        self._masks = planes[:, self._counted]
        self._inside = self._course is None and self._has_no_edge(edge)
        looked = self._pixel if self._inside else self._counted
        self._vectors = vectors[:, looked]
        self._photons = slice(None) if self._inside else np.searchsorted(self._counted, self._pixel)
        self._kept: dict[str, tuple[Any, Any]] = {}

    def _has_no_edge(self, edge: float) -> bool:
        """Whether all that is seen within a radius of home lies in usable pixels."""
        planes, _ = self._voxels.planes
        used = planes[planes.any(axis=1)]
        return bool(used[:, self._near].all()) and self._on_map(edge)

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
        return chained(self.rows, columns, totals, source, places)

    def cube(self, source: Source) -> np.ndarray:
        """See `Component`."""
        values = self._values_of(source)
        table = self._folded(source, values, ())
        seen = seen_from(self._voxels.vectors(self._frame)[:, self._near], *values[:2].tolist())
        ladder, (trig, _) = self._tables.ladder, self._trig(seen, values)
        nodes, flat = between(seen.radius, ladder), table[..., 0].transpose(1, 2, 0, 3).reshape(2 * ladder.n, -1)
        (value,) = pieces(nodes.low, ladder.n, nodes.weights)
        looked = (value @ flat).reshape(self._near.size, len(self._which), len(trig))
        found = np.zeros((len(self._which), self._voxels.area.size))
        mean = 1.0 if source.mean is None else float(source.mean.values[0])
        found[:, self._near] = mean * self._area_of(values) * np.einsum("nkm,mn->kn", looked, trig)
        return found

    def _area_of(self, values: np.ndarray) -> np.ndarray:
        """Area of near pixels, times the relative exposure of each energy of an extended source."""
        area = self._voxels.area[self._near]
        if self._course is None:
            return np.asarray(area)
        place, pixel = self._spot(values), self._pixels(self._near)
        return np.asarray(area * [self._course.plane(place, number, pixel)[0] for number in range(len(self._which))])

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
        """What is seen at the nodes in each energy; shape (n_energy, n_node, 2, n_order, n_column).

        Columns: value, slopes with the flux's entries, with longitude and latitude by the exposure, with the size.
        """
        sizes = tuple(place - 2 for place in places if place >= 2 and place != self._phi)
        shape = tuple(values[2:].tolist())
        tables = self._remembered(
            "tables", np.array([*shape, *sizes]), lambda: self._tables.of(self._shape, shape, sizes)
        )
        spectral, moves = self._spectral(source, values)
        rows = np.concatenate([spectral, moves])
        found = [fold(rows, self._instrument.matrix, tables[0])]
        found += [fold(spectral[:1], self._instrument.matrix, table) for table in tables[1:]]
        return found[0] if len(found) == 1 else np.concatenate(found, axis=-1)

    def _placed(self, values: np.ndarray) -> _Placed:
        """The voxels with photons."""
        (seen, nodes), n, own = self._sight(values), self._tables.ladder.n, self._photons
        node, area = self._energy * n + nodes.low[own], self._voxels.area[self._pixel]
        value, slope = pieces(node, len(self._which) * n, nodes.weights[own], nodes.slopes[own])
        if self._course is None:
            return _Placed(seen.taken(own), value, slope, area, None)
        course = self._course.at(self._spot(values), self._energy, self._pixels(self._pixel))
        return _Placed(seen.taken(own), value, slope, area * course[0], area * course[1:])

    def _sight(self, values: np.ndarray) -> tuple[Seen, Nodes]:
        """The pixels that are looked at: of photons where nothing else is needed, or all that count."""

        def make() -> tuple[Seen, Nodes]:
            seen = seen_from(self._vectors, *values[:2].tolist())
            return seen, between(seen.radius, self._tables.ladder)

        found: tuple[Seen, Nodes] = self._remembered("sight", values[:2], make)
        return found

    def _trig(self, seen: Seen, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Factors of the harmonics, and their derivatives with the direction; shape (n_order, n)."""
        if not self._turns:
            return np.ones((1, seen.radius.size)), np.zeros((1, seen.radius.size))
        order = np.array(self._tables.orders)[:, None]
        angle = order * (seen.angle - np.radians(values[self._phi]))
        return np.cos(angle), -order * np.sin(angle)

    def _lookup(self, table: np.ndarray, values: np.ndarray, source: Source, places: tuple[int, ...]) -> np.ndarray:
        """Counts where photons landed, with derivatives; shape (1 + n_flux + n_place, n_row)."""
        placed = self._remembered("rows", values[:2], lambda: self._placed(values))
        trig, rates = self._trig(placed.seen, values)
        order, n_column = table.shape[-2:]
        looked = (placed.value @ table.reshape(-1, order * n_column)).reshape(-1, order, n_column)
        columns = np.einsum("nmc,mn->cn", looked, trig) * placed.area
        n_flux = len(source.flux.numbers)
        if not places:
            return np.asarray(columns[: 1 + n_flux])
        slopes = placed.slope @ table[..., 0].reshape(-1, order)
        moving = np.einsum("nm,mn->n", slopes, trig) * placed.area * placed.seen.slope
        turning = np.zeros(len(slopes))
        if self._turns:
            turning = np.einsum("nm,mn->n", looked[:, :, 0], rates) * placed.area
            moving += turning * placed.seen.turn
        if placed.rates is not None:
            moving += np.einsum("nm,mn->n", looked[:, :, 0], trig) * placed.rates
        return self._by_place(columns, n_flux, places, moving, -np.radians(1) * turning)

    def _totals(self, table: np.ndarray, values: np.ndarray, source: Source, places: tuple[int, ...]) -> np.ndarray:
        """The same, in all usable voxels together; shape (1 + n_flux + n_place,)."""
        n_flux = len(source.flux.numbers)
        if self._inside:  # all is seen, wherever the source moves and however it grows
            seen = self._instrument.matrix[:, self._used].sum(axis=1)
            columns = np.concatenate([rows @ seen for rows in self._spectral(source, values)] + [np.zeros(len(places))])
            return self._by_place(columns, n_flux, places, np.zeros(2), np.zeros(()))
        where = values[[0, 1, self._phi]] if self._turns else values[:2]
        weights = self._remembered("weights", where, lambda: self._weights(values))
        columns = np.tensordot(weights.value, table, 4)
        moving, turning = (np.tensordot(part, table[..., 0], 4) for part in (weights.place, weights.phi))
        return self._by_place(columns, n_flux, places, moving, turning)

    def _by_place(
        self, columns: np.ndarray, n_flux: int, places: tuple[int, ...], moving: np.ndarray, turning: np.ndarray
    ) -> np.ndarray:
        """Value and slopes with the flux's entries, then those with the parameters of the shape.

        Parameters
        ----------
        columns : array, shape (3 + n_flux + n_size, …)
            As of `_folded`.
        n_flux : int
            Entries of the flux.
        places : tuple of int
            The parameters.
        moving : array, shape (2, …)
            Slopes with longitude and latitude, but for what the exposure at the source adds.
        turning : array, shape (…)
            Slope with the direction.
        """
        sizes = iter(columns[3 + n_flux :])
        rows = list(columns[: 1 + n_flux])
        for place in places:
            if place < 2:
                rows.append(moving[place] + columns[1 + n_flux + place])
            else:
                rows.append(turning if self._turns and place == self._phi else next(sizes))
        return np.array(rows)

    @property
    def _used(self) -> np.ndarray:
        """Energies with usable pixels."""
        planes, which = self._voxels.planes
        return np.asarray(planes.any(axis=1).take(which))

    def _weights(self, values: np.ndarray) -> NodeWeights:
        seen, nodes = self._sight(values)
        found = node_weights(seen, nodes, self._tables.ladder.n, self._trig(seen, values), self._areas(values))
        return found.taken(self._which) if self._course is None else found

    def _areas(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Usable area of pixels, times relative exposure, and its derivatives with longitude and latitude.

        One row for each plane of usable pixels; of an extended source, for each energy.
        """
        area = self._masks * self._voxels.area[self._counted]
        if self._course is None:
            return area, None
        pixel = self._pixels(self._counted)
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


def harmonics_of(spatial: Any, width: float) -> int:
    """How many even harmonics a shape needs where a point is seen with a width, deg; none if it is round."""
    if not _turns(spatial):
        return 0
    along, across = mean_squares(spatial)
    found = np.ceil(_PER_RATIO * np.sqrt((along + width**2) / (across + width**2)))
    return _FEWEST + int(min(found, _TOO_MANY))


def _turns(spatial: Any) -> bool:
    return "phi" in spatial.names and not spatial.is_round


def _away(one: np.ndarray, other: np.ndarray) -> float:
    """Angle (deg) between two places, the first two of the values of a shape."""
    return float(separation(*one[:2], *other[:2]))
