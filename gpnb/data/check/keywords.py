"""What headers must tell: numbers, class, time reference, place (GADF 0.3, general and events)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.core.header_keys import number_or_nan
from gpnb.data.check.finding import Place
from gpnb.data.gadf import classify
from gpnb.data.timeref import time_factor, time_reference

_TYPES = {
    "aeff": ("EFF_AREA",),
    "edisp": ("EDISP",),
    "psf": ("RPSF", "PSF"),
    "bkg": ("BKG",),
    "rad_max": ("RAD_MAX",),
}
"""Part → what HDUCLAS2 may be."""

_ENCLOSURES = ("FULL-ENCLOSURE", "POINT-LIKE")


def number(place: Place, header: Mapping[str, Any], key: str) -> float | None:
    """A keyword as a number; None, with a finding unless it is missing, where it is none."""
    value = header.get(key)
    if value is None:
        return None
    found = number_or_nan(value)
    if np.isfinite(found):
        return found
    place.error("keyword-value", key, f"{key} is {str(value)!r}, not a number.", "Write a number.")
    return None


def check_keys(place: Place, header: Mapping[str, Any], keys: Sequence[str], severity: str, action: str) -> None:
    """One finding for all of the keywords that are missing."""
    missing = ", ".join(key for key in keys if str(header.get(key, "")).strip() == "")
    if missing:
        write = {"error": place.error, "warning": place.warning, "note": place.note}[severity]
        write("keyword-missing", missing, f"Mandatory keywords are missing: {missing}.", action)


def check_time(place: Place, header: Mapping[str, Any], is_index: bool = False) -> Time | None:
    """The five keywords of a time reference; gives the reference, if there is one."""
    missing = [key for key in ("MJDREFI", "MJDREFF", "TIMESYS") if key not in header]
    write = place.warning if is_index else place.error  # an index can be used without, but not to select by time
    for key in missing:
        write("time-key", key, f"{key} is missing: times have no meaning without it.", f"Write {key}.")
    for key, taken in {"TIMEUNIT": "s", "TIMEREF": "LOCAL"}.items():
        if key not in header:
            place.note("time-key", key, f"{key} is missing; {taken} is taken.", f"Write {key} = '{taken}'.")
    if missing:
        return None
    try:
        time_factor(header, None, "")
    except DataFormatError:
        unit = header.get("TIMEUNIT")
        place.error("time-key", "TIMEUNIT", f"TIMEUNIT is {unit!r}, not a unit of time.", "Write TIMEUNIT = 's'.")
    try:
        return time_reference(header, "")
    except DataFormatError:
        found = ", ".join(f"{key}={header[key]!r}" for key in ("MJDREFI", "MJDREFF", "TIMESYS"))
        place.error(
            "time-key", "MJDREFI, MJDREFF, TIMESYS", f"{found} is no time reference.", "Write two numbers and a scale."
        )
        return None


def check_location(place: Place, header: Mapping[str, Any]) -> None:
    """GEOLON, GEOLAT (deg) and ALTITUDE (m)."""
    keys = ("GEOLON", "GEOLAT", "ALTITUDE")
    missing = ", ".join(key for key in keys if key not in header)
    if missing:
        what = f"The place of the observatory is incomplete: {missing} is missing."
        place.warning("location-key", missing, what, "Write GEOLON, GEOLAT (deg) and ALTITUDE (m).")
    for key, (low, high) in {"GEOLON": (-180, 360), "GEOLAT": (-90, 90)}.items():
        value = number(place, header, key)
        if value is not None and not low <= value <= high:
            place.error("location-key", key, f"{key} is {value:g}, outside of {low} to {high}.", "Write it in deg.")


def check_class(place: Place, hdu: Any, kind: str, hdu_class: str) -> None:
    """HDUCLASS and HDUCLAS1 to HDUCLAS4, against what the index calls the HDU."""
    header = hdu.header
    family = _text(header, "HDUCLASS")
    if family != "GADF":
        write = place.note if family == "OGIP" else place.warning  # OGIP: of the first CTA data challenge
        write("hdu-class", "HDUCLASS", f"HDUCLASS is {family!r}.", "Write HDUCLASS = 'GADF'.")
    if family == "GADF" and "HDUVERS" not in header:
        place.note("hdu-class", "HDUVERS", "The version of the format is missing.", "Write HDUVERS = '0.3'.")
    response = kind in _TYPES
    _compare(place, header, "HDUCLAS1", ("RESPONSE",) if response else (kind.upper(),))
    if not response:
        return
    _compare(place, header, "HDUCLAS2", _TYPES[kind])
    enclosure = _text(header, "HDUCLAS3")
    if enclosure not in _ENCLOSURES:
        what = f"HDUCLAS3 is {enclosure!r}; FULL-ENCLOSURE is taken."
        place.warning("hdu-class", "HDUCLAS3", what, "Write FULL-ENCLOSURE or POINT-LIKE.")
    found = _text(header, "HDUCLAS4")
    if found and _text(header, "HDUCLAS2") in _TYPES[kind] and classify(hdu)[1] != hdu_class:
        what = f"HDUCLAS4 is {found!r}, but the index says {hdu_class!r}."
        place.error("hdu-class", "HDUCLAS4", what, "Correct the header or the index.")
    elif not found:
        what = f"HDUCLAS4 is missing; {hdu_class!r} of the index is taken."
        place.warning("hdu-class", "HDUCLAS4", what, f"Write HDUCLAS4 = '{hdu_class.upper()}'.")


def _compare(place: Place, header: Mapping[str, Any], key: str, wanted: tuple[str, ...]) -> None:
    found = _text(header, key)
    if not found:
        place.warning("hdu-class", key, f"{key} is missing.", f"Write {key} = '{wanted[0]}'.")
    elif found not in wanted:
        what = f"{key} is {found!r}, but the index names it as {wanted[0]}."
        place.error("hdu-class", key, what, "Correct the header or the index.")


def _text(header: Mapping[str, Any], key: str) -> str:
    return str(header.get(key, "")).strip().upper()
