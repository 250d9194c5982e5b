"""Bins of time for light curves: runs, nights, given intervals, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from
from gpnb.datasets.container import twin_of
from gpnb.datasets.map import MapDataset
from gpnb.datasets.map_stack import stack_cubes
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.spectrum_stack import stack_spectra
from gpnb.estimate.counted import Counted, run_numbers, used_energies
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
    datasets : tuple of SpectrumDataset and MapDataset
        The data taken between.
    obs_ids : tuple of int
        The runs.
    """

    start: float
    stop: float
    datasets: tuple[Counted, ...]
    obs_ids: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Slot:
    """A bin of time before its data are cut out.

    Parameters
    ----------
    start, stop : float
        Its ends, s from the reference of the schedule.
    numbers : tuple of int
        Places in the schedule of the datasets that may have data in it.
    """

    start: float
    stop: float
    numbers: tuple[int, ...]


class Schedule:
    """Datasets in order of time, and when they were taken; runs that were cut once are quickly cut again.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset and MapDataset
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

    def __init__(self, datasets: Sequence[Counted]):
        zero = _gti(datasets[0]).reference
        shift = np.array([_shift(item, zero) for item in datasets])
        start = shift + [_gti(item).start_values[0] for item in datasets]
        stop = shift + [_gti(item).stop_values[-1] for item in datasets]
        order = np.argsort(start, kind="stable")
        self.datasets = tuple(datasets[number] for number in order)
        self.reference = zero + start[order[0]] * u.s
        self.start, self.stop = start[order] - start[order[0]], stop[order] - start[order[0]]
        self.splitter = Splitter()

    def whole(self, numbers: Sequence[int]) -> Slot:
        """A slot that is as long as its data."""
        places = list(numbers)
        return Slot(float(self.start[places].min()), float(self.stop[places].max()), tuple(places))

    def slots(self, bins: Any) -> list[Slot]:
        """Slots that may have data, in order of time; nothing is cut yet.

        Parameters
        ----------
        bins : str, Quantity, GTI, Axis or sequence of Time
            ``"run"``, ``"night"``, ``"gti"``, a width, good times, or edges or intervals.

        Raises
        ------
        SelectionError
            If no data lie in the bins.
        ArgumentError
            If `bins` is something else.
        """
        if isinstance(bins, str) and bins in ("run", "night"):
            groups = self.runs() if bins == "run" else self._nights()
            return [self.whole(group) for group in groups]
        low, high = self._intervals(bins)
        found = [slot for slot in self._between(low, high) if slot.numbers]
        if not found:
            raise SelectionError(f"No data were taken in the {len(low)} bins of time.")
        return found

    def fill(self, slot: Slot, stack: bool = False) -> TimeBin | None:
        """Cut the data of a slot; None if there are none.

        Parameters
        ----------
        slot : Slot
            Which.
        stack : bool
            Add its spectra up to one, and its cubes.

        Raises
        ------
        SelectionError
            If a run across an edge cannot be cut.
        """
        datasets = self._cut(slot)
        if not datasets:
            return None
        obs_ids = tuple(dict.fromkeys(number for item in datasets for number in run_numbers(item)))
        return TimeBin(slot.start, slot.stop, _stacked(datasets) if stack else datasets, obs_ids)

    def split(self, start: float, stop: float) -> tuple[list[Counted], list[Counted]]:
        """The data taken between two times (s from the reference), and the rest."""
        low, high = np.array([-np.inf, start, stop]), np.array([start, stop, np.inf])
        before, inside, after = (self._cut(slot) for slot in self._between(low, high))
        return list(inside), [*before, *after]

    def runs(self) -> list[list[int]]:
        """One group a run: it may have several datasets, such as event types."""
        groups: dict[Any, list[int]] = {}
        for number, item in enumerate(self.datasets):
            key = (run_numbers(item), twin_of(item.name)) if run_numbers(item) else f"dataset {number}"
            groups.setdefault(key, []).append(number)
        return list(groups.values())

    def _nights(self) -> list[list[int]]:
        """One group between long pauses: nights, wherever the telescopes stand."""
        last = np.maximum.accumulate(self.stop)[:-1]
        breaks = np.flatnonzero(self.start[1:] - last >= _DAYLIGHT) + 1
        return [group.tolist() for group in np.split(np.arange(len(self.datasets)), breaks)]

    def _intervals(self, bins: Any) -> tuple[np.ndarray, np.ndarray]:
        """Ends of bins, s from the reference."""
        if isinstance(bins, str) and bins == "gti":
            bins = GTI.union([_gti(item) for item in self.datasets])
        if isinstance(bins, GTI):
            shift = float(seconds_from(bins.reference, self.reference))
            return bins.start_values + shift, bins.stop_values + shift
        if isinstance(bins, str | u.Quantity):
            return self._of_width(to_float(bins, u.s, "bins"))
        if not isinstance(bins, Axis | Iterable):
            raise ArgumentError(f"bins={bins!r} must be 'run', 'night', 'gti', a width such as '10 min', or times.")
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

    def _between(self, low: np.ndarray, high: np.ndarray) -> list[Slot]:
        """One slot for each interval."""
        members: list[list[int]] = [[] for _ in low]
        for place, (start, stop) in enumerate(zip(self.start.tolist(), self.stop.tolist(), strict=True)):
            for number in np.flatnonzero((low < stop - _ROUNDING) & (high > start + _ROUNDING)).tolist():
                members[number].append(place)
        ends = zip(low.tolist(), high.tolist(), members, strict=True)
        return [Slot(start, stop, tuple(places)) for start, stop, places in ends]

    def _cut(self, slot: Slot) -> tuple[Counted, ...]:
        """The datasets of a slot, those that reach beyond it cut; those without data in it are left out."""
        parts: list[Counted | None] = []
        for number in slot.numbers:
            item, start, stop = self.datasets[number], self.start[number], self.stop[number]
            inside = slot.start <= start + _ROUNDING and stop - _ROUNDING <= slot.stop
            parts.append(item if inside else self.splitter.part(item, self.reference, slot.start, slot.stop))
        return tuple(part for part in parts if part is not None)


def _stacked(datasets: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """The sums of spectra and of cubes; one alone, and what has no usable bin, stays as it is."""
    stacks: list[tuple[type, Any]] = [(SpectrumDataset, stack_spectra), (MapDataset, stack_cubes)]
    found: list[Counted] = []
    for kind, stack in stacks:
        items = [item for item in datasets if isinstance(item, kind)]
        alone = len(items) < 2 or not any(used_energies(item).any() for item in items)
        found += items if alone else [stack(items, recipe=Recipe.memory("stacked"))]
    return tuple(found)


def joined(slots: Sequence[Slot]) -> Slot:
    """One slot from the first start to the last stop, with the data of all."""
    numbers = dict.fromkeys(number for one in slots for number in one.numbers)
    return Slot(min(one.start for one in slots), max(one.stop for one in slots), tuple(numbers))


def _shift(dataset: Counted, zero: Time) -> float:
    reference = _gti(dataset).reference
    return 0.0 if reference is zero else float(seconds_from(reference, zero))


def _gti(dataset: Counted) -> GTI:
    if dataset.gti is None or not len(dataset.gti):
        raise SelectionError(f"{dataset.name} has no good times, so its place in a light curve is not known.")
    return dataset.gti
