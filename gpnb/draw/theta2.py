"""The θ² plot: counts at a source beside those at positions without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from gpnb.core.words import counted
from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.theta2.cut import facts_of, notes_of
from gpnb.panels.theta2.plot import COLUMNS, theta2_plot, theta2_rows
from gpnb.panels.theta2.view import Theta2View


def plots(obj: Any, record: Theta2View) -> list[Plot]:
    """ON counts over the background."""
    return [theta2_plot(obj, record)]


def draw(obj: Any, record: Theta2View, figure: Figure) -> None:
    """Draw them."""
    draw_grid(figure, plots(obj, record), 1, 720, 340)


def summary(obj: Any, record: Theta2View, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Sums within the cut, and the bins, as safe HTML."""
    folded = html.fold(counted(len(obj), "bin"), html.table(COLUMNS, theta2_rows(obj)))
    facts = " · ".join(word for word in (str(obj.meta.get("position", "")), facts_of(obj, record)) if word)
    return html.frame("θ²", facts, [picture, folded], [*notes, *notes_of(obj, record)], repr(obj))
