"""The doors of the view records: how their fields are given by people, and written as code."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import region_text, to_regions
from gpnb.core.units import skycoord_text, time_text, to_array, to_float, to_range, to_skycoord, to_time
from gpnb.state.record import Door

Span = tuple[float | None, float | None]
"""A range whose ends may be open."""

OVERLAY_COLOUR = "#56B4E9"
"""Of overlays that do not say."""

_PLACE = 6
"""Digits after the point of a peak's position, deg: some milli-arcseconds."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def quantity(unit: str) -> Door:
    """One value with a unit, kept as a float in `unit`."""
    return Door(lambda value, name: to_float(value, unit, name), lambda value: f"{value!r} {unit}".strip())


def quantities(unit: str) -> Door:
    """Several values with a unit, kept as floats in `unit`."""
    return Door(
        lambda value, name: tuple(to_array(value, unit, name).ravel().tolist()),
        lambda values: [f"{value!r} {unit}".strip() for value in values],
    )


def span(unit: str) -> Door:
    """A range (low, high) with a unit, kept as floats in `unit`; None is an open end."""
    return Door(
        lambda value, name: tuple(end if math.isfinite(end) else None for end in to_range(value, unit, name)),
        lambda value: [None if end is None else f"{end!r} {unit}".strip() for end in value],
    )


def range_ends(value: Span | None) -> tuple[float, float]:
    """The ends of a range as floats, infinite where it is open."""
    low, high = value or (None, None)
    return -math.inf if low is None else low, math.inf if high is None else high


def read_times(value: Any, name: str) -> tuple[str, str]:
    """A range (start, stop) of times as text with its scale."""
    if isinstance(value, str) or np.shape(value) != (2,):
        raise ArgumentError(f"{name}={value!r} must be a pair (start, stop) of times.")
    start, stop = (to_time(item, name) for item in value)
    if not start < stop:
        raise ArgumentError(f"{name}: the start must be before the stop, got {start.isot} and {stop.isot}.")
    return time_text(start), time_text(stop)


def read_regions(value: Any, name: str) -> str:
    """Sky regions as DS9 text, one a line."""
    return "\n".join(region_text(region) for region in to_regions(value or None, name))


def read_peaks(value: Any, name: str) -> tuple[tuple[float, float, float], ...]:
    """Peaks as tuples (right ascension, declination, value) in degrees of ICRS.

    Parameters
    ----------
    value : Table or sequence
        A table as `gpnb.find_peaks` gives it: ``value``, and ``ra`` and ``dec``, or ``lon`` and ``lat``
        with their frame in ``meta["frame"]``; or tuples (ra, dec, value) of floats.
    name : str
        The argument's name, for the error.
    """
    if not isinstance(value, Table):
        return tuple(tuple(float(number) for number in peak) for peak in value)  # type: ignore[misc]
    coord = _peak_coord(value, name).icrs
    peaks = zip(coord.ra.deg, coord.dec.deg, np.asarray(value["value"], dtype=float), strict=True)
    return tuple(
        (round(float(ra), _PLACE), round(float(dec), _PLACE), float(f"{height:.4g}")) for ra, dec, height in peaks
    )


def _peak_coord(table: Table, name: str) -> SkyCoord:
    for lon, lat, frame in (("ra", "dec", "icrs"), ("lon", "lat", table.meta.get("frame", "icrs"))):
        if {"value", lon, lat} <= set(table.colnames):
            return SkyCoord(u.Quantity(table[lon], u.deg), u.Quantity(table[lat], u.deg), frame=frame)
    raise ArgumentError(
        f"{name}: the table has the columns {', '.join(table.colnames)}; expected value, ra and dec, "
        "as gpnb.find_peaks gives them."
    )


def read_overlays(value: Any, name: str) -> tuple[tuple[str, str, str], ...]:
    """Overlays as tuples (name, DS9 text, colour); regions, texts or a catalogue's may be given."""
    if isinstance(value, Mapping):
        value = [(key, item, OVERLAY_COLOUR) for key, item in value.items()]
    made = []
    for item in value:
        if len(item) != 3:
            raise ArgumentError(f"{name}: an overlay is (name, regions, colour), got {item!r}.")
        title, drawn, colour = item
        if not _COLOUR.fullmatch(str(colour)):
            raise ArgumentError(f"{name}: the colour {colour!r} must be written like '#56B4E9'.")
        made.append((str(title), read_regions(drawn, name), str(colour)))
    names = [title for title, *_ in made]
    if len(set(names)) < len(names):
        raise ArgumentError(f"{name}: each overlay needs a name of its own, got {', '.join(names)}.")
    return tuple(made)


position = Door(lambda value, name: skycoord_text(to_skycoord(value, name)) if value != "" else "")
"""A position on the sky, kept as text such as ``"icrs 83.63d 22.01d"``."""

regions = Door(read_regions)
"""Sky regions, kept as DS9 text."""

times = Door(read_times, list)
"""A range of times, kept as text."""

intervals = Door(
    lambda value, name: tuple(read_times(pair, name) for pair in getattr(value, "intervals", value)),
    lambda pairs: [list(pair) for pair in pairs],
)
"""Several ranges of times, such as good time intervals, kept as text."""

peaks = Door(read_peaks)
"""Peaks on the sky, kept as tuples (ra, dec, value)."""

overlays = Door(read_overlays, lambda value: [list(item) for item in value])
"""More regions and points on the sky, each with name and colour."""

energies = span("TeV")
"""A range of energies, kept as floats in TeV."""
