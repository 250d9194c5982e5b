"""A table that can be sorted and chosen from, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from gpnb.state.columns import Column
from gpnb.widgets.parts.part import Part, asset


class TableView(Part):
    """Rows of text.

    Messages: ``sort(name)``, ``choose(id, add)``.

    Attributes
    ----------
    label : str
        What it is a table of.
    columns : list of dict
        ``name title unit number``; with a name, its head sorts.
    rows : list of dict
        ``id cells flag``; with an id a row can be chosen, a flag is shown as ▲ with these words.
    sort : dict
        ``by ascending``.
    chosen : list
        Identifiers of chosen rows.
    """

    _esm = asset("kit.js", "table.js")
    label = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    sort = traitlets.Dict().tag(sync=True)
    chosen = traitlets.List().tag(sync=True)

    def show(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
        """Show rows that can neither be sorted nor chosen."""
        heads = [{"name": "", **vars(column)} for column in columns]
        with self.hold_sync():
            self.columns = heads
            self.rows = [{"id": None, "cells": [str(cell) for cell in row], "flag": ""} for row in rows]
