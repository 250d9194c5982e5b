"""What makes light curves: data and a spectral shape, ready for any bins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from
from gpnb.datasets.off_groups import off_rates
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.blocks import block_numbers
from gpnb.estimate.counted import (
    Counted,
    as_counted,
    energy_of,
    scales_backgrounds,
    used_energies,
    with_backgrounds,
)
from gpnb.estimate.curve_rows import CurveRows
from gpnb.estimate.flux_points import flux_points
from gpnb.estimate.norm_bins import models_of
from gpnb.estimate.norms import check_scan, edges_of, energy_cells, true_bounds
from gpnb.estimate.time_bins import Schedule, Slot, TimeBin, joined
from gpnb.estimate.time_split import can_be_cut
from gpnb.fitting.given import as_models, recipe_input
from gpnb.fitting.limits import Limits
from gpnb.products.flux_points import FluxPoints
from gpnb.products.light_curve import LightCurve

_BLOCKS = "bayesian-blocks"


class CurveMaker:
    """Makes light curves of the same data in any bins; runs that were cut once are quickly cut again.

    Parameters
    ----------
    datasets, result, source, cl, sided, limits, shape, refit, stack, n_scan, statistic
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
        shape: str,
        refit: bool,
        stack: bool,
        n_scan: int,
        statistic: str | None,
    ):
        self._limits = Limits(cl, sided, limits)
        check_scan(n_scan)
        if shape not in ("fixed", "free"):
            raise ArgumentError(f"shape={shape!r} must be 'fixed' or 'free'.")
        self._given = datasets, result
        self._settings: dict[str, Any] = {"source": source, "cl": cl, "sided": sided, "limits": limits}
        self._settings |= {"n_scan": n_scan, "statistic": statistic}
        self._n_scan, self._statistic, self._stack = n_scan, statistic, stack
        given, everything = as_counted(datasets), as_models(getattr(result, "models", result))
        self.models, self.target = models_of(everything, source, given, steady=True)
        others = [name for name in self.models.free if name.partition(".")[0] != self.target.name]
        self._scaled = refit and scales_backgrounds(everything)
        self._free, self._refit = shape == "free", refit and (bool(others) or self._scaled)
        self._choices = {"shape": "free" if self._free else None, "refit": refit or None, "stack": stack or None}
        self.schedule = Schedule(with_backgrounds(given, everything.resolved()))

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
            parts: tuple[Sequence[Counted], ...] = ((), self.schedule.datasets)
        else:
            start, stop = (float(seconds_from(end, self.schedule.reference)) for end in time)
            parts = self.schedule.split(start, stop)
        inside, rest = (self._points(part, energy_edges) for part in parts)
        return inside, rest

    def _points(self, datasets: Sequence[Counted], energy_edges: Any) -> FluxPoints | None:
        if not any(used_energies(item).any() for item in datasets):
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
        return Recipe.of("gpnb.light_curve()", name="curve", **given, **self._settings, **self._choices)

    def curve(
        self, bins: Any, energy_edges: Any, progress: bool | Report | None = None, cancel: CancelToken | None = None
    ) -> LightCurve:
        """The light curve in bins of time and of energy; see `gpnb.light_curve`."""
        edges = _whole_range(self.schedule.datasets) if energy_edges is None else edges_of(energy_edges)
        cells = _cells_of_blocks(bins)
        slots = self.schedule.slots(bins if cells is None else cells)
        if cells is not None:
            slots = self._blocks(slots, edges)
        making = self._making(slots, edges, self._limits, self._n_scan, self._free)
        return self._curve(
            making, track(slots, "Fitting the light curve", progress, cancel), self.recipe(bins, energy_edges), cancel
        )

    def _making(self, slots: Sequence[Slot], edges: np.ndarray, limits: Limits, n_scan: int, free: bool) -> CurveRows:
        """What makes the rows of a light curve."""
        used = sorted({number for slot in slots for number in slot.numbers})
        data = [self.schedule.datasets[number] for number in used]
        bands = energy_cells(data, edges)
        if not any((band >= 0).any() for band in bands):
            raise SelectionError(f"No bin of the data lies between {edges[0]:.3g} and {edges[-1]:.3g} TeV.")
        low, high = true_bounds(data, bands, edges)
        axes = {"e_ref": np.sqrt(low * high), "e_min": low, "e_max": high}
        rates = off_rates([item for item in data if isinstance(item, SpectrumDataset)])
        return CurveRows(
            self.models,
            self.target,
            edges,
            axes,
            free,
            self._refit,
            limits,
            n_scan,
            self._statistic,
            rates,
            self._scaled,
        )

    def _curve(
        self, making: CurveRows, slots: Iterable[Slot], recipe: Recipe, cancel: CancelToken | None = None
    ) -> LightCurve:
        found = making.rows(self._filled(slots), cancel)
        limits, fields = making.limits, {**making.axes, **found.fields}
        return LightCurve(
            **fields,
            time_min=self.schedule.reference + found.start * u.s,
            time_max=self.schedule.reference + found.stop * u.s,
            obs_ids=found.obs_ids,
            cl=limits.cl,
            sided=limits.sided,
            limits=limits.method,
            name=self.target.name,
            recipe=recipe,
            maker=self,
        )

    def _filled(self, slots: Iterable[Slot]) -> Iterator[TimeBin]:
        """Slots with their data, one after the other; those without are left out."""
        filled = (self.schedule.fill(slot, self._stack) for slot in slots)
        return (one for one in filled if one is not None)

    def _blocks(self, cells: Sequence[Slot], edges: np.ndarray) -> list[Slot]:
        """Bins of time joined where their flux over all bands, with its error, does not change."""
        found = self._making(cells, edges[[0, -1]], Limits(), 3, free=False).rows(self._filled(cells))
        ends = set(zip(found.start.tolist(), found.stop.tolist(), strict=True))
        cells = [cell for cell in cells if (cell.start, cell.stop) in ends]  # the others have no data
        flux = (found.fields[name][:, 0] for name in ("norm", "norm_err", "norm_errp"))
        block = block_numbers(0.5 * (found.start + found.stop), *flux)
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
    """Times one by one, as a recipe holds them; good times too, if they were made in memory."""
    if isinstance(bins, GTI) and bins.recipe == Recipe.memory("gti"):
        return _written(bins.intervals)
    if (isinstance(bins, Time) and bins.shape) or isinstance(bins, list | tuple):
        return [_written(item) for item in bins]
    return bins


def _whole_range(datasets: Sequence[Counted]) -> np.ndarray:
    """From the lowest to the highest usable bin of all."""
    used = [(energy_of(item), energies) for item in datasets if (energies := used_energies(item)).any()]
    if not used:
        raise SelectionError("No bin of the data is usable: look at the flags, or at .why(energy).")
    low = min(axis.low_values[energies].min() for axis, energies in used)
    return np.array([low, max(axis.high_values[energies].max() for axis, energies in used)])
