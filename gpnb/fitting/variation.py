"""Sources that vary in time: the mean of a light curve over the good time of each dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from
from gpnb.datasets.light_curve import LightCurveDataset
from gpnb.models.sky import SkyModel


def mean_factor(model: SkyModel, dataset: Any) -> float:
    """The mean flux of a source during a dataset, in parts of its spectral model; 1 if it is steady.

    Raises
    ------
    ArgumentError
        If it varies, and the dataset has no good times, or the mean is not a finite number.
    """
    if model.temporal is None:
        return 1.0
    mean = model.temporal.mean(_gti(model, dataset))
    if not 0 <= mean < np.inf:
        raise ArgumentError(_words(model, mean, dataset.name))
    return float(mean)


class MeanFactor:
    """The same for the bins of several datasets, as a function of the light curve's plain parameter values.

    Parameters
    ----------
    model : SkyModel
        A source that varies.
    datasets : sequence of SpectrumDataset or FluxPointsDataset
        The data; the intervals of all are compiled once.
    places : sequence of slice
        Where the bins of each lie among all.
    kept : sequence of array of bool
        Which bins of each lie there.

    Raises
    ------
    ArgumentError
        As for `mean_factor`.
    """

    def __init__(self, model: SkyModel, datasets: Sequence[Any], places: Sequence[slice], kept: Sequence[np.ndarray]):
        assert model.temporal is not None
        self._model = model.temporal
        times = [_gti(model, item) for item in datasets]
        self._reference: Time = times[0].reference
        shifts = [float(seconds_from(item.reference, self._reference)) for item in times]
        pairs = list(zip(times, shifts, strict=True))
        self._start = np.concatenate([item.start_values + shift for item, shift in pairs])
        self._stop = np.concatenate([item.stop_values + shift for item, shift in pairs])
        self._owner = np.zeros(max(place.stop for place in places), dtype=int)
        first: list[int] = []
        at = 0
        for item, gti, place, inside in zip(datasets, times, places, kept, strict=True):
            step, number = (1, item.interval) if isinstance(item, LightCurveDataset) else (len(gti.start_values), 0)
            self._owner[place] = np.broadcast_to(len(first) + number, inside.shape)[inside]
            first += range(at, at + len(gti.start_values), step)
            at += len(gti.start_values)
        self._first = np.array(first)
        self._seconds = np.add.reduceat(self._stop - self._start, self._first)
        self._check(model, datasets, places)

    def _check(self, model: SkyModel, datasets: Sequence[Any], places: Sequence[slice]) -> None:
        mean = self.value(self._model.values)
        for item, place in zip(datasets, places, strict=True):
            bad = mean[place][~((mean[place] >= 0) & (mean[place] < np.inf))]
            if bad.size:
                raise ArgumentError(_words(model, bad[0], item.name))

    def value(self, values: Sequence[float]) -> np.ndarray:
        """The factor of each bin."""
        return np.asarray(self.both(values, np.zeros(0, dtype=int))[0])

    def both(self, values: Sequence[float], places: np.ndarray) -> np.ndarray:
        """The factor and, in the rows below it, its derivatives with the parameters at these places."""
        model, between = self._model.with_values(values), (self._start, self._stop, self._reference)
        rows = model.integral_between(*between)[None]
        if places.size:
            rows = np.concatenate([rows, model.integral_gradient_between(*between)[places]])
        return np.asarray((np.add.reduceat(rows, self._first, axis=-1) / self._seconds)[:, self._owner])


def _gti(model: SkyModel, dataset: Any) -> GTI:
    gti: GTI | None = getattr(dataset, "gti", None)
    if gti is None or gti.seconds <= 0:
        raise ArgumentError(f"{model.name} varies in time, but {dataset.name} has no good times.")
    return gti


def _words(model: SkyModel, mean: float, where: str) -> str:
    return f"The mean of {model.temporal!r} over the good time of {where} is {mean:g}."
