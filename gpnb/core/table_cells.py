"""Tables as the last line of a cell: shown as by `gpnb.show`, since astropy's own view is for its developers."""

from __future__ import annotations

import sys
from typing import Any

_TABLE = ("astropy.table.table", "Table")
"""Named, for tables are imported when first used."""


def show_tables_in_cells() -> None:
    """Let a notebook show tables so, unless ``gpnb.set_options(tables="astropy")`` says else; nothing elsewhere."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if hasattr(shell, "kernel"):
        formatter = shell.display_formatter
        formatter.ipython_display_formatter.for_type_by_name(*_TABLE, _display)
        formatter.mimebundle_formatter.for_type_by_name(*_TABLE, _bundle)


def _display(table: Any) -> None:
    """Show a live panel at once; all else is shown by its bundle."""
    shown = _shown(table)
    if not hasattr(shown, "_ipython_display_"):
        raise NotImplementedError
    shown._ipython_display_()


def _bundle(table: Any) -> Any:
    return getattr(_shown(table), "_repr_mimebundle_", lambda: None)()


def _shown(table: Any) -> Any:
    """What is shown: tables with a panel of their own, others by `show`; None for what stays astropy's."""
    from gpnb.core.display import Displayed
    from gpnb.core.options import get_options
    from gpnb.core.show import Sheet

    if isinstance(table, Displayed):
        return table
    return Sheet(table) if get_options().tables == "gpnb" else None
