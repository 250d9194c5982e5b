"""Time references in FITS headers: seconds from a reference that travels with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core import header_keys
from gpnb.core.fits_units import unit_factor
from gpnb.core.known_times import known_time


def time_reference(header: Mapping[str, Any], where: str) -> Time:
    """The reference time of a header, on the TT scale.

    Seconds in a file are elapsed SI seconds whatever its TIMESYS, so adding them
    to the reference on TT is exact across leap seconds.

    Raises
    ------
    DataFormatError
        If MJDREFI and MJDREFF (or MJDREF), or TIMESYS, are missing or unreadable.
    """
    return known_time(header_keys.time_reference(header, where), where).tt


def time_factor(header: Mapping[str, Any], unit: str | None, where: str) -> float:
    """Seconds in one unit of a time column: its TUNIT, else TIMEUNIT, else seconds."""
    return unit_factor(unit or str(header.get("TIMEUNIT", "s")), "s", where)


def seconds_from(time: Time, reference: Time) -> np.ndarray:
    """Seconds (float64) of times from a reference."""
    return np.asarray((time - reference).to_value(u.s), dtype=float)


def time_keys(reference: Time) -> dict[str, Any]:
    """The five keywords of a time reference."""
    tt = reference.tt
    day = np.floor(tt.jd1 - 2400000.5 + tt.jd2)
    return {
        "MJDREFI": int(day),
        "MJDREFF": float((tt.jd1 - 2400000.5 - day) + tt.jd2),
        "TIMEUNIT": "s",
        "TIMESYS": "TT",
        "TIMEREF": "LOCAL",
    }
