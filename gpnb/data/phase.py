"""Phases of times and events, from an ephemeris or a column; intervals of phase that may cross 1."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import time_text, to_float, to_time
from gpnb.stats.phase import fold, wrapped

PHASE_COLUMNS = ("PHASE", "PULSE_PHASE")
"""Columns that hold phases: the second is what Fermi's pulsar tools write."""

_NEWTON = 4
"""Steps: frequencies hardly change within a run, so that the second is exact."""

_UNITS = {"f0": "Hz", "f1": "Hz s-1", "f2": "Hz s-2"}


@unchanging
@dataclass(frozen=True)
class Ephemeris:
    """When a pulsar or a binary is at which phase: f0 t + f1 t²/2 + f2 t³/6 + phi0, t the time since the epoch.

    Parameters
    ----------
    epoch : Time or str
        Where t is 0; such as ``"MJD 54686.152 tdb"``. Time is counted on its scale: TDB and TT differ by 1.7 ms in the
        course of a year. UTC and TAI count as TT, so that leap seconds do no harm.
    f0, f1, f2 : number, Quantity or str
        Frequency at the epoch and its derivatives; numbers in Hz, Hz s-1, Hz s-2.
    phi0 : float
        Phase at the epoch.

    Raises
    ------
    ArgumentError
        If f0 is not positive, or something has another unit.

    Examples
    --------
    >>> vela = Ephemeris("MJD 54686.1526 tdb", f0="11.19 Hz", f1="-1.56e-11 Hz s-1")
    >>> vela.f0, round(1 / vela.f0, 4)
    (11.19, 0.0894)
    >>> Ephemeris.of_period("MJD 52477.67 tt", "3.906 d").f0 * 86400 * 3.906
    1.0
    """

    epoch: Any
    f0: Any
    f1: Any = 0.0
    f2: Any = 0.0
    phi0: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "epoch", time_text(to_time(self.epoch, "epoch")))
        for name, unit in _UNITS.items():
            value = getattr(self, name)
            number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
            object.__setattr__(self, name, float(value) if number else to_float(value, unit, name))
        if not 0 < self.f0 < np.inf:
            raise ArgumentError(f"f0={self.f0} Hz must be a positive frequency; for a period use Ephemeris.of_period.")

    @classmethod
    def of_period(cls, epoch: Any, period: Any, phi0: float = 0.0) -> Ephemeris:
        """The ephemeris of a constant period, such as that of an orbit; `epoch` is where the phase is `phi0`."""
        return cls(epoch, 1 / to_float(period, "s", "period"), phi0=phi0)

    @property
    def recipe(self) -> Recipe:
        """The constructor call."""
        given = {name: getattr(self, name) for name in ("f1", "f2", "phi0") if getattr(self, name)}
        return Recipe.of("gpnb.Ephemeris()", name="ephemeris", epoch=self.epoch, f0=self.f0, **given)

    def seconds(self, time: Time) -> np.ndarray:
        """Time since the epoch, s."""
        epoch = to_time(self.epoch)
        scale = "tt" if epoch.scale in ("utc", "tai", "ut1") else epoch.scale
        return np.asarray((getattr(time, scale) - getattr(epoch, scale)).to_value("s"), dtype=float)

    def phase(self, time: Time) -> np.ndarray:
        """Phases of times, in turns from 0 (included) to 1."""
        return fold(self.seconds(time), self.f0, self.f1, self.f2, self.phi0)

    def turns(self, seconds: np.ndarray) -> np.ndarray:
        """Whole turns and phase at seconds since the epoch."""
        t = np.asarray(seconds, dtype=float)
        return np.asarray(t * (self.f0 + t * (self.f1 / 2 + t * self.f2 / 6)) + self.phi0)

    def seconds_of(self, turns: np.ndarray, near: float) -> np.ndarray:
        """When turns are reached, s since the epoch, by Newton's method from `near`."""
        t = np.full(np.shape(turns), float(near))
        for _ in range(_NEWTON):
            t = t - (self.turns(t) - turns) / (self.f0 + t * (self.f1 + t * self.f2 / 2))
        return t


@told
def phases(time: Any, ephemeris: Ephemeris | None = None) -> np.ndarray:
    """Phases of times, or of events.

    Parameters
    ----------
    time : Time or EventList
        Times are taken as they are: an ephemeris of a pulsar needs those at the barycentre of the solar system.
    ephemeris : Ephemeris, optional
        None: the events' own column, PHASE or PULSE_PHASE.

    Returns
    -------
    array
        In turns, from 0 (included) to 1.

    Raises
    ------
    SelectionError
        If there is neither an ephemeris nor a column.
    ArgumentError
        If `ephemeris` is none, or a phase of the column is no number.

    Examples
    --------
    >>> turn = Ephemeris.of_period("2020-01-01T00:00:00 tt", "4 d")
    >>> phases(Time(["2020-01-02", "2020-01-08"], scale="tt"), turn).round(6).tolist()
    [0.25, 0.75]
    """
    if ephemeris is not None:
        if not isinstance(ephemeris, Ephemeris):
            raise ArgumentError(f"ephemeris={ephemeris!r} must be gpnb.Ephemeris(epoch, f0, …).")
        return ephemeris.phase(time if isinstance(time, Time) else time.time)
    if isinstance(time, Time):
        raise SelectionError("Times have no phase without an ephemeris: give gpnb.Ephemeris(epoch, f0, …).")
    there = {name.upper() for name in time.column_names}
    column = next((name for name in PHASE_COLUMNS if name in there), None)
    if column is None:
        raise SelectionError(f"{time!r} has no column PHASE: give ephemeris=gpnb.Ephemeris(epoch, f0, …).")
    found = np.asarray(time.column(column), dtype=float)
    if not np.isfinite(found).all():
        raise ArgumentError(f"{time!r}: {int((~np.isfinite(found)).sum())} values of {column} are not numbers.")
    return wrapped(found)


def phase_intervals(value: Any, name: str = "phase") -> tuple[tuple[float, float], ...]:
    """Intervals of phase between 0 and 1, in rising order, of one or several pairs; what crosses 1 is split there.

    Parameters
    ----------
    value : pair of float, or sequence of pairs
        Lower (included) and upper end, ``(0.9, 0.1)`` and ``(0.9, 1.1)`` both being a fifth of a turn.
    name : str
        The argument's name, for the error.

    Raises
    ------
    ArgumentError
        If it is something else, longer than a turn, or intervals overlap.

    Examples
    --------
    >>> phase_intervals((0.75, 0.25))
    ((0.0, 0.25), (0.75, 1.0))
    """
    try:
        pairs = np.array(value, dtype=float).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name}={value!r} must be a pair of phases such as (0.3, 0.6), or several.") from error
    parts = sorted(part for low, high in pairs for part in _split(float(low), float(high), name))
    if not parts or any(first[1] > second[0] for first, second in pairwise(parts)):
        raise ArgumentError(f"{name}={value!r} must be intervals that do not overlap.")
    return tuple(parts)


def phase_width(intervals: tuple[tuple[float, float], ...]) -> float:
    """The part of a turn that intervals cover."""
    return sum(high - low for low, high in intervals)


def in_phase(phase: np.ndarray, intervals: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Which phases (from 0 to 1) lie in any of the intervals."""
    found = np.zeros(np.shape(phase), dtype=bool)
    for low, high in intervals:
        found |= (phase >= low) & (phase < high)
    return found


def _split(low: float, high: float, name: str) -> list[tuple[float, float]]:
    if 0 <= low < high <= 1:
        return [(low, high)]
    if -1 <= low < 0 <= high <= low + 1:
        low += 1
    elif 0 <= low < 1 < high <= low + 1:
        high -= 1
    if not 0 <= high < low <= 1:
        raise ArgumentError(f"{name}=({low:g}, {high:g}) must be a part of a turn, such as (0.3, 0.6) or (0.9, 0.1).")
    return [part for part in ((0.0, high), (low, 1.0)) if part[0] < part[1]]
