"""Tables of any kind, shown as gpnb shows its own."""

from __future__ import annotations

from typing import Any

from astropy.table import Row, Table

from gpnb.core.binding import told
from gpnb.core.display import Displayed, open_panel
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.words import counted


class Sheet(Displayed):
    """A table with a panel.

    Parameters
    ----------
    table : Table
        The table; columns that are added to it later are not shown.
    """

    panel = "table"
    has_picture = False

    def __init__(self, table: Table):
        self.table = table.copy(copy_data=False)
        self._of = table

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """A table may have been changed since it was made, so it is one of the session."""
        return Recipe.memory("table", self._of)

    def opening(self, **settings: Any) -> Recipe:
        """The call that opens its panel."""
        return Recipe.of("gpnb.show()", name="panel", table=self.recipe, **settings)

    def __repr__(self) -> str:
        return f"<Table: {rows_words(len(self.table))}, {columns_words(len(self.table.colnames))}>"


@told
def show(table: Any, workspace: Any = None, name: str | None = None, **changes: Any) -> Any:
    """Show a table: units in the head, values with their errors, rounded; sorted by a click, found as one types.

    Parameters
    ----------
    table : Table
        Any astropy table, or what `~astropy.table.Table` takes: a data frame, a structured array, a dict of columns.
    workspace : Workspace, optional
        Share its selection and history: a click on a row puts its position in the middle of every sky there.
    name : str, optional
        What the panel is called there: opened again under its name, it replaces the one before.
    **changes
        ``title columns sort_by sort_ascending find chosen``, as in `gpnb.panels.table.view.RowsView`.

    Returns
    -------
    panel
        Live where a front end listens, else as HTML.

    Raises
    ------
    ArgumentError
        If it is no table, or has no such column.

    Examples
    --------
    >>> from astropy.table import QTable
    >>> import gpnb
    >>> gpnb.show(QTable({"flux": [3.2e-11], "flux_err": [2.1e-12]}), title="Fluxes")
    StaticPanel(<Table: 1 row, 2 columns>)
    """
    return open_panel(Sheet(_table_of(table)), workspace, name, **changes)


def rows_words(count: int) -> str:
    """So many rows."""
    return f"{count:,} row{'s' * (count != 1)}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def columns_words(count: int) -> str:
    """So many columns."""
    return counted(count, "column")


def _table_of(table: Any) -> Table:
    if isinstance(table, Table):
        return table
    if isinstance(table, Row):
        return table.table[[table.index]]
    if isinstance(getattr(table, "table", None), Table):
        return table.table
    try:
        if hasattr(table, "columns") and hasattr(table, "iloc"):
            return Table.from_pandas(table)
        if isinstance(table, str | bytes) or table is None:
            raise TypeError("text")
        return Table(table)
    except Exception as error:  # whatever astropy makes of it
        raise ArgumentError(
            f"show() was given {type(table).__name__}, which is no table: give an astropy Table, or a dict of columns."
        ) from error
