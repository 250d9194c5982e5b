"""What must agree between the parts of a run: index, events, intervals, responses."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.frames import separation
from gpnb.data.check.events import EventFacts
from gpnb.data.check.finding import Place
from gpnb.data.check.index import Run
from gpnb.data.check.intervals import IntervalFacts
from gpnb.data.check.keywords import number
from gpnb.data.timeref import seconds_from

_ANGLE = 0.01
"""deg by which pointings may differ between index and header."""

_SECONDS = 1.0
"""s by which times may differ: writers round them to whole seconds."""

_SAME = 1e-3
"""s by which time references may differ and still be the same."""

_EDGE = 1e-3
"""s that events may lie beyond the end of an interval."""

_FRACTION = 1e-4
"""How far ONTIME may be from the sum of the intervals."""


def check_agreement(
    place: Place, run: Run, events: EventFacts | None, gti: IntervalFacts | None, responses: dict[str, Any]
) -> None:
    """All that needs more than one table; `place` is the index, for what is missing there."""
    _check_parts(place, run, responses)
    if events is not None:
        _check_identity(events, run)
    if events is not None and gti is not None:
        _check_times(events, gti)


def _check_parts(place: Place, run: Run, responses: dict[str, Any]) -> None:
    for kind in ("events", "gti"):
        if not run.names(kind):
            what = f"Run {run.obs_id} has no {kind}."
            place.error("part-missing", kind, what, "Add it to the HDU index, or leave the run out.")
    aeff = responses.get("aeff")
    pointlike = bool(aeff is not None and aeff.is_pointlike)
    wanted = ("aeff", "edisp") if pointlike else ("aeff", "edisp", "psf", "bkg")
    missing = ", ".join(kind for kind in wanted if not run.names(kind))
    if missing:
        what = f"Run {run.obs_id} has no {missing}: it can be shown, but not fully reduced."
        place.warning("part-missing", missing, what, "Add the responses to the HDU index.")
    if pointlike and not run.names("rad_max") and "RAD_MAX" not in getattr(aeff, "header", {}):
        what = f"The responses of run {run.obs_id} are POINT-LIKE, but no cut on direction is given."
        place.warning("rad-max-missing", "RAD_MAX", what, "Add a RAD_MAX_2D table, or the keyword RAD_MAX (deg).")


def _check_identity(events: EventFacts, run: Run) -> None:
    """Number, pointing and times of the run, in index and header."""
    place, header, facts = events.place, events.header, run.facts
    obs_id = number(place, header, "OBS_ID")
    if obs_id is not None and obs_id != run.obs_id:
        what = f"OBS_ID is {obs_id:.0f}, but the index names the file for run {run.obs_id}."
        place.error("obs-id", "OBS_ID", what, "Correct the header or the index.")
    keys = ("RA_PNT", "DEC_PNT")
    if all(key in header and key in facts and np.isfinite(float(facts[key])) for key in keys):
        ra, dec = (number(place, header, key) for key in keys)
        if ra is not None and dec is not None:
            apart = float(separation(ra, dec, float(facts["RA_PNT"]), float(facts["DEC_PNT"])))
            if apart > _ANGLE:
                what = f"The pointing is {apart:.3f} deg from that of the index."
                place.warning("pointing", "RA_PNT, DEC_PNT", what, "Correct the header or the index.")
    for key in ("TSTART", "TSTOP"):
        value = number(place, header, key)
        if value is None or key not in facts or events.reference is None or run.reference is None:
            continue
        late = value + float(seconds_from(events.reference, run.reference)) - float(facts[key])
        if abs(late) > _SECONDS:
            what = f"{key} is {late:+.1f} s from that of the index."
            place.warning("index-time", key, what, "Correct the header or the index.")


def _check_times(events: EventFacts, gti: IntervalFacts) -> None:
    """Events, TSTART, TSTOP and ONTIME against the intervals, all in seconds of the events."""
    if events.reference is None or gti.reference is None:
        return
    shift = float(seconds_from(gti.reference, events.reference))
    if abs(shift) > _SAME:
        what = f"The time reference is {shift:+.3f} s from that of the events."
        gti.place.warning("time-reference", "MJDREFI, MJDREFF", what, "Write the same reference, unless it is meant.")
    if gti.start is None or gti.stop is None:
        return
    start, stop = gti.start + shift, gti.stop + shift
    _check_range(events, start, stop)
    ontime = number(events.place, events.header, "ONTIME")
    total = float(np.sum(stop - start))
    if ontime is not None and abs(ontime - total) > _FRACTION * total:
        what = f"ONTIME is {ontime:.3f} s, but the intervals sum to {total:.3f} s, which are used."
        events.place.warning("ontime", "ONTIME", what, "Write the sum of the good time intervals.")
    if events.times is not None and len(events.times):
        _check_inside(events.place, events.times, start, stop)


def _check_range(events: EventFacts, start: np.ndarray, stop: np.ndarray) -> None:
    first, last = (number(events.place, events.header, key) for key in ("TSTART", "TSTOP"))
    if first is not None and first - start[0] > _SECONDS:
        what = f"The first good interval starts {first - start[0]:.1f} s before TSTART."
        events.place.warning("time-range", "TSTART", what, "Correct TSTART or the intervals.")
    if last is not None and stop[-1] - last > _SECONDS:
        what = f"The last good interval stops {stop[-1] - last:.1f} s after TSTOP."
        events.place.warning("time-range", "TSTOP", what, "Correct TSTOP or the intervals.")


def _check_inside(place: Place, times: np.ndarray, start: np.ndarray, stop: np.ndarray) -> None:
    index = np.maximum(np.searchsorted(start - _EDGE, times, side="right") - 1, 0)
    outside = (times < start[index] - _EDGE) | (times > stop[index] + _EDGE)
    if outside.any():
        far = float(np.minimum(np.abs(times - start[index]), np.abs(times - stop[index]))[outside].max())
        what = (
            f"{int(outside.sum())} of {len(times)} events lie outside of the good time intervals, by up to {far:.3g} s."
        )
        write = place.warning if far > _SECONDS else place.note  # many writers round intervals to whole seconds
        write("events-outside-gti", "TIME", what, "Remove them, or correct the intervals.")
