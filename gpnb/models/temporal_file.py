"""Files of light curves and phase curves as templates, in the layouts of Gammapy 2.1.

A light curve is a table of TIME (from MJDREFI + MJDREFF, on the scale TIMESYS) and NORM, or a map with an axis of time.
A phase curve is a table of PHASE and NORM.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.fits_units import unit_factor
from gpnb.core.header_keys import keyword_number, time_reference
from gpnb.core.known_times import known_time, later
from gpnb.core.provenance import creator, provenance, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.core.text_table import read_text_table

PathLike = str | os.PathLike[str]

_END = 1e-9
"""Of a turn before its end: where a curve is cut that does not close."""


def read_curve(path: PathLike) -> tuple[Time, np.ndarray]:
    """Times and factors of a light curve.

    Raises
    ------
    DataFormatError
        If the file holds none, depends on energy, or its times have no reference or unit.
    """
    table = _read(path, "TIME")
    time, norm = _column(table, "TIME", path), _column(table, "NORM", path)
    unit = str(table["TIME"].unit or table.meta.get("TIMEUNIT", "")).strip()
    if not unit:
        raise DataFormatError(f"{path}: TIME has no unit; give it one, or TIMEUNIT in the header.")
    seconds = time * unit_factor(unit, "s", str(path))
    return later(_reference(table.meta, path), seconds, str(path)), norm


def read_phases(path: PathLike, normalize: bool) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Phases from 0 to less than 1, factors, and what the header knows of the ephemeris.

    Parameters
    ----------
    path : path
        The file.
    normalize : bool
        Scale the factors to a mean of 1.

    Raises
    ------
    DataFormatError
        If the file holds no phase curve.
    """
    table = _read(path, "PHASE")
    phase, norm = _column(table, "PHASE", path), _column(table, "NORM", path)
    if len(phase) < 2 or not (phase[0] >= 0 and phase[-1] <= 1 and np.all(np.diff(phase) > 0)):
        raise DataFormatError(f"{path}: PHASE must rise from 0 to 1, in two rows or more.")
    if phase[-1] > 1 - _END:
        phase, norm = _opened(phase, norm)
    if normalize:
        nodes = np.concatenate([phase, phase[:1] + 1])
        norm = norm / np.trapezoid(np.append(norm, norm[:1]), nodes)
    known = {
        key.lower(): keyword_number(table.meta, key, str(path))
        for key in ("EPOCH", "F0", "F1", "F2", "PHI0")
        if key in table.meta
    }
    return phase, norm, known


def write_columns(
    path: PathLike, columns: Mapping[str, Any], meta: Mapping[str, Any], recipe: Recipe, overwrite: bool
) -> None:
    """Write a table with its provenance, all or nothing: ECSV where the name ends so, else FITS."""
    table = Table(dict(columns), meta={**meta, "CREATOR": creator()})
    with atomic_file(path, overwrite) as temporary:
        if str(path).lower().endswith(".ecsv"):
            table.meta["provenance"] = provenance(recipe)
            table.write(temporary, format="ascii.ecsv", overwrite=True)
            return
        hdu = fits.table_to_hdu(table)
        hdu.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
        with warnings.catch_warnings():
            # long provenance is what CONTINUE cards are for
            warnings.filterwarnings("ignore", "Card is too long", fits.verify.VerifyWarning)
            hdu.header.append(provenance_card(recipe))
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(temporary, overwrite=True, checksum=True)


def _opened(phase: np.ndarray, norm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Without phase 1, which is 0 again; a curve that jumps there does so within a billionth of a turn."""
    if phase[0] == 0 and norm[0] != norm[-1]:
        return np.append(phase[:-1], 1 - _END), norm
    if phase[0] > 0:
        phase, norm = np.append(0.0, phase), np.append(norm[-1], norm)
    return phase[:-1], norm[:-1]


def _read(path: PathLike, axis: str) -> Table:
    """The table that has a column, names in capitals; a map as such a table."""
    if str(path).lower().endswith((".ecsv", ".ecsv.gz")):
        table = read_text_table(path, "ascii.ecsv")
        table.rename_columns(table.colnames, [name.upper() for name in table.colnames])
        return table
    with open_fits(path) as hdus:
        tables = {hdu.name: hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU)}
        bands = [name for name in tables if name.endswith("_BANDS") and name.removesuffix("_BANDS") in tables]
        if bands:
            return _map(tables[bands[0]], tables[bands[0].removesuffix("_BANDS")], path)
        found = [hdu for hdu in tables.values() if axis in _names(hdu)]
        if not found:
            raise DataFormatError(f"{path} has no table with a column {axis}.")
        return _table(found[0], {name: name for name in _names(found[0])})


def _map(bands: Any, data: Any, path: PathLike) -> Table:
    """A map in sparse pixels of no region: axes in one table, values in another."""
    if "TIME" not in _names(bands) or "ENERGY" in _names(bands):
        raise DataFormatError(
            f"{path}: a map with one axis, of time, is expected; factors that depend on energy are not."
        )
    table = _table(bands, {"TIME": "TIME"})
    values = np.asarray(data.data["DATA"], dtype=float).reshape(len(data.data), -1)
    order = np.argsort(data.data["CHANNEL"], kind="stable")
    table["NORM"] = values[order][np.argsort(np.argsort(bands.data["CHANNEL"]))]
    return table


def _table(hdu: Any, names: Mapping[str, str]) -> Table:
    table = Table({name: np.asarray(hdu.data[name], dtype=float) for name in names}, meta=dict(hdu.header))
    for column in hdu.columns:
        if column.name.upper() in names and column.unit:
            table[column.name.upper()].unit = column.unit
    return table


def _names(hdu: Any) -> list[str]:
    return [column.name.upper() for column in hdu.columns]


def _column(table: Table, name: str, path: PathLike) -> np.ndarray:
    """One number a row."""
    if name not in table.colnames:
        raise DataFormatError(f"{path} has no column {name}; there are: {', '.join(table.colnames)}.")
    try:
        values = np.array([np.asarray(row, dtype=float) for row in table[name]]).reshape(len(table), -1)
    except (TypeError, ValueError) as error:
        raise DataFormatError(f"{path}: {name} is not a column of numbers.") from error
    if values.shape[1:] != (1,):
        raise DataFormatError(f"{path}: {name} has {values.shape[1:]} numbers a row; expected is one.")
    return values[:, 0]


def _reference(meta: Mapping[str, Any], path: PathLike) -> Time:
    return known_time(time_reference({"TIMESYS": "utc", **meta}, str(path)), str(path)).tt
