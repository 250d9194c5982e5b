"""The rows of the observation browser: any table of runs in one set of columns, sorted and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import separation
from gpnb.panels.columns import Column
from gpnb.panels.observations.view import ObservationsView


@dataclass(frozen=True)
class _Usual:
    """A column as shown: where it comes from (the first that is there), and how it is written."""

    title: str
    sources: tuple[str, ...]
    unit: str = ""
    scale: float = 1.0
    form: str = ""


_USUAL = {
    "obs_id": _Usual("Run", ("OBS_ID",), form="d"),
    "target": _Usual("Target", ("OBJECT", "TARGET_NAME")),
    "date": _Usual("Date", ("DATE-OBS", "DATE_OBS")),
    "zenith": _Usual("Zenith", ("ZEN_PNT",), "deg", form=".1f"),
    "livetime": _Usual("Live time", ("LIVETIME", "ONTIME"), "min", 1 / 60, ".1f"),
    "offset": _Usual("Offset", ("OFFSET_OBJ", "TARGET_OFFSET"), "deg", form=".2f"),
    "quality": _Usual("Quality", ("QUALITY",), form="d"),
}


_DIRECTIONS = ("RA_PNT", "DEC_PNT", "RA_OBJ", "DEC_OBJ")
"""Where a run points, and where its target is."""


def columns_of(table: Table, view: ObservationsView) -> list[str]:
    """The columns shown: those of the record, else the usual ones that the table has; no quality where all is well."""
    if not view.columns:
        there = [name for name, usual in _USUAL.items() if _source(table, usual) or _can_make(table, name)]
        return [name for name in there if name != "quality" or np.any(values(table, name, 1) != 0)]
    for name in view.columns:
        _column(table, name)
    return list(view.columns)


def sorted_rows(table: Table, view: ObservationsView) -> np.ndarray:
    """Row numbers in the order of the record; runs without a value come last."""
    column = _column(table, view.sort_by)
    values = np.ma.getdata(np.ma.asarray(column))
    missing = np.ma.getmaskarray(np.ma.asarray(column))
    if values.dtype.kind == "f":
        missing = missing | ~np.isfinite(values)
    if values.ndim > 1:
        raise ArgumentError(f"The column {view.sort_by!r} holds several values a run: sort by another one.")
    there = np.flatnonzero(~missing)
    order = there[np.argsort(values[there], kind="stable")]
    return np.concatenate([order if view.sort_ascending else order[::-1], np.flatnonzero(missing)])


def heads(table: Table, names: Sequence[str]) -> list[Column]:
    """The head of each column."""
    made = []
    for name in names:
        usual = _USUAL.get(name)
        if usual is not None:
            made.append(Column(usual.title, usual.unit, bool(usual.form)))
        else:
            column = table[name]
            made.append(Column(name, str(column.unit or ""), np.asarray(column).dtype.kind in "iuf"))
    return made


def cells(table: Table, names: Sequence[str], rows: np.ndarray) -> list[list[str]]:
    """The cells of some rows, as text."""
    written = [[_text(value, _USUAL.get(name)) for value in _column(table, name)[rows]] for name in names]
    return [list(row) for row in zip(*written, strict=True)]


def targets(table: Table) -> list[tuple[str, int, float]]:
    """Target, number of runs and hours (NaN if unknown) of each target, most hours first."""
    names = np.array([str(name).strip() or "–" for name in values(table, "target", "–")], dtype=object)
    hours = seconds_of(table) / 3600
    found = [(str(name), int((names == name).sum()), _total(hours[names == name])) for name in set(names)]
    return sorted(found, key=lambda item: (-item[2] if np.isfinite(item[2]) else 0.0, -item[1], item[0]))


def totals(table: Table, all_of_them: int = 0) -> str:
    """How many runs and targets, and how many hours live, in words.

    Parameters
    ----------
    table : Table
        The runs that are counted.
    all_of_them : int
        How many there are in all, said if the runs are fewer.
    """
    count, found, hours = len(table), len(targets(table)), hours_of(table)
    of_all = f" of {all_of_them}" if all_of_them > count else ""
    words = [f"{count}{of_all} run{'s' * ((all_of_them or count) != 1)}"]
    if count:
        words.append(f"{found} target{'s' * (found != 1)}")
    return " · ".join([*words, *([f"{hours:.1f} h live"] if np.isfinite(hours) else [])])


def hours_of(table: Table) -> float:
    """Hours in all; NaN if the table does not say."""
    return _total(seconds_of(table) / 3600)


def seconds_of(table: Table) -> np.ndarray:
    """Live time of each run; NaN where the table does not say."""
    return np.asarray(values(table, "livetime", np.nan), dtype=float)


def values(table: Table, name: str, missing: Any) -> np.ndarray:
    """A usual column, with `missing` where it has nothing."""
    source = _source(table, _USUAL[name])
    return (
        np.ma.filled(np.ma.asarray(table[source]).astype(object), missing) if source else np.full(len(table), missing)
    )


def _total(hours: np.ndarray) -> float:
    return float(np.nansum(hours)) if np.isfinite(hours).any() else float("nan")


def _source(table: Table, usual: _Usual) -> str:
    return next((name for name in usual.sources if name in table.colnames), "")


def _can_make(table: Table, name: str) -> bool:
    return name == "offset" and set(_DIRECTIONS) <= set(table.colnames)


def _column(table: Table, name: str) -> Any:
    source = _source(table, _USUAL[name]) if name in _USUAL else name
    if not source and _can_make(table, name):
        return separation(*(np.ma.filled(np.ma.asarray(table[key]).astype(float), np.nan) for key in _DIRECTIONS))
    if source not in table.colnames:
        raise ArgumentError(f"There is no column {name!r}; there are: {', '.join([*_USUAL, *table.colnames])}.")
    return table[source]


def _text(value: Any, usual: _Usual | None) -> str:
    """One cell; – where there is nothing."""
    if value is np.ma.masked or (isinstance(value, float | np.floating) and not np.isfinite(value)):
        return "–"
    if usual is not None and usual.form:
        number = value * usual.scale if usual.scale != 1 else value
        return f"{number:{usual.form if usual.form != 'd' else ''}}"
    if isinstance(value, np.floating):
        return f"{value:.6g}"
    return str(value).strip() or "–"
