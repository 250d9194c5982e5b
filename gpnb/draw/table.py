"""A table, as text: there is no picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.show import rows_words
from gpnb.core.words import labelled
from gpnb.draw import html
from gpnb.panels.columns import cell_text
from gpnb.panels.table.rows import MOST, Rows
from gpnb.panels.table.view import RowsView
from gpnb.panels.table.words import facts_of, title_of_table

_FIRST = 30
"""Rows that are shown before the rest is folded."""


def summary(obj: Any, record: RowsView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """The rows, as safe HTML."""
    rows = Rows(obj.table)
    order, columns = rows.order(record), rows.shown(record.columns)
    parts = [picture]
    for places in (order[:_FIRST], order[_FIRST:MOST]):
        found = html.table([item.head for item in columns], rows.texts(columns, places), np.isin(places, record.chosen))
        if len(places) and columns:
            parts.append(found if places[0] == order[0] else html.fold(f"{len(places)} more rows", found))
    facts = facts_of(obj.table, record, len(order))
    return html.frame(title_of_table(obj.table, record), facts, parts, notes, repr(obj))


def text(obj: Any, record: RowsView) -> str:
    """The first rows in columns of text, for where nothing else is shown."""
    rows = Rows(obj.table)
    order, columns = rows.order(record), rows.shown(record.columns)
    heads = [labelled(item.head.title, item.head.unit) for item in columns]
    numbers = [item.head.number for item in columns]
    lines = [heads, *(list(map(cell_text, row, numbers)) for row in rows.texts(columns, order[:_FIRST]))]
    sizes = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    sides = [str.rjust if item.head.number else str.ljust for item in columns]
    shown = ["  ".join(side(cell, size) for side, cell, size in zip(sides, line, sizes, strict=True)) for line in lines]
    return "\n".join([repr(obj), *(line.rstrip() for line in shown if columns), *_more(len(order))])


def _more(found: int) -> list[str]:
    return [f"… and {rows_words(found - _FIRST)} more"] if found > _FIRST else []
