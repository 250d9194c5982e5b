"""GADF tables of one row, read into axes and arrays, and written back.

The rules of the format, and what real files do differently: the dimensions of a value column follow the
order of its axis columns (or of its ``CREF`` card), in some files reversed; units are written in many ways;
axes of one bin may be scalars; ``LO == HI`` means nodes instead of bins.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_units import parse_unit, without_counts
from gpnb.core.provenance import creator
from gpnb.irf.layout import AxisColumns, Layout, ValueColumn
from gpnb.irf.response import Response
from gpnb.maps.axis import Axis

HDUDOC = "https://github.com/open-gamma-ray-astro/gamma-astro-data-formats"

KEPT = (
    *("ORIGIN", "TELESCOP", "INSTRUME", "OBS_ID", "EV_CLASS", "ANA_VER", "CAL_VER", "CONFIG"),
    *("LO_THRES", "HI_THRES", "RAD_MAX", "FOVALIGN", "DETAXES", "HDUCLAS3"),
)
"""The header keywords that a response keeps."""

_GAP = 1e-5
"""Largest gap between neighbouring bins, relative to the edge or to the width."""

_NOISE = 0.05
"""Negative values up to this part of the greatest are noise of how a table was made: H.E.S.S. has 1 % of it."""

_logger = logging.getLogger("gpnb.irf")


@cache
def tell(message: str) -> None:
    """Log, once, what was assumed about a file."""
    _logger.warning(message)


class TableReader:
    """Reads one response from a table of one row.

    Parameters
    ----------
    hdu : BinTableHDU
        The table.
    layout : Layout
        What it must hold.
    source : str
        The file, for messages.

    Raises
    ------
    DataFormatError
        One sentence with the file, the HDU and the column, from every method.
    """

    def __init__(self, hdu: fits.BinTableHDU, layout: Layout, source: str):
        self._where = f"{source}, HDU {hdu.name or '(no name)'}"
        if not isinstance(hdu, fits.BinTableHDU):
            raise DataFormatError(f"{self._where}: a {layout.hdu_class} response must be a binary table.")
        rows = hdu.header["NAXIS2"]
        if rows != 1:
            raise DataFormatError(f"{self._where}: a {layout.hdu_class} table must have one row, not {rows}.")
        self._hdu, self._layout = hdu, layout
        self._columns = {name.upper(): number for number, name in enumerate(hdu.columns.names)}

    def axes(self) -> tuple[Axis, ...]:
        """The axes in the order of the layout."""
        return tuple(self._axis(columns, self._prefix(columns)) for columns in self._layout.axes)

    def values(self, axes: Sequence[Axis]) -> dict[str, np.ndarray]:
        """Column name → values in the house unit, dimensions in the order of the layout; not copied if need not be."""
        return {column.name: self._value(column, axes) for column in self._layout.columns}

    def header(self) -> dict[str, Any]:
        """The keywords that a response keeps."""
        return {key: self._hdu.header[key] for key in KEPT if key in self._hdu.header}

    def _axis(self, columns: AxisColumns, prefix: str) -> Axis:
        low, high = (self._numbers(f"{prefix}_{end}", columns.unit) for end in ("LO", "HI"))
        if low.shape != high.shape:
            raise self._fault(f"{prefix}_LO and {prefix}_HI have {low.size} and {high.size} values")
        if not np.all(np.isfinite(low) & np.isfinite(high)):
            raise self._fault(f"the axis columns {prefix}_LO and {prefix}_HI hold values that are not finite")
        if low.size and low.min() < columns.least:
            raise self._fault(f"the axis column {prefix}_LO begins at {low.min():g}, before {columns.least:g}")
        try:
            if np.array_equal(low, high):
                return Axis.from_nodes(low, columns.name, columns.unit, columns.interp)
            self._check_gaps(prefix, low, high)
            return Axis.from_edges(np.append(low, high[-1]), columns.name, columns.unit, columns.interp)
        except ArgumentError as error:
            raise self._fault(f"the axis columns {prefix}_LO and {prefix}_HI cannot be used: {error}") from error

    def _check_gaps(self, prefix: str, low: np.ndarray, high: np.ndarray) -> None:
        scale = np.maximum(np.abs(low[1:]), (high - low)[1:])
        if np.any(np.abs(high[:-1] - low[1:]) > _GAP * scale):
            raise self._fault(
                f"the bins {prefix}_LO, {prefix}_HI are not contiguous: each must start where the last ends"
            )

    def _value(self, column: ValueColumn, axes: Sequence[Axis]) -> np.ndarray:
        name = self._name((column.name, *column.aliases))
        prefixes = self._file_order(name)
        names = {self._prefix(columns): axis for columns, axis in zip(self._layout.axes, axes, strict=True)}
        values = self._oriented(name, [names[prefix].n for prefix in prefixes])
        values = values.transpose([prefixes.index(prefix) for prefix in names])
        factor = self._factor(name, column.unit, column.house_unit)
        # one pass: the sum is finite if all values are
        if not column.allow_nan and not math.isfinite(values.sum(dtype=float)):
            raise self._fault(f"the column {name} holds values that are not finite")
        self._check_range(column, name, values, factor)
        return values if factor == 1 else values.astype(float) * factor

    def _check_range(self, column: ValueColumn, name: str, values: np.ndarray, factor: float) -> None:
        """Refuse what no such quantity can be; tell of a table of zeros."""
        if not values.size:
            raise self._fault(f"the column {name} is empty")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # nothing but NaN
            low, high = float(np.nanmin(values)) * factor, float(np.nanmax(values)) * factor
        if low < column.least - _NOISE * max(high, 0.0) or high > column.most:
            bounds = f"{column.least:g} to {column.most:g} {column.house_unit}".strip()
            raise self._fault(f"the column {name} holds {low:g} to {high:g}; expected {bounds}")
        if low == high == 0 and column is self._layout.columns[0]:
            tell(f"{self._where}: the column {name} holds nothing but zeros.")

    def _oriented(self, name: str, lengths: Sequence[int]) -> np.ndarray:
        """The values of a column with its dimensions in the order of `lengths`."""
        raw, shape = self._cell(name), tuple(lengths)
        if raw.squeeze().shape == tuple(n for n in shape[::-1] if n > 1):
            raw = raw.reshape(shape[::-1])  # axes of one bin are left out in some files
        if raw.T.shape == shape:
            if shape == shape[::-1] and max(shape) > 1 and len(shape) > 1 and not self._cref(name):
                tell(f"{self._where}: the order of the axes of {name} is ambiguous; that of the columns is taken.")
            return raw.T
        if raw.shape == shape:
            return raw
        raise self._fault(f"the column {name} has the shape {raw.T.shape}, but its axes have {shape}")

    def _file_order(self, name: str) -> list[str]:
        """The axis prefixes in the order of the dimensions: of the CREF card, or of the columns."""
        own = [self._prefix(columns) for columns in self._layout.axes]
        stated = re.findall(r"(\w+)_LO", self._cref(name))
        if sorted(stated) == sorted(own):
            return stated
        return sorted(own, key=lambda prefix: self._columns[f"{prefix}_LO"])

    def _cref(self, name: str) -> str:
        return str(self._hdu.header.get(f"CREF{self._columns[name] + 1}", "")).upper()

    def _prefix(self, columns: AxisColumns) -> str:
        for prefix in (columns.prefix, *columns.aliases):
            if f"{prefix}_LO" in self._columns and f"{prefix}_HI" in self._columns:
                return prefix
        raise self._fault(f"the columns {columns.prefix}_LO and {columns.prefix}_HI are missing")

    def _name(self, names: Sequence[str]) -> str:
        for name in names:
            if name in self._columns:
                return name
        raise self._fault(f"the column {names[0]} is missing")

    def _cell(self, name: str) -> np.ndarray:
        return np.asarray(self._hdu.data.field(self._columns[name])[0])

    def _numbers(self, name: str, unit: str) -> np.ndarray:
        """A column of an axis, as a 1-D float array in the unit of the layout."""
        cell = self._cell(name)
        if cell.dtype.kind not in "fiu":
            raise self._fault(f"the column {name} must hold numbers")
        return np.atleast_1d(cell).astype(float).ravel() * self._factor(name, unit, unit)

    def _factor(self, name: str, assumed: str, wanted: str) -> float:
        """From the unit of a column, or that of the format where it has none, to the one wanted."""
        text = str(self._hdu.columns[self._columns[name]].unit or "").strip()
        if not text and assumed:
            tell(f"{self._where}: the column {name} has no unit; {assumed} is taken.")
        try:
            return float(without_counts(parse_unit(text or assumed)).to(wanted or u.dimensionless_unscaled))
        except ValueError as error:
            raise self._fault(
                f"the column {name} has the unit {text!r}, which is not one of {assumed or 'no unit'}"
            ) from error

    def _fault(self, what: str) -> DataFormatError:
        return DataFormatError(f"{self._where}: {what} ({self._layout.hdu_class} table).")


def to_table_hdu(response: Response, name: str | None = None) -> fits.BinTableHDU:
    """A response as a GADF 0.3 table of one row: float32, a unit on every column, class keywords.

    Parameters
    ----------
    response : Response
        Any of the responses.
    name : str, optional
        ``EXTNAME``; the usual one by default.

    Returns
    -------
    BinTableHDU
        Columns and dimensions in the order of the format, so that GammaLib and Gammapy read the same.
    """
    layout, columns, units = response.layout, [], []
    for axis, axis_columns in zip(response.axes, layout.axes, strict=True):
        ends = (axis.center_values,) * 2 if axis.is_node else (axis.low_values, axis.high_values)
        for end, values in zip(("LO", "HI"), ends, strict=True):
            columns.append(_column(f"{axis_columns.prefix}_{end}", values * axis.unit.to(axis_columns.unit or "")))
            units.append(axis_columns.unit)
    known = {column.name: column for column in layout.columns}
    for column_name, values in response.file_columns().items():
        house, unit = (
            (known[column_name].house_unit, known[column_name].unit) if column_name in known else ("sr-1",) * 2
        )
        columns.append(_column(column_name, values * u.Unit(house).to(unit)))
        units.append(unit)
    hdu = fits.BinTableHDU.from_columns(columns, name=name or layout.extname)
    _add_keywords(hdu, response, units)
    return hdu


def _column(name: str, values: np.ndarray) -> fits.Column:
    """One row; the dimensions in the order of the axes (FITS counts from the fastest)."""
    payload = np.asarray(values, dtype=np.float32).T[np.newaxis]
    dim = f"({','.join(str(n) for n in values.shape)})" if values.ndim > 1 else None
    return fits.Column(name, format=f"{values.size}E", dim=dim, array=payload)


def _add_keywords(hdu: fits.BinTableHDU, response: Response, units: Sequence[str]) -> None:
    layout, header = response.layout, hdu.header
    order = ",".join(f"{columns.prefix}_LO:{columns.prefix}_HI" for columns in layout.axes)
    for number, unit in enumerate(units, start=1):
        header.set(f"TUNIT{number}", unit, after=f"TFORM{number}")
        if number > 2 * len(layout.axes):
            header[f"CREF{number}"] = f"({order})"
    header["HDUCLASS"], header["HDUDOC"], header["HDUVERS"] = "GADF", HDUDOC, "0.3"
    header["HDUCLAS1"], header["HDUCLAS2"] = "RESPONSE", layout.type_key
    header["HDUCLAS3"] = "POINT-LIKE" if response.is_pointlike else "FULL-ENCLOSURE"
    header["HDUCLAS4"] = layout.hdu_class.upper()
    header["CREATOR"] = creator()
    for key, value in response.header.items():
        if key in KEPT and key != "HDUCLAS3":
            header[key] = value
    if layout.hdu_class == "bkg_3d":
        header["FOVALIGN"] = str(response.header.get("FOVALIGN", "RADEC")).strip().upper()
