"""A night: altitudes and usable hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.proposal.view import VisibilityView
from gpnb.panels.proposal.visibility import night_facts, night_notes, night_plot, night_rows


def plots(obj: Any, record: VisibilityView) -> list[Plot]:  # noqa: ARG001  (every panel's signature)
    """One plot."""
    return [night_plot(obj)]


def draw(obj: Any, record: VisibilityView, figure: Figure) -> None:
    """Draw it."""
    draw_grid(figure, plots(obj, record), 1, 720, 320)


def summary(
    obj: Any,
    record: VisibilityView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The numbers, as safe HTML."""
    columns, rows = night_rows(obj)
    folded = html.fold("Usable time", html.table(columns, rows))
    return html.frame("Night", night_facts(obj), [picture, folded], [*night_notes(obj), *notes], repr(obj))
