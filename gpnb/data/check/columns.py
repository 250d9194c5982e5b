"""Columns of a table: there, of the right type, with a unit that fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.fits_units import parse_unit
from gpnb.data.check.finding import Place


def find_column(hdu: Any, *names: str) -> Any:
    """The first column of one of these names, whatever its case; None if there is none."""
    columns = {column.name.strip().upper(): column for column in hdu.columns}
    return next((columns[name] for name in names if name in columns), None)


def check_column(place: Place, hdu: Any, name: str, unit: str, assumed: str | None = None) -> np.ndarray | None:
    """The values of a mandatory column in `unit`, as float64; None, with a finding, if they cannot be had.

    Parameters
    ----------
    place : Place
        Where findings go.
    hdu : BinTableHDU
        The table.
    name : str
        Of the column.
    unit : str
        Of the format.
    assumed : str, optional
        What the header says for columns without a unit of their own, such as its TIMEUNIT.
    """
    column = find_column(hdu, name)
    if column is None:
        there = ", ".join(hdu.columns.names)
        place.error("column-missing", name, f"The column {name} is missing; there are: {there}.", f"Add {name}.")
        return None
    factor = check_unit(place, name, column.unit, unit, assumed)
    values = np.asarray(hdu.data[column.name])
    if values.dtype.kind not in "fiu":
        place.error("column-type", name, f"The column {name} holds {column.format}, not numbers.", "Write numbers.")
        return None
    return None if factor is None else values.astype(float) * factor


def check_unit(place: Place, name: str, found: str | None, wanted: str, assumed: str | None = None) -> float | None:
    """The factor from the unit of a column to the one wanted; None, with a finding, if there is none."""
    text = str(found or "").strip()
    if not text and wanted:
        what = f"The column {name} has no unit; {assumed or wanted} is taken."
        write = place.note if assumed else place.warning
        write("unit-missing", name, what, f"Write its TUNIT, such as '{wanted}'.")
    try:
        return float(parse_unit(text or assumed or wanted).to(u.Unit(wanted)))
    except ValueError:
        what = f"The column {name} has the unit {text or assumed!r}, which is not one of {wanted or 'no unit'}."
        place.error("unit-wrong", name, what, f"Write the values in {wanted or 'plain numbers'}.")
        return None


def check_double(place: Place, hdu: Any, name: str) -> None:
    """Times must be float64: float32 is wrong by seconds."""
    column = find_column(hdu, name)
    if column is not None and "D" not in str(column.format):
        what = f"The column {name} has the format {column.format}, which is too coarse for times."
        place.error("column-type", name, what, "Write it as D (float64).")
