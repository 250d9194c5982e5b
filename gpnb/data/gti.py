"""Good time intervals."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from astropy import units as u
from astropy.table import QTable
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError, SelectionError
from gpnb.core.fits_file import column_values, find_hdu, open_fits
from gpnb.core.recipe import Recipe
from gpnb.core.units import time_words, to_time
from gpnb.data.phase import Ephemeris, phase_intervals
from gpnb.data.timeref import seconds_from, time_factor, time_reference


class GTI:
    """Good time intervals, as seconds from a reference.

    Parameters
    ----------
    start_values, stop_values : array
        Seconds from `reference`. They are sorted, and those that overlap or lie within each other become one:
        no second counts twice.
    reference : Time
        On the TT scale.
    recipe : Recipe, optional
        How they were made.

    Raises
    ------
    DataFormatError
        If an interval ends before it starts.
    """

    @told
    def __init__(self, start_values: Any, stop_values: Any, reference: Time, recipe: Recipe | None = None):
        start, stop = np.asarray(start_values, dtype=float), np.asarray(stop_values, dtype=float)
        if not np.all(stop >= start):
            raise DataFormatError("GTI: an interval stops before it starts, or is NaN.")
        self.start_values, self.stop_values = _apart(start, stop)
        self.reference = reference
        self.recipe = recipe or Recipe.memory("gti")

    @classmethod
    def from_hdu(cls, hdu: Any, path: str | os.PathLike[str], recipe: Recipe | None = None) -> Self:
        """Read the GTI table of an open file."""
        where = f"{path}, HDU {hdu.name}"
        columns = {name: column_values(hdu, name, _unit(hdu, name), path) for name in ("START", "STOP")}
        factor = {name: time_factor(hdu.header, hdu.columns[name].unit, where) for name in columns}
        if not len(columns["START"]):
            raise DataFormatError(f"{where} has no interval; at least one is expected.")
        start, stop = (columns[name] * factor[name] for name in ("START", "STOP"))
        return cls(start, stop, time_reference(hdu.header, where), recipe)

    @classmethod
    def read(cls, path: str | os.PathLike[str], hdu: str = "GTI") -> Self:
        """Read the GTI table of a file."""
        with open_fits(path) as hdulist:
            return cls.from_hdu(find_hdu(hdulist, hdu, path), path, Recipe.of("gpnb.GTI.read()", path=str(path)))

    @property
    def duration(self) -> u.Quantity:
        """Total time, dead time not removed."""
        return self.seconds * u.s

    @property
    def seconds(self) -> float:
        """Total time as a plain number."""
        return float(np.sum(self.stop_values - self.start_values))

    @property
    def start(self) -> Time:
        """Starts."""
        return self.reference + self.start_values * u.s

    @property
    def stop(self) -> Time:
        """Stops."""
        return self.reference + self.stop_values * u.s

    @property
    def table(self) -> QTable:
        """Columns START, STOP (Time) and DURATION."""
        return QTable(
            {"START": self.start, "STOP": self.stop, "DURATION": (self.stop_values - self.start_values) * u.s}
        )

    @property
    def intervals(self) -> list[tuple[Time, Time]]:
        """Pairs of start and stop."""
        return list(zip(self.start, self.stop, strict=True))

    def contains(self, seconds: np.ndarray) -> np.ndarray:
        """Whether plain times (s from the reference) lie in an interval."""
        index = np.searchsorted(self.start_values, seconds, side="right")
        return np.asarray(np.asarray(seconds) < np.append(-np.inf, self.stop_values)[index])

    def distance(self, seconds: np.ndarray) -> np.ndarray:
        """Seconds from plain times to the nearest interval; 0 within one, infinite if there is none."""
        index = np.searchsorted(self.start_values, seconds, side="right")
        since = np.asarray(seconds) - np.append(-np.inf, self.stop_values)[index]
        until = np.append(self.start_values, np.inf)[index] - np.asarray(seconds)
        return np.asarray(np.maximum(np.minimum(since, until), 0.0))

    def select(self, time: tuple[Time | str | None, Time | str | None]) -> GTI:
        """The parts between two times.

        Raises
        ------
        SelectionError
            If nothing is left.
        """
        low, high = (None if item is None else seconds_from(to_time(item), self.reference) for item in time)
        recipe = Recipe.of_call(self.select, locals())
        found = self.within(-np.inf if low is None else float(low), np.inf if high is None else float(high), recipe)
        if not len(found):
            raise SelectionError(f"No good time is left between {time[0]} and {time[1]}.")
        return found

    def within(self, low: float, high: float, recipe: Recipe | None = None) -> GTI:
        """The parts between two plain times (s from the reference); it may be empty."""
        start, stop = np.maximum(self.start_values, low), np.minimum(self.stop_values, high)
        keep = stop > start
        return GTI(start[keep], stop[keep], self.reference, recipe)

    def in_phase(self, phase: Any, ephemeris: Ephemeris) -> GTI:
        """The parts of a turn, in all turns: good times for spectra and light curves of phases.

        Parameters
        ----------
        phase : pair of float, or list of pairs
            Lower and upper end, in turns; ``(0.9, 0.1)`` goes on beyond 1.
        ephemeris : Ephemeris
            What phases follow from.

        Raises
        ------
        SelectionError
            If nothing is left.
        """
        parts = [self._in_phase(one, phase_intervals(phase), ephemeris) for one in range(len(self))]
        start, stop = (np.concatenate(ends) for ends in zip(*parts, strict=True))
        if not len(start):
            raise SelectionError(f"No good time is left at the phases {phase}.")
        recipe = Recipe.of_call(self.in_phase, locals())
        return GTI(start, stop, self.reference, recipe)

    def _in_phase(
        self, number: int, phase: tuple[tuple[float, float], ...], ephemeris: Ephemeris
    ) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.start_values[number], self.stop_values[number]
        zero = float(ephemeris.seconds(self.start[number]))
        first, last = ephemeris.turns(np.array([zero, zero + high - low]))
        whole = np.arange(np.floor(first), np.floor(last) + 1)
        turns = np.concatenate([whole[:, None] + np.array(pair) for pair in phase])
        ends = np.clip(ephemeris.seconds_of(turns, zero) - zero + low, low, high)
        ends = ends[(ends[:, 1] > ends[:, 0])]
        order = np.argsort(ends[:, 0])
        return ends[order, 0], ends[order, 1]

    @staticmethod
    def union(parts: Iterable[GTI]) -> GTI:
        """All intervals of several, those that touch or overlap merged, from the first one's reference.

        Raises
        ------
        ArgumentError
            If there are none.
        """
        parts = list(parts)
        if not parts:
            raise ArgumentError("GTI.union: there is nothing to unite: give at least one GTI.")
        reference = parts[0].reference
        shift = [float(seconds_from(part.reference, reference)) for part in parts]
        start = np.concatenate([part.start_values + by for part, by in zip(parts, shift, strict=True)])
        stop = np.concatenate([part.stop_values + by for part, by in zip(parts, shift, strict=True)])
        return GTI(*_apart(start, stop, touching=True), reference)

    def __len__(self) -> int:
        return len(self.start_values)

    def __repr__(self) -> str:
        plural = "s" * (len(self) != 1)
        begin = f", from {time_words(self.start[0])}" if len(self) else ""
        return f"GTI({len(self)} interval{plural}, {self.seconds:.0f} s{begin})"


def _apart(start: np.ndarray, stop: np.ndarray, touching: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The same times in sorted intervals that do not overlap, nor touch if so wanted."""
    order = np.argsort(start, kind="stable")
    start, stop = start[order], np.maximum.accumulate(stop[order])
    gap = start[1:] > stop[:-1] if touching else start[1:] >= stop[:-1]
    begins, ends = np.ones(len(start), dtype=bool), np.ones(len(start), dtype=bool)
    begins[1:], ends[:-1] = gap, gap
    return start[begins], stop[ends]


def _unit(hdu: Any, name: str) -> str:
    """The column's own unit, so that values come out as stored."""
    return next((column.unit for column in hdu.columns if column.name.upper() == name and column.unit), "s")
