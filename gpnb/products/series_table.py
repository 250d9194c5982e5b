"""Series in tables of many makers: which columns are times, values, errors and limits, and in which form."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Column, Table
from astropy.time import Time, TimeDelta

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.faults import one_line
from gpnb.core.fits_file import open_fits
from gpnb.core.fits_units import parse_unit, unit_factor
from gpnb.core.header_keys import keyword_number
from gpnb.core.text_table import read_text_table
from gpnb.core.units import to_quantity
from gpnb.products.sed import truth_values
from gpnb.products.series_times import as_time

_FITS = (".fits", ".fit")
_TEXT = {".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".txt": "ascii", ".dat": "ascii"}

_STARTS: tuple[tuple[str, str], ...] = (
    ("time_min", "time_max"),
    ("tstart", "tstop"),
    ("mjd_start", "mjd_stop"),
    ("mjd_min", "mjd_max"),
)
_STARTS += (("start", "stop"), ("time_start", "time_stop"), ("tmin", "tmax"))
_TIMES = ("time", "mjd", "jd", "bjd", "hjd", "date", "date_obs", "date-obs", "epoch", "isot", "t")
_VALUES: tuple[str, ...] = (
    "flux",
    "eflux",
    "dnde",
    "e2dnde",
    "rate",
    "count_rate",
    "mag",
    "magnitude",
    "flux_density",
    "energy_flux",
)
_VALUES += ("photon_flux", "value")
_ERRORS = ("{0}_err", "{0}_error", "{0}err", "{0}error", "e_{0}", "err_{0}", "{0}_unc", "error", "err", "sigma")
_SIDES = (("{0}_errn", "{0}_errp"), ("{0}neg", "{0}pos"), ("errn", "errp"))
_LIMITS, _FLAGS = ("{0}_ul", "ul"), ("is_ul", "upper_limit", "upperlimit", "ul_flag", "is_upper_limit")
_NOTHING = ("", "-", "--", "nan", "n/a", "na", "none", "null", "...")
_WHERE = "The table"
_UNIT = re.compile(r"\s*[\[(](.*)[\])]\s*$")


def read_series_table(path: str | os.PathLike[str]) -> Table:
    """Read the table of a file: see `Series.read`.

    Raises
    ------
    ArgumentError
        If the end of the name is of another format.
    DataFormatError
        If it cannot be read.
    """
    ending = Path(str(path).lower().removesuffix(".gz")).suffix
    if ending in _FITS:
        with open_fits(path) as hdus:
            return _fits_table(hdus, path)
    if ending not in _TEXT:
        endings = ", ".join((*_FITS, *_TEXT))
        raise ArgumentError(f"{path}: the format is told by the end of the name, one of {endings} (.gz).")
    return read_text_table(path, _TEXT[ending])


def _fits_table(hdus: fits.HDUList, path: Any) -> Table:
    """The first table with a column of times."""
    for hdu in hdus:
        if isinstance(hdu, fits.BinTableHDU) and _find_times({item.name.lower(): item.name for item in hdu.columns}):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of keywords and units out of the standard
                native = any(key.startswith("TCTYP") for key in hdu.header)  # times as astropy writes them
                return Table.read(hdu, astropy_native=native, unit_parse_strict="silent")
    raise DataFormatError(f"{path} holds no table with a column of times (TIME, MJD, TSTART and TSTOP …).")


def fields_of_series(
    table: Table, chosen: dict[str, Any], unit: Any, scale: str | None, time_format: str | None
) -> dict[str, Any]:
    """The fields of `Series` in a table: see `Series.from_table`."""
    names = {_UNIT.sub("", str(name)).strip().lower(): str(name) for name in table.colnames}
    ends, good, used = _ends(table, names, chosen, scale, time_format)
    value = _chosen(table, chosen["value"], "value") or _find_value(table, names, used)
    key = _UNIT.sub("", value).strip().lower()
    shown = _unit(table, value) if unit is None else u.Unit(unit)
    table, below = _without_signs(table, value)
    made = {"value": _numbers(table, value, shown), **_errors(table, names, key, chosen["error"], shown)}
    made |= _limits(table, names, key, chosen["is_ul"], made, shown, below)
    made = {name: np.broadcast_to(item, good.shape)[good] for name, item in made.items()}
    return {**made, "time_min": ends[0][good], "time_max": ends[1][good], "unit": shown, "name": value}


def _ends(
    table: Table, names: dict[str, str], chosen: dict[str, Any], scale: str | None, time_format: str | None
) -> tuple[tuple[Time, Time], np.ndarray, tuple[str, ...]]:
    """Starts and stops, where they are known, and the columns they are from."""
    if {"time_bin_start", "time_bin_size"} <= set(names) and chosen["time"] is None:
        used = names["time_bin_start"], names["time_bin_size"]
        start, good = as_time(table, used[0], scale, time_format)
        return (start, start + _length(table, used[1])), good, used
    given = chosen["time"]
    wanted = (given,) if isinstance(given, str) else tuple(given or ()) or _find_times(names)
    if len(wanted) not in (1, 2):
        raise DataFormatError(
            f"The table has no column of times that is known; give time='NAME'. There are: {_names(table)}."
        )
    found = [as_time(table, str(_chosen(table, name, "time")), scale, time_format) for name in wanted]
    good = np.logical_and.reduce([known for _, known in found])
    if len(found) == 2:
        return (found[0][0], found[1][0]), good, wanted
    width, before = _width(table, names, chosen["width"])
    start = found[0][0] - before * width
    return (start, start + width), good, wanted


def _names(table: Table) -> str:
    return ", ".join(map(one_line, table.colnames))


def _find_times(names: dict[str, str]) -> tuple[str, ...]:
    """The columns of times, by their usual names."""
    for pair in _STARTS:
        if set(pair) <= set(names):
            return names[pair[0]], names[pair[1]]
    plain = {re.sub(r"[_ ](tdb|tt|utc|tai)$", "", name): column for name, column in names.items()}
    return next(((plain[name],) for name in _TIMES if name in plain), ())


def _width(table: Table, names: dict[str, str], given: Any) -> tuple[TimeDelta, float]:
    """Length of the bins, and which part of it lies before the times (OGIP's TIMEPIXR)."""
    header = {str(key).upper(): item for key, item in table.meta.items()}
    if given is not None:
        known = isinstance(given, str) and given in table.colnames
        return (_length(table, given) if known else TimeDelta(to_quantity(given, u.s, "width"))), 0.5
    part = keyword_number({"TIMEPIXR": 0.5, **header}, "TIMEPIXR", _WHERE)
    if "timedel" in names:
        return _length(table, names["timedel"]), part
    width = keyword_number({"TIMEDEL": 0.0, **header}, "TIMEDEL", _WHERE)
    return TimeDelta(width * unit_factor(str(header.get("TIMEUNIT", "s")), "s", _WHERE) * u.s), part


def _length(table: Table, name: str) -> TimeDelta:
    column = table[name]
    if isinstance(column, TimeDelta):
        return column
    header = {str(key).upper(): item for key, item in table.meta.items()}
    unit = str(getattr(column, "unit", None) or header.get("TIMEUNIT", "s"))
    return TimeDelta(np.nan_to_num(_plain(column)) * unit_factor(unit, "s", f"Column {name!r}") * u.s)


def _find_value(table: Table, names: dict[str, str], used: Sequence[str]) -> str:
    """The column of values: by its name, else the only one with numbers that is nothing else."""
    for name in _VALUES:
        if name in names:
            return names[name]
    others = [
        column
        for key, column in names.items()
        if column not in used
        and not isinstance(table[column], Time)
        and _without_signs(table, column)[0][column].dtype.kind == "f"
        and not re.search(r"err|sigma|_ul$|^ul$|width|timedel|^time|mjd|jd$|exp", key)
    ]
    if len(others) != 1:
        there = _names(table)
        raise DataFormatError(
            f"The table has no column of values that is known; give value='NAME'. There are: {there}."
        )
    return others[0]


def _errors(table: Table, names: dict[str, str], key: str, given: Any, unit: u.UnitBase) -> dict[str, Any]:
    if given is not None:
        pair = (given, given) if isinstance(given, str) else tuple(given)
        found: Any = [_chosen(table, name, "error") for name in pair]
    else:
        pairs = [[form.format(key) for form in sides] for sides in _SIDES]
        pairs += [[form.format(key)] * 2 for form in _ERRORS]
        found = next(([names[name] for name in pair] for pair in pairs if set(pair) <= set(names)), [])
    sides = [np.abs(_numbers(table, name, unit)) for name in found] or [np.nan, np.nan]
    return {"errn": sides[0], "errp": sides[-1]}


def _without_signs(table: Table, name: str) -> tuple[Table, np.ndarray]:
    """The table with a column of text such as ``<2e-8`` as numbers, and where there was a sign of a limit."""
    column = table[name]
    none = np.zeros(len(table), dtype=bool)
    if column.dtype.kind not in "USO" or column.ndim != 1:
        return table, none
    words = np.char.strip(np.asarray(np.ma.filled(column, "")).astype(str))
    below = np.char.startswith(words, "<") | np.char.startswith(words, "≤")
    numbers = [_number(word.lstrip("<≤= ")) for word in words]
    if None in numbers:
        return table, none
    copy = table.copy()
    copy[name] = Column(np.array(numbers, dtype=float), unit=getattr(column, "unit", None))
    return copy, below


def _number(word: str) -> float | None:
    """A number in text, NaN for what stands for none, None for other text."""
    if word.lower() in _NOTHING:
        return np.nan
    try:
        return float(word)
    except ValueError:
        return None


def _limits(
    table: Table,
    names: dict[str, str],
    key: str,
    flag: str | None,
    made: dict[str, Any],
    unit: u.UnitBase,
    below: np.ndarray,
) -> dict[str, Any]:
    """Limits, and where they are what should be shown; without a column of limits, flagged values are limits."""
    column = next((names[form.format(key)] for form in _LIMITS if form.format(key) in names), None)
    limit = np.full(len(table), np.nan)
    if column is not None:
        table = _without_signs(table, column)[0]
    if column is not None and table[column].dtype.kind == "f":
        limit = _numbers(table, column, unit)
    flag = _chosen(table, flag, "is_ul") or next((names[name] for name in _FLAGS if name in names), None)
    if flag is None and not below.any():
        return {"ul": limit, "is_ul": ~np.isfinite(made["value"]) & np.isfinite(limit)}
    is_ul = below if flag is None else below | truth_values(table[flag], f"Column {flag!r}")
    alone = is_ul & ~np.isfinite(limit)
    unknown = {name: np.where(alone, np.nan, made[name]) for name in ("value", "errn", "errp")}
    return {**unknown, "ul": np.where(alone, made["value"], limit), "is_ul": is_ul}


def _chosen(table: Table, name: Any, argument: str) -> str | None:
    if name is None or name in table.colnames:
        return name  # type: ignore[no-any-return]
    raise DataFormatError(f"{argument}={name!r} is no column of the table; there are: {_names(table)}.")


def _unit(table: Table, name: str) -> u.UnitBase:
    """The unit of a column, or the one in its name: ``flux [mJy]``."""
    unit, written = getattr(table[name], "unit", None), _UNIT.search(name)
    text = written.group(1) if unit is None and written else str(unit or "")
    try:
        return parse_unit(text)
    except ValueError:
        return u.Unit(text, parse_strict="silent")


def _numbers(table: Table, name: str, unit: u.UnitBase) -> np.ndarray:
    """A column in a unit; without one of its own it is in this one already."""
    values, own = _plain(_without_signs(table, name)[0][name]), _unit(table, name)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataFormatError(f"Column {name!r} holds {values.shape[1:]} numbers a row; a series has one.")
    if own in (u.dimensionless_unscaled, unit):
        return values
    try:
        return np.asarray((values * own).to_value(unit))
    except (u.UnitConversionError, TypeError, ValueError) as error:
        raise DataFormatError(f"Column {name!r} is in {own}, which is not convertible to {unit}.") from error


def _plain(column: Any) -> np.ndarray:
    """Numbers of a column without unit, NaN where masked."""
    try:
        values = np.array(getattr(column, "unmasked", column), dtype=float)
    except (TypeError, ValueError) as error:
        raise DataFormatError(f"Column {column.info.name!r} holds something else than numbers.") from error
    mask = getattr(column, "mask", None)
    return values if mask is None else np.where(mask, np.nan, values)
