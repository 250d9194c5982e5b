"""Columns of any table as plain arrays: values, what is missing, unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time

from gpnb.core.words import unit_text


@dataclass(frozen=True, eq=False)
class Plain:
    """A column of an astropy table, whatever it is kept in.

    Attributes
    ----------
    name : str
        Of the column; the two parts of positions have names of their own.
    values : numpy.ndarray
        Numbers, truth values, text, `~astropy.time.Time` as MJD, or objects.
    missing : numpy.ndarray
        Where there is nothing: masked, or not a number.
    unit : str
        As in print.
    form : object
        The column's own format, as astropy takes it.
    texts : numpy.ndarray, optional
        What is shown where that is not the values.
    """

    name: str
    values: np.ndarray
    missing: np.ndarray
    unit: str = ""
    form: Any = None
    texts: Any = None

    @property
    def is_number(self) -> bool:
        """Whether each row is one number."""
        return self.values.dtype.kind in "iuf" and self.values.ndim == 1 and self.texts is None


def plain_columns(table: Table) -> Iterator[Plain]:
    """The columns of a table; positions become two.

    Examples
    --------
    >>> from astropy.table import QTable
    >>> table = QTable({"a": [1, 2], "position": SkyCoord([1, 2], [3, 4], unit="deg")})
    >>> [(item.name, item.unit) for item in plain_columns(table)]
    [('a', ''), ('ra', 'deg'), ('dec', 'deg')]
    """
    for name in table.colnames:
        column = table[name]
        if isinstance(column, SkyCoord):
            yield from _positions(column)
        elif isinstance(column, Time):
            yield _times(name, column)
        else:
            yield _one(name, column)


def _positions(coord: SkyCoord) -> Iterator[Plain]:
    names = ("l", "b") if coord.frame.name == "galactic" else ("ra", "dec")
    for name, angle in zip(names, (coord.spherical.lon, coord.spherical.lat), strict=True):
        values = np.asarray(angle.to_value("deg"), dtype=float)
        yield Plain(name, values, ~np.isfinite(values), "deg")


def _times(name: str, times: Time) -> Plain:
    """Times are shown as dates, and sorted by what they are; each row is made a date when it is shown."""
    missing = np.broadcast_to(np.asarray(times.mask), times.shape)
    values = np.where(missing, np.nan, np.ma.getdata(times.mjd)) if times.shape else np.zeros(0)
    return Plain(name, values, missing, times.scale.upper(), texts=times)


def _one(name: str, column: Any) -> Plain:
    info = getattr(column, "info", None)
    missing = np.asarray(getattr(column, "mask", False))
    bare = np.ma.getdata(getattr(column, "unmasked", column))
    values = np.asarray(getattr(bare, "value", bare))
    unit = getattr(info, "unit", None)
    if values.dtype.names is not None or values.dtype.kind not in "iufbSUOMm":
        values = np.array([str(item) for item in values], dtype=object)
    elif values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    elif values.dtype.kind in "Mm":
        values = values.astype(str)
    missing = np.broadcast_to(missing, values.shape) if missing.shape in ((), values.shape) else missing
    if values.ndim == 1:
        missing = missing | (np.isnan(values) if values.dtype.kind == "f" else False)
    return Plain(name, values, missing, unit_text(unit) if unit is not None else "", getattr(info, "format", None))
