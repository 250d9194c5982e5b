"""An observation out of nothing: a pointing, a time and responses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.table import Table
from astropy.time import Time

from gpnb.core.cache_folder import find_data
from gpnb.core.errors import ArgumentError
from gpnb.core.text_file import found_file
from gpnb.core.units import quantity_text, to_float
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.parts import IRFS
from gpnb.data.timeref import time_keys

_COLUMNS = {"TIME": "s", "RA": "deg", "DEC": "deg", "ENERGY": "TeV"}


def made_parts(
    pointing: SkyCoord, seconds: float, irfs: Any, location: EarthLocation | None, time: Time, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Events (none), good time and responses.

    Parameters
    ----------
    pointing : SkyCoord
        Where the telescopes look.
    seconds : float
        Good time.
    irfs : path, mapping or Observation
        The responses.
    location : EarthLocation, optional
        The observatory.
    time : Time
        The start.
    facts : mapping
        More keywords.
    """
    icrs, start = pointing.icrs, time.tt
    header = {**time_keys(start), "OBS_MODE": "POINTING", "TSTART": 0.0, "TSTOP": seconds, "ONTIME": seconds, **facts}
    header |= {"RA_PNT": float(icrs.ra.deg), "DEC_PNT": float(icrs.dec.deg), "RADECSYS": "ICRS", "EQUINOX": 2000.0}
    if location is not None:
        header |= {
            "GEOLON": float(location.lon.deg),
            "GEOLAT": float(location.lat.deg),
            "ALTITUDE": float(location.height.to_value("m")),
        }
    table = Table({name: np.zeros(0) for name in _COLUMNS})
    for name, unit in _COLUMNS.items():
        table[name].unit = unit
    events = EventList(table, header, start)
    return {"events": events, "gti": GTI([0.0], [seconds], start), **responses_of(irfs)}


def responses_of(irfs: Any) -> dict[str, Any]:
    """Responses by kind, of a file, a mapping or another run.

    Raises
    ------
    ArgumentError
        If it is something else, or there is no effective area.
    """
    if isinstance(irfs, str | os.PathLike):
        from gpnb.irf.read import read_irf  # here: most runs come from stores

        irfs = read_irf(found_file(find_data(Path(irfs)) or Path(irfs)))
    parts = getattr(irfs, "parts", irfs)
    if not isinstance(parts, Mapping):
        raise ArgumentError(f"irfs={irfs!r} must be a file with responses, what gpnb.read_irf gives, or a run.")
    found = {name: part for name, part in parts.items() if name in IRFS}
    if "aeff" not in found:
        raise ArgumentError(f"irfs holds {', '.join(parts) or 'nothing'}, but no effective area (aeff).")
    return found


def location_text(location: EarthLocation | None) -> list[str] | None:
    """What a recipe notes of an observatory."""
    if location is None:
        return None
    return [quantity_text(item) for item in (location.lon.to("deg"), location.lat.to("deg"), location.height.to("m"))]


def good_seconds(livetime: Any, live_fraction: float) -> float:
    """Good time that has a live time.

    Raises
    ------
    ArgumentError
        If either is none.
    """
    live = to_float(livetime, "s", "livetime")
    if not 0 < live < np.inf:
        raise ArgumentError(f"livetime={livetime!r} must be longer than no time.")
    if not 0 < live_fraction <= 1:
        raise ArgumentError(f"live_fraction={live_fraction!r} must be above 0 and at most 1.")
    return live / live_fraction
