"""The instrument panel, live: one response, or all of an observation, at an offset that is chosen with a slider."""

from __future__ import annotations

from typing import Any

import ipywidgets

from gpnb.panels.instrument.curves import OFF_AXIS, curve_plots, has_offsets, last_offset, overview_plots
from gpnb.panels.instrument.images import image_of, run_images
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
_USUAL, _TALL = 220, 320
"""Pixels of a plot, and of all where one has a square frame."""

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
        images = self._make_images(InstrumentView())
        self._height = _TALL if any(image.square for image in images) else _USUAL
        self.plots: dict[str, PlotView] = {}
        self._grid = ipywidgets.VBox().add_class("gpnb-plots").add_class("gpnb-plots-wide")
        for plot in (*self._make_plots(InstrumentView()), *images):
            self._plot_of(plot)
        self.table = TableView(label="Axes of the responses", fold="Axes of the responses" if is_run(self._obj) else "")
        self.table.show(*axes_table(self._obj))
        bind(
            self.controls,
            self,
            offset=lambda value, gesture: self.set(gesture=gesture, offset=f"{value} deg"),
            containment=lambda value, gesture: self.set(gesture=gesture, containment=tuple(value)),
            images=lambda value, gesture: self.set(gesture=gesture, images=value),
            fixed=lambda value, gesture: self.set(gesture=gesture, offset=None if value else "0 deg"),
        )
        return [self.controls, self.legend, self._grid, self.table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        own, shown = Source(lambda: self.state), Source(lambda: self.shown)
        return [
            View(Node(self._items, own), self.controls.set_items),
            View(Node(self._make_plots, shown), self._show_plots),
            View(Node(self._make_images, Source(lambda: self._of_image(self.shown))), self._show_images),
        ]

    def _make_plots(self, view: InstrumentView) -> list[Plot]:
        if is_run(self._obj):
            return overview_plots(self._responses, view)
        return curve_plots(self._obj, view)

    def _make_images(self, view: InstrumentView) -> list[Plot]:
        if is_run(self._obj):
            return run_images(self._responses, view) if view.images else []
        image = image_of(self._obj, view)
        return [] if image is None else [image]

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
        if is_run(self._obj):
            items.append(check("images", "Images", view.images, hint="Show responses over energy and offset too"))
        return items

    def _show_plots(self, plots: list[Plot]) -> None:
        """The curves; a legend that plots have in common stands above them all."""
        legends = {plot.name: legend_of(plot) for plot in plots}
        common = max((legends[plot.name] for plot in plots if plot.log_x), key=len)
        self.legend.legend = [{**entry, "label": entry["label"].removesuffix(OFF_AXIS) + "°"} for entry in common]
        for plot in plots:
            own = legends[plot.name]
            self.plots[plot.name].show(plot, legend=[] if own == common else own)

    def _show_images(self, images: list[Plot]) -> None:
        """The images below the curves."""
        for image in images:
            self._plot_of(image).show(image)
        gone = {name for name, plot in self.plots.items() if plot.shown is not None and plot.shown.image is not None}
        gone -= {image.name for image in images}
        shown = tuple(plot.widget for name, plot in self.plots.items() if name not in gone)
        if self._grid.children != shown:
            self._grid.children = shown

    def _plot_of(self, plot: Plot) -> PlotView:
        """The view of a plot, made where there is none yet."""
        if plot.name not in self.plots:
            self.plots[plot.name] = PlotView(self._height)
        return self.plots[plot.name]


def _percents(parts: tuple[float, ...]) -> str:
    return " and ".join(f"{100 * part:.4g} %" for part in parts)
