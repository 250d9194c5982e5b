"""The least flux against energy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.core.words import counted
from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.proposal.sensitivity import sensitivity_facts, sensitivity_plot, sensitivity_rows
from gpnb.panels.proposal.view import SensitivityView


def plots(obj: Any, record: SensitivityView) -> list[Plot]:  # noqa: ARG001  (every panel's signature)
    """One plot."""
    return [sensitivity_plot(obj)]


def draw(obj: Any, record: SensitivityView, figure: Figure) -> None:
    """Draw it."""
    draw_grid(figure, plots(obj, record), 1, 720, 320)


def summary(
    obj: Any,
    record: SensitivityView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The numbers, as safe HTML."""
    columns, rows = sensitivity_rows(obj)
    folded = html.fold(counted(len(rows), "row"), html.table(columns, rows))
    return html.frame("Sensitivity", sensitivity_facts(obj), [picture, folded], notes, repr(obj))
