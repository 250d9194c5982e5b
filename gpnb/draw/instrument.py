"""The instrument panel: one response, or all of an observation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.instrument.curves import curve_plots
from gpnb.panels.instrument.images import image_of
from gpnb.panels.instrument.run import axes_table, facts, title
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.plot import Plot


def plots(obj: Any, record: InstrumentView) -> list[Plot]:
    """A response against energy, and as an image where it depends on more."""
    image = image_of(obj, record)
    return [*curve_plots(obj, record), *([] if image is None else [image])]


def draw(obj: Any, record: InstrumentView, figure: Figure) -> None:
    """Draw the plots of a response side by side."""
    found = plots(obj, record)
    draw_grid(figure, found, len(found), 480 if len(found) == 1 else 960 // len(found), 300)


def draw_overview(found: Sequence[Plot], figure: Figure) -> None:
    """Draw the curves of several responses side by side."""
    columns = 2 if len(found) in (2, 4) else 3
    draw_grid(figure, found, columns, 960 // min(columns, max(len(found), 1)), 270)


def summary(
    obj: Any,
    record: InstrumentView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """Axes and header of a response, as safe HTML."""
    return html.frame(title(obj), facts(obj), [picture, html.table(*axes_table(obj))], notes, repr(obj))
