"""Temporal models given by tables: light curves, and curves against phase."""

from __future__ import annotations

import os
from typing import Any, Self

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import time_words, to_time
from gpnb.models.base import Declared
from gpnb.models.temporal import DAY, TemporalModel
from gpnb.models.temporal_file import read_curve, read_phases, write_columns


class _Lines:
    """Straight lines between nodes, flat beyond, and their integral."""

    def __init__(self, nodes: np.ndarray, values: np.ndarray):
        self.nodes, self.values = nodes, values
        self._before = np.concatenate([[0.0], np.cumsum(np.diff(nodes) * (values[1:] + values[:-1]) / 2)])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.interp(x, self.nodes, self.values))

    def integral_to(self, x: np.ndarray) -> np.ndarray:
        """From the first node."""
        inside = np.clip(x, self.nodes[0], self.nodes[-1])
        index = np.clip(np.searchsorted(self.nodes, inside, side="right") - 1, 0, len(self.nodes) - 2)
        part = (inside - self.nodes[index]) * (self.values[index] + self(inside)) / 2
        return np.asarray(self._before[index] + part + (x - inside) * self(x))


class LightCurveTemplate(TemporalModel):
    """A factor given at times, straight lines between them; the outer ones go on before and after.

    It has one parameter, a common factor, which says the same as the amplitude of a spectrum.

    Parameters
    ----------
    time : Time, or list of str
        The nodes, in rising order, at least two.
    values : list of float
        The factor there, not negative.
    norm : float
        Times all values.

    Examples
    --------
    >>> model = LightCurveTemplate(["2020-01-01T00:00:00 tt", "2020-01-01T01:00:00 tt"], [1.0, 3.0])
    >>> model(Time("2020-01-01T00:30:00", scale="tt")).round(6).item()
    2.0
    """

    norm = Declared(1.0, frozen=True)

    _origin = ""

    def __init__(self, time: Any, values: Any, **given: Any):
        super().__init__(**given)
        times = time if isinstance(time, Time) else Time([to_time(item, "time").tt for item in time])
        self._reference = Time(times.tt.ravel()[0])
        nodes = np.atleast_1d((times - self._reference).to_value("s"))
        self._lines = _Lines(nodes, _checked(nodes, values, "time"))

    @classmethod
    def read(cls, path: str | os.PathLike[str], **given: Any) -> Self:
        """Read a light curve in a layout of Gammapy 2.1: a table (FITS, ECSV) or a map (FITS) with an axis of time.

        Gammapy goes on in straight lines beyond the ends, down to zero; here the outer values go on.

        Parameters
        ----------
        path : path
            Of the file: columns TIME and NORM, and the keywords MJDREFI, MJDREFF and TIMESYS (UTC if it is missing).
        **given
            ``norm``.

        Raises
        ------
        DataFormatError
            If it holds no light curve, or one that depends on energy.
        """
        time, values = read_curve(path)
        return cls(time, values, **given)

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the factors, times `norm`, as a table that Gammapy reads: ECSV where the name ends so, else FITS."""
        whole = np.floor(self._reference.mjd)
        part = float((self._reference - Time(whole, format="mjd", scale="tt")).to_value("d"))
        columns = {"TIME": self._lines.nodes * u.s, "NORM": self.values[0] * self._lines.values}
        meta = {"MJDREFI": int(whole), "MJDREFF": part, "TIMESYS": "tt", "TIMEUNIT": "s"}
        write_columns(path, columns, meta, self.recipe, overwrite)

    @property
    def time(self) -> Time:
        """The nodes."""
        return self._reference + self._lines.nodes * u.s

    @property
    def timescale(self) -> float:
        """The shortest time between two nodes, s."""
        return float(np.diff(self._lines.nodes).min())

    @property
    def recipe(self) -> Recipe:
        """The constructor call, with the table."""
        return Recipe.of("gpnb.LightCurveTemplate()", time=self._texts(), values=self._table(), **self.arguments())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the table."""
        return {**super().to_dict(), "time": self._texts(), "values": self._table()}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("time", "values")}

    def _texts(self) -> list[str]:
        times = Time(self.time, format="isot", precision=9)
        return [f"{text} tt" for text in times.value.tolist()]

    def _table(self) -> list[float]:
        return list(self._lines.values.tolist())

    def _zero(self, reference: Time) -> float:
        return float((self._reference - reference).to_value("s"))

    def _factor(self, t: np.ndarray, norm: Any) -> np.ndarray:
        return np.asarray(norm * self._lines(t))

    def _integral(self, low: np.ndarray, high: np.ndarray, norm: Any) -> np.ndarray:
        return np.asarray(norm * (self._lines.integral_to(high) - self._lines.integral_to(low)))

    def __repr__(self) -> str:
        return f"LightCurveTemplate({len(self._lines.nodes)} times from {time_words(self._reference)})"


class PhaseCurve(TemporalModel):
    """A factor given at phases, straight lines between them: a pulsar or a binary.

    The phase is f0 t + f1 t²/2 + f2 t³/6 + phi0, t the time since `epoch`, counted in TT.

    Parameters
    ----------
    phase : list of float
        The nodes, rising from 0 to less than 1; the last is joined with the first.
    values : list of float
        The factor there, not negative.
    epoch : Quantity or str
        MJD (TT) in days.
    f0, f1, f2 : Quantity or str
        Frequency at the epoch and its derivatives.
    phi0 : float
        Phase at the epoch.

    All are frozen. Where good times are as short as the period, as with binaries, `phi0` or `f0` may be thawed; over
    many turns the mean of the curve is the same whatever they are, and data say nothing about them.

    Examples
    --------
    >>> model = PhaseCurve([0.0, 0.5], [0.0, 2.0], f0="1e-4 Hz", epoch="60000 d")
    >>> model(Time(60000, 2500 / 86400, format="mjd", scale="tt")).round(6).item()
    1.0
    """

    epoch = Declared(60000.0, "d", frozen=True)
    f0 = Declared(1.0, "Hz", frozen=True)
    f1 = Declared(0.0, "Hz s-1", frozen=True)
    f2 = Declared(0.0, "Hz s-2", frozen=True)
    phi0 = Declared(0.0, frozen=True)

    _origin = "epoch"

    def __init__(self, phase: Any, values: Any, **given: Any):
        super().__init__(**given)
        nodes = np.atleast_1d(np.asarray(phase, dtype=float))
        self._nodes = nodes, _checked(nodes, values, "phase")
        if not (nodes[0] >= 0 and nodes[-1] < 1):
            raise ArgumentError(f"phase={nodes.tolist()} must rise from 0 to less than 1.")
        ends = np.interp([0.0, 1.0], *self._nodes, period=1.0)
        inner = nodes > 0
        whole = np.concatenate([[0.0], nodes[inner], [1.0]])
        self._lines = _Lines(whole, np.concatenate([ends[:1], self._nodes[1][inner], ends[1:]]))

    @classmethod
    def read(cls, path: str | os.PathLike[str], normalize: bool = False, **given: Any) -> Self:
        """Read a phase curve in the layout of Gammapy 2.1: a table (FITS, ECSV) with columns PHASE and NORM.

        Parameters
        ----------
        path : path
            Of the file.
        normalize : bool
            Scale the factors to a mean of 1 over a turn, as Gammapy does if not told otherwise.
        **given
            The ephemeris: ``epoch``, ``f0``, ``f1``, ``f2``, ``phi0``. Gammapy's files hold none; those of `write` do.

        Raises
        ------
        DataFormatError
            If it holds no phase curve.
        """
        phase, values, known = read_phases(path, normalize)
        return cls(phase, values, **{**known, **given})

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write it as a table that Gammapy reads, phases 0 and 1 included, with the ephemeris in the header.

        ECSV where the name ends so, else FITS.
        """
        columns = {"PHASE": self._lines.nodes, "NORM": self._lines.values}
        meta = {name.upper(): value for name, value in zip(self.names, self.values, strict=True)}
        write_columns(path, columns, meta, self.recipe, overwrite)

    @property
    def timescale(self) -> float:
        """A radian of phase, s."""
        return 1 / (2 * np.pi * self.values[1])

    @property
    def maximum(self) -> float:
        """The largest factor."""
        return float(self._nodes[1].max())

    @property
    def recipe(self) -> Recipe:
        """The constructor call, with the table."""
        given: dict[str, Any] = {**self._table(), **self.arguments()}
        return Recipe.of("gpnb.PhaseCurve()", **given)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the table."""
        return {**super().to_dict(), **self._table()}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("phase", "values")}

    def _table(self) -> dict[str, list[float]]:
        return {"phase": self._nodes[0].tolist(), "values": self._nodes[1].tolist()}

    def _turns(self, t: np.ndarray, _: float, f0: float, f1: float, f2: float, phi0: float) -> np.ndarray:
        return np.asarray(t * (f0 + t * (f1 / 2 + t * f2 / 6)) + phi0)

    def _turn_slopes(self, t: np.ndarray) -> np.ndarray:
        """Derivatives of the phase with all parameters, at fixed times."""
        _, f0, f1, f2, _ = self.values
        return np.stack([-DAY * (f0 + t * (f1 + t * f2 / 2)), t, t**2 / 2, t**3 / 6, np.ones_like(t)])

    def _factor(self, t: np.ndarray, *values: float) -> np.ndarray:
        return self._lines(self._turns(t, *values) % 1.0)

    def _integral(self, low: np.ndarray, high: np.ndarray, *values: float) -> np.ndarray:
        """Over the turns, divided by the mean frequency: exact without f1, else to f1 (high − low)/f0."""
        first, last = self._turns(low, *values), self._turns(high, *values)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(high > low, self._over_turns(first, last) * (high - low) / (last - first), 0.0)

    def _over_turns(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Integral over phase: whole turns and parts."""
        whole = self._lines.integral_to(np.ones(())) * (np.floor(last) - np.floor(first))
        return np.asarray(whole + self._lines.integral_to(last % 1.0) - self._lines.integral_to(first % 1.0))

    def _slopes(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        first, last = self._turns(low, *self.values), self._turns(high, *self.values)
        from_first, from_last = self._turn_slopes(low), self._turn_slopes(high)
        ends = self._lines(last % 1.0) * from_last - self._lines(first % 1.0) * from_first
        with np.errstate(divide="ignore", invalid="ignore"):
            stretch = self._over_turns(first, last) / (last - first) * (from_last - from_first)
            return np.where(high > low, (ends - stretch) * (high - low) / (last - first), 0.0)

    def __repr__(self) -> str:
        return f"PhaseCurve({len(self._nodes[0])} phases, f0={self.values[1]:.6g} Hz)"


def _checked(nodes: np.ndarray, values: Any, name: str) -> np.ndarray:
    found = np.atleast_1d(np.asarray(values, dtype=float))
    if nodes.ndim != 1 or len(nodes) < 2 or not (np.diff(nodes) > 0).all():
        raise ArgumentError(f"{name} must be at least two nodes in rising order.")
    if found.shape != nodes.shape or not (found >= 0).all() or not np.isfinite(found).all():
        raise ArgumentError(f"values must be {len(nodes)} factors that are not negative, one for each {name}.")
    return found
