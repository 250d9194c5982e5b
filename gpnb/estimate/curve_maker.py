"""What makes light curves: data and a spectral shape, ready for any bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.stats import bayesian_blocks
from astropy.time import Time

from gpnb.core.errors import SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.data.timeref import seconds_from
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.flux_points import flux_points
from gpnb.estimate.norm_bins import models_of
from gpnb.estimate.norm_profile import Limits
from gpnb.estimate.norms import check_scan, edges_of, energy_cells, fitted_norms, true_bounds
from gpnb.estimate.time_bins import Schedule, TimeBin, joined
from gpnb.estimate.time_split import can_be_cut
from gpnb.fitting.given import as_datasets, recipe_input
from gpnb.products.flux_points import FluxPoints
from gpnb.products.light_curve import LightCurve
from gpnb.products.sed import reference_columns

_BLOCKS = "bayesian-blocks"
_FALSE_BLOCKS = 0.05
"""Probability of a change of flux that is none, for Bayesian blocks."""


class CurveMaker:
    """Makes light curves of the same data in any bins; runs that were cut once are quickly cut again.

    Parameters
    ----------
    datasets, result, source, cl, sided, limits, n_scan, statistic
        See `gpnb.light_curve`.

    Attributes
    ----------
    schedule : Schedule
        The data in order of time.
    """

    def __init__(
        self,
        datasets: Any,
        result: Any,
        source: str | None,
        cl: float,
        sided: int,
        limits: str,
        n_scan: int,
        statistic: str | None,
    ):
        self._limits = Limits(cl, sided, limits)
        check_scan(n_scan)
        self._given = datasets, result
        self._settings: dict[str, Any] = {"source": source, "cl": cl, "sided": sided, "limits": limits}
        self._settings |= {"n_scan": n_scan, "statistic": statistic}
        self._n_scan, self._statistic = n_scan, statistic
        self.models, self.target = models_of(result, source)
        self.schedule = Schedule(as_datasets(datasets))

    @property
    def can_cut(self) -> bool:
        """Whether runs can be cut in time."""
        return all(can_be_cut(item) for item in self.schedule.datasets)

    def spectra(self, time: tuple[Time, Time] | None, energy_edges: Any) -> tuple[FluxPoints | None, FluxPoints | None]:
        """Flux points of the data between two times, and of the rest; None where there are no data.

        Raises
        ------
        SelectionError
            If a run across an end cannot be cut.
        """
        if time is None:
            parts: tuple[Sequence[SpectrumDataset], ...] = ((), self.schedule.datasets)
        else:
            start, stop = (float(seconds_from(end, self.schedule.reference)) for end in time)
            parts = self.schedule.split(start, stop)
        inside, rest = (self._points(part, energy_edges) for part in parts)
        return inside, rest

    def _points(self, datasets: Sequence[SpectrumDataset], energy_edges: Any) -> FluxPoints | None:
        if not any(item.usable.any() for item in datasets):
            return None
        return flux_points(datasets, self.models, energy_edges, **{**self._settings, "source": self.target.name})

    @property
    def energy_range(self) -> tuple[float, float]:
        """From the lowest to the highest usable bin of all data, TeV."""
        low, high = _whole_range(self.schedule.datasets)
        return float(low), float(high)

    def recipe(self, bins: Any, energy_edges: Any) -> Recipe:
        """The call that makes the light curve in these bins."""
        datasets, result = self._given
        given = {
            "datasets": recipe_input(datasets),
            "result": result,
            "bins": _written(bins),
            "energy_edges": energy_edges,
        }
        return Recipe.of("gpnb.light_curve()", name="curve", **given, **self._settings)

    def curve(
        self, bins: Any, energy_edges: Any, progress: bool | Report = False, cancel: CancelToken | None = None
    ) -> LightCurve:
        """The light curve in bins of time and of energy; see `gpnb.light_curve`."""
        edges = _whole_range(self.schedule.datasets) if energy_edges is None else edges_of(energy_edges)
        cells = _cells_of_blocks(bins)
        found = self.schedule.bins(bins if cells is None else cells, progress, cancel)
        if cells is not None:
            found = self._blocks(found, edges)
        recipe = self.recipe(bins, energy_edges)
        (curve,) = [
            self._curve(one, edges, self._limits, self._n_scan, recipe)
            for one in track([found], "Fitting the light curve", progress, cancel)
        ]
        return curve

    def _curve(
        self, found: Sequence[TimeBin], edges: np.ndarray, limits: Limits, n_scan: int, recipe: Recipe
    ) -> LightCurve:
        data = [item for one in found for item in one.datasets]
        owner = [number for number, one in enumerate(found) for _ in one.datasets]
        bands = energy_cells(data, edges)
        if not any((band >= 0).any() for band in bands):
            raise SelectionError(f"No bin of the data lies between {edges[0]:.3g} and {edges[-1]:.3g} TeV.")
        shape = len(found), len(edges) - 1
        cells = [np.where(band >= 0, number * shape[1] + band, -1) for number, band in zip(owner, bands, strict=True)]
        low, high = true_bounds(data, bands, edges)
        axes = {"e_ref": np.sqrt(low * high), "e_min": low, "e_max": high}
        return LightCurve(
            **axes,
            **reference_columns(self.target.spectral, **axes),
            **fitted_norms(data, cells, shape, self.models, self.target, limits, n_scan, self._statistic),
            time_min=self.schedule.reference + np.array([one.start for one in found]) * u.s,
            time_max=self.schedule.reference + np.array([one.stop for one in found]) * u.s,
            obs_ids=tuple(one.obs_ids for one in found),
            cl=limits.cl,
            sided=limits.sided,
            limits=limits.method,
            name=self.target.name,
            recipe=recipe,
            maker=self,
        )

    def _blocks(self, cells: Sequence[TimeBin], edges: np.ndarray) -> list[TimeBin]:
        """Bins of time joined where their flux over all bands, with its error, does not change."""
        curve = self._curve(cells, edges[[0, -1]], Limits(), 3, Recipe.memory("cells"))
        days = np.array([0.5 * (one.start + one.stop) for one in cells]) / 86400
        known = np.isfinite(curve.norm[:, 0]) & (curve.norm_err[:, 0] > 0)
        if known.sum() < 2:
            return [joined(cells)]
        ends = bayesian_blocks(
            days[known], curve.norm[known, 0], curve.norm_err[known, 0], fitness="measures", p0=_FALSE_BLOCKS
        )
        block = np.clip(np.searchsorted(ends, days, side="right") - 1, 0, len(ends) - 2)
        owners = [np.flatnonzero(block == chosen).tolist() for chosen in np.unique(block)]
        return [joined([cells[number] for number in owner]) for owner in owners]


def _cells_of_blocks(bins: Any) -> Any:
    """The bins that Bayesian blocks are joined from; None where no blocks are asked for."""
    if isinstance(bins, str) and bins == _BLOCKS:
        return "run"
    if isinstance(bins, tuple | list) and len(bins) == 2 and isinstance(bins[0], str) and bins[0] == _BLOCKS:
        return bins[1]
    return None


def _written(bins: Any) -> Any:
    """Times one by one, as a recipe holds them."""
    if (isinstance(bins, Time) and bins.shape) or isinstance(bins, list | tuple):
        return [_written(item) for item in bins]
    return bins


def _whole_range(datasets: Sequence[SpectrumDataset]) -> np.ndarray:
    """From the lowest to the highest usable bin of all."""
    used = [item for item in datasets if item.usable.any()]
    if not used:
        raise SelectionError("No bin of the data is usable: look at the flags, or at .why(energy).")
    low = min(item.energy.low_values[item.usable].min() for item in used)
    return np.array([low, max(item.energy.high_values[item.usable].max() for item in used)])
