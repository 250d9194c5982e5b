"""Significance against live time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.core.words import counted
from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.proposal.detection import detection_facts, detection_plot, detection_rows
from gpnb.panels.proposal.view import DetectionTimeView


def plots(obj: Any, record: DetectionTimeView) -> list[Plot]:  # noqa: ARG001  (every panel's signature)
    """One plot."""
    return [detection_plot(obj)]


def draw(obj: Any, record: DetectionTimeView, figure: Figure) -> None:
    """Draw it."""
    draw_grid(figure, plots(obj, record), 1, 720, 320)


def summary(
    obj: Any,
    record: DetectionTimeView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The numbers, as safe HTML."""
    columns, rows = detection_rows(obj)
    folded = html.fold(counted(len(rows), "row"), html.table(columns, rows))
    return html.frame("Time to detection", detection_facts(obj), [picture, folded], notes, repr(obj))
