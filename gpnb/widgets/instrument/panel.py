"""The instrument panel, live: one response, or all of an observation, at an offset that is chosen with a slider."""

from __future__ import annotations

from typing import Any

import ipywidgets

from gpnb.panels.instrument.curves import OFF_AXIS, curve_plots, has_offsets, last_offset, overview_plots
from gpnb.panels.instrument.images import image_of
from gpnb.panels.instrument.run import axes_table, facts, is_run, responses_of, title
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.plot import Plot
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.controls import Control, check, select, slider
from gpnb.widgets.parts.look import legend_of
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead, PlotView
from gpnb.widgets.parts.table import TableView

_STEP = 0.05
_CONTAINMENT = ((0.68, 0.95), (0.5,), (0.68,), (0.8,), (0.9,), (0.95,), (0.99,))


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> InstrumentPanel:
    """The live panel of a response, or of an observation."""
    return InstrumentPanel(obj, workspace, changes, name)


class InstrumentPanel(LivePanel):
    """Responses of the instrument, live.

    See `gpnb.panels.instrument.view.InstrumentView` for what decides how they are shown.

    Attributes
    ----------
    controls : Controls
        Offset and containment.
    legend : PlotHead
        The legend that the plots have in common.
    plots : dict of PlotView
        By name; the image is called "image".
    table : TableView
        The axes of the responses.
    """

    kind = "instrument"
    chip_names = ("energy",)

    def title(self) -> str:
        """The response, or the run."""
        return title(self._obj)

    def facts(self) -> str:
        """One line about it."""
        return facts(self._obj)

    def build(self) -> list[Any]:
        """Controls above a grid of plots, the axes of the responses below."""
        self._responses = responses_of(self._obj)
        self.controls, self.legend = Controls(), PlotHead(title="Off axis")
        self.legend.add_class("gpnb-common")
        self.plots = {plot.name: PlotView() for plot in self._make_plots(InstrumentView())}
        image = self._make_image(InstrumentView())
        if image is not None:
            self.plots[image.name] = PlotView(height=320 if image.square else 220)
        grid = ipywidgets.VBox([plot.widget for plot in self.plots.values()])
        self.table = TableView(label="Axes of the responses")
        self.table.show(*axes_table(self._obj))
        bind(
            self.controls,
            self,
            offset=lambda value, gesture: self.set(gesture=gesture, offset=f"{value} deg"),
            containment=lambda value, gesture: self.set(gesture=gesture, containment=tuple(value)),
            fixed=lambda value, gesture: self.set(gesture=gesture, offset=None if value else "0 deg"),
        )
        return [self.controls, self.legend, grid.add_class("gpnb-plots").add_class("gpnb-plots-wide"), self.table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        own, shown = Source(lambda: self.state), Source(lambda: self.shown)
        return [
            View(Node(self._items, own), self.controls.set_items),
            View(Node(self._make_plots, shown), self._show_plots),
            View(Node(self._make_image, Source(lambda: self._of_image(self.shown))), self._show_image),
        ]

    def _make_plots(self, view: InstrumentView) -> list[Plot]:
        if is_run(self._obj):
            return overview_plots(self._responses, view)
        return curve_plots(self._obj, view)

    def _make_image(self, view: InstrumentView) -> Plot | None:
        return None if is_run(self._obj) else image_of(self._obj, view)

    def _of_image(self, view: InstrumentView) -> InstrumentView:
        """The record with nothing but what the image depends on."""
        return view if "edisp" in self._responses else view.replace(offset=None)

    def _items(self, view: InstrumentView) -> list[Control]:
        items: list[Control] = []
        covered = [last_offset(part) for part in self._responses.values() if has_offsets(part)]
        if covered:
            text = "none chosen" if view.offset is None else f"{view.offset:.2f}°"
            items.append(slider("offset", "Offset", view.offset or 0.0, max(covered), _STEP, text))
            items.append(check("fixed", "Fixed offsets only", view.offset is None))
        if "psf" in self._responses:
            known = [part for part in _CONTAINMENT if part != view.containment]
            options = [(list(part), _percents(part)) for part in (view.containment, *known)]
            items.append(select("containment", "Containment", list(view.containment), options))
        return items

    def _show_plots(self, plots: list[Plot]) -> None:
        """The curves; a legend that plots have in common stands above them all."""
        legends = {plot.name: legend_of(plot) for plot in plots}
        common = max((legends[plot.name] for plot in plots if plot.log_x), key=len)
        self.legend.legend = [{**entry, "label": entry["label"].removesuffix(OFF_AXIS) + "°"} for entry in common]
        for plot in plots:
            own = legends[plot.name]
            self.plots[plot.name].show(plot, legend=[] if own == common else own)

    def _show_image(self, image: Plot | None) -> None:
        if image is not None:
            self.plots[image.name].show(image)


def _percents(parts: tuple[float, ...]) -> str:
    return " and ".join(f"{100 * part:.4g} %" for part in parts)
