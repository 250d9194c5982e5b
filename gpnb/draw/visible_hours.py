"""A year: hours by month and zenith angle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.proposal.view import VisibleHoursView
from gpnb.panels.proposal.visibility import year_facts, year_plot, year_rows


def plots(obj: Any, record: VisibleHoursView) -> list[Plot]:  # noqa: ARG001  (every panel's signature)
    """One plot."""
    return [year_plot(obj)]


def draw(obj: Any, record: VisibleHoursView, figure: Figure) -> None:
    """Draw it."""
    draw_grid(figure, plots(obj, record), 1, 720, 320)


def summary(
    obj: Any,
    record: VisibleHoursView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The numbers, as safe HTML."""
    columns, rows = year_rows(obj)
    folded = html.fold("12 months", html.table(columns, rows))
    return html.frame("Year", year_facts(obj), [picture, folded], notes, repr(obj))
