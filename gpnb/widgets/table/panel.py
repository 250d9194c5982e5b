"""Any table, live: sorted by a click, found as one types, its rows linked to the sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.panels.table.positions import position_text, positions_of
from gpnb.panels.table.rows import MOST, Rows, heads
from gpnb.panels.table.view import RowsView
from gpnb.panels.table.words import facts_of, title_of_table
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.controls import Control, text
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.table import TableView

_FEW = 8
"""Rows that need no search."""


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> TablePanel:
    """The live panel of a table."""
    return TablePanel(obj, workspace, changes, name)


class TablePanel(LivePanel[RowsView]):
    """A table, live; see `gpnb.panels.table.view.RowsView`.

    A click on a row puts its position in the middle of every sky of the workspace.
    """

    kind = "table"
    chip_names = ()

    @property
    def chosen(self) -> Any:
        """The rows that are chosen, as a table."""
        return self._obj.table[list(self.state.chosen)]

    def title(self) -> str:
        """What it is a table of."""
        return title_of_table(self._obj.table, self.state)

    def facts(self) -> str:
        """How many rows there are, and are shown."""
        return facts_of(self._obj.table, self.state, len(self._order.pull()))

    def totals(self) -> str:
        """What a click does."""
        return "a click on a row centres the sky" if self._places is not None and len(self._places) else ""

    def endings(self) -> list[list[str]]:
        """How the table is saved."""
        return [[".ecsv", "Table with units"], [".csv", "Table as plain text"]]

    def build(self) -> list[Any]:
        """A field to find rows, above them."""
        self._rows, self._places = Rows(self._obj.table), positions_of(self._obj.table)
        self._look, self._table = Controls(), TableView(label=self.title(), many=True, empty="No row holds this text.")
        self._order = Node(self._ordered, Source(lambda: self._of_order(self.state)))
        bind(self._look, self)
        self._table.on("sort", lambda name: self.act(lambda: self._sort(name)))
        self._table.on("choose", lambda key, add: self.act(lambda: self._choose(key, add)))
        self._table.on("span", lambda keys, add: self.act(lambda: self._take(keys, add)))
        return [self._look, self._table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        state = Source(lambda: self.state)
        columns = Source(lambda: self.state.columns)
        sorting = Source(lambda: {"by": self.state.sort_by, "ascending": self.state.sort_ascending})
        return [
            View(Node(self._items, state, self._order), self._look.set_items),
            View(Node(lambda names, order: (names, order), columns, self._order), lambda new: self._fill(*new)),
            View(sorting, lambda now: setattr(self._table, "sort", now)),
            View(Source(lambda: self.state.chosen), lambda rows: setattr(self._table, "chosen", list(rows))),
        ]

    def _items(self, view: RowsView, order: np.ndarray) -> list[Control]:
        count = self._rows.count
        found = f"{len(order)} of {count}"
        return [text("find", "Find", view.find, "in all columns", size=18, live=True, text=found)] * (count > _FEW)

    def _of_order(self, view: RowsView) -> RowsView:
        """The record with nothing but what decides which rows are shown."""
        parts = {name: getattr(view, name) for name in ("columns", "sort_by", "sort_ascending", "find")}
        return RowsView(**parts)

    def _ordered(self, view: RowsView) -> np.ndarray:
        return self._rows.order(view)

    def _fill(self, names: Sequence[str], order: np.ndarray) -> None:
        columns, places = self._rows.shown(names), order[:MOST]
        self._table.fill(heads(columns), zip(places.tolist(), self._rows.texts(columns, places), strict=True))

    def _sort(self, name: str) -> None:
        """Sort by a column: up, down, and then as the table is."""
        again = name == self.state.sort_by
        if again and not self.state.sort_ascending:
            self.set(sort_by="", sort_ascending=True)
        else:
            self.set(sort_by=name, sort_ascending=not again)

    def _choose(self, row: int, add: bool) -> None:
        """Choose a row; its position comes into the middle of every sky, in the same step of the history."""
        gesture, before = object(), list(self.state.chosen) if add else []
        off = row in self.state.chosen and (add or len(self.state.chosen) == 1)
        self.set(gesture=gesture, chosen=[item for item in before if item != row] if off else [*before, row])
        center = "" if off else position_text(self._places, row)
        if center:
            self.workspace.change_views(gesture, center=center)

    def _take(self, rows: Sequence[int], add: bool) -> None:
        self.set(chosen=list(dict.fromkeys([*(self.state.chosen if add else ()), *rows])))
