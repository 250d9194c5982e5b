"""The table of runs of loose event files, from their headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from astropy.table import Table
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.core.header_keys import number_or_nan, sky_position, whole_number
from gpnb.core.warn import warn
from gpnb.data.index_read import UNITS
from gpnb.data.timeref import seconds_from, time_factor, time_keys, time_reference

_TEXTS = ("OBJECT", "DATE-OBS")
_PLACES = (("RA_PNT", "DEC_PNT"), ("RA_OBJ", "DEC_OBJ"))
_NUMBERS = ("ALT_PNT", "AZ_PNT", "ONTIME", "LIVETIME", "DEADC")
_COUNTED = ("TSTART", "TSTOP")


def table_of_headers(headers: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Table:
    """One row a file, with times from the reference of the first file that has one.

    Parameters
    ----------
    headers : sequence of mapping
        Of the events of each file.
    names : sequence of str
        The files, for warnings.
    """
    references = [_reference(header, name) for header, name in zip(headers, names, strict=True)]
    zero = next((item for item in references if item is not None), None)
    rows = [
        {**_facts(header, name), **({} if zero is None or own is None else _times(header, own, zero, name))}
        for header, own, name in zip(headers, references, names, strict=True)
    ]
    table = Table({"OBS_ID": _numbers(headers, names)}, meta={} if zero is None else time_keys(zero))
    for key in (*_TEXTS, *sum(_PLACES, ()), *_NUMBERS, *_COUNTED):
        if any(key in row for row in rows):
            missing = "" if key in _TEXTS else np.nan
            table[key] = [row.get(key, missing) for row in rows]
            table[key].unit = UNITS.get(key)
    return table


def _numbers(headers: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[int]:
    """The run numbers; a file whose own is none, or taken by an earlier one, gets the next that is free."""
    told = [whole_number(header.get("OBS_ID")) for header in headers]
    free = max((number for number in told if number is not None), default=-1) + 1
    first: dict[int, str] = {}
    for place, (own, name) in enumerate(zip(told, names, strict=True)):
        number = own if own is not None and own not in first else None
        if number is None:
            number, free = free, free + 1
            if own is not None:
                warn(f"{name} has the same OBS_ID {own} as {first[own]}: it is counted as run {number}.")
        first[number] = name
        told[place] = number
    return [number for number in told if number is not None]


def _reference(header: Mapping[str, Any], name: str) -> Time | None:
    try:
        return time_reference(header, name)
    except DataFormatError:  # told when the events are read
        return None


def _facts(header: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What the header tells beside times; directions in deg."""
    row: dict[str, Any] = {key: str(header[key]).strip() for key in _TEXTS if key in header}
    row |= {key: number_or_nan(header[key]) for key in _NUMBERS if key in header}
    for keys in _PLACES:
        if set(keys) <= set(header):
            row |= dict(zip(keys, _direction(header, keys, name), strict=True))
    return row


def _direction(header: Mapping[str, Any], keys: tuple[str, str], name: str) -> tuple[float, float]:
    try:
        place = sky_position(header, keys, name)
    except DataFormatError:  # told when it is needed
        return np.nan, np.nan
    return float(place.ra.deg), float(place.dec.deg)


def _times(header: Mapping[str, Any], own: Time, zero: Time, name: str) -> dict[str, float]:
    shift, factor = float(seconds_from(own, zero)), time_factor(header, None, name)
    return {key: number_or_nan(header[key]) * factor + shift for key in _COUNTED if key in header}
