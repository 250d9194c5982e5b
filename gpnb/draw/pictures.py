"""Pictures of panels: in a figure of their own, or in axes that are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.errors import ArgumentError
from gpnb.draw.plots import draw_plot
from gpnb.draw.style import new_figure, styled

_DATES: dict[str, dict[str, Any]] = {
    "png": {"Software": "gpnb"},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}
"""What a file says of itself: nothing that changes from day to day."""


def new_picture(drawing: Any, obj: Any, record: Any) -> Figure:
    """The picture of an object by the module that draws its kind."""
    figure = new_figure()
    with styled():
        drawing.draw(obj, record, figure)
    return figure


def draw_into(ax: Any, drawing: Any, obj: Any, record: Any) -> Figure:
    """Draw into axes, one a plot, and return their figure; see `StaticPanel.figure`."""
    places = np.atleast_1d(np.asarray(ax, dtype=object)).ravel().tolist()
    make = getattr(drawing, "plots", lambda *_: None)
    with styled():
        found = make(obj, record)
        if not found:
            name = type(obj).__name__
            raise ArgumentError(f"ax: a picture of {name} needs axes of its own: .plot() without ax makes them.")
        if len(places) != len(found):
            plots = f"{len(found)} plot{'s' * (len(found) != 1)} ({', '.join(plot.name for plot in found)})"
            raise ArgumentError(f"ax: this picture has {plots}, {len(places)} axes were given; give one axes a plot.")
        for place, plot in zip(places, found, strict=True):
            draw_plot(place, plot)
    figure: Figure = places[0].figure
    return figure


def save(figure: Figure, path: Path, kind: str) -> None:
    """Write a picture as ``"png"`` (two dots a pixel), ``"pdf"`` or ``"svg"``."""
    with styled():
        figure.savefig(path, format=kind, dpi=192, metadata=_DATES[kind])
