"""Flux points, live, by themselves or beside spectra and others: plot and table."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import Plot
from gpnb.panels.points.plot import points_facts, points_plot, points_rows, points_title
from gpnb.panels.points.view import PointsView
from gpnb.widgets.one_plot import OnePlotPanel, Rows

_QUANTITIES = [["e2dnde", "E² dN/dE"], ["dnde", "dN/dE"]]


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> PointsPanel:
    """The live panel of flux points."""
    return PointsPanel(obj, workspace, changes, name)


class PointsPanel(OnePlotPanel):
    """Flux points, live; see `gpnb.panels.points.view.PointsView`."""

    kind = "points"
    chip_names = ("energy",)
    label = "Flux points"

    def title(self) -> str:
        """What this is."""
        return points_title(self._obj)

    def facts(self) -> str:
        """How many, of what."""
        return points_facts(self._obj)

    def items(self, view: PointsView) -> list[dict[str, Any]]:
        """What is shown of the points."""
        show = {"name": "quantity", "kind": "select", "label": "Show", "value": view.quantity}
        return [{**show, "options": _QUANTITIES}]

    def make_plot(self, view: PointsView) -> Plot:
        """Points and spectra."""
        return points_plot(self._obj, view)

    def make_rows(self, view: PointsView) -> Rows:
        """One row a point."""
        return *points_rows(self._obj, view), None
