"""The phasogram: counts or flux against phase, ON and OFF phases shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.core.words import counted
from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.pulsation.phasogram import chosen_bins, phasogram_facts, phasogram_plot, phasogram_table
from gpnb.panels.pulsation.view import PhasogramView


def plots(obj: Any, record: PhasogramView) -> list[Plot]:
    """Counts or fluxes over the turns."""
    return [phasogram_plot(obj, record)]


def draw(obj: Any, record: PhasogramView, figure: Figure) -> None:
    """Draw them."""
    draw_grid(figure, plots(obj, record), 1, 720, 320)


def summary(
    obj: Any, record: PhasogramView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()
) -> html.Markup:
    """The bins, as safe HTML."""
    inside = set(chosen_bins(obj, record))
    table = html.table(*phasogram_table(obj), [place in inside for place in range(len(obj))])
    folded = html.fold(counted(len(obj), "bin"), table)
    return html.frame("Phasogram", phasogram_facts(obj), [picture, folded], notes, repr(obj))
