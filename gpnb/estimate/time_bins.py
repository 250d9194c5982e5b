"""Bins of time for light curves: runs, nights, given intervals, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.units import to_float
from gpnb.data.timeref import seconds_from
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.time_split import Splitter
from gpnb.maps.axis import Axis

_DAYLIGHT = 6 * 3600.0
"""A pause of at least so many seconds ends a night."""

_ROUNDING = 1e-3
"""Seconds that do not count."""


@dataclass(frozen=True, eq=False)
class TimeBin:
    """What is fitted as one point of a light curve.

    Parameters
    ----------
    start, stop : float
        Its ends, s from the reference of the schedule.
    datasets : tuple of SpectrumDataset
        The data taken between.
    """

    start: float
    stop: float
    datasets: tuple[SpectrumDataset, ...]

    @property
    def obs_ids(self) -> tuple[int, ...]:
        """The runs."""
        return tuple(dict.fromkeys(number for item in self.datasets for number in item.obs_ids))


class Schedule:
    """Datasets in order of time, and when they were taken; runs that were cut once are quickly cut again.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        With good times.

    Attributes
    ----------
    reference : Time
        From where seconds are counted: the first start.
    start, stop : array
        When each dataset begins and ends, s.

    Raises
    ------
    SelectionError
        If a dataset has no good times.
    """

    def __init__(self, datasets: Sequence[SpectrumDataset]):
        zero = _gti(datasets[0]).reference
        shift = np.array([_shift(item, zero) for item in datasets])
        start = shift + [_gti(item).start_values[0] for item in datasets]
        stop = shift + [_gti(item).stop_values[-1] for item in datasets]
        order = np.argsort(start, kind="stable")
        self.datasets = tuple(datasets[number] for number in order)
        self.reference = zero + start[order[0]] * u.s
        self.start, self.stop = start[order] - start[order[0]], stop[order] - start[order[0]]
        self.splitter = Splitter()

    def whole(self, numbers: Sequence[int]) -> TimeBin:
        """A bin that is as long as its data."""
        places = list(numbers)
        start, stop = float(self.start[places].min()), float(self.stop[places].max())
        return TimeBin(start, stop, tuple(self.datasets[number] for number in places))

    def bins(self, bins: Any, progress: bool | Report = False, cancel: CancelToken | None = None) -> list[TimeBin]:
        """Bins with their data, in order of time; those without data are left out.

        Parameters
        ----------
        bins : str, Quantity, Axis or sequence of Time
            ``"run"``, ``"night"``, a width, or edges or intervals. Runs across an edge are cut there, by their recipes.
        progress, cancel
            For the cutting.

        Raises
        ------
        SelectionError
            If no data lie in the bins, or a run cannot be cut.
        ArgumentError
            If `bins` is something else.
        """
        if isinstance(bins, str) and bins in ("run", "night"):
            groups = self.runs() if bins == "run" else self._nights()
            return [self.whole(group) for group in groups]
        low, high = self._intervals(bins)
        found = self._between(low, high, progress, cancel)
        if not found:
            raise SelectionError(f"No data were taken in the {len(low)} bins of time.")
        return found

    def split(self, start: float, stop: float) -> tuple[list[SpectrumDataset], list[SpectrumDataset]]:
        """The data taken between two times (s from the reference), and the rest."""
        low, high = np.array([-np.inf, start, stop]), np.array([start, stop, np.inf])
        before, inside, after = self._between(low, high, empty=True)
        return list(inside.datasets), [*before.datasets, *after.datasets]

    def runs(self) -> list[list[int]]:
        """One group a run: it may have several datasets, such as event types."""
        groups: dict[Any, list[int]] = {}
        for number, item in enumerate(self.datasets):
            groups.setdefault(item.obs_ids or f"dataset {number}", []).append(number)
        return list(groups.values())

    def _nights(self) -> list[list[int]]:
        """One group between long pauses: nights, wherever the telescopes stand."""
        last = np.maximum.accumulate(self.stop)[:-1]
        breaks = np.flatnonzero(self.start[1:] - last >= _DAYLIGHT) + 1
        return [group.tolist() for group in np.split(np.arange(len(self.datasets)), breaks)]

    def _intervals(self, bins: Any) -> tuple[np.ndarray, np.ndarray]:
        """Ends of bins, s from the reference."""
        if isinstance(bins, str | u.Quantity):
            return self._of_width(to_float(bins, u.s, "bins"))
        if not isinstance(bins, Axis | Iterable):
            raise ArgumentError(f"bins={bins!r} must be 'run', 'night', a width such as '10 min', or times.")
        axis = bins if isinstance(bins, Axis) else Axis.time(bins if isinstance(bins, Time) else list(bins))
        if axis.reference is None:
            raise ArgumentError(f"bins={bins!r} must be an axis of time.")
        shift = float(seconds_from(axis.reference, self.reference))
        return axis.low_values + shift, axis.high_values + shift

    def _of_width(self, width: float) -> tuple[np.ndarray, np.ndarray]:
        """Bins of one width from the first start on, those with data."""
        if not width > 0:
            raise ArgumentError(f"bins='{width:g} s' must be longer than no time.")
        first = np.floor(self.start / width + 1e-9).astype(int)
        last = np.ceil(self.stop / width - 1e-9).astype(int)
        numbers = {number for low, high in zip(first, last, strict=True) for number in range(low, high)}
        low = np.array(sorted(numbers)) * width
        return low, low + width

    def _between(
        self,
        low: np.ndarray,
        high: np.ndarray,
        progress: bool | Report = False,
        cancel: CancelToken | None = None,
        empty: bool = False,
    ) -> list[TimeBin]:
        """Bins with their data; those without only if asked for."""
        members: dict[int, list[SpectrumDataset]] = {}
        places = list(zip(self.datasets, self.start.tolist(), self.stop.tolist(), strict=True))
        for item, start, stop in track(places, "Cutting runs", progress, cancel):
            for number in np.flatnonzero((low < stop - _ROUNDING) & (high > start + _ROUNDING)).tolist():
                inside = low[number] <= start + _ROUNDING and stop - _ROUNDING <= high[number]
                ends = self.reference, float(low[number]), float(high[number])
                part = item if inside else self.splitter.part(item, *ends)
                if part is not None:
                    members.setdefault(number, []).append(part)
        numbers = range(len(low)) if empty else sorted(members)
        return [TimeBin(float(low[n]), float(high[n]), tuple(members.get(n, ()))) for n in numbers]


def joined(bins: Sequence[TimeBin]) -> TimeBin:
    """One bin from the first start to the last stop, with the data of all."""
    data = tuple(item for one in bins for item in one.datasets)
    return TimeBin(min(one.start for one in bins), max(one.stop for one in bins), data)


def _shift(dataset: SpectrumDataset, zero: Time) -> float:
    reference = _gti(dataset).reference
    return 0.0 if reference is zero else float(seconds_from(reference, zero))


def _gti(dataset: SpectrumDataset) -> Any:
    if dataset.gti is None or not len(dataset.gti):
        raise SelectionError(f"{dataset.name} has no good times, so its place in a light curve is not known.")
    return dataset.gti
