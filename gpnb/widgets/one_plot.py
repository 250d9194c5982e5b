"""Live panels of one plot with its table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traitlets import link

from gpnb.panels.columns import Column
from gpnb.panels.plot import Plot
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotView
from gpnb.widgets.parts.table import TableView

Rows = tuple[list[Column], list[list[str]], list[int] | None]
"""Columns and rows of a table, and which rows are chosen; None where they cannot be."""


class OnePlotPanel(LivePanel):
    """A panel of controls, one plot and one table; a subclass says what stands in them.

    Attributes
    ----------
    controls : Controls
        Above the plot.
    plot : PlotView
        The plot.
    table : TableView
        Below the plot.
    """

    label = ""
    """What the table is of."""

    height = 320
    """Of the plot, pixels."""

    chip_names: tuple[str, ...] = ()

    def items(self, view: Any) -> list[dict[str, Any]]:
        """The controls of a record."""
        return []

    def make_plot(self, view: Any) -> Plot:
        """The plot of a record."""
        raise NotImplementedError

    def make_rows(self, view: Any) -> Rows:
        """The table of a record."""
        raise NotImplementedError

    def listen(self) -> None:
        """Bind what the user does; controls change the fields that they are named after."""
        bind(self.controls, self)

    def build(self) -> list[Any]:
        """The plot between controls and table."""
        self.controls, self.plot, self.table = Controls(), PlotView(self.height), TableView(label=self.label)
        link((self.plot.widget, "pointed"), (self.table, "pointed"))
        self.listen()
        return [self.controls, self.plot.widget, self.table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        shown = Source(lambda: self.shown)
        return [
            View(Node(self.items, shown), self.controls.set_items),
            View(Node(self.make_plot, shown), self._show),
            View(Node(self.make_rows, shown), lambda found: self.table.show(*found)),
        ]

    def _show(self, plot: Plot) -> None:
        """The plot; what it is and tells stands in the head."""
        said = f"{plot.y_label} by {plot.x_label}: {plot.facts}"
        self.plot.show(replace(plot, title="", facts="", said=said))
