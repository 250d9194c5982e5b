"""Times that people and files give: within the calendar, and on TT where leap seconds are not known."""

from __future__ import annotations

import warnings

import numpy as np
from astropy.time import Time, TimeDelta
from erfa import ErfaWarning

from gpnb.core.errors import DataFormatError

_FARTHEST = 1e6
"""Days from MJD 0: from 880 BC to AD 4596. What is beyond is a damaged number."""


def known_time(times: Time, what: str) -> Time:
    """The same times; on TT where leap seconds, which UTC stands on, are not known: before 1960 and years from now.

    Raises
    ------
    DataFormatError
        If one of them is not in historical times.

    Examples
    --------
    >>> known_time(Time("2150-01-01", scale="tt"), "start").scale
    'tt'
    """
    days = np.asarray(times.jd1 - 2_400_000.5 + times.jd2)
    if not np.all(np.abs(days) < _FARTHEST):
        raise DataFormatError(f"{what} holds times that are in no calendar, or no numbers.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ErfaWarning)
        try:
            _ = times.tt, times.utc
        except ErfaWarning:
            warnings.simplefilter("ignore", ErfaWarning)
            return times.tt
    return times


def later(reference: Time, seconds: np.ndarray, what: str) -> Time:
    """Times so many seconds of elapsed time after another one.

    Raises
    ------
    DataFormatError
        If one of them is not in historical times, or no number.
    """
    if not np.all(np.abs(seconds) < _FARTHEST * 86400):
        raise DataFormatError(f"{what} holds times that are in no calendar, or no numbers.")
    return known_time(reference + TimeDelta(seconds, format="sec"), what)
