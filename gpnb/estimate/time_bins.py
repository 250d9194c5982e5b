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
    start, stop : Time
        Its ends.
    datasets : tuple of SpectrumDataset
        The data taken between.
    """

    start: Time
    stop: Time
    datasets: tuple[SpectrumDataset, ...]

    @property
    def obs_ids(self) -> tuple[int, ...]:
        """The runs."""
        return tuple(dict.fromkeys(number for item in self.datasets for number in item.obs_ids))


def time_bins(
    datasets: Sequence[SpectrumDataset],
    bins: Any,
    progress: bool | Report = False,
    cancel: CancelToken | None = None,
) -> list[TimeBin]:
    """Bins with their data, in order of time; those without data are left out.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        With good times.
    bins : str, Quantity, Axis or sequence of Time
        ``"run"``, ``"night"``, a width, or edges or intervals. Runs across an edge are cut there, by their recipes.
    progress, cancel
        For the cutting.

    Raises
    ------
    SelectionError
        If a dataset has no good times, or no data lie in the bins.
    ArgumentError
        If `bins` is something else.
    """
    ordered = sorted(datasets, key=lambda item: float(_start(item).tt.mjd))
    if isinstance(bins, str) and bins in ("run", "night"):
        groups = _by_run(ordered) if bins == "run" else _by_pause(ordered)
        return [whole(group) for group in groups]
    intervals = _intervals(ordered, bins)
    found = _in_intervals(ordered, intervals, progress, cancel)
    if not found:
        raise SelectionError(f"No data were taken in the {len(intervals.low)} bins of time.")
    return found


@dataclass(frozen=True, eq=False)
class _Intervals:
    """Bins of time, s from a reference."""

    reference: Time
    low: np.ndarray
    high: np.ndarray

    def ends(self, number: int) -> tuple[Time, Time]:
        """Start and stop of one."""
        return self.reference + self.low[number] * u.s, self.reference + self.high[number] * u.s


def whole(datasets: Sequence[SpectrumDataset]) -> TimeBin:
    """A bin that is as long as its data."""
    return TimeBin(min(_start(item) for item in datasets), max(_stop(item) for item in datasets), tuple(datasets))


def _by_run(datasets: Sequence[SpectrumDataset]) -> list[list[SpectrumDataset]]:
    """One group a run: it may have several datasets, such as event types."""
    groups: dict[Any, list[SpectrumDataset]] = {}
    for number, item in enumerate(datasets):
        groups.setdefault(item.obs_ids or f"dataset {number}", []).append(item)
    return list(groups.values())


def _by_pause(datasets: Sequence[SpectrumDataset]) -> list[list[SpectrumDataset]]:
    """One group between long pauses: nights, wherever the telescopes stand."""
    groups: list[list[SpectrumDataset]] = []
    for item in datasets:
        last = max((_stop(other) for other in groups[-1]), default=None) if groups else None
        if last is None or (_start(item) - last).to_value("s") >= _DAYLIGHT:
            groups.append([])
        groups[-1].append(item)
    return groups


def _intervals(datasets: Sequence[SpectrumDataset], bins: Any) -> _Intervals:
    if isinstance(bins, str | u.Quantity):
        return _of_width(datasets, to_float(bins, u.s, "bins"))
    if not isinstance(bins, Axis | Iterable):
        raise ArgumentError(f"bins={bins!r} must be 'run', 'night', a width such as '10 min', or times.")
    axis = bins if isinstance(bins, Axis) else Axis.time(bins if isinstance(bins, Time) else list(bins))
    if axis.reference is None:
        raise ArgumentError(f"bins={bins!r} must be an axis of time.")
    return _Intervals(axis.reference, axis.low_values, axis.high_values)


def _of_width(datasets: Sequence[SpectrumDataset], width: float) -> _Intervals:
    """Bins of one width from the first start on, those with data."""
    if not width > 0:
        raise ArgumentError(f"bins='{width:g} s' must be longer than no time.")
    reference = _start(datasets[0])
    numbers: set[int] = set()
    for item in datasets:
        first, last = ((time - reference).to_value("s") / width for time in (_start(item), _stop(item)))
        numbers |= set(range(int(np.floor(first + 1e-9)), int(np.ceil(last - 1e-9))))
    low = np.array(sorted(numbers)) * width
    return _Intervals(reference, low, low + width)


def _in_intervals(
    datasets: Sequence[SpectrumDataset], bins: _Intervals, progress: bool | Report, cancel: CancelToken | None
) -> list[TimeBin]:
    members: dict[int, list[SpectrumDataset]] = {}
    splitter = Splitter()
    for item in track(datasets, "Cutting runs", progress, cancel):
        start, stop = ((time - bins.reference).to_value("s") for time in (_start(item), _stop(item)))
        for number in np.flatnonzero((bins.low < stop - _ROUNDING) & (bins.high > start + _ROUNDING)).tolist():
            inside = bins.low[number] <= start + _ROUNDING and stop - _ROUNDING <= bins.high[number]
            part = item if inside else splitter.part(item, *bins.ends(number))
            if part is not None:
                members.setdefault(number, []).append(part)
    return [TimeBin(*bins.ends(number), tuple(members[number])) for number in sorted(members)]


def _start(dataset: SpectrumDataset) -> Time:
    return _gti(dataset).start[0]


def _stop(dataset: SpectrumDataset) -> Time:
    return _gti(dataset).stop[-1]


def _gti(dataset: SpectrumDataset) -> Any:
    if dataset.gti is None or not len(dataset.gti):
        raise SelectionError(f"{dataset.name} has no good times, so its place in a light curve is not known.")
    return dataset.gti
