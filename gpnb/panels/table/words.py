"""What a table is, in words."""

from __future__ import annotations

from astropy.table import Table

from gpnb.core.show import rows_words
from gpnb.panels.table.rows import MOST
from gpnb.panels.table.view import RowsView


def title_of_table(table: Table, view: RowsView) -> str:
    """The title of the record, else the name that the table has; that of a FITS file as words.

    Examples
    --------
    >>> title_of_table(Table(meta={"EXTNAME": "OBS_INDEX"}), RowsView())
    'Obs index'
    """
    named = next((table.meta[key] for key in ("title", "name", "EXTNAME") if table.meta.get(key)), "")
    named = named if isinstance(named, str) else ""
    words = named.replace("_", " ").capitalize() if named == table.meta.get("EXTNAME") and "_" in named else named
    return view.title or words or "Table"


def facts_of(table: Table, view: RowsView, found: int) -> str:
    """How many rows there are, how many of them are found, and how many are shown.

    Examples
    --------
    >>> facts_of(Table({"a": range(100)}), RowsView(find="1"), 19)
    '19 of 100 rows with "1"'
    """
    of_all = f'{found} of {rows_words(len(table))} with "{view.find}"' if view.find else rows_words(len(table))
    cut = f"the first {MOST} are shown" if found > MOST else ""
    return " · ".join(word for word in (of_all, cut) if word)
