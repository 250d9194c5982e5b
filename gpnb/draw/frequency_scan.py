"""A test for pulsation against trial frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.pulsation.frequency_scan import scan_facts, scan_plot, scan_table
from gpnb.panels.pulsation.view import FrequencyScanView


def plots(obj: Any, record: FrequencyScanView) -> list[Plot]:  # noqa: ARG001  (every panel's signature)
    """The statistic against frequency."""
    return [scan_plot(obj)]


def draw(obj: Any, record: FrequencyScanView, figure: Figure) -> None:
    """Draw it."""
    draw_grid(figure, plots(obj, record), 1, 720, 260)


def summary(
    obj: Any,
    record: FrequencyScanView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The best frequencies, as safe HTML."""
    columns, rows = scan_table(obj)
    folded = html.fold(f"Best {len(rows)} of {len(obj)} frequencies", html.table(columns, rows))
    return html.frame("Trial frequencies", scan_facts(obj), [picture, folded], notes, repr(obj))
