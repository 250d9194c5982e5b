"""A column of a table that is shown: its title, its unit, and whether it holds numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpnb.core.words import real_minus


@dataclass(frozen=True)
class Column:
    """The head of a column, for people."""

    title: str
    unit: str = ""
    number: bool = False


def cell_text(value: Any, number: bool = False) -> str:
    """The text of a cell; numbers have real minus signs.

    Examples
    --------
    >>> cell_text("-43 ± 56", number=True), cell_text("J1745-303 -2")
    ('−43 ± 56', 'J1745-303 -2')
    """
    text = str(value)
    return real_minus(text) if number else text
