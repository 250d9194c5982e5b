"""The table of events (GADF 0.3, events)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.data.check.columns import check_column, check_double, find_column
from gpnb.data.check.finding import Place
from gpnb.data.check.keywords import check_keys, check_location, check_time, number

_RESULT = ("OBS_ID", "TSTART", "TSTOP", "ONTIME", "LIVETIME", "DEADC")
_INFORM = ("OBS_MODE", "EQUINOX", "ORIGIN", "TELESCOP", "INSTRUME", "CREATOR")
_FRAMES = ("RADECSYS", "RADESYS", "RADESYSA")

_RELATIVE = 1e-4
"""How far ONTIME, LIVETIME and DEADC may disagree: many writers keep seven digits."""


@dataclass(frozen=True)
class EventFacts:
    """What other checks need of the events.

    Parameters
    ----------
    place : Place
        For findings about them.
    header : mapping
        Their header.
    reference : Time or None
        What times count from, on TT.
    times : ndarray or None
        s from `reference`, all finite.
    """

    place: Place
    header: Mapping[str, Any]
    reference: Time | None
    times: np.ndarray | None


def check_events(place: Place, hdu: Any) -> EventFacts:
    """Header and columns of the events."""
    header = hdu.header
    _check_header(place, header)
    reference = check_time(place, header)
    check_location(place, header)
    if not header["NAXIS2"]:
        place.warning("events-empty", "", "There are no events.", "Leave the run out if that is not meant.")
    check_double(place, hdu, "TIME")
    times = check_column(place, hdu, "TIME", "s", header.get("TIMEUNIT"))
    if times is not None:
        times = _check_times(place, times)
    _check_energy(place, check_column(place, hdu, "ENERGY", "TeV"))
    _check_direction(place, check_column(place, hdu, "RA", "deg"), check_column(place, hdu, "DEC", "deg"))
    _check_ids(place, hdu)
    return EventFacts(place, header, reference, times)


def _check_header(place: Place, header: Mapping[str, Any]) -> None:
    drifts = str(header.get("OBS_MODE", "")).strip().upper() == "DRIFT"
    pointing = ("ALT_PNT", "AZ_PNT") if drifts else ("RA_PNT", "DEC_PNT")
    check_keys(place, header, pointing, "error", "Write where the telescopes pointed, in deg.")
    check_keys(place, header, _RESULT, "warning", "Write them; what is missing is taken from index and intervals.")
    frame = () if any(key in header for key in _FRAMES) else ("RADECSYS",)
    check_keys(place, header, (*_INFORM, *frame), "note", "Write them for other readers.")
    dec = number(place, header, "DEC_PNT")
    if dec is not None and abs(dec) > 90:
        place.error("pointing-range", "DEC_PNT", f"DEC_PNT is {dec:g}.", "Write it in deg, from -90 to 90.")
    _check_live(place, header)


def _check_live(place: Place, header: Mapping[str, Any]) -> None:
    """DEADC in [0, 1], LIVETIME = DEADC · ONTIME, TSTART before TSTOP."""
    live, ontime, total = (number(place, header, key) for key in ("DEADC", "ONTIME", "LIVETIME"))
    if live is not None and not 0 <= live <= 1:
        what = f"DEADC is {live:g}: it is the live fraction, between 0 and 1."
        place.error("deadc-range", "DEADC", what, "Write LIVETIME / ONTIME.")
        live = None
    if live is not None and ontime is not None and total is not None and not _close(total, live * ontime):
        what = f"LIVETIME is {total:g} s, but DEADC · ONTIME is {live * ontime:g} s; DEADC is used."
        place.warning("livetime", "LIVETIME", what, "Correct LIVETIME or DEADC.")
    start, stop = number(place, header, "TSTART"), number(place, header, "TSTOP")
    if start is not None and stop is not None and stop <= start:
        place.error("time-range", "TSTOP", f"TSTOP ({stop:.3f}) is not after TSTART ({start:.3f}).", "Correct them.")


def _check_times(place: Place, times: np.ndarray) -> np.ndarray:
    """The finite ones."""
    bad = ~np.isfinite(times)
    if bad.any():
        place.error("time-value", "TIME", f"{_events(bad)} have no time (NaN).", "Remove them.")
        times = times[~bad]
    back = np.diff(times) < 0
    if back.any():
        what = f"Times are not sorted: {_events(back)} come before their predecessor."
        place.warning("time-order", "TIME", what, "Sort the events by TIME.")
    return times


def _check_energy(place: Place, energy: np.ndarray | None) -> None:
    if energy is None:
        return
    bad = ~(np.isfinite(energy) & (energy > 0))
    if bad.any():
        what = f"{_events(bad)} have an energy that is NaN, zero or negative."
        place.error("energy-value", "ENERGY", what, "Remove them, or correct their energies.")


def _check_direction(place: Place, ra: np.ndarray | None, dec: np.ndarray | None) -> None:
    if dec is not None:
        bad = ~(np.abs(dec) <= 90)
        if bad.any():
            what = f"{_events(bad)} have a declination that is NaN or outside of -90 to 90 deg."
            place.error("direction-range", "DEC", what, "Write DEC in deg.")
    if ra is not None:
        bad = ~((ra >= -360) & (ra <= 720))
        if bad.any():
            what = f"{_events(bad)} have a right ascension that is NaN or no angle in deg."
            place.error("direction-range", "RA", what, "Write RA in deg, from 0 to 360.")
        odd = ~bad & ((ra < 0) | (ra > 360))
        if odd.any():
            what = f"{_events(odd)} have a right ascension outside of 0 to 360 deg."
            place.warning("direction-range", "RA", what, "Write RA from 0 to 360 deg.")


def _check_ids(place: Place, hdu: Any) -> None:
    column = find_column(hdu, "EVENT_ID")
    if column is None:
        place.warning("column-missing", "EVENT_ID", "The column EVENT_ID is missing.", "Number the events.")
        return
    ids = np.asarray(hdu.data[column.name])
    if ids.dtype.kind not in "iu":
        what = f"EVENT_ID has the format {column.format}, not whole numbers."
        place.warning("column-type", "EVENT_ID", what, "Write it as K (int64).")
    twice = len(ids) - len(np.unique(ids))
    if twice:
        what = f"{twice} events have the EVENT_ID of another one."
        place.warning("event-id-duplicate", "EVENT_ID", what, "Remove events that are there twice, or number them.")


def _close(first: float, second: float) -> bool:
    return abs(first - second) <= _RELATIVE * max(abs(first), abs(second))


def _events(mask: np.ndarray) -> str:
    return f"{int(mask.sum())} of {len(mask)} events"
