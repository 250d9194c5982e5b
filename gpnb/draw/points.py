"""Flux points by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_plot
from gpnb.draw.style import PIXEL, heading
from gpnb.panels.points.plot import COLUMNS, points_facts, points_plot, points_rows
from gpnb.panels.points.view import PointsView


def record(obj: Any, **changes: Any) -> PointsView:  # noqa: ARG001  (every panel's signature)
    """The view record of flux points; see `gpnb.panels.points.view.PointsView`."""
    return PointsView.build(**changes)


def draw(obj: Any, record: PointsView, figure: Figure) -> None:
    """Draw the points with errors and upper limits."""
    figure.set_size_inches(700 * PIXEL, 340 * PIXEL)
    axes = figure.subplots()
    draw_plot(axes, points_plot(obj, record))
    heading(axes, "Flux points", points_facts(obj))


def summary(obj: Any, record: PointsView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """One row a point, as safe HTML."""
    return html.frame(
        "Flux points", points_facts(obj), [picture, html.table(COLUMNS, points_rows(obj, record))], notes, repr(obj)
    )


def table(obj: Any, record: PointsView) -> Table:
    """The numbers behind the picture."""
    found: Table = obj.table(record.quantity)
    return found
