"""The live fraction of a run, from whichever of DEADC, LIVETIME and ONTIME it tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from gpnb.core.errors import DataFormatError
from gpnb.core.header_keys import number_or_nan
from gpnb.core.warn import warn
from gpnb.data.timeref import time_factor

_ROUNDED = 1e-3
"""How far LIVETIME / ONTIME may be from what it says: writers round to whole seconds."""

_CONTRARY = 0.05
"""Beyond this, DEADC and LIVETIME / ONTIME contradict each other."""


def live_fraction(row: Mapping[str, Any], header: Mapping[str, Any], seconds: Callable[[], float], where: str) -> float:
    """The live fraction: DEADC, else LIVETIME / ONTIME; 1 if neither is told.

    Parameters
    ----------
    row : mapping
        Of the observation index, which comes first; its ONTIME is the time from start to stop, and is not used.
    header : mapping
        Of the events.
    seconds : callable
        Gives the length of the good time intervals, for a LIVETIME without ONTIME.
    where : str
        Which run, for errors.

    Raises
    ------
    DataFormatError
        If it is not between 0 and 1.
    """
    value = next((number for table in (row, header) if not math.isnan(number := _number(table, "DEADC"))), math.nan)
    ratio = _quotient(_number(header, "LIVETIME"), _number(header, "ONTIME"))
    if abs(value - ratio) > _CONTRARY and value != 0:
        warn(f"{where}: DEADC is {value:g}, but LIVETIME / ONTIME is {ratio:g}: DEADC is used as the live fraction.")
    if value > 0 or value < 0:
        return _sound(value, f"{where}: DEADC")
    for live in (ratio, *(_quotient(time, seconds()) for time in _live_times(row, header))):
        if live > 0:  # a DEADC of 0 beside it is what writers put who do not know
            return _sound(live, f"{where}: LIVETIME / ONTIME")
    return 1.0 if math.isnan(value) and ratio != 0 else 0.0


def _live_times(row: Mapping[str, Any], header: Mapping[str, Any]) -> list[float]:
    """LIVETIME of header and index, s."""
    return [_number(header, "LIVETIME") * time_factor(header, None, "events"), _number(row, "LIVETIME")]


def _quotient(live: float, total: float) -> float:
    return live / total if total > 0 else math.nan


def _number(table: Mapping[str, Any], key: str) -> float:
    """A number that is told; NaN if it is missing, masked, blank or a word such as ``undef``."""
    return number_or_nan(table.get(key, math.nan))


def _sound(value: float, what: str) -> float:
    if not 0 <= value <= 1 + _ROUNDED:
        raise DataFormatError(f"{what}={value:g} is not a live fraction between 0 and 1.")
    return min(value, 1.0)
