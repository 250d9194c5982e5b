"""Time references in FITS headers: seconds from a reference that travels with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import ScaleValueError, Time

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import unit_factor


def time_reference(header: Mapping[str, Any], where: str) -> Time:
    """The reference time of a header, on the TT scale.

    Seconds in a file are elapsed SI seconds whatever its TIMESYS, so adding them
    to the reference on TT is exact across leap seconds.

    Raises
    ------
    DataFormatError
        If MJDREFI, MJDREFF or TIMESYS is missing or unreadable.
    """
    try:
        whole, part = _number(header["MJDREFI"]), _number(header["MJDREFF"])
        scale = str(header["TIMESYS"]).strip().lower()
        return Time(whole, part, format="mjd", scale=scale).tt
    except KeyError as error:
        raise DataFormatError(
            f"{where}: keyword {error.args[0]} is missing; times have no meaning without it."
        ) from error
    except (ValueError, ScaleValueError) as error:
        keys = {key: header[key] for key in ("MJDREFI", "MJDREFF", "TIMESYS")}
        raise DataFormatError(f"{where}: {keys} is not a time reference.") from error


def time_factor(header: Mapping[str, Any], unit: str | None, where: str) -> float:
    """Seconds in one unit of a time column: its TUNIT, else TIMEUNIT, else seconds."""
    return unit_factor(unit or str(header.get("TIMEUNIT", "s")), "s", where)


def seconds_from(time: Time, reference: Time) -> np.ndarray:
    """Seconds (float64) of times from a reference."""
    return np.asarray((time - reference).to_value(u.s), dtype=float)


def _number(value: Any) -> float:
    """Also read the Fortran exponents of older catalogues."""
    return float(str(value).replace("D", "E").replace("d", "e")) if isinstance(value, str) else float(value)
