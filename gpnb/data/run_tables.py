"""The tables of one run, as GADF 0.3 asks for them: events and good time intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

from gpnb.core.header_text import as_ascii, header_text
from gpnb.core.provenance import creator
from gpnb.data.events import EventList
from gpnb.data.live_time import live_fraction
from gpnb.data.timeref import time_keys
from gpnb.irf.table import HDUDOC

_STRUCTURE = re.compile(
    r"(XTENSION|SIMPLE|EXTEND|BITPIX|NAXIS\d*|[PG]COUNT|TFIELDS|THEAP|EXT(NAME|VER|LEVEL)|CHECKSUM|DATASUM"
    r"|T(TYPE|FORM|UNIT|DIM|NULL|SCAL|ZERO|DISP)\d+|DS(TYP|UNI|VAL|REF)\d+|NDSKEYS"
    r"|HDUCLAS\w+|HDUDOC|HDUVERS|GPNBPROV|LONGSTRN|CONTINUE|HISTORY|COMMENT|)"
)
"""Keywords that describe a table, not an observation."""

DEFAULTS = {
    "OBS_MODE": "POINTING",
    "EQUINOX": 2000.0,
    "RADECSYS": "ICRS",
    "ORIGIN": "UNKNOWN",
    "TELESCOP": "UNKNOWN",
    "INSTRUME": "UNKNOWN",
}


def facts(header: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a header that tell of the observation, without those of the table."""
    return {key: value for key, value in header.items() if not _STRUCTURE.fullmatch(key)}


def interval_keys(events: EventList, start: np.ndarray, stop: np.ndarray) -> dict[str, Any]:
    """The keywords that follow from the intervals."""
    ontime = float(np.sum(stop - start))
    live = live_fraction({}, events.meta, lambda: ontime, "events")
    first, last = float(start[0]), float(stop[-1])
    header = {**time_keys(events.time_reference), "TSTART": first, "TSTOP": last, "TELAPSE": last - first}
    header |= {"ONTIME": ontime, "LIVETIME": ontime * live, "DEADC": live}
    for name, value in {"OBS": first, "END": last}.items():
        day, _, clock = Time(events.time_reference + value * u.s, precision=3).isot.partition("T")
        header |= {f"DATE-{name}": day, f"TIME-{name}": clock}
    return header


def classes(kind: str) -> dict[str, Any]:
    """The keywords that say what a table is."""
    return {"HDUCLASS": "GADF", "HDUDOC": HDUDOC, "HDUVERS": "0.3", "HDUCLAS1": kind}


def events_hdu(events: EventList, header: Mapping[str, Any]) -> fits.BinTableHDU:
    """The events, sorted by time, right ascension from 0 to 360 deg; further columns are kept."""
    order = np.argsort(events.time_values, kind="stable")
    table = events.table[order]
    ids = table["EVENT_ID"] if "EVENT_ID" in table.colnames else np.arange(1, len(table) + 1)
    ra = (events.ra_values[order] % 360.0).astype(np.float32)
    ra[ra >= 360] = 0.0  # rounding up may close the circle
    columns = [
        fits.Column("EVENT_ID", "K", array=np.asarray(ids, dtype=np.int64)),
        fits.Column("TIME", "D", "s", array=events.time_values[order]),
        fits.Column("RA", "E", "deg", array=ra),
        fits.Column("DEC", "E", "deg", array=events.dec_values[order].astype(np.float32)),
        fits.Column("ENERGY", "E", "TeV", array=events.energy_values[order].astype(np.float32)),
    ]
    own = {column.name for column in columns}
    others = [name for name in table.colnames if name.upper() not in own]
    extra = _other_columns(table[others]) if others else []
    hdu = fits.BinTableHDU.from_columns([*columns, *extra], name="EVENTS")
    add_keywords(hdu, {**classes("EVENTS"), **header, "CREATOR": creator()})
    return hdu


def _other_columns(table: Table) -> fits.ColDefs:
    """Columns that the format does not ask for, with their units; boolean arrays as bits, such as EVENT_TYPE."""
    table.meta.clear()  # of the header of the events, which describes another table
    columns = fits.table_to_hdu(as_ascii(table)).columns
    bits = {
        name: table[name].shape[1] for name in table.colnames if table[name].dtype == bool and table[name].ndim == 2
    }
    made = [
        fits.Column(name, f"{bits[name]}X", array=np.asarray(table[name])) if name in bits else columns[name]
        for name in table.colnames
    ]
    return fits.ColDefs(made)


def gti_hdu(start: np.ndarray, stop: np.ndarray, reference: Time) -> fits.BinTableHDU:
    """Good time intervals in seconds from a reference."""
    columns = [fits.Column(name, "D", "s", array=values) for name, values in (("START", start), ("STOP", stop))]
    hdu = fits.BinTableHDU.from_columns(columns, name="GTI")
    add_keywords(hdu, {**classes("GTI"), **time_keys(reference), "CREATOR": creator()})
    return hdu


def add_keywords(hdu: Any, header: Mapping[str, Any]) -> None:
    """Write keywords into the header of a table, numpy scalars as plain ones."""
    for key, value in header.items():
        plain = value.item() if isinstance(value, np.generic) else value
        hdu.header[key] = header_text(plain) if isinstance(plain, str) else plain
