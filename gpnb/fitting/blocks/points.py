"""Flux points and light curves in a likelihood: fluxes at energies, or in bands, with the statistic of each point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.light_curve import LightCurveDataset
from gpnb.fitting.block import Bins, Period
from gpnb.fitting.blocks.binned import Binned
from gpnb.fitting.blocks.linear import Linear, slices
from gpnb.fitting.members import asks_of
from gpnb.fitting.terms import Term, Three

STATISTIC = "points"
"""What the statistic of points is called."""


class Points(Binned):
    """One block of all flux points: the differential flux at each."""

    @classmethod
    def made_of(  # points have a statistic of their own
        cls,
        datasets: Sequence[Any],
        models: Sequence[Any],
        statistic: str | None,  # noqa: ARG003
    ) -> list[Self]:
        """See `Block`."""

        def at_points(kept: Sequence[np.ndarray]) -> Linear:
            return cls._linear(datasets, kept, models)

        used = at_points([item.usable for item in datasets])
        whole = [np.ones_like(item.usable) for item in datasets]
        term = PointsTerm(datasets, used.places)
        return [cls(datasets, used, lambda: at_points(whole), term, (STATISTIC,), _estimates(datasets))]

    @staticmethod
    def measured(dataset: FluxPointsDataset) -> np.ndarray:
        """See `Block`."""
        return np.asarray(np.nan_to_num(dataset.points.column("dnde"), nan=-1.0))

    @classmethod
    def _linear(cls, datasets: Sequence[Any], kept: Sequence[np.ndarray], models: Sequence[Any]) -> Linear:
        rows = [[row[own] for row in cls._bands(item)] for item, own in zip(datasets, kept, strict=True)]
        low, high, width = (np.concatenate(row) for row in zip(*rows, strict=True))
        (low, high), place = np.unique([low, high], axis=1, return_inverse=True)  # a light curve has few bands
        place = place.ravel()
        owners, periods, first = [], [], 0
        for item, own in zip(datasets, kept, strict=True):
            period, interval, count = cls._time(item)
            owners.append(first + interval[own])
            periods.append(period)
            first += count
        asks = asks_of(models, Bins(low, high))
        places = slices([int(own.sum()) for own in kept])
        return Linear(asks, tuple(periods), lambda flux: flux[..., place] / width, np.concatenate(owners), places)

    @staticmethod
    def _bands(dataset: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ends of the bin of each point, and what to divide its flux by for the differential flux."""
        return dataset.energy, dataset.energy, np.ones(dataset.energy.shape)

    @staticmethod
    def _time(dataset: Any) -> tuple[Period, np.ndarray, int]:
        """When it was measured, the interval of each point, and how many there are."""
        return Period(dataset.name, None), np.zeros(dataset.energy.size, dtype=int), 1


class LightCurves(Points):
    """One block of all light curves: the flux in the band of each point, in its interval of time."""

    @staticmethod
    def _bands(dataset: LightCurveDataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        energy, points = dataset.energy, dataset.points
        whole = np.isfinite(points.ref_flux) & (points.e_min < points.e_max)
        low, high = np.where(whole, points.e_min, energy), np.where(whole, points.e_max, energy)
        return low, high, np.where(whole, points.ref_flux / points.ref_dnde, 1.0)

    @staticmethod
    def _time(dataset: LightCurveDataset) -> tuple[Period, np.ndarray, int]:
        return Period(dataset.name, dataset.gti, apart=True), dataset.interval, len(dataset.gti.start_values)


class PointsTerm(Term):
    """−2 ln L of usable points; see `gpnb.fitting.terms.Term`.

    Parameters
    ----------
    datasets : sequence of FluxPointsDataset
        The points.
    places : sequence of slice
        Where the usable ones of each lie.
    """

    def __init__(self, datasets: Sequence[FluxPointsDataset], places: Sequence[slice]):
        self._parts = list(zip(datasets, places, strict=True))

    def __call__(self, signal: np.ndarray) -> Three:
        """Statistic, slope and weight of each usable point, given differential fluxes."""
        if signal.ndim > 1:
            stat, slope, weight = (np.array(rows) for rows in zip(*(self(row) for row in signal), strict=True))
            return stat, slope, weight
        found = np.empty((3, signal.size))
        for dataset, place in self._parts:
            flux = np.zeros(dataset.usable.shape)
            flux[dataset.usable] = signal[place]
            for row, function in enumerate((dataset.statistic, dataset.gradient, dataset.weight)):
                found[row, place] = function(flux)[dataset.usable]
        return found[0], found[1], found[2]


def _estimates(datasets: Sequence[FluxPointsDataset]) -> tuple[np.ndarray, np.ndarray]:
    """Differential fluxes of the usable points and their errors; NaN for limits."""
    columns = [[item.points.column(name)[item.usable] for item in datasets] for name in ("dnde", "dnde_err")]
    value, error = (np.concatenate(rows) for rows in columns)
    limits = np.concatenate([item.points.is_ul[item.usable] for item in datasets])
    return np.where(limits, np.nan, value), error
