"""Flux points, live: plot and table."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import SpectrumPlot
from gpnb.panels.points.plot import COLUMNS, points_facts, points_plot, points_rows
from gpnb.panels.points.view import PointsView
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.points import PointPlot
from gpnb.widgets.parts.table import TableView


def open_panel(obj: Any, drawing: Any, workspace: Any, changes: dict[str, Any]) -> PointsPanel:
    """The live panel of flux points."""
    return PointsPanel(obj, drawing, workspace, changes)


class PointsPanel(LivePanel):
    """Flux points, live; see `gpnb.panels.points.view.PointsView`."""

    kind = "points"
    chip_names = ("energy",)

    def title(self) -> str:
        """What this is."""
        return "Flux points"

    def facts(self) -> str:
        """How many, of what."""
        return points_facts(self._obj)

    def build(self) -> list[Any]:
        """The plot above the table."""
        self._controls = Controls()
        self._plot = PointPlot("", height=320)
        self._table = TableView(label="Flux points")
        bind(self._controls, self)
        return [self._controls, self._plot.widget, self._table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        shown = Source(lambda: self.shown)
        return [
            View(Node(_items, shown), self._controls.set_items),
            View(Node(lambda view: points_plot(self._obj, view), shown), self._show),
            View(Node(lambda view: points_rows(self._obj, view), shown), lambda rows: self._table.show(COLUMNS, rows)),
        ]

    def _show(self, plot: SpectrumPlot) -> None:
        self._plot.show(plot)
        self._plot.show_legend(plot, "", f"{plot.y_label} by {plot.x_label}: {points_facts(self._obj)}")


def _items(view: PointsView) -> list[dict[str, Any]]:
    options = [["e2dnde", "E² dN/dE"], ["dnde", "dN/dE"]]
    return [{"name": "quantity", "kind": "select", "label": "Show", "value": view.quantity, "options": options}]
