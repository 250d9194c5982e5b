"""The two index tables of a store, as GADF 0.3 asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from astropy.io import fits

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.header_keys import keyword_number, number_or_nan, sky_position
from gpnb.core.header_text import header_text
from gpnb.core.provenance import creator
from gpnb.data.gadf import classify
from gpnb.data.index_read import run_numbers
from gpnb.data.run_tables import add_keywords, classes
from gpnb.data.timeref import seconds_from, time_factor, time_keys, time_reference

_INDEX_KINDS = {
    "K": ("OBS_ID", "QUALITY", "N_TELS", "EVENT_COUNT"),
    "A": ("OBJECT", "OBS_MODE", "TELESCOP", "INSTRUME", "DATE-OBS", "TIME-OBS", "DATE-END", "TIME-END", "TELLIST"),
    "D deg": ("RA_PNT", "DEC_PNT", "GLON_PNT", "GLAT_PNT", "ALT_PNT", "AZ_PNT", "ZEN_PNT", "RA_OBJ", "DEC_OBJ"),
    "D s": ("TSTART", "TSTOP", "ONTIME", "LIVETIME"),
    "D": ("DEADC",),
}
"""FITS type and unit → columns of the observation index."""

_PLACE = ("GEOLON", "GEOLAT", "ALTITUDE")

_INDEX_COLUMNS = {name: kind for kind, names in _INDEX_KINDS.items() for name in names}


def parts_of_file(path: Path, folder: Path) -> dict[str, dict[str, Any]]:
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


def observation_row(path: Path) -> dict[str, Any]:
    """The row of the observation index, from the header of the events."""
    with open_fits(path) as hdulist:
        if "EVENTS" not in hdulist:
            raise DataFormatError(f"{path} has no EVENTS table, so it is no observation.")
        header = dict(hdulist["EVENTS"].header)
    row = {key: header[key] for key in (*_INDEX_COLUMNS, "MJDREFI", "MJDREFF", "TIMESYS") if key in header}
    place = {key: header[key] for key in _PLACE if key in header}
    pointing = sky_position(header, ("RA_PNT", "DEC_PNT"), str(path))
    row |= {"OBS_ID": int(run_numbers([header.get("OBS_ID")], f"{path}, keyword OBS_ID")[0])}
    row |= {"RA_PNT": float(pointing.ra.deg), "DEC_PNT": float(pointing.dec.deg)}
    galactic = pointing.galactic
    row |= {"GLON_PNT": float(galactic.l.deg), "GLAT_PNT": float(galactic.b.deg), "EVENT_COUNT": header["NAXIS2"]}
    factor = time_factor(header, None, str(path))
    row |= {key: keyword_number(header, key, str(path)) * factor for key in ("TSTART", "TSTOP")}
    row["ONTIME"] = row["TSTOP"] - row["TSTART"]  # so in the index; the events have that of the intervals
    row |= {key: number_or_nan(row[key]) for key, kind in _INDEX_COLUMNS.items() if kind[0] == "D" and key in row}
    if "ALT_PNT" in row:
        row.setdefault("ZEN_PNT", 90.0 - row["ALT_PNT"])
    return {"QUALITY": -1, "N_TELS": 0, **row, "_place": place, "_reference": time_reference(header, str(path))}


def hdu_index(entries: Sequence[Mapping[str, Any]]) -> fits.BinTableHDU:
    """The index of HDUs, a row an entry of `parts_of_file` with its OBS_ID."""
    names = ("HDU_TYPE", "HDU_CLASS", "FILE_DIR", "FILE_NAME", "HDU_NAME")
    columns = [fits.Column("OBS_ID", "K", array=np.array([entry["OBS_ID"] for entry in entries], dtype=np.int64))]
    columns += [_text_column(name, [entry[name] for entry in entries]) for name in names]
    hdu = fits.BinTableHDU.from_columns(columns, name="HDU_INDEX")
    add_keywords(hdu, {**classes("INDEX"), "HDUCLAS2": "HDU", "CREATOR": creator()})
    return hdu


def obs_index(rows: Sequence[dict[str, Any]]) -> fits.BinTableHDU:
    """The index of observations, times from the reference of the first row of `observation_row`."""
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
    add_keywords(
        hdu, {**classes("INDEX"), "HDUCLAS2": "OBS", **time_keys(reference), **rows[0]["_place"], "CREATOR": creator()}
    )
    return hdu


def _text_column(name: str, values: Sequence[str]) -> fits.Column:
    """As wide as its longest text."""
    plain = [header_text(value) for value in values]
    return fits.Column(name, f"{max([1, *map(len, plain)])}A", array=np.array(plain))
