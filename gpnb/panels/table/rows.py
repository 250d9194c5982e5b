"""Any table as rows of text: which columns belong together, which rows are shown, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import Table

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.panels.columns import Column
from gpnb.panels.table.cells import Cells, error_cells, own_unit_cells, text_cells
from gpnb.panels.table.names import titles_of
from gpnb.panels.table.plain import Plain, plain_columns

if TYPE_CHECKING:
    from gpnb.panels.table.view import RowsView

MOST = 500
"""Rows that are shown at once."""

_ONE = ("_err", "_error", "_uncertainty")
_TWO = (("_errn", "_errp"), ("_err_lo", "_err_hi"), ("_error_low", "_error_high"))
_BARE = ("error", "err")
"""Names of errors of the column before."""


class Rows:
    """A table as people read it.

    Parameters
    ----------
    table : Table
        Any astropy table.

    Attributes
    ----------
    columns : list of Cells
        What is shown of it: errors and limits stand in the cells of their values.

    Examples
    --------
    >>> rows = Rows(Table({"flux": [3.21e-11, 4e-11], "flux_err": [2.1e-12, 1e-11]}))
    >>> rows.columns[0].head.unit, rows.texts(rows.columns, [0, 1])
    ('10⁻¹¹', [['3.21 ± 0.21'], ['4.0 ± 1.0']])
    """

    def __init__(self, table: Table):
        self.count = len(table)
        self.columns = list(_columns(list(plain_columns(table))))
        self._known: tuple[tuple[str, ...], list[str]] | None = None

    def shown(self, names: Sequence[str]) -> list[Cells]:
        """Columns by their names; all without any.

        Raises
        ------
        ArgumentError
            If there is no such column.
        """
        known = {item.name: item for item in self.columns}
        for name in names:
            if name not in known:
                raise ArgumentError(f"The table shows no column {name!r}: {meant(name, known, 'it shows')}")
        return [known[name] for name in names] if names else self.columns

    def texts(self, columns: Sequence[Cells], places: Sequence[int] | np.ndarray) -> list[list[str]]:
        """The cells of some rows."""
        return [[item.write(int(place)) for item in columns] for place in places]

    def order(self, view: RowsView) -> np.ndarray:
        """Places of the rows that a record shows, in its order; rows without a value come last."""
        places = self.sorted(view.sort_by, view.sort_ascending)
        return np.asarray(places[self.kept(view.columns, view.find)[places]])

    def sorted(self, name: str, ascending: bool = True) -> np.ndarray:
        """Places of all rows by the values of a column; as they are without a name."""
        every = np.arange(self.count)
        if not name:
            return every
        order = self.shown([name])[0].order
        return np.concatenate([order if ascending else order[::-1], np.setdiff1d(every, order)])

    def kept(self, names: Sequence[str], find: str) -> np.ndarray:
        """Whether a shown cell of each row holds a text."""
        words = _looked_for(find.strip())
        if not words:
            return np.ones(self.count, dtype=bool)
        return np.fromiter((words in line for line in self._lines(tuple(names))), dtype=bool, count=self.count)

    def _lines(self, names: tuple[str, ...]) -> list[str]:
        """The cells of each row in one text, as they are looked for; made at the first search, which takes a moment."""
        if self._known is None or self._known[0] != names:
            columns = self.shown(names)
            cells = ([_looked_for(item.write(row)) for row in range(self.count)] for item in columns)
            self._known = names, ["\n".join(line) for line in zip(*cells, strict=True)] or [""] * self.count
        return self._known[1]


def _looked_for(text: str) -> str:
    """A text without regard to case; people type a hyphen for a minus."""
    return text.casefold().replace("-", "−")


def _columns(plains: Sequence[Plain]) -> Iterator[Cells]:
    """What is shown: values with their errors and limits, then all that is left, in the order of the table."""
    known = {plain.name: plain for plain in plains}
    errors, limits = _errors(plains), _limits(known)
    own = _own_units(known)
    inside = {part.name for pair in errors.values() for part in pair} | {limits[name].name for name in limits}
    inside |= {"is_ul"} if limits else set()
    left = [plain for plain in plains if plain.name not in inside]
    titles = titles_of([plain.name for plain in left])
    for plain, title in zip(left, titles, strict=True):
        words = f"{title} ± error" if plain.name in own and plain.name == "value" and "value" in errors else title
        if plain.name in own:
            number = plain.name != "unit"
            yield Cells(plain.name, Column(words, number=number), plain, own[plain.name])
        elif plain.name in errors:
            is_limit = known["is_ul"].values if "is_ul" in known else None
            yield error_cells(plain, title, errors[plain.name], limits.get(plain.name), is_limit)
        else:
            yield text_cells(plain, title)


def _errors(plains: Sequence[Plain]) -> dict[str, tuple[Plain, Plain]]:
    """The errors, below and above, of each column that has them."""
    known, found = {plain.name: plain for plain in plains}, {}
    for before, plain in zip([None, *plains], plains, strict=False):
        if not plain.is_number:
            continue
        pairs = [(f"{plain.name}{end}",) * 2 for end in _ONE] + [
            (f"{plain.name}{low}", f"{plain.name}{high}") for low, high in _TWO
        ]
        for low, high in pairs:
            if _fits(known.get(low), plain) and _fits(known.get(high), plain):
                found[plain.name] = (known[low], known[high])
                break
        if plain.name in _BARE and before is not None and before.is_number and _fits(plain, before):
            found.setdefault(before.name, (plain, plain))
    if "value" in known and _fits(known.get("error"), known["value"]):  # a column of units may stand between
        found.setdefault("value", (known["error"], known["error"]))
    return found


def _fits(error: Plain | None, value: Plain) -> bool:
    """Whether something can be the error of a column."""
    return error is not None and error.is_number and value.is_number and error.unit == value.unit


def _limits(known: Mapping[str, Plain]) -> dict[str, Plain]:
    """Upper limits that stand in for values: the table says which rows are limits."""
    if "is_ul" not in known or known["is_ul"].values.dtype.kind != "b" or known["is_ul"].values.ndim != 1:
        return {}
    pairs = {name: known.get(f"{name}_ul") for name in known}
    return {name: limit for name, limit in pairs.items() if limit is not None and _fits(limit, known[name])}


def _own_units(known: Mapping[str, Plain]) -> dict[str, Any]:
    """Writers of the columns of a table whose rows have units of their own, such as one of parameters."""
    value, units = known.get("value"), known.get("unit")
    if value is None or units is None or not value.is_number or value.unit or units.values.dtype.kind not in "UO":
        return {}
    bounds = [known[name] for name in ("min", "max") if name in known and known[name].is_number]
    error = known.get("error")
    return own_unit_cells(value, error if _fits(error, value) else None, units, bounds)


def heads(columns: Sequence[Cells]) -> list[dict[str, Any]]:
    """The heads for a front end: those with a name sort."""
    return [{"name": item.name if item.can_sort else "", **vars(item.head)} for item in columns]
