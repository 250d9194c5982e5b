"""Series of other wavelengths in a view record: a file is its path, what was made in memory is its values."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from astropy.table import Table

from gpnb.core.recipe import Recipe
from gpnb.core.replay import replay
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series
from gpnb.state.record import Door

_READ, _TEXT = "gpnb.Series.read()", "gpnb.Series.from_text()"
_MOST = 50
_KEPT: dict[str, Series] = {}
"""Series by their text: files are read once, and again when they are added again."""


def series_text(what: Any, **columns: Any) -> str:
    """A series as the text that a record holds.

    Parameters
    ----------
    what : Series or what `Series.of` takes, Recipe or str
        A text that is one already stays.
    **columns
        See `Series.from_table`.
    """
    if isinstance(what, str) and what.startswith("{"):
        series_of(what)
        return what
    series = replay(what) if isinstance(what, Recipe) else Series.of(what, **columns)
    return _keep(_text_of(series), series)


def series_of(text: str) -> Series:
    """The series that a text of a record stands for.

    Raises
    ------
    DataFormatError
        If the file cannot be read.
    """
    if text in _KEPT:
        return _KEPT[text]
    if not text.startswith("{"):
        series = Series.read(text)
    else:
        data = _object(text)
        series = Series.read(**data) if "path" in data else Series.from_text(text)
    _keep(text, series)
    return series


def _object(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}  # `Series.from_text` says what is wrong


def _text_of(series: Series) -> str:
    if series.recipe.call == _TEXT:
        return str(series.recipe.kwargs["text"])
    if series.recipe.call != _READ:
        return series.to_text()
    given = dict(series.recipe.kwargs)
    return str(given["path"]) if len(given) == 1 else json.dumps(given, ensure_ascii=False)


def _keep(text: str, series: Series) -> str:
    _KEPT[text] = series
    while len(_KEPT) > _MOST:
        del _KEPT[next(iter(_KEPT))]
    return text


def _read(value: Any, _: str) -> tuple[str, ...]:
    alone = isinstance(value, Series | LightCurve | Table | Recipe | str | os.PathLike) or not isinstance(
        value, Sequence
    )
    return tuple(dict.fromkeys(series_text(item) for item in ([value] if alone else value)))


def _write(texts: tuple[str, ...]) -> list[Any]:
    """Paths, else how the series is made."""
    return [text if not text.startswith("{") else _recipe(text) for text in texts]


def _recipe(text: str) -> Recipe:
    series = series_of(text)
    if series.recipe.call == _READ:
        return series.recipe
    return Recipe.of(_TEXT, name=series.name, text=text)


door = Door(_read, _write)
"""Several series, kept as text."""
