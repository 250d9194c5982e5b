"""Columns as people read them: a value with its error in one cell, a power of ten in the head, few digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gpnb.core.words import number, own_power, plain_unit, power, rounded, significant, value_words
from gpnb.panels.columns import Column
from gpnb.panels.table.plain import Plain

Writer = Callable[[int], str]
"""Gives the text of a row, by its place."""

NOTHING = "–"
_WIDE = 1e4
"""How far the values of a column may lie apart to share a power of ten."""

_ANGLE = 3
"""Digits after the point of degrees: some arc seconds."""

_MJD, _SECOND = 3e4, 5
"""Days from which on they are dates (MJD), and their digits after the point that tell seconds."""


@dataclass(frozen=True)
class Cells:
    """A column that is shown, which may stand for several of the table.

    Attributes
    ----------
    name : str
        By which it is sorted.
    head : Column
        Title and unit.
    plain : Plain
        The values.
    write : callable
        The text of a row, by its place.
    """

    name: str
    head: Column
    plain: Plain
    write: Writer

    @cached_property
    def order(self) -> np.ndarray:
        """Places of the rows that have a value, from the lowest on."""
        values = self.plain.values
        there = np.flatnonzero(~self.plain.missing) if values.ndim == 1 else np.zeros(0, dtype=int)
        keys = values[there]
        if keys.dtype.kind not in "iufb":
            keys = np.array([str(key).casefold() for key in keys], dtype=str)
        return np.asarray(there[np.argsort(keys, kind="stable")])

    @property
    def can_sort(self) -> bool:
        """Whether a row has one value."""
        return self.plain.values.ndim == 1


def text_cells(plain: Plain, title: str) -> Cells:
    """A column without an error."""
    if plain.is_number:
        return _number_cells(plain, title)
    if plain.texts is not None:
        return Cells(plain.name, Column(title, plain.unit), plain, lambda row: _time(plain, row))
    head = Column(title, plain.unit, number=plain.values.ndim > 1 and plain.values.dtype.kind in "iuf")
    return Cells(plain.name, head, plain, lambda row: _other(plain, row))


def error_cells(plain: Plain, title: str, errors: tuple[Plain, Plain], limit: Plain | None, is_limit: Any) -> Cells:
    """A column with errors below and above, and upper limits where there is no value.

    Parameters
    ----------
    plain : Plain
        The values.
    title : str
        In the head.
    errors : tuple of Plain
        Below and above, in the same unit.
    limit : Plain, optional
        Upper limits.
    is_limit : numpy.ndarray, optional
        Which rows are upper limits; by default those with a limit and without a value.
    """
    exponent = _common(np.concatenate([plain.values[~plain.missing], *([] if limit is None else [limit.values])]))
    scale = 10.0 ** (exponent or 0)
    down, up = (np.where(side.missing, np.nan, np.asarray(side.values, dtype=float)) / scale for side in errors)
    values = np.where(plain.missing, np.nan, np.asarray(plain.values, dtype=float)) / scale
    tops = None if limit is None else np.where(limit.missing, np.nan, np.asarray(limit.values, dtype=float)) / scale
    limits = np.zeros(len(values), dtype=bool)
    if tops is not None:
        limits = np.isfinite(tops) & (~np.isfinite(values) if is_limit is None else np.asarray(is_limit, dtype=bool))

    def write(row: int) -> str:
        if tops is not None and limits[row]:
            return f"< {_alone(tops[row], exponent)}"
        return _with_error(values[row], (down[row], up[row]), exponent)

    return Cells(plain.name, Column(title, _scaled(plain.unit, exponent), number=True), plain, write)


def own_unit_cells(value: Plain, error: Plain | None, units: Plain, bounds: Sequence[Plain]) -> dict[str, Writer]:
    """Writers of values whose rows have units of their own: the values, the units with a power of ten, and bounds.

    Parameters
    ----------
    value, units : Plain
        Numbers, and text such as ``"TeV-1 s-1 cm-2"``.
    error : Plain, optional
        Of the values.
    bounds : sequence of Plain
        What else is in these units.
    """
    powers = [0 if gone else own_power(float(item)) for item, gone in zip(value.values, value.missing, strict=True)]
    errors = np.full(len(powers), np.nan) if error is None else np.where(error.missing, np.nan, error.values)

    def write(row: int) -> str:
        scale = 10.0 ** powers[row]
        found = float(value.values[row]) / scale
        return NOTHING if value.missing[row] else _with_error(found, (float(errors[row]) / scale,) * 2, 0)

    def unit(row: int) -> str:
        return _scaled(_unit(units.values[row]), powers[row])

    def bound(plain: Plain) -> Writer:
        return lambda row: NOTHING if plain.missing[row] else _alone(float(plain.values[row]) / 10.0 ** powers[row], 0)

    return {value.name: write, units.name: unit, **{plain.name: bound(plain) for plain in bounds}}


def _number_cells(plain: Plain, title: str) -> Cells:
    if plain.form:
        return Cells(plain.name, Column(title, plain.unit, number=True), plain, lambda row: _formed(plain, row))
    if plain.values.dtype.kind in "iu":
        write = lambda row: NOTHING if plain.missing[row] else str(plain.values[row])  # noqa: E731
        return Cells(plain.name, Column(title, plain.unit, number=True), plain, write)
    known = plain.values[np.isfinite(plain.values) & ~plain.missing]
    exponent = _common(known)
    scale = 10.0 ** (exponent or 0)
    digits = None if exponent is None else _places(known / scale, plain.unit)
    values, missing = (plain.values / scale).tolist(), plain.missing.tolist()  # rows are asked for one by one

    def write_float(row: int) -> str:
        value = values[row]
        if missing[row]:
            return NOTHING
        return f"{value:.{digits}f}" if digits is not None and math.isfinite(value) else _alone(value, exponent)

    return Cells(plain.name, Column(title, _scaled(plain.unit, exponent), number=True), plain, write_float)


def _common(values: np.ndarray) -> int | None:
    """The power of ten that values share: 0 where they are short without one, None where they lie too far apart."""
    sizes = np.abs(np.asarray(values, dtype=float))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not len(sizes) or (sizes.max() < 1e5 and sizes.min() >= 1e-3):
        return 0
    if sizes.max() > _WIDE * sizes.min():
        return None
    exponent = math.floor(math.log10(float(sizes.max())))
    return exponent if exponent > 4 or exponent < -2 else 0


def _places(values: np.ndarray, unit: str) -> int | None:
    """Digits after the point that all values share; None where small ones would be lost."""
    sizes = np.abs(values[values != 0])
    if not len(sizes):
        return 0
    most, least = float(sizes.max()), float(sizes.min())
    spread = float(np.ptp(values)) or most
    if unit == "d" and least > _MJD:
        return _SECOND
    small, apart = min(significant(least), significant(most, 6)), min(significant(spread), significant(most, 10))
    digits = max(significant(most, 4), small, apart)
    if unit in ("deg", "°"):
        return max(_ANGLE, min(digits, _ANGLE + 2))
    if least < 5 * 10.0**-digits:
        return None
    while digits and np.all(np.abs(np.round(values, digits - 1) - values) < 10.0 ** -(digits + 3)):
        digits -= 1
    return digits


def _with_error(value: float, errors: tuple[float, float], exponent: int | None) -> str:
    """A value and its errors; where the column has no power of ten in common, with one of its own."""
    known = [side for side in errors if math.isfinite(side) and side > 0]
    if not known or not math.isfinite(value):
        return _alone(value, exponent)
    if exponent is not None:
        return rounded(value, errors)
    text, factor = value_words(value, errors)
    return f"({text}) × {factor}" if factor else text


def _alone(value: float, exponent: int | None) -> str:
    """A value without an error: three digits with a power of ten of its own, else up to four."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return number(float(f"{value:.3g}" if exponent is None and not 1e-3 < abs(value) < 1e5 else f"{value:.4g}"))


def _scaled(unit: str, exponent: int | None) -> str:
    return " ".join(word for word in (power(10.0**exponent) if exponent else "", unit) if word)


def _unit(text: Any) -> str:
    """A unit given as text, as in print; what is none stays as it is."""
    try:
        return plain_unit(str(text).strip())
    except ValueError:
        return str(text)


def _formed(plain: Plain, row: int) -> str:
    """A number in its column's own format, which astropy has checked."""
    if plain.missing[row]:
        return NOTHING
    value, form = plain.values[row], plain.form
    if callable(form):
        return str(form(value))
    if "%" in form and not form.endswith("%"):
        return str(form % value)
    return form.format(value) if "{" in form else format(value, form)


def _time(plain: Plain, row: int) -> str:
    """A date to the second."""
    if plain.missing[row]:
        return NOTHING
    return str(plain.texts[row].iso).partition(".")[0]


def _other(plain: Plain, row: int) -> str:
    if plain.values.ndim > 1:
        return _several(plain.values[row].ravel())
    if plain.missing[row]:
        return NOTHING
    value = plain.values[row]
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | np.ndarray):
        return _several(np.asarray(value).ravel())
    return " ".join(str(value).split()) or NOTHING


def _several(values: np.ndarray) -> str:
    """An array in a cell: its numbers if they are few, else how many, from where to where."""
    if values.dtype.kind not in "iuf":
        texts = [str(item) for item in values[:5].tolist()]
        return ", ".join(texts) + (f" … ({len(values)})" if len(values) > 5 else "")
    if len(values) <= 4:
        return ", ".join(_alone(float(item), None) for item in values)
    known = values[np.isfinite(values.astype(float))]
    ends = f": {_alone(float(known.min()), None)} to {_alone(float(known.max()), None)}" if len(known) else ""
    return f"{len(values)} values{ends}"
