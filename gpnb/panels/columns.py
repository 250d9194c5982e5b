"""A column of a table that is shown: its title, its unit, and whether it holds numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """The head of a column, for people."""

    title: str
    unit: str = ""
    number: bool = False
