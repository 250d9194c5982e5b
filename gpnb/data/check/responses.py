"""Instrument responses: tables of one row with axes and values (GADF 0.3, irfs and fits-arrays)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gpnb.core.errors import DataFormatError
from gpnb.data.check.columns import check_unit, find_column
from gpnb.data.check.finding import Place
from gpnb.data.check.shapes import check_values
from gpnb.irf.layout import AxisColumns, Layout, ValueColumn
from gpnb.irf.read import CLASSES, read_irf

_GAP = 1e-5
"""Largest gap between neighbouring bins, relative to the edge or to the width."""


def check_response(place: Place, hdu: Any, hdu_class: str) -> Any:
    """Axes, dimensions, units and values; gives the response if it can be read, else None."""
    if hdu_class not in CLASSES:
        what = f"The index says {hdu_class!r}, which is no response that gpnb reads."
        place.error("hdu-class", "HDU_CLASS", what, f"Use one of {', '.join(CLASSES)}.")
        return None
    if hdu.header["NAXIS2"] != 1:
        place.error("rows", "NAXIS2", f"The table has {hdu.header['NAXIS2']} rows.", "Write a response as one row.")
        return None
    layout = CLASSES[hdu_class].layout
    lengths = {}
    for columns in layout.axes:
        prefix = _prefix(hdu, columns)
        lengths[prefix] = _check_axis(place, hdu, columns, prefix)
    for column in layout.columns:
        _check_value(place, hdu, column, lengths)
    _check_alignment(place, hdu, layout)
    if place.failed:
        return None
    try:
        with _silent():
            response = read_irf(hdu, hdu_class, place.file)
            check_values(place, response, hdu)
    except DataFormatError as error:
        what = str(error).removeprefix(f"{place.file}, HDU {hdu.name}: ")
        place.error("irf-unreadable", "", what, "Write the table again.")
        return None
    return response


def _prefix(hdu: Any, columns: AxisColumns) -> str:
    prefixes = (columns.prefix, *columns.aliases)
    return next((prefix for prefix in prefixes if find_column(hdu, f"{prefix}_LO") is not None), columns.prefix)


def _check_axis(place: Place, hdu: Any, columns: AxisColumns, prefix: str) -> int | None:
    """The number of bins; None, with a finding, if the axis cannot be used."""
    ends = []
    for name in (f"{prefix}_LO", f"{prefix}_HI"):
        column = find_column(hdu, name)
        if column is None:
            place.error("column-missing", name, f"The column {name} of an axis is missing.", f"Add {name}.")
            return None
        check_unit(place, name, column.unit, columns.unit)
        ends.append(np.atleast_1d(np.asarray(hdu.data[column.name][0])).ravel())
    low, high = ends
    fault = _axis_fault(low, high, columns.interp == "log")
    if fault:
        place.error(fault[0], f"{prefix}_LO, {prefix}_HI", *fault[1:])
    return low.size if low.size == high.size else None


def _axis_fault(low: np.ndarray, high: np.ndarray, is_log: bool) -> tuple[str, str, str] | None:
    """What is wrong with an axis, as code, sentence and remedy."""
    if low.size != high.size:
        return "axis-size", f"The axis has {low.size} lower and {high.size} upper ends.", "Write as many of both."
    if not np.all(np.isfinite(low) & np.isfinite(high)):
        return "axis-value", "The axis has ends that are not finite.", "Write numbers."
    if np.any(np.diff(low) <= 0) or np.any(np.diff(high) <= 0) or np.any(high < low):
        return "axis-order", "The axis does not increase from bin to bin.", "Sort its bins."
    if is_log and low[0] <= 0:
        return "axis-value", f"The axis of energy starts at {low[0]:g}.", "Start above zero."
    scale = np.maximum(np.abs(low[1:]), (high - low)[1:])
    gap = np.abs(high[:-1] - low[1:]) > _GAP * scale
    if not np.array_equal(low, high) and gap.any():
        row = int(np.argmax(gap))
        what = f"Bin {row + 1} ends at {high[row]:g}, but bin {row + 2} starts at {low[row + 1]:g}."
        return "axis-gap", what, "Let each bin start where the last one ends."
    return None


def _check_value(place: Place, hdu: Any, column: ValueColumn, lengths: dict[str, int | None]) -> None:
    """Unit and dimensions of a column of values."""
    found = find_column(hdu, column.name, *column.aliases)
    if found is None:
        place.error("column-missing", column.name, f"The column {column.name} is missing.", f"Add {column.name}.")
        return
    check_unit(place, found.name, found.unit, column.unit)
    sizes = list(lengths.values())
    if None in sizes:
        return
    order = sorted(lengths, key=lambda prefix: hdu.columns.names.index(find_column(hdu, f"{prefix}_LO").name))
    stated = re.findall(r"(\w+)_LO", str(hdu.header.get(f"CREF{_index(hdu, found)}", "")).upper())
    order = stated if sorted(stated) == sorted(order) else order
    wanted = tuple(int(lengths[prefix] or 0) for prefix in order)
    dims = _dimensions(hdu, found)
    plain = tuple(size for size in wanted if size > 1)
    if tuple(size for size in dims if size > 1) == plain:
        return
    text = f"TDIM{_index(hdu, found)}"
    if tuple(size for size in dims if size > 1) == plain[::-1]:
        what = f"The dimensions of {found.name}, {dims}, are in the reverse order of its axes, {wanted}."
        place.note("tdim-order", text, what, "Write them in the order of the axis columns.")
        return
    what = f"The dimensions of {found.name} are {dims}, but its axes ({', '.join(order)}) have {wanted} bins."
    place.error("tdim", text, what, f"Write {text} = '({','.join(map(str, wanted))})'.")


def _dimensions(hdu: Any, column: Any) -> tuple[int, ...]:
    """As the header says, fastest first; of one dimension without a TDIM."""
    text = str(hdu.header.get(f"TDIM{_index(hdu, column)}", ""))
    digits = re.match(r"\d+", str(column.format))
    return tuple(int(size) for size in re.findall(r"\d+", text)) or (int(digits[0]) if digits else 1,)


def _index(hdu: Any, column: Any) -> int:
    names: list[str] = hdu.columns.names
    return names.index(column.name) + 1


def _check_alignment(place: Place, hdu: Any, layout: Layout) -> None:
    if layout.hdu_class != "bkg_3d":
        return
    found = hdu.header.get("FOVALIGN")
    if found is None:
        what = "FOVALIGN is missing: the format says ALTAZ, but most files mean RADEC, which is taken."
        place.warning("fovalign", "FOVALIGN", what, "Write FOVALIGN = 'RADEC' or 'ALTAZ'.")
    elif str(found).strip().upper() not in ("RADEC", "ALTAZ"):
        place.error("fovalign", "FOVALIGN", f"FOVALIGN is {found!r}.", "Write FOVALIGN = 'RADEC' or 'ALTAZ'.")


@contextmanager
def _silent() -> Iterator[None]:
    """Without what the reader tells about its assumptions: the report has it."""
    logger = logging.getLogger("gpnb.irf")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before
