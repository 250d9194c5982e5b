"""Writing observations as a GADF 0.3 store: event files, responses, index tables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fitsfile import open_fits
from gpnb.core.provenance import creator, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.data.events import EventList
from gpnb.data.gadf import classify
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from, time_reference
from gpnb.irf.table import HDUDOC

_STRUCTURE = re.compile(
    r"(XTENSION|SIMPLE|EXTEND|BITPIX|NAXIS\d*|[PG]COUNT|TFIELDS|THEAP|EXT(NAME|VER|LEVEL)|CHECKSUM|DATASUM"
    r"|T(TYPE|FORM|UNIT|DIM|NULL|SCAL|ZERO|DISP)\d+|DS(TYP|UNI|VAL|REF)\d+|NDSKEYS"
    r"|HDUCLAS\w+|HDUDOC|HDUVERS|GPNBPROV|LONGSTRN|CONTINUE|HISTORY|COMMENT|)"
)
"""Keywords that describe a table, not an observation."""

_MANDATORY = ("OBS_ID", "RA_PNT", "DEC_PNT", "GEOLON", "GEOLAT", "ALTITUDE")
_DEFAULTS = {
    "OBS_MODE": "POINTING",
    "EQUINOX": 2000.0,
    "RADECSYS": "ICRS",
    "ORIGIN": "UNKNOWN",
    "TELESCOP": "UNKNOWN",
    "INSTRUME": "UNKNOWN",
}
_ORDER = ("events", "gti", "aeff", "edisp", "psf", "bkg", "rad_max")

_INDEX_KINDS = {
    "K": ("OBS_ID", "QUALITY", "N_TELS", "EVENT_COUNT"),
    "A": ("OBJECT", "OBS_MODE", "TELESCOP", "INSTRUME", "DATE-OBS", "TIME-OBS", "DATE-END", "TIME-END", "TELLIST"),
    "D deg": ("RA_PNT", "DEC_PNT", "GLON_PNT", "GLAT_PNT", "ALT_PNT", "AZ_PNT", "ZEN_PNT", "RA_OBJ", "DEC_OBJ"),
    "D s": ("TSTART", "TSTOP", "ONTIME", "LIVETIME"),
    "D": ("DEADC",),
}
"""FITS type and unit → columns of the observation index."""

_INDEX_COLUMNS = {name: kind for kind, names in _INDEX_KINDS.items() for name in names}


def facts(header: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a header that tell of the observation, without those of the table."""
    return {key: value for key, value in header.items() if not _STRUCTURE.fullmatch(key)}


def write_observation(
    path: str | os.PathLike[str],
    events: EventList,
    gti: GTI,
    irfs: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write one observation to a file: EVENTS, GTI, and the responses given.

    Parameters
    ----------
    path : path
        Ending in ``.fits`` or ``.fits.gz``.
    events : EventList
        Its header (``events.meta``) must tell OBS_ID, RA_PNT, DEC_PNT, GEOLON, GEOLAT and ALTITUDE; what follows
        from the intervals (TSTART, TSTOP, ONTIME, LIVETIME …) is computed, the live fraction is its DEADC.
    gti : GTI
        Good time intervals; they and the events are written in seconds from the reference of the events.
    irfs : mapping, optional
        ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``: responses to put into the same file.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    ArgumentError
        If the file exists, or the header lacks a mandatory keyword.
    """
    missing = [key for key in _MANDATORY if key not in events.meta]
    if missing:
        raise ArgumentError(f"{path}: the header of the events lacks {', '.join(missing)}; set it in events.meta.")
    shift = float(seconds_from(gti.reference, events.time_reference))
    start, stop = gti.start_values + shift, gti.stop_values + shift
    header = {**_DEFAULTS, **facts(events.meta), **_times(events, start, stop)}
    tables = [_events_hdu(events, header), _gti_hdu(start, stop, events.time_reference)]
    _write(path, [*tables, *_irf_hdus(irfs or {})], events.recipe, overwrite)


def write_irfs(path: str | os.PathLike[str], irfs: Mapping[str, Any], overwrite: bool = False) -> None:
    """Write responses to a file of their own, which the index may name for many observations.

    Parameters
    ----------
    path : path
        Ending in ``.fits`` or ``.fits.gz``.
    irfs : mapping
        ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``.
    overwrite : bool
        Whether an existing file may be replaced.
    """
    first = next(iter(irfs.values()))
    _write(path, _irf_hdus(irfs), first.recipe, overwrite)


def write_index(
    folder: str | os.PathLike[str],
    paths: Sequence[str | os.PathLike[str]] | None = None,
    irfs: str | os.PathLike[str] | Mapping[int, str | os.PathLike[str]] | None = None,
) -> None:
    """Write ``hdu-index.fits.gz`` and ``obs-index.fits.gz``; existing ones are replaced.

    Parameters
    ----------
    folder : path
        Where the index files go; all files must lie in it or below.
    paths : sequence of paths, optional
        The event files; by default every FITS file below that has an EVENTS table.
    irfs : path or mapping of obs_id to path, optional
        The file of responses shared by all runs, or by those named; responses in an event file come first.

    Raises
    ------
    ArgumentError
        If a file lies outside of `folder`.
    DataFormatError
        If a file has no EVENTS table, or there are no files.
    """
    folder = Path(folder)
    rows, entries = [], []
    for path in _event_files(folder) if paths is None else [Path(item) for item in paths]:
        row = _observation_row(path)
        shared = irfs.get(row["OBS_ID"]) if isinstance(irfs, Mapping) else irfs
        parts = {**(_parts(Path(shared), folder) if shared is not None else {}), **_parts(path, folder)}
        entries += [{"OBS_ID": row["OBS_ID"], **parts[kind]} for kind in _ORDER if kind in parts]
        rows.append(row)
    if not rows:
        raise DataFormatError(f"{folder}: no event files to make an index of.")
    recipe = Recipe.of("gpnb.data.write.write_index()", folder=folder.name)
    _write(folder / "hdu-index.fits.gz", [_hdu_index(entries)], recipe, overwrite=True)
    _write(folder / "obs-index.fits.gz", [_obs_index(rows)], recipe, overwrite=True)


def _write(path: str | os.PathLike[str], hdus: Sequence[Any], recipe: Recipe, overwrite: bool) -> None:
    """All tables with checksums, the provenance in the primary header."""
    primary = fits.PrimaryHDU()
    primary.header["CREATOR"] = creator()
    primary.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
    primary.header.append(provenance_card(recipe))
    with atomic_file(path, overwrite) as temporary:
        fits.HDUList([primary, *hdus]).writeto(temporary, overwrite=True, checksum=True)


def _times(events: EventList, start: np.ndarray, stop: np.ndarray) -> dict[str, Any]:
    """The keywords that follow from the intervals."""
    ontime, live = float(np.sum(stop - start)), float(events.meta.get("DEADC", 1.0))
    first, last = float(start[0]), float(stop[-1])
    header = {**_time_keys(events.time_reference), "TSTART": first, "TSTOP": last, "TELAPSE": last - first}
    header |= {"ONTIME": ontime, "LIVETIME": ontime * live, "DEADC": live}
    for name, value in {"OBS": first, "END": last}.items():
        day, _, clock = Time(events.time_reference + value * u.s, precision=3).isot.partition("T")
        header |= {f"DATE-{name}": day, f"TIME-{name}": clock}
    return header


def _time_keys(reference: Time) -> dict[str, Any]:
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


def _classes(kind: str) -> dict[str, Any]:
    return {"HDUCLASS": "GADF", "HDUDOC": HDUDOC, "HDUVERS": "0.3", "HDUCLAS1": kind}


def _events_hdu(events: EventList, header: Mapping[str, Any]) -> fits.BinTableHDU:
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
    _add(hdu, {**_classes("EVENTS"), **header, "CREATOR": creator(), "CREATED": Time.now().isot})
    return hdu


def _other_columns(table: Table) -> fits.ColDefs:
    """Columns that the format does not ask for, with their units; boolean arrays as bits, such as EVENT_TYPE."""
    table.meta.clear()  # of the header of the events, which describes another table
    columns = fits.table_to_hdu(table).columns
    bits = {
        name: table[name].shape[1] for name in table.colnames if table[name].dtype == bool and table[name].ndim == 2
    }
    made = [
        fits.Column(name, f"{bits[name]}X", array=np.asarray(table[name])) if name in bits else columns[name]
        for name in table.colnames
    ]
    return fits.ColDefs(made)


def _gti_hdu(start: np.ndarray, stop: np.ndarray, reference: Time) -> fits.BinTableHDU:
    columns = [fits.Column(name, "D", "s", array=values) for name, values in (("START", start), ("STOP", stop))]
    hdu = fits.BinTableHDU.from_columns(columns, name="GTI")
    _add(hdu, {**_classes("GTI"), **_time_keys(reference), "CREATOR": creator()})
    return hdu


def _irf_hdus(irfs: Mapping[str, Any]) -> list[fits.BinTableHDU]:
    unknown = sorted(set(irfs) - set(_ORDER))
    if unknown:
        raise ArgumentError(f"{unknown[0]!r} is no part of an observation; known are: {', '.join(_ORDER[2:])}.")
    return [irfs[kind].to_hdu() for kind in _ORDER if kind in irfs]


def _add(hdu: Any, header: Mapping[str, Any]) -> None:
    for key, value in header.items():
        hdu.header[key] = value.item() if isinstance(value, np.generic) else value


def _event_files(folder: Path) -> list[Path]:
    found = []
    for path in sorted([*folder.rglob("*.fits"), *folder.rglob("*.fits.gz")]):
        with open_fits(path) as hdulist:
            if "EVENTS" in hdulist:
                found.append(path)
    return found


def _parts(path: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """What a file holds, as rows of the HDU index."""
    try:
        relative = PurePosixPath(path.resolve().relative_to(folder.resolve()).as_posix())
    except ValueError as error:
        raise ArgumentError(f"{path} lies outside of {folder}: an index names only files in or below it.") from error
    parts = {}
    with open_fits(path) as hdulist:
        for hdu in hdulist[1:]:
            kind, hdu_class = classify(hdu)
            where = {"FILE_DIR": str(relative.parent), "FILE_NAME": relative.name, "HDU_NAME": hdu.name}
            parts[kind] = {"HDU_TYPE": kind, "HDU_CLASS": hdu_class, **where}
    return parts


def _observation_row(path: Path) -> dict[str, Any]:
    """The row of the observation index, from the header of the events."""
    with open_fits(path) as hdulist:
        if "EVENTS" not in hdulist:
            raise DataFormatError(f"{path} has no EVENTS table, so it is no observation.")
        header = dict(hdulist["EVENTS"].header)
    row = {key: header[key] for key in (*_INDEX_COLUMNS, "MJDREFI", "MJDREFF", "TIMESYS") if key in header}
    galactic = SkyCoord(header["RA_PNT"], header["DEC_PNT"], unit="deg", frame="icrs").galactic
    row |= {"GLON_PNT": float(galactic.l.deg), "GLAT_PNT": float(galactic.b.deg), "EVENT_COUNT": header["NAXIS2"]}
    row["ONTIME"] = header["TSTOP"] - header["TSTART"]  # so in the index; the events have that of the intervals
    if "ALT_PNT" in header:
        row.setdefault("ZEN_PNT", 90.0 - header["ALT_PNT"])
    return {"QUALITY": -1, "N_TELS": 0, **row, "_reference": time_reference(header, str(path))}


def _hdu_index(entries: Sequence[Mapping[str, Any]]) -> fits.BinTableHDU:
    names = ("HDU_TYPE", "HDU_CLASS", "FILE_DIR", "FILE_NAME", "HDU_NAME")
    columns = [fits.Column("OBS_ID", "K", array=np.array([entry["OBS_ID"] for entry in entries], dtype=np.int64))]
    columns += [_text_column(name, [entry[name] for entry in entries]) for name in names]
    hdu = fits.BinTableHDU.from_columns(columns, name="HDU_INDEX")
    _add(hdu, {**_classes("INDEX"), "HDUCLAS2": "HDU", "CREATOR": creator()})
    return hdu


def _obs_index(rows: Sequence[dict[str, Any]]) -> fits.BinTableHDU:
    reference = rows[0]["_reference"]
    for row in rows:
        shift = float(seconds_from(row["_reference"], reference))
        row["TSTART"], row["TSTOP"] = row["TSTART"] + shift, row["TSTOP"] + shift
    columns = []
    for name, kind in _INDEX_COLUMNS.items():
        if not any(name in row for row in rows):
            continue
        form, _, unit = kind.partition(" ")
        if form == "A":
            columns.append(_text_column(name, [str(row.get(name, "")) for row in rows]))
        else:
            values = np.array([row.get(name, -1 if form == "K" else np.nan) for row in rows])
            columns.append(fits.Column(name, form, unit or None, array=values))
    hdu = fits.BinTableHDU.from_columns(columns, name="OBS_INDEX")
    _add(hdu, {**_classes("INDEX"), "HDUCLAS2": "OBS", **_time_keys(reference), "CREATOR": creator()})
    return hdu


def _text_column(name: str, values: Sequence[str]) -> fits.Column:
    """As wide as its longest text."""
    return fits.Column(name, f"{max(1, *map(len, values))}A", array=np.array(values))
