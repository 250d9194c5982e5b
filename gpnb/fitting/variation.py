"""Sources that vary in time: the mean of a light curve over the good time of each dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from
from gpnb.fitting.block import Period
from gpnb.models.member import Member


def mean_factor(model: Member, dataset: Any) -> float:
    """The mean flux of a source during a dataset, in parts of its spectral model; 1 if it is steady.

    Raises
    ------
    ArgumentError
        If it varies, and the dataset has no good times, or the mean is not a finite number.
    """
    if model.temporal is None:
        return 1.0
    mean = model.temporal.mean(_gti(model, Period(dataset.name, getattr(dataset, "gti", None))))
    if not 0 <= mean < np.inf:
        raise ArgumentError(_words(model, mean, dataset.name))
    return float(mean)


class MeanFactor:
    """The same for several periods, as a function of the light curve's plain parameter values.

    Parameters
    ----------
    model : SkyModel
        A source that varies.
    periods : sequence of Period
        The intervals of all are compiled once; those of one that is apart give a number each.

    Raises
    ------
    ArgumentError
        As for `mean_factor`.
    """

    def __init__(self, model: Member, periods: Sequence[Period]):
        assert model.temporal is not None
        self._model = model.temporal
        times = [_gti(model, item) for item in periods]
        self._reference: Time = times[0].reference
        shifts = [float(seconds_from(item.reference, self._reference)) for item in times]
        pairs = list(zip(times, shifts, strict=True))
        self._start = np.concatenate([item.start_values + shift for item, shift in pairs])
        self._stop = np.concatenate([item.stop_values + shift for item, shift in pairs])
        firsts = [_firsts(item, len(gti.start_values)) for item, gti in zip(periods, times, strict=True)]
        ends = np.cumsum([0, *(len(gti.start_values) for gti in times)])
        self._first = np.concatenate([first + end for first, end in zip(firsts, ends, strict=False)])
        self._seconds = np.add.reduceat(self._stop - self._start, self._first)
        self._check(model, [item.name for item, first in zip(periods, firsts, strict=True) for _ in first])

    def _check(self, model: Member, names: Sequence[str]) -> None:
        mean = self.value(self._model.values)
        bad = np.flatnonzero(~((mean >= 0) & (mean < np.inf)))
        if bad.size:
            raise ArgumentError(_words(model, mean[bad[0]], names[bad[0]]))

    def value(self, values: Sequence[float]) -> np.ndarray:
        """The factors."""
        return np.asarray(self.both(values, np.zeros(0, dtype=int))[0])

    def many(self, values: np.ndarray) -> np.ndarray:
        """The factors for many sets of values, one a row."""
        return np.array([self.value(row) for row in values.tolist()])

    def both(self, values: Sequence[float], places: np.ndarray) -> np.ndarray:
        """The factors and, in the rows below, their derivatives with the parameters at these places."""
        model, between = self._model.with_values(values), (self._start, self._stop, self._reference)
        rows = model.integral_between(*between)[None]
        if places.size:
            rows = np.concatenate([rows, model.integral_gradient_between(*between)[places]])
        return np.asarray(np.add.reduceat(rows, self._first, axis=-1) / self._seconds)


def _firsts(period: Period, count: int) -> np.ndarray:
    """Where among its intervals each number of a period begins."""
    return np.arange(count) if period.apart else np.zeros(1, dtype=int)


def _gti(model: Member, period: Period) -> GTI:
    if period.gti is None or period.gti.seconds <= 0:
        raise ArgumentError(f"{model.name} varies in time, but {period.name} has no good times.")
    return period.gti


def _words(model: Member, mean: float, where: str) -> str:
    return f"The mean of {model.temporal!r} over the good time of {where} is {mean:g}."
