"""What a sky tells of the fit of which it shows a cube."""

from __future__ import annotations

from typing import Any

from gpnb.core.words import counted, real_minus, value_words
from gpnb.panels.columns import Column

Table = tuple[list[Column], list[list[str]]]
"""Heads and rows."""


def fit_table(obj: Any) -> Table:
    """One row a free parameter of its fit; nothing of what is no fit."""
    result = getattr(obj, "result", None)
    if result is None:
        return [], []
    from gpnb.panels.spectrum.words import PARAMETERS, state_words  # here: a sky without a fit opens sooner

    known, columns = result.models.parameters, [PARAMETERS[0], *PARAMETERS[1:3], PARAMETERS[-1]]
    rows = []
    for full in result.names:
        item = known[full]
        text, unit = value_words(item.value, item.error, item.unit)
        rows.append([f"{full.rpartition('.')[0]} {item.symbol}", text, unit, state_words(item, result)])
    return columns, rows


def fit_facts(obj: Any) -> str:
    """How well it fits: −2 ln L and degrees of freedom; nothing of what is no fit."""
    result = getattr(obj, "result", None)
    if result is None:
        return ""
    return f"−2 ln L {real_minus(f'{result.stat:.2f}')} · {counted(len(result.names), 'free parameter')}"
