"""A small builder of HTML that only shows: no script, and every text is escaped.

Strings of headers, file names and catalogues pass as text; only what is made here is markup.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from markupsafe import Markup

from gpnb.core.words import real_minus
from gpnb.panels.columns import Column, cell_text

EMPTY = Markup("")

HERE = Markup("<!-- picture -->")
"""Where a picture comes later."""


def frame(title: str, facts: str, parts: Iterable[Markup], notes: Iterable[str] = (), plain: str = "") -> Markup:
    """The frame of a panel.

    Parameters
    ----------
    title, facts : str
        What it is, and one line about it.
    parts : iterable of Markup
        The body, from `table`, `fold`, `picture`.
    notes : iterable of str
        Sentences that need attention, shown at the foot.
    plain : str
        One line shown where styles are not.

    Returns
    -------
    Markup
        Safe HTML with its style inside.
    """
    foot = _join(Markup('<div class="gpnb-foot gpnb-attention">▲ {}</div>').format(real_minus(note)) for note in notes)
    return Markup(
        '<style>{css}</style><section class="gpnb-panel"><pre class="gpnb-plain">{plain}</pre>'
        '<div class="gpnb-head"><b class="gpnb-title">{title}</b> <span class="gpnb-facts">{facts}</span></div>'
        '<div class="gpnb-body">{body}</div>{foot}</section>'
    ).format(css=_css(), plain=plain, title=title, facts=real_minus(facts), body=_join(parts), foot=foot)


def table(columns: Sequence[Column], rows: Iterable[Sequence[Any]], chosen: Iterable[Any] = ()) -> Markup:
    """A table; every cell is text, and rows that are `chosen` (a truth value a row) stand out."""
    head = _join(
        Markup('<th scope="col"{}>{}{}</th>').format(_kind(column), column.title, _unit(column)) for column in columns
    )
    body = _join(
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="gpnb-chosen"') if is_chosen else EMPTY,
            _join(
                Markup("<td{}>{}</td>").format(_kind(column), cell_text(cell, column.number))
                for column, cell in zip(columns, row, strict=True)
            ),
        )
        for row, is_chosen in zip(rows, chain(chosen, repeat(False)), strict=False)
    )
    content = Markup("<thead><tr>{}</tr></thead><tbody>{}</tbody>").format(head, body)
    return Markup('<div class="gpnb-wide" tabindex="0"><table>{}</table></div>').format(content)


def fold(title: str, content: Markup) -> Markup:
    """Something long behind a line that opens it."""
    return Markup('<details><summary>{}</summary><div class="gpnb-fold">{}</div></details>').format(title, content)


def picture(png: bytes, alt: str, width: int, dark: bytes = b"") -> Markup:
    """An embedded PNG, `width` pixels wide on the screen; with another one for dark pages."""
    kinds = {"gpnb-picture gpnb-on-light": png, "gpnb-picture gpnb-on-dark": dark} if dark else {"gpnb-picture": png}
    images = _join(
        Markup('<img class="{}" src="data:image/png;base64,{}" alt="{}" width="{}">').format(
            kind, base64.b64encode(data).decode("ascii"), alt, width
        )
        for kind, data in kinds.items()
    )
    return Markup('<div class="gpnb-pictures" tabindex="0">{}</div>').format(images)


def caption(words: str) -> Markup:
    """The line below a picture, which reports show."""
    return Markup('<p class="gpnb-caption">{}</p>').format(words) if words else EMPTY


def _join(parts: Iterable[Markup]) -> Markup:
    return EMPTY.join(parts)


def _kind(column: Column) -> Markup:
    return Markup(' class="gpnb-number"') if column.number else EMPTY


def _unit(column: Column) -> Markup:
    return Markup(' <span class="gpnb-unit">({})</span>').format(column.unit) if column.unit else EMPTY


@cache
def _css() -> Markup:
    text = Path(__file__).with_name("panel.css").read_text(encoding="utf-8")
    return Markup(" ".join(text.split()))  # noqa: S704  (our own file)
