"""What lies in the frame of a plot as records for the page: numbers as bytes, looks as words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gpnb.panels.plot import Band, Image, Line, Plot, Points, Rule, Spans, Steps
from gpnb.widgets.parts.look import DASHES

Record = dict[str, Any]


def marks_of(plot: Plot) -> list[Record]:
    """All that is drawn, from the lowest to the topmost; equal plots give equal records."""
    return [
        {"name": name, "kind": (kind := name.partition(" ")[0]), **_RECORDS[kind](item)} for name, item in plot.parts()
    ]


def numbers_of(record: Record, name: str) -> np.ndarray:
    """The numbers that a record holds under a name."""
    return np.frombuffer(record[name], dtype="<f8")


def _packed(**arrays: np.ndarray) -> dict[str, bytes]:
    """Numbers as the bytes of doubles: quick to send, and equal only if they are."""
    return {name: np.ascontiguousarray(values, dtype="<f8").tobytes() for name, values in arrays.items()}


def _stroke(item: Line | Steps) -> Record:
    return {"label": item.label, "role": item.role, "dash": DASHES[item.dash], "width": item.width}


def _line(item: Line) -> Record:
    return _stroke(item) | _packed(x=item.x, y=item.y)


def _steps(item: Steps) -> Record:
    look = {**_stroke(item), "fill": item.fill}
    return look | _told(item) | _packed(x=item.edges, y=item.values)


def _points(item: Points) -> Record:
    look = {"label": item.label, "role": item.role, "marker": item.marker}
    sides = {name: getattr(item, name) for name in ("x", "y", "x_low", "x_high", "y_low", "y_high", "limit")}
    return look | _told(item) | _packed(**sides)


def _band(item: Band) -> Record:
    return {"role": item.role} | _packed(x=item.x, low=item.low, high=item.high)


def _rule(item: Rule) -> Record:
    return {"label": item.label, "role": item.role, "dash": DASHES[item.dash], "value": float(item.value)}


def _spans(item: Spans) -> Record:
    look = {"label": item.label, "role": item.role, "fill": item.fill, "hatched": item.hatched}
    return look | _packed(x=np.array(item.ranges, dtype=float).ravel())


def _image(item: Image) -> Record:
    from gpnb.widgets.parts.picture import png_of

    look = {"role": "text", "label": item.label, "png": png_of(item), "columns": item.values.shape[1]}
    return look | _packed(x=item.x[[0, -1]], y=item.y[[0, -1]], values=item.values.ravel())


def _told(item: Steps | Points) -> Record:
    """What is said of what is pointed at."""
    rows = None if item.rows is None else [int(row) for row in item.rows]
    return {"rows": rows, "notes": {name: list(texts) for name, texts in item.notes.items()} or None}


_RECORDS: dict[str, Callable[[Any], Record]] = {
    "image": _image,
    "span": _spans,
    "rule": _rule,
    "mark": _rule,
    "band": _band,
    "steps": _steps,
    "line": _line,
    "points": _points,
}
