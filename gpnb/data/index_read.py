"""Reading the index tables of a store: run numbers as whole numbers, columns in the units that gpnb counts in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import one_line
from gpnb.core.fits_file import open_fits, reading
from gpnb.core.fits_units import unit_factor
from gpnb.core.header_keys import whole_number
from gpnb.core.warn import warn
from gpnb.data.timeref import time_factor

UNITS = {
    **dict.fromkeys(("RA_PNT", "DEC_PNT", "GLON_PNT", "GLAT_PNT", "ALT_PNT", "AZ_PNT", "ZEN_PNT"), "deg"),
    **dict.fromkeys(("RA_OBJ", "DEC_OBJ"), "deg"),
    **dict.fromkeys(("TSTART", "TSTOP", "ONTIME", "LIVETIME"), "s"),
}
"""What gpnb counts in, for columns that have a unit."""

_COUNTED = ("TSTART", "TSTOP")
"""Columns that count from the time reference: where they have no unit of their own, in its TIMEUNIT."""


def read_index(path: Path, name: str) -> Table:
    """An index table: the HDU of that name, else the first table (MAGIC names it differently).

    Raises
    ------
    DataFormatError
        If there is none, or OBS_ID holds something else than whole numbers.
    """
    with open_fits(path) as hdulist, reading(path):
        tables = [hdu for hdu in hdulist if isinstance(hdu, fits.BinTableHDU)]
        if not tables:
            raise DataFormatError(f"{path} has no table; expected {name}.")
        hdu = next((hdu for hdu in tables if hdu.name == name), tables[0])
        columns = {column.name.upper(): _plain(hdu.data[column.name]) for column in hdu.columns}
        table = Table(columns, meta={key: value for key, value in hdu.header.items() if key})
        for column in hdu.columns:
            table[column.name.upper()].unit = column.unit
    if "OBS_ID" in table.colnames:
        table["OBS_ID"] = run_numbers(table["OBS_ID"], f"{path}, column OBS_ID")
    return in_own_units(table, str(path))


def run_numbers(values: Any, where: str) -> np.ndarray:
    """Run numbers, which some writers keep as text with leading zeros.

    Raises
    ------
    DataFormatError
        If one is no whole number; names it.

    Examples
    --------
    >>> run_numbers(["023523", "7"], "here").tolist()
    [23523, 7]
    """
    numbers = [whole_number(value) for value in np.asarray(values).tolist()]
    if None in numbers:
        bad = np.asarray(values).tolist()[numbers.index(None)]
        raise DataFormatError(f"{where}: {one_line(bad)!r} is no run number: write a whole number.")
    return np.array(numbers, dtype=np.int64)


def in_own_units(table: Table, where: str) -> Table:
    """The table with its known columns in deg and s; a unit that says nothing is told and taken for these."""
    for name, unit in UNITS.items():
        if name not in table.colnames or table[name].dtype.kind not in "iuf":
            continue
        own = str(table[name].unit or "")
        try:
            factor = time_factor(table.meta, own, where) if name in _COUNTED else unit_factor(own, unit, where)
        except DataFormatError:
            warn(f"{where}, column {name}: unit {one_line(own)!r} is no unit of it; {unit} is taken.")
            factor = 1.0
        if factor != 1:
            table[name] = table[name].astype(float) * factor
        table[name].unit = unit
    table.meta.update({"TIMEUNIT": "s"} if "TIMEUNIT" in table.meta else {})
    return table


def _plain(values: Any) -> np.ndarray:
    """Native byte order, text without padding."""
    values = np.asarray(values)
    if values.dtype.kind in "SU":
        return np.char.strip(values.astype(str))
    return np.asarray(values, dtype=values.dtype.newbyteorder("="))
