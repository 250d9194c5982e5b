"""What decides how a table looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpnb.core.frozen import unchanging
from gpnb.panels.table.rows import Rows
from gpnb.state.record import Record


@unchanging
@dataclass(frozen=True, kw_only=True)
class RowsView(Record):
    """A table.

    Parameters
    ----------
    title : str
        What it is a table of.
    columns : tuple of str
        Columns that are shown; empty for all.
    sort_by : str
        The column it is sorted by; empty for the order that it has.
    sort_ascending : bool
        Its direction.
    find : str
        Only rows with this text in a column are shown.
    chosen : tuple of int
        Rows that stand out, by their place in the table.

    Examples
    --------
    >>> RowsView.build(sort_by="value", chosen=[3]).changed()
    {'sort_by': 'value', 'chosen': (3,)}
    """

    title: str = ""
    columns: tuple[str, ...] = ()
    sort_by: str = ""
    sort_ascending: bool = True
    find: str = ""
    chosen: tuple[int, ...] = ()

    @classmethod
    def opened(cls, obj: Any, **changes: Any) -> RowsView:
        """Its columns are those of the table."""
        made = cls.build(**changes)
        rows = Rows(obj.table)
        rows.shown(made.columns)
        rows.sorted(made.sort_by)
        return made
