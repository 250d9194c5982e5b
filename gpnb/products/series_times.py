"""Times in tables of many makers: text, MJD, JD, or counted from a reference in the header; always with a scale."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table
from astropy.time import Time
from erfa import ErfaWarning

from gpnb.core.errors import ArgumentError, DataFormatError, GpnbError
from gpnb.core.faults import one_line
from gpnb.core.fits_units import unit_factor
from gpnb.core.header_keys import keyword_number, reference_day, time_scale
from gpnb.core.known_times import known_time, later

_SCALES = ("tt", "utc", "tdb", "tai", "tcb", "tcg")
_JD, _MJD = (2_000_000.0, 3_000_000.0), (15_000.0, 100_000.0)
"""What numbers of these sizes are, if nothing else tells."""


def as_time(
    table: Table, name: str, scale: str | None = None, time_format: str | None = None
) -> tuple[Time, np.ndarray]:
    """A column as times, and where they are known: elsewhere some time stands for them.

    Raises
    ------
    DataFormatError
        If they are no times, or it cannot be told in which form they are.
    """
    column, header = table[name], {str(key).upper(): value for key, value in table.meta.items()}
    known = ~np.broadcast_to(np.asarray(getattr(column, "mask", False)), len(column))
    if isinstance(column, Time):
        return _known_scale(column, known, name), known
    own = _scale(name, header, scale)
    try:
        if column.dtype.kind in "USO":
            words = np.char.strip(np.asarray(column).astype(str))
            known = known & (words != "")
            return _of_words(_filled(words, known), time_format, own, name), known
        values = np.asarray(getattr(column, "unmasked", column), dtype=float)
        known = known & np.isfinite(values)
        return _of_numbers(_filled(values, known), column, name, header, time_format, own), known
    except (TypeError, ValueError) as error:
        if isinstance(error, GpnbError):
            raise
        raise DataFormatError(f"Column {name!r} holds no times ({one_line(error)}).") from error


def _of_words(words: np.ndarray, time_format: str | None, scale: str, name: str) -> Time:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ErfaWarning)
        return known_time(Time(words, format=time_format, scale=scale), f"Column {name!r}")


def _of_numbers(
    values: np.ndarray, column: Any, name: str, header: dict[str, Any], time_format: str | None, scale: str
) -> Time:
    unit, form = getattr(column, "unit", None), time_format or _form(name, values, header)
    if form != "met":
        days = values if unit is None or form not in ("mjd", "jd") else values * float(u.Unit(unit).to(u.day))
        return known_time(Time(days, format=form, scale=scale), f"Column {name!r}")
    text = str(unit or header.get("TIMEUNIT", "s"))
    if re.match(r"[bh]?jd\b", text.strip(), re.IGNORECASE):  # "BJD - 2457000, days", as Kepler and TESS write
        text = "d"
    zero = keyword_number({"TIMEZERO": 0.0, **header}, "TIMEZERO", f"Column {name!r}")
    elapsed = (values + zero) * unit_factor(text, "s", f"Column {name!r}")
    return later(_reference(header, scale), elapsed, f"Column {name!r}")


def _filled(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.where(known, values, values[known][0]) if known.any() else values


def _form(name: str, values: np.ndarray, header: dict[str, Any]) -> str:
    """How numbers stand for times."""
    word = name.lower()
    if re.search(r"(^|[^a-z])t?mjd", word):
        return "mjd"
    if re.search(r"(^|[^a-z])[bh]?jd", word):
        return "jd"
    if sum(reference_day(header, "The table") or (0.0,)):
        return "met"
    good = values[np.isfinite(values)]
    for form, (low, high) in {"jd": _JD, "mjd": _MJD}.items():
        if good.size and low <= good.min() and good.max() <= high:
            return form
    first = good.min(initial=np.inf)
    raise DataFormatError(
        f"Column {name!r} has times from {first:g} on and no MJDREF: give time_format='mjd' or the like."
    )


def _reference(header: dict[str, Any], scale: str) -> Time:
    """Seconds are elapsed ones, so that those from a day of UTC are counted on TT."""
    day = reference_day(header, "The table") or (0.0, 0.0)
    zero = known_time(Time(*day, format="mjd", scale=scale), "The reference of the table")
    return zero.tt if scale == "utc" else zero


def _scale(name: str, header: dict[str, Any], given: str | None) -> str:
    """As given, as the column's name says, or TIMESYS; else UTC."""
    if given is not None:
        if given.lower() not in _SCALES:
            raise ArgumentError(f"scale={given!r} must be one of {', '.join(_SCALES)}.")
        return given.lower()
    parts = [part for part in re.split(r"[^a-z]+", name.lower()) if part in _SCALES]
    if parts:
        return parts[-1]
    return time_scale(header, "The table (or give scale='tt' or the like)")


def _known_scale(times: Time, known: np.ndarray, name: str) -> Time:
    if times.scale not in _SCALES:
        raise DataFormatError(f"Column {name!r} is on the scale {times.scale!r}, which has no relation to TT.")
    return times if known.all() else times.unmasked
