"""What an event explorer shows of a record: an image and histograms, each filtered by all the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from astropy import units as u
from regions import CircleAnnulusSkyRegion, CircleSkyRegion

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_time
from gpnb.data.gti import GTI
from gpnb.data.live_time import live_fraction
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.events import axes as ax
from gpnb.panels.events.axes import EventAxis
from gpnb.panels.events.cross_filter import CrossFilter, Dimension
from gpnb.panels.events.view import EventsView
from gpnb.state.doors import energies, range_ends, span

_FEW = 4
"""All events are drawn as they are up to this many times those chosen."""

FILTERS = ("sky", "energy", "time", "theta2", "offset")


@dataclass(frozen=True, eq=False)
class EventCounts:
    """What is shown.

    Attributes
    ----------
    geom : WcsGeometry
        Of the image.
    axes : dict of EventAxis
        By name; no θ² without a target, no offset without a pointing.
    every, chosen : dict of ndarray
        Histograms of all events, and of those that pass the filters of all others; ``"sky"`` is the image.
    total, size : int
        How many events pass every filter, and how many there are.
    """

    geom: WcsGeometry
    axes: dict[str, EventAxis]
    every: dict[str, np.ndarray]
    chosen: dict[str, np.ndarray]
    total: int
    size: int

    def is_filtered(self, name: str) -> bool:
        """Whether filters of other histograms take events out of one."""
        return not np.array_equal(self.every[name], self.chosen[name])

    def divisor(self, name: str) -> int:
        """What all events are divided by, to be drawn behind those chosen: 1, or 2, 5, 10 … where few are chosen."""
        most, kept = (max(int(counts[name].max()), 1) for counts in (self.every, self.chosen))
        if self.axes[name].log or most <= _FEW * kept:
            return 1
        steps: Iterator[int] = (base * 10**power for power in range(12) for base in (1, 2, 5))
        return next(step for step in steps if most / step <= kept)

    def top(self, name: str) -> float:
        """The highest count that is drawn."""
        return max(float(self.every[name].max()) / self.divisor(name), float(self.chosen[name].max()), 1.0)


class EventFilter:
    """The events of a list in the bins and filters of records.

    Parameters
    ----------
    events : EventList
        What is counted.
    """

    def __init__(self, events: Any):
        self._events = events
        self._cross = CrossFilter(len(events), FILTERS)
        self._made: dict[str, tuple[Hashable, Any]] = {}

    def counts(self, view: EventsView) -> EventCounts:
        """Image and histograms of a record.

        Raises
        ------
        ArgumentError
            If the record filters by something that the events do not have.
        """
        self._set_filters(view)
        axes, dimensions = self.axes(view), self._dimensions(view)
        every = {
            name: self._keep(f"every {name}", dimension, dimension.count) for name, dimension in dimensions.items()
        }
        chosen = self._cross.counts(dimensions)
        return EventCounts(self.geometry(view), axes, every, chosen, self._cross.total, len(self._events))

    def passing(self, view: EventsView) -> np.ndarray:
        """The mask of the events that pass every filter of a record."""
        self._set_filters(view)
        return self._cross.passing()

    def axes(self, view: EventsView) -> dict[str, EventAxis]:
        """The axes of the histograms."""
        events = self._events
        made = {
            "energy": self._keep(
                "energy axis", view.per_decade, lambda: ax.energy_axis(events.energy_values, view.per_decade)
            ),
            "time": self._keep(
                "time axis",
                view.time_bins,
                lambda: ax.time_axis(events.time_values, events.time_reference, view.time_bins),
            ),
        }
        if self.target(view) is not None:
            made["theta2"] = self._keep("theta2 axis", None, ax.theta2_axis)
        if self.pointing is not None:
            made["offset"] = self._keep("offset axis", None, lambda: ax.offset_axis(self._offset()))
        return made

    def geometry(self, view: EventsView) -> WcsGeometry:
        """The pixels of the image."""
        key = (view.center, view.width, view.pixels)
        made: WcsGeometry = self._keep(
            "geometry", key, lambda: ax.image_geometry(self._events, view, self.pointing, self._offset)
        )
        return made

    def target(self, view: EventsView) -> Any:
        """Where θ is counted from, or None."""
        return self._keep("target", view.target, lambda: ax.target_of(self._events, view))

    @property
    def pointing(self) -> Any:
        """Where the telescopes pointed, or None."""
        return self._keep("pointing", None, lambda: ax.pointing_of(self._events))

    def _dimensions(self, view: EventsView) -> dict[str, Dimension]:
        made = {"sky": self._keep("sky", self.geometry(view), lambda: self._pixels(view))}
        for name, axis in self.axes(view).items():
            key = (axis, view.target) if name == "theta2" else axis
            made[name] = self._keep(name, key, partial(self._binned, axis, view))
        return made

    def _pixels(self, view: EventsView) -> Dimension:
        geom = self.geometry(view)
        return Dimension.of_pixels(
            *geom.pixel_icrs(self._events.ra_values, self._events.dec_values), (geom.ny, geom.nx)
        )

    def _binned(self, axis: EventAxis, view: EventsView) -> Dimension:
        return Dimension.of_values(self._values(axis, view), axis.edges)

    def _values(self, axis: EventAxis, view: EventsView) -> np.ndarray:
        """The value of each event in the unit of an axis."""
        events = self._events
        if axis.name == "time":
            seconds = events.time_values
            return np.asarray((seconds - (seconds.min() if len(seconds) else 0.0)) / axis.unit)
        makers: dict[str, Callable[[], np.ndarray]] = {
            "energy": lambda: events.energy_values,
            "theta2": lambda: self._theta(view) ** 2,
            "offset": lambda: self._offset() ** 2,
        }
        return makers[axis.name]()

    def _theta(self, view: EventsView) -> np.ndarray:
        target = self.target(view)
        if target is None:
            raise ArgumentError("theta2: there is no target that θ could be counted from; set target.")
        made: np.ndarray = self._keep("theta", view.target, lambda: ax.away_from(self._events, target))
        return made

    def _offset(self) -> np.ndarray:
        if self.pointing is None:
            raise ArgumentError("offset: the header of the events has no pointing (RA_PNT, DEC_PNT).")
        made: np.ndarray = self._keep("offsets", None, lambda: ax.away_from(self._events, self.pointing))
        return made

    def _set_filters(self, view: EventsView) -> None:
        masks: dict[str, tuple[Any, Callable[[], np.ndarray]]] = {
            "sky": (view.region, lambda: self._events.inside(view.region)),
            "energy": (view.energy, lambda: _within(self._events.energy_values, *range_ends(view.energy))),
            "time": (view.time, lambda: _within(self._events.time_values, *seconds_of(self._events, view.time))),
            "theta2": (view.theta2, lambda: _within(self._theta(view), *theta_ends(view))),
            "offset": (view.offset, lambda: _within(self._offset(), *range_ends(view.offset))),
        }
        for name, (value, make) in masks.items():
            known = (value, view.target) if value and name == "theta2" else value or None
            if not self._cross.is_set(name, known):
                self._cross.keep(name, known, make() if value else None)

    def _keep(self, name: str, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made with the same key, else made now."""
        kept = self._made.get(name)
        if kept is None or not (kept[0] is key or kept[0] == key):
            kept = self._made[name] = (key, make())
        return kept[1]


def select_events(events: Any, view: EventsView) -> Any:
    """The events that pass every filter of a record, by calls of `EventList.select`."""
    deg = span("deg")
    given = {
        "energy": energies.write(view.energy) if view.energy else None,
        "time": view.time,
        "region": view.region or None,
        "offset": deg.write(view.offset) if view.offset else None,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    found = events.select(**asked) if asked else events
    return found if view.theta2 is None else found.select(region=_ring(events, view))


def live_seconds(events: Any, view: EventsView) -> float | None:
    """The live time within the good times and the chosen time; None where the record or the header does not tell."""
    if not view.gti or not {"DEADC", "LIVETIME"} & set(events.meta):
        return None
    ends = np.array([seconds_of(events, pair) for pair in view.gti])
    times = GTI(ends[:, 0], ends[:, 1], events.time_reference)
    whole = times.seconds
    fraction = live_fraction({}, events.meta, lambda: whole, "events")
    if view.time is not None:
        times = times.select((to_time(view.time[0]), to_time(view.time[1])))
    return times.seconds * fraction


def seconds_of(events: Any, pair: tuple[str, str] | None) -> tuple[float, float]:
    """A range of times as seconds from the reference of the events."""
    start, stop = ((to_time(text) - events.time_reference).to_value("s") for text in pair or ())
    return float(start), float(stop)


def theta_ends(view: EventsView) -> tuple[float, float]:
    """The range of θ, deg."""
    low, high = range_ends(view.theta2)
    return math.sqrt(max(low, 0.0)), math.sqrt(high)


def _ring(events: Any, view: EventsView) -> Any:
    target = ax.target_of(events, view)
    if target is None:
        raise ArgumentError("theta2: there is no target that θ could be counted from; set target.")
    low, high = theta_ends(view)
    high = min(high, 180.0)
    if low == 0:
        return CircleSkyRegion(target, high * u.deg)
    return CircleAnnulusSkyRegion(target, low * u.deg, high * u.deg)


def _within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.asarray((values >= low) & (values < high))
