"""Flux points by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.points.plot import points_facts, points_plot, points_rows, points_table, points_title
from gpnb.panels.points.view import PointsView


def plots(obj: Any, record: PointsView) -> list[Plot]:
    """The points with errors and upper limits, beside spectra and other points."""
    return [points_plot(obj, record)]


def draw(obj: Any, record: PointsView, figure: Figure) -> None:
    """Draw them."""
    draw_grid(figure, plots(obj, record), 1, 700, 360)


def summary(obj: Any, record: PointsView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """One row a point, as safe HTML."""
    table = html.table(*points_rows(obj, record)) if len(points_rows(obj, record)[1]) else html.EMPTY
    return html.frame(points_title(obj), points_facts(obj), [picture, table], [*obj.notes, *notes], repr(obj))


def table(obj: Any, record: PointsView) -> Table:
    """The numbers behind the picture."""
    return points_table(obj, record)
