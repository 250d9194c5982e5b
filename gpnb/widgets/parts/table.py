"""A table that can be sorted and chosen from, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import traitlets

from gpnb.panels.columns import Column, cell_text
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.part import Part


class TableView(Part):
    """Rows of text.

    Messages: ``sort(name)``, ``choose(key, add)``; if ``many``, also ``span(keys, add)``: several at once.

    Attributes
    ----------
    label : str
        What it is a table of.
    columns : list of dict
        ``name title unit number``; with a name, its head sorts.
    rows : list of dict
        ``key cells flag tint``; with a key a row can be chosen, a flag is shown as ▲ with these words, a tint as a dot.
    order : list of int, optional
        Which rows are shown, by their place, and in which order; by default all of them.
    sort : dict
        ``by ascending``.
    chosen : list
        Keys of chosen rows.
    pointed : int, optional
        The row that is pointed at, here or in a plot, by its place.
    many : bool
        Whether Shift chooses from row to row, Ctrl-A all that is shown and Escape none.
    empty : str
        Said where no row is shown.
    fold : str
        The line behind which the table is folded away; empty if it is not.
    """

    _esm = compose("table.js")
    label = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    order = traitlets.List(allow_none=True, default_value=None).tag(sync=True)
    sort = traitlets.Dict().tag(sync=True)
    chosen = traitlets.List().tag(sync=True)
    pointed = traitlets.Int(allow_none=True, default_value=None).tag(sync=True)
    many = traitlets.Bool().tag(sync=True)
    empty = traitlets.Unicode().tag(sync=True)
    fold = traitlets.Unicode().tag(sync=True)

    def show(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Any]],
        chosen: Sequence[int] | None = None,
        tints: Sequence[str] = (),
    ) -> None:
        """Show rows that cannot be sorted; with `chosen`, the places of some, they can be chosen by their places.

        The first rows have a dot in these tints.
        """
        keys = [None] * len(rows) if chosen is None else range(len(rows))
        heads = [{"name": "", **vars(column)} for column in columns]
        self.fill(heads, zip(keys, rows, strict=True), chosen or (), tints=tints)

    def fill(
        self,
        columns: list[dict[str, Any]],
        rows: Iterable[tuple[Any, Sequence[Any]]],
        chosen: Iterable[Any] | None = None,
        flags: Mapping[Any, str] | None = None,
        tints: Sequence[str] = (),
    ) -> None:
        """Show rows.

        Parameters
        ----------
        columns : list of dict
            As of the trait.
        rows : iterable of (key, cells)
            The cells as text or numbers.
        chosen : iterable, optional
            Keys of the chosen rows; by default they stay.
        flags : mapping, optional
            What to say of rows, by their keys.
        tints : sequence of str, optional
            Colours of dots before the first rows.
        """
        numbers = [column["number"] for column in columns]
        made = [
            {"key": key, "cells": list(map(cell_text, cells, numbers)), "flag": (flags or {}).get(key, "")}
            for key, cells in rows
        ]
        for row, tint in zip(made, tints, strict=False):
            row["tint"] = tint
        self.layout.display = None if columns else "none"
        with self.hold_sync():
            self.columns, self.rows = columns, made
            self.chosen = self.chosen if chosen is None else list(chosen)
