"""One observation: its events, intervals, pointing and responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import SelectionError
from gpnb.core.header_keys import keyword_number, number_or_nan, sky_position
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord, to_time
from gpnb.core.warn import warn
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.live_time import live_fraction
from gpnb.data.parts import Part
from gpnb.data.phase import Ephemeris
from gpnb.data.pointing import from_horizon, location_of
from gpnb.data.timeref import seconds_from

_GOOD = "good events"
_ROUNDED = 1.0
"""Seconds that events may all lie outside of intervals which the writer has rounded: H.E.S.S. writes whole seconds."""

_WORDS = {"aeff": "effective area", "edisp": "energy dispersion", "psf": "point spread function", "bkg": "background"}


class Observation(Displayed):
    """One run, keyed by number and event type; parts are read when first used.

    Parameters
    ----------
    obs_id : int
        Its number.
    parts : mapping
        ``events``, ``gti``, ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``: where each part is
        (`Part`), or the object itself.
    row : mapping, optional
        Its row of the observation table.
    event_type : str
        For instruments whose runs are split by event type.
    recipe : Recipe, optional
        How it was made.
    """

    panel = "observations"

    @told
    def __init__(
        self,
        obs_id: int,
        parts: Mapping[str, Any],
        row: Mapping[str, Any] | None = None,
        event_type: str = "",
        recipe: Recipe | None = None,
    ):
        self.obs_id = int(obs_id)
        self.event_type = event_type
        self.part = ""
        self.parts = dict(parts)
        self.row = dict(row or {})
        self.recipe = recipe or Recipe.memory(f"obs_{self.obs_id}", self)
        self._read: dict[str, Any] = {}
        self._last: list[Any] = [(None, None)]

    @classmethod
    def create(
        cls,
        pointing: SkyCoord | str,
        livetime: Any,
        irfs: Any,
        location: Any = None,
        time: Time | str = "2000-01-01T00:00:00",
        live_fraction: float = 1.0,
        obs_id: int = 0,
        target: str = "",
    ) -> Observation:
        """A run without events, to simulate: a pointing, a time and responses.

        Parameters
        ----------
        pointing : SkyCoord or str
            Where the telescopes look.
        livetime : Quantity or str
            Live time, such as ``"50 h"``; the good time is longer where `live_fraction` is less than 1.
        irfs : path, mapping or Observation
            A file with responses (a name below ``$GPNB_DATA`` will do), what `read_irf` gives for it, or a run that
            has them.
        location : str, EarthLocation, or (longitude, latitude, height), optional
            The observatory, such as ``"CTAO South"``: for backgrounds that are aligned with the horizon.
        time : Time or str
            The start.
        live_fraction : float
            Live time over good time.
        obs_id : int
            Its number.
        target : str
            Name of the target.

        Returns
        -------
        Observation
            For `simulate_events` (put back with `with_events`), or to be reduced as it is: then `fake` or `asimov`
            make its counts.

        Raises
        ------
        ArgumentError
            If an argument does not fit, or there is no effective area.
        DataFormatError
            If the file cannot be read.

        Examples
        --------
        >>> import gpnb
        >>> like = gpnb.demo_store(progress=False).select(target="Crab")[0]
        >>> run = gpnb.Observation.create("83.63d 22.51d", livetime="50 h", irfs=like, live_fraction=0.95)
        >>> run.livetime.to("h").round(3), run.pointing.dec
        (<Quantity 50. h>, <Latitude 22.51 deg>)
        """
        from gpnb.data.create import good_seconds, location_text, made_parts
        from gpnb.data.sites import to_location

        place, position, start = to_location(location), to_skycoord(pointing, "pointing"), to_time(time, "time")
        recipe = Recipe.of_call(cls.create, locals(), name="run", location=location_text(place), pointing=position)
        facts = {"OBS_ID": int(obs_id), "OBJECT": target, "DEADC": float(live_fraction)}
        parts = made_parts(position, good_seconds(livetime, live_fraction), irfs, place, start, facts)
        return cls(obs_id, parts, facts, recipe=recipe)

    def with_events(self, events: EventList) -> Observation:
        """The same run with other events, such as simulated ones; its good times stay."""
        return self.cut(self.gti, events, self.part, Recipe.of_call(self.with_events, locals(), name="obs"))

    @property
    def key(self) -> tuple[int, str]:
        """Run number and event type."""
        return self.obs_id, self.event_type

    @property
    def name(self) -> str:
        """What datasets made from it are called: run number, event type, and which part of a run that was cut."""
        return f"run-{self.obs_id}{self.event_type}{self.part}"

    @property
    def events(self) -> EventList:
        """Its events in the good time intervals, which its live time speaks for; `EventList.read` has all of a file.

        Where none is further out than a second, the writer has rounded the intervals, and all are good.
        Events without a finite time, direction or energy are left out with a `DataWarning`.
        """
        if _GOOD not in self._read:
            self._read[_GOOD] = self._read["events"] = self._good_events()
        events: EventList = self._read[_GOOD]
        return events

    @property
    def gti(self) -> GTI:
        """Its good time intervals."""
        gti: GTI = self._part("gti")
        return gti

    @property
    def aeff(self) -> Any:
        """Effective area."""
        return self._part("aeff")

    @property
    def edisp(self) -> Any:
        """Energy dispersion."""
        return self._part("edisp")

    @property
    def psf(self) -> Any:
        """Point spread function."""
        return self._part("psf")

    @property
    def bkg(self) -> Any:
        """Background rate."""
        return self._part("bkg")

    @property
    def rad_max(self) -> Any:
        """Directional cut of point-like responses: a table, or the fixed RAD_MAX of the effective area."""
        from gpnb.irf.rad_max import RadMax  # here: few responses are point-like

        return self._part("rad_max") if self.has("rad_max") else RadMax.from_response(self.aeff)

    def has(self, part: str) -> bool:
        """Whether it has a part of that name."""
        return part in self.parts

    @property
    def meta(self) -> dict[str, Any]:
        """Header keywords of its events; without events, its row of the observation table."""
        return self._all_events.meta if self.has("events") else self.row

    @property
    def target(self) -> str:
        """Name of the target, empty if unknown."""
        return str(self._fact("OBJECT", "")).strip()

    @property
    def pointing(self) -> SkyCoord:
        """Direction of the telescopes; for a drift scan, at its middle."""
        if self._drifts:
            return self.pointing_at(self.tmid)
        if self.has("events"):
            return self._all_events.pointing
        return sky_position(self.row, ("RA_PNT", "DEC_PNT"), f"run {self.obs_id}")

    def pointing_at(self, time: Time) -> SkyCoord:
        """Direction of the telescopes at a time.

        Parameters
        ----------
        time : Time
            One time or several.
        """
        if self._drifts:
            alt, az = (keyword_number(self.meta, key, f"run {self.obs_id}") for key in ("ALT_PNT", "AZ_PNT"))
            return from_horizon(alt, az, time, self.location)
        fixed = self.pointing
        if time.isscalar:
            return fixed
        return SkyCoord(np.full(time.shape, fixed.ra.deg), np.full(time.shape, fixed.dec.deg), unit="deg")

    @property
    def ontime(self) -> u.Quantity:
        """Length of the good time intervals."""
        return self.gti.duration

    @property
    def livetime(self) -> u.Quantity:
        """Good time without dead time: the header's live fraction (DEADC) of the intervals."""
        return self.gti.duration * self.live_fraction

    @property
    def live_fraction(self) -> float:
        """Live fraction: DEADC, else LIVETIME / ONTIME; 1 if the run tells neither.

        Raises
        ------
        DataFormatError
            If it is not between 0 and 1.
        """
        return live_fraction(self.row, self.meta, lambda: self.gti.seconds, f"run {self.obs_id}")

    @property
    def zenith(self) -> u.Quantity:
        """Zenith angle; NaN if it is not known."""
        told = number_or_nan(self.row.get("ZEN_PNT", np.nan))
        return (told if np.isfinite(told) else 90.0 - number_or_nan(self._fact("ALT_PNT", np.nan))) * u.deg

    @property
    def location(self) -> EarthLocation:
        """The observatory."""
        return location_of(self.meta, f"run {self.obs_id}")

    @property
    def tstart(self) -> Time:
        """Start of its first interval."""
        return self.gti.start[0]

    @property
    def tstop(self) -> Time:
        """End of its last interval."""
        return self.gti.stop[-1]

    @property
    def tmid(self) -> Time:
        """Middle between start and stop."""
        return self.tstart + 0.5 * (self.tstop - self.tstart)

    @property
    def _all_events(self) -> EventList:
        """As stored, with those that no live time speaks for; the good ones alone once these are known."""
        events: EventList = self._part("events")
        return events

    def _good_events(self) -> EventList:
        events = self._all_events
        keep = events.complete
        if not keep.all():
            bad = np.count_nonzero(~keep)
            warn(f"run {self.obs_id}: {bad} of {len(keep)} events have no finite time, direction or energy: left out.")
            events = events.take(keep, events.recipe)
        if not self.has("gti") or not len(events):
            return events
        seconds = events.time_values + float(seconds_from(events.time_reference, self.gti.reference))
        if self.gti.distance(seconds).max() < _ROUNDED:
            return events
        inside = self.gti.contains(seconds)
        if not inside.any():
            warn(f"run {self.obs_id}: none of {len(events)} events lies in the good time intervals: compare MJDREF.")
        return events.take(inside, events.recipe)

    @property
    def _drifts(self) -> bool:
        return str(self.meta.get("OBS_MODE", "")).strip().upper() == "DRIFT"

    def _fact(self, name: str, default: Any) -> Any:
        """From the observation table, else from the header of the events."""
        return self.row[name] if name in self.row else self.meta.get(name, default)

    def _part(self, name: str) -> Any:
        if name not in self._read:
            part = self.parts.get(name)
            if part is None:
                has = ", ".join(self.parts) or "nothing"
                raise SelectionError(f"Run {self.obs_id} has no {_WORDS.get(name, name)} ({name}); it has: {has}.")
            recipe = Recipe.of(f".{name}", on=self)
            self._read[name] = part.read(name, recipe) if isinstance(part, Part) else part
        return self._read[name]

    def between(self, start: Time | str | None = None, stop: Time | str | None = None) -> Observation:
        """The part of the run between two times: its events, good times and live time; None for an open end.

        Raises
        ------
        SelectionError
            If no good time is left.
        """
        recipe = Recipe.of_call(self.between, locals(), name="obs")
        return self.cut(self.gti.select((start, stop)), self.events.select(time=(start, stop)), self.part, recipe)

    def in_phase(self, phase: Any, ephemeris: Ephemeris) -> Observation:
        """The parts of the run at some phases of a turn, for spectra of phases: events, good times and live time.

        Parameters
        ----------
        phase, ephemeris
            See `GTI.in_phase`; a column of phases is not enough, as good times have none.

        Raises
        ------
        SelectionError
            If no good time is left.
        """
        events = self.events.select(phase=phase, ephemeris=ephemeris)
        recipe = Recipe.of_call(self.in_phase, locals(), name="obs")
        return self.cut(self.gti.in_phase(phase, ephemeris), events, self.part, recipe)

    def cut(self, gti: GTI, events: EventList, part: str, recipe: Recipe) -> Observation:
        """The same run with other good times and events; `part` is added to the name."""
        other = self.passing()
        found = {"gti": gti, "events": events}
        other.parts, other._read = {**self.parts, **found}, {**other._read, **found, _GOOD: events}
        other.row = {**self.row, "DEADC": self.live_fraction}  # what it is of the whole holds for the part
        other.part, other.recipe = part, recipe
        return other

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What follows from the responses alone: made once for all parts of the run, until another key comes.

        Parameters
        ----------
        key : object
            What it is made for, compared by identity.
        make : callable
            What makes it.
        """
        if self._drifts:
            return make()
        known, value = self._last[0]
        if known is not key:
            value = make()
            self._last[0] = key, value
        return value

    def passing(self) -> Observation:
        """The same run for one pass: it has what was read here, and takes what it reads away with it."""
        other = copy(self)  # as pickled, without what follows
        other._read, other._last = dict(self._read), self._last
        return other

    def __getstate__(self) -> dict[str, Any]:
        """Pickle by path: what was read stays here."""
        return {**self.__dict__, "_read": {}, "_last": [(None, None)]}

    def __repr__(self) -> str:
        kind = f", {self.event_type}" if self.event_type else ""
        target = str(self.row.get("OBJECT", "")).strip()
        return f"Observation({self.obs_id}{kind}{', ' + target if target else ''})"
