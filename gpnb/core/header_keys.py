"""Numbers and time references in headers, as writers of many files spell them (FITS standard 4.0)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.coordinates import Angle, SkyCoord
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told, one_line

SCALES = ("tt", "utc", "tdb", "tai", "tcb", "tcg", "ut1")
_OTHER_NAMES = {"tdt": "tt", "et": "tt", "iat": "tai", "gmt": "utc", "ut": "utc"}
_JD_OF_MJD = 2400000.5
_MOST_DAYS = 5e6
"""MJD of the year 15 000: beyond, calendars and scales mean nothing."""

_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+[: hd][ 0-9]+[: m'][ 0-9.]+[s\"]?")


def time_reference(header: Mapping[str, Any], where: str, scale: str | None = None) -> Time:
    """The reference time of a header, on its own scale.

    Parameters
    ----------
    header : mapping
        MJDREFI and MJDREFF, or MJDREF, or the days of a Julian date (BJDREFI and BJDREFF); and TIMESYS.
    where : str
        File and HDU, for errors.
    scale : str, optional
        Instead of TIMESYS.

    Raises
    ------
    DataFormatError
        If a keyword is missing or holds something else.

    Examples
    --------
    >>> time_reference({"MJDREF": 51910.5, "TIMESYS": "TT(BIPM)"}, "here").isot
    '2001-01-01T12:00:00.000'
    """
    day = reference_day(header, where)
    if day is None:
        raise DataFormatError(f"{where}: keyword MJDREFI is missing; times have no meaning without it.")
    if scale is None and "TIMESYS" not in header:
        raise DataFormatError(f"{where}: keyword TIMESYS is missing; times have no meaning without it.")
    with faults_told(f"{where}: MJD {sum(day):g} is not a time reference"):
        return Time(*day, format="mjd", scale=scale or time_scale(header, where))


def reference_day(header: Mapping[str, Any], where: str) -> tuple[float, float] | None:
    """The day that times are counted from, MJD in two parts; None if the header has none."""
    for stem, zero in {"MJDREF": 0.0, "BJDREF": _JD_OF_MJD, "JDREF": _JD_OF_MJD}.items():
        if f"{stem}I" in header:
            if f"{stem}F" not in header:
                raise DataFormatError(f"{where}: keyword {stem}F is missing; times have no meaning without it.")
            parts = keyword_number(header, f"{stem}I", where), keyword_number(header, f"{stem}F", where)
        elif stem in header:
            parts = math.floor(keyword_number(header, stem, where)), keyword_number(header, stem, where) % 1
        else:
            continue
        if not abs(parts[0] - zero) < _MOST_DAYS:
            raise DataFormatError(f"{where}: {stem}={sum(parts):g} is not a time reference.")
        return parts[0] - zero, parts[1]
    return None


def time_scale(header: Mapping[str, Any], where: str, default: str = "utc") -> str:
    """The scale that TIMESYS names, with or without its realisation: ``TT(BIPM)``, ``tdb``, ``ET``.

    Raises
    ------
    DataFormatError
        If it is not known.
    """
    text = str(header.get("TIMESYS", default)).strip().lower() or default
    word = re.split(r"[^a-z0-9]+", text)[0]
    scale = _OTHER_NAMES.get(word, word)
    if scale not in SCALES:
        raise DataFormatError(
            f"{where}: TIMESYS={one_line(text)!r} is not a time reference; expected TT, UTC, TDB or TAI."
        )
    return scale


def sky_position(header: Mapping[str, Any], keys: tuple[str, str], where: str) -> SkyCoord:
    """A direction (ICRS) from two keywords: degrees, or sexagesimal text with hours first.

    Raises
    ------
    DataFormatError
        If one of them is missing or no angle; names it.

    Examples
    --------
    >>> sky_position({"RA_PNT": "05:34:30", "DEC_PNT": "+22:00:00"}, ("RA_PNT", "DEC_PNT"), "here")
    <SkyCoord (ICRS): (ra, dec) in deg
        (83.625, 22.)>
    """
    degrees = []
    for key, unit in zip(keys, ("hourangle", "deg"), strict=True):
        value = header.get(key)
        if isinstance(value, str) and _SEXAGESIMAL.fullmatch(value.strip()):
            with faults_told(f"{where}: keyword {key}={value!r} is no angle"):
                degrees.append(float(Angle(value.strip(), unit=unit).deg))
        else:
            degrees.append(keyword_number(header, key, where))
    if not (abs(degrees[0]) <= 360 and abs(degrees[1]) <= 90):
        raise DataFormatError(f"{where}: {keys[0]}={degrees[0]:g}, {keys[1]}={degrees[1]:g} is no place on the sky.")
    return SkyCoord(*degrees, unit="deg", frame="icrs")


def whole_number(value: Any) -> int | None:
    """A number of a run or the like, also as text with leading zeros; None if it is something else.

    Examples
    --------
    >>> whole_number("023523"), whole_number("stacked"), whole_number(2.0), whole_number(None)
    (23523, None, 2, None)
    """
    text = str(value).strip()
    if isinstance(value, bool | np.bool_) or not re.fullmatch(r"[-+]?[0-9]{1,18}(\.0*)?", text):
        return None
    return int(text.partition(".")[0])


def number_or_nan(value: Any) -> float:
    """A value that may be told or not: NaN where it is masked, empty, or a word such as ``undef``."""
    try:
        return keyword_number({"": np.nan if np.ma.is_masked(value) else value}, "", "")
    except DataFormatError:
        return math.nan


def keyword_number(header: Mapping[str, Any], key: str, where: str) -> float:
    """A keyword as a finite number; text with the exponents of Fortran is one too.

    Raises
    ------
    DataFormatError
        If it is missing or no number; names the keyword.

    Examples
    --------
    >>> keyword_number({"MJDREFF": "7.428703703703703D-4"}, "MJDREFF", "here")
    0.0007428703703703703
    """
    if key not in header:
        raise DataFormatError(f"{where}: keyword {key} is missing.")
    value = header[key]
    try:
        number = float(re.sub("[dD]", "e", value) if isinstance(value, str) else value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise DataFormatError(f"{where}: keyword {key}={one_line(value)!r} is no number.")
    return number
