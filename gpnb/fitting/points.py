"""Flux points as the likelihood sees data: what carries fluxes in bins to the points, and their statistic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.light_curve import LightCurveDataset
from gpnb.datasets.spectrum import SpectrumDataset

KIND = "points"
"""What their statistic is called."""

_HALF_WIDTH = 1e-4
"""Of the bins around the energies of points, relative: the mean flux there is that at the energy to 1e-8."""


class PointsData:
    """Flux points in the clothes of a spectrum: bins of energy, and what carries their flux to the points.

    The bins are narrow ones round the points; of a light curve the bands themselves, in which it gives integral fluxes.

    Parameters
    ----------
    dataset : FluxPointsDataset
        The points.
    """

    def __init__(self, dataset: FluxPointsDataset):
        self.dataset = dataset
        self.name, self.usable = dataset.name, dataset.usable
        low, high, width = _bins(dataset)
        (self.low, self.high), place = np.unique([low, high], axis=1, return_inverse=True)  # of a light curve, few
        self.exposure = np.ones(len(self.low))
        self.edisp = np.zeros((len(self.low), len(width)))
        self.edisp[place.ravel(), np.arange(len(width))] = 1 / width
        self.counts = np.zeros(len(width))


def _bins(dataset: FluxPointsDataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of the bins whose flux is predicted, and what to divide it by for the differential flux at the points."""
    low, high = (dataset.energy * (1 + side * _HALF_WIDTH) for side in (-1, 1))
    width = high - low
    if isinstance(dataset, LightCurveDataset):
        points = dataset.points
        whole = np.isfinite(points.ref_flux) & (points.e_min < points.e_max)
        low, high = np.where(whole, points.e_min, low), np.where(whole, points.e_max, high)
        width = np.where(whole, points.ref_flux / points.ref_dnde, width)
    return low, high, width


Data = SpectrumDataset | PointsData
"""What responses and statistics are taken from."""


def true_bins(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the bins of true energy, TeV."""
    if isinstance(data, PointsData):
        return data.low, data.high
    edges = data.energy_true.edge_values
    return edges[:-1], edges[1:]


def as_data(datasets: Sequence[SpectrumDataset | FluxPointsDataset]) -> list[Data]:
    """Spectra as they are, points in their clothes."""
    return [PointsData(item) if isinstance(item, FluxPointsDataset) else item for item in datasets]


class Points:
    """−2 ln L of flux points; see `gpnb.fitting.terms.Term`."""

    def __init__(self, datasets: Sequence[PointsData]):
        ends = np.cumsum([int(item.usable.sum()) for item in datasets]).tolist()
        self._parts = [
            (item.dataset, slice(start, stop)) for item, start, stop in zip(datasets, [0, *ends], ends, strict=False)
        ]

    def __call__(self, signal: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Statistic, slope and weight of each usable point, given differential fluxes."""
        found = np.empty((3, signal.size))
        for dataset, place in self._parts:
            flux = np.zeros(dataset.usable.shape)
            flux[dataset.usable] = signal[place]
            for row, function in enumerate((dataset.statistic, dataset.gradient, dataset.weight)):
                found[row, place] = function(flux)[dataset.usable]
        return found[0], found[1], found[2]
