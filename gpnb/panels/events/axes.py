"""The axes of the histograms of events, in the units they are drawn in, and how brushed ranges become choices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.core.frames import separation
from gpnb.core.units import time_text, to_skycoord, to_time
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.events.view import EventsView
from gpnb.state.doors import range_ends

THETA2 = 0.3
"""Where the θ² plot ends, deg²."""

_SQUARES = 50
_WIDEST = 12.0
_FIELD = 99.5
"""Percentile of the offsets that images and the offset plot reach."""

_EACH = 4
"""Events a pixel of the image, about."""

_PIXELS = (40, 300)
"""Fewest and most pixels of the image a side."""

_CLOCKS = ((3 * 3600.0, 60.0, "min"), (72 * 3600.0, 3600.0, "h"), (math.inf, 86400.0, "d"))
"""Longest span, seconds of a unit, unit of a time axis."""


@dataclass(frozen=True, eq=False)
class EventAxis:
    """One axis.

    Attributes
    ----------
    name : str
        ``"energy"``, ``"time"``, ``"theta2"`` or ``"offset"``.
    title, label, facts : str
        Over the plot, at its axis, and beside the title.
    edges : ndarray
        Of the bins, in the unit of the label.
    log : bool
        Whether the axis is logarithmic.
    reference : Time, optional
        Of a time axis: where it starts.
    unit : float
        Of a time axis: seconds of its unit.
    """

    name: str
    title: str
    label: str
    edges: np.ndarray
    facts: str = ""
    log: bool = False
    reference: Time | None = None
    unit: float = 1.0

    def choice(self, low: float, high: float) -> Any:
        """What a brushed range chooses: TeV, deg or deg² as floats, times as text."""
        if self.reference is not None:
            return tuple(time_text(self.reference + round(end * self.unit, 1) * u.s) for end in (low, high))
        ends = (max(low, 0.0), high)
        return _neat(*(math.sqrt(end) for end in ends)) if self.name == "offset" else _neat(*ends)

    def span(self, chosen: Any) -> tuple[float, float] | None:
        """The range on the axis of what is chosen, cut at its ends; None for all."""
        if chosen is None:
            return None
        if self.reference is not None:
            ends = [(to_time(text) - self.reference).to_value("s") / self.unit for text in chosen]
        else:
            ends = list(range_ends(chosen))
            ends = [end * abs(end) for end in ends] if self.name == "offset" else ends
        low, high = (float(np.clip(end, self.edges[0], self.edges[-1])) for end in ends)
        return low, high

    def spans(self, pairs: tuple[tuple[str, str], ...]) -> list[tuple[float, float]]:
        """Ranges of times on a time axis, such as good times, not cut."""
        assert self.reference is not None
        ends = [[(to_time(text) - self.reference).to_value("s") / self.unit for text in pair] for pair in pairs]
        return [(float(low), float(high)) for low, high in ends]


def pointing_of(events: Any) -> Any:
    """The pointing, None if the header does not have it."""
    try:
        return events.pointing
    except DataFormatError:
        return None


def target_of(events: Any, view: EventsView) -> Any:
    """The target of the record, else the one of the header, if there are events around it."""
    if view.target:
        return to_skycoord(view.target)
    try:
        ra, dec = float(events.meta["RA_OBJ"]), float(events.meta["DEC_OBJ"])
    except (KeyError, TypeError, ValueError):
        return None
    near = np.flatnonzero(np.abs(events.dec_values - dec) < math.sqrt(THETA2))
    away = separation(events.ra_values[near], events.dec_values[near], ra, dec)  # some headers name a target far away
    return SkyCoord(ra, dec, unit="deg") if np.any(away**2 < THETA2) else None


def away_from(events: Any, center: Any) -> np.ndarray:
    """The angle of each event from a position, deg."""
    icrs = center.icrs
    return separation(events.ra_values, events.dec_values, icrs.ra.deg, icrs.dec.deg)


def image_geometry(events: Any, view: EventsView, pointing: Any, offset: Callable[[], np.ndarray]) -> WcsGeometry:
    """The pixels of the image: around what the record says, else around the pointing, wide enough for all events.

    The angle of each event from the pointing is asked for where it is the centre.
    """
    center, middle = to_skycoord(view.center) if view.center else pointing, np.zeros(2)
    if center is None:
        if len(events):
            middle = np.median([events.ra_values, events.dec_values], axis=1)
        center = SkyCoord(*middle, unit="deg")
    width = view.width if len(events) else view.width or 1.0
    given = bool(width and view.pixels)
    away = np.empty(0) if given else offset() if center is pointing else away_from(events, center)
    if width is None:
        width = float(np.clip(2.1 * np.percentile(away, _FIELD), 0.2, _WIDEST))
    pixels = view.pixels or _pixels_for(away, width)
    return WcsGeometry.create(center.icrs, binsz=f"{width / pixels} deg", npix=pixels)


def _pixels_for(away: np.ndarray, width: float) -> int:
    """Pixels a side in which there are a few events each, of which are told how far from the centre they lie."""
    inside = int((away < width / 2).sum())
    return int(np.clip(10 * round(math.sqrt(inside / _EACH) / 10), *_PIXELS))


def energy_axis(energy: np.ndarray, per_decade: int) -> EventAxis:
    """Bins whose edges divide decades evenly."""
    used = energy[np.isfinite(energy) & (energy > 0)]
    low, high = (float(used.min()), float(used.max())) if used.size else (0.1, 10.0)
    first, last = math.floor(math.log10(low) * per_decade), math.ceil(math.log10(high) * per_decade)
    edges = 10 ** (np.arange(first, max(last, first + 1) + 1) / per_decade)
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)  # rounding must lose no event
    return EventAxis("energy", "Energy", "Energy (TeV)", edges, log=True)


def time_axis(seconds: np.ndarray, reference: Time, bins: int) -> EventAxis:
    """Even bins from the first event to the last, in minutes, hours or days."""
    start, stop = (float(seconds.min()), float(seconds.max())) if seconds.size else (0.0, 1.0)
    span = max(stop - start, 0.06)
    unit, word = next((size, word) for most, size, word in _CLOCKS if span <= most)
    begin = reference + start * u.s
    facts = f"from MJD {begin.tt.mjd:.3f} TT"
    edges = np.linspace(0, span / unit, bins + 1)
    return EventAxis("time", "Time", f"Time ({word})", edges, facts, reference=begin, unit=unit)


def theta2_axis() -> EventAxis:
    """Even bins of θ²."""
    return EventAxis("theta2", "θ²", "θ² from the target (deg²)", np.linspace(0, THETA2, _SQUARES + 1))


def offset_axis(offset: np.ndarray) -> EventAxis:
    """Even bins of the offset squared, which are even in solid angle."""
    top = max(float(np.percentile(offset**2, _FIELD)), 1e-6) if offset.size else 1.0
    return EventAxis("offset", "Offset²", "Offset² from the pointing (deg²)", np.linspace(0, top, _SQUARES + 1))


def _neat(low: float, high: float) -> tuple[float, float]:
    """The ends with three digits, with more where they would be one."""
    found = [tuple(float(f"{end:.{digits}g}") for end in (low, high)) for digits in (3, 6, 12)]
    return next(((first, last) for first, last in found if first < last), (low, high))
