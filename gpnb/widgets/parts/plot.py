"""The one live part for plots: shows every `Plot`, and sends only what changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from gpnb.panels.plot import Plot
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.look import legend_of
from gpnb.widgets.parts.marks import marks_of, numbers_of
from gpnb.widgets.parts.part import Part
from gpnb.widgets.parts.script import script_of
from gpnb.widgets.parts.ticks import frame_of

Brushed = Callable[[float | None, float | None, Any], None]

_groups = itertools.count(1)


class PlotHead(Part):
    """A line of words: title, facts and a legend that plots have in common.

    Attributes
    ----------
    title, facts : str
        What is plotted.
    legend : list of dict
        ``label colour``, with ``dash width`` for a line, ``fill`` (an opacity) for an area, ``marker`` for points,
        ``colours low high`` for a bar.
    """

    _esm = compose("plothead.js")
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    legend = traitlets.List().tag(sync=True)


class PlotFigure(Part):
    """A plot in the page, under its line of words.

    Attributes
    ----------
    script : str
        The model that holds the script.
    title, facts, legend
        As of `PlotHead`.
    label : str
        What the figure is, for those who do not see it.
    bare : bool
        Whether there is no line of words.
    frame : dict
        Ranges, titles, ticks and their texts, and the size: all in one value, so that they cannot part.
    marks : list of dict
        What is drawn (`gpnb.widgets.parts.marks`).
    brushes : bool
        Whether ranges of x can be brushed.
    chosen : list of float
        The chosen range of x; empty for none.
    brushed : list
        The range that the user drew, None for both ends where there is none, and the gesture.
    pointed : int, optional
        The row that the point under the pointer belongs to.
    group : str
        Plots of one name are looked at together along x.
    """

    _esm = compose("plotview.js")
    script = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    legend = traitlets.List().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    bare = traitlets.Bool().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    brushes = traitlets.Bool().tag(sync=True)
    chosen = traitlets.List().tag(sync=True)
    brushed = traitlets.List().tag(sync=True)
    pointed = traitlets.Int(allow_none=True, default_value=None).tag(sync=True)
    group = traitlets.Unicode().tag(sync=True)


class PlotView:
    """One plot.

    Parameters
    ----------
    height : int
        Of the picture, pixels.
    over : bool
        Whether another plot with the same x axis lies right below: titles and ticks of x are left to that one.
    bare : bool
        Whether there is no line of words over it.

    Attributes
    ----------
    widget : PlotFigure
        The front end.
    shown : Plot or None
        What is shown.
    """

    def __init__(self, height: int = 220, over: bool = False, bare: bool = False):
        self.shown: Plot | None = None
        self._over, self._height = over, height
        self.widget = PlotFigure(script=script_of("plot/main.js"), bare=bare)

    def stand_over(self, over: bool, height: int) -> None:
        """Leave titles and ticks of x to the plot below, or not, in a picture of this height."""
        self._over, self._height = over, height
        if self.shown is not None:
            self.widget.frame = frame_of(self.shown, over, height)

    def look_with(self, *others: PlotView) -> None:
        """Let a closer look along x be one of these plots too, which have the same axis."""
        name = self.widget.group or f"{self.widget.model_id}-{next(_groups)}"
        for plot in (self, *others):
            plot.widget.group = name

    def show(self, plot: Plot, legend: Sequence[dict[str, Any]] | None = None) -> None:
        """Show a plot; with `legend` other lines stand over it than its own."""
        self.shown, figure = plot, self.widget
        with figure.hold_sync():
            figure.frame = frame_of(plot, self._over, self._height)
            figure.marks = marks_of(plot)
            figure.chosen = [] if plot.chosen is None else [float(end) for end in plot.chosen]
            figure.title, figure.facts, figure.label = plot.title, plot.facts, plot.words
            figure.legend = list(legend_of(plot) if legend is None else legend)

    @property
    def names(self) -> list[str]:
        """Of what is drawn, from the lowest to the topmost."""
        return [mark["name"] for mark in self.widget.marks]

    def data(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What a line, steps or points show: x (of steps the edges) and y."""
        mark = next(mark for mark in self.widget.marks if mark["name"] == name)
        return numbers_of(mark, "x"), numbers_of(mark, "y")

    def on_brush(self, callback: Brushed) -> None:
        """Let ranges of x be brushed: ``callback(low, high, gesture)`` during the drag, None for both where cleared."""
        self.widget.brushes = True
        self.widget.observe(lambda change: callback(*change["new"]), "brushed")
