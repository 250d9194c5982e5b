"""A table as HTML for objects that have no panel: few digits, units as in print, nothing but text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.words import unit_text

_MOST = 30
"""Rows that are shown."""


def html_table(table: Table) -> str:
    """Its first rows, and how many more there are.

    Parameters
    ----------
    table : Table
        Columns of numbers, texts or times; a format such as ``"%.3f"`` is kept, numbers without one get four digits.

    Examples
    --------
    >>> html_table(Table({"a<b": [1 / 3]}))
    '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody><tr><td>0.3333</td></tr></tbody></table>'
    """
    units = (unit_text(table[name].info.unit or "") for name in table.colnames)
    head = _row("th", (f"{name} ({unit})" if unit else name for name, unit in zip(table.colnames, units, strict=True)))
    columns = [_texts(table[name][:_MOST]) for name in table.colnames]
    body = "".join(_row("td", texts) for texts in zip(*columns, strict=True))
    more = f"<p>… and {len(table) - _MOST} more</p>" if len(table) > _MOST else ""
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"


def _row(tag: str, texts: Iterable[str]) -> str:
    cells = "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
    return f"<tr>{cells}</tr>"


def _texts(column: Any) -> list[str]:
    form = column.info.format
    return [_text(getattr(value, "value", value), form) for value in column]


def _text(value: Any, form: str | None) -> str:
    if np.ma.is_masked(value):
        return "–"
    if np.ndim(value):
        return ", ".join(_text(item, form) for item in value)
    if isinstance(value, float | np.floating):
        return "–" if np.isnan(value) else (form if form and "%" in form else "%.4g") % value
    return str(value)
