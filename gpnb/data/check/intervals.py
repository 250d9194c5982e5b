"""The table of good time intervals (GADF 0.3, GTI)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.data.check.columns import check_column, check_double
from gpnb.data.check.finding import Place
from gpnb.data.check.keywords import check_time


@dataclass(frozen=True)
class IntervalFacts:
    """What other checks need of sound intervals.

    Parameters
    ----------
    place : Place
        For findings about them.
    reference : Time or None
        What they count from, on TT.
    start, stop : ndarray or None
        s from `reference`, sorted; None where they cannot be trusted.
    """

    place: Place
    reference: Time | None
    start: np.ndarray | None = None
    stop: np.ndarray | None = None


def check_gti(place: Place, hdu: Any) -> IntervalFacts:
    """Header and intervals."""
    reference = check_time(place, hdu.header)
    for name in ("START", "STOP"):
        check_double(place, hdu, name)
    assumed = hdu.header.get("TIMEUNIT")
    start, stop = (check_column(place, hdu, name, "s", assumed) for name in ("START", "STOP"))
    if start is None or stop is None:
        return IntervalFacts(place, reference)
    if not len(start):
        place.error("gti-empty", "START", "There is no interval.", "Write at least one.")
        return IntervalFacts(place, reference)
    if not _sound(place, start, stop):
        return IntervalFacts(place, reference)
    order = np.argsort(start, kind="stable")
    return IntervalFacts(place, reference, start[order], stop[order])


def _sound(place: Place, start: np.ndarray, stop: np.ndarray) -> bool:
    """Whether all intervals run forward and apart from each other."""
    if not np.all(np.isfinite(start) & np.isfinite(stop)):
        place.error("gti-value", "START, STOP", "An interval has no start or stop (NaN).", "Remove or correct it.")
        return False
    if np.any(stop < start):
        row = int(np.argmax(stop < start))
        what = f"Interval {row + 1} stops before it starts ({start[row]:.3f} to {stop[row]:.3f} s)."
        place.error("gti-reversed", "STOP", what, "Exchange its ends, or remove it.")
        return False
    if np.any(stop == start):
        place.warning("gti-zero", "STOP", f"{int(np.sum(stop == start))} intervals have no length.", "Remove them.")
    if np.any(np.diff(start) < 0):
        place.note("gti-order", "START", "The intervals are not sorted by time.", "Sort them.")
    order = np.argsort(start, kind="stable")
    overlap = np.maximum.accumulate(stop[order])[:-1] - start[order][1:]
    if len(start) > 1 and overlap.max() > 0:
        what = f"Intervals overlap by up to {overlap.max():g} s: that time is counted twice."
        place.error("gti-overlap", "START, STOP", what, "Merge intervals that overlap.")
        return False
    return True
