"""The instrument panel, live: one response, or all of an observation, at an offset that is chosen with a slider."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from gpnb.draw import instrument as words
from gpnb.draw import run
from gpnb.panels.columns import Column
from gpnb.panels.instrument.curves import CurvePlot, curve_plots, has_offsets, kind_of, last_offset, overview_plots
from gpnb.panels.instrument.images import CurveImage, image_of
from gpnb.panels.instrument.view import InstrumentView
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.picture import colour_key, png_of
from gpnb.widgets.parts.plot import QUIET, STYLES, Plot, PlotHead, key
from gpnb.widgets.parts.table import TableView

_STEP = 0.05
_CONTAINMENT = ((0.68, 0.95), (0.5,), (0.68,), (0.8,), (0.9,), (0.95,), (0.99,))
_CMAP = "viridis"


def open_panel(obj: Any, drawing: Any, workspace: Any, changes: dict[str, Any]) -> InstrumentPanel:
    """The live panel of a response, or of an observation."""
    return InstrumentPanel(obj, drawing, workspace, changes)


class InstrumentPanel(LivePanel):
    """Responses of the instrument, live.

    See `gpnb.panels.instrument.view.InstrumentView` for what decides how they are shown.
    """

    kind = "instrument"
    chip_names = ("energy",)

    def title(self) -> str:
        """The response, or the run."""
        return f"Run {self._obj.obs_id}" if run.is_run(self._obj) else words.title(self._obj)

    def facts(self) -> str:
        """One line about it."""
        return run.facts(self._obj) if run.is_run(self._obj) else words.facts(self._obj)

    def build(self) -> list[Any]:
        """Controls above a grid of plots, the axes of the responses below."""
        self._responses = run.responses_of(self._obj) if run.is_run(self._obj) else {kind_of(self._obj): self._obj}
        self._controls, self._legend = Controls(), PlotHead(title="Off axis")
        self._legend.add_class("gpnb-common")
        self._plots = {plot.name: _plot(plot) for plot in self._make_plots(InstrumentView())}
        image = self._make_image(InstrumentView())
        self._image = None if image is None else _picture(image)
        shown = [*self._plots.values(), *([self._image] if self._image else [])]
        grid = ipywidgets.VBox([plot.widget for plot in shown]).add_class("gpnb-plots").add_class("gpnb-plots-wide")
        self._table = TableView(label="Axes of the responses")
        self._table.show(*self._axes())
        bind(
            self._controls,
            self,
            offset=lambda value, gesture: self.set(gesture=gesture, offset=f"{value} deg"),
            containment=lambda value, gesture: self.set(gesture=gesture, containment=tuple(value)),
            fixed=lambda _, gesture: self.set(gesture=gesture, offset=None),
        )
        return [self._controls, self._legend, grid, self._table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        own, shown = Source(lambda: self.state), Source(lambda: self.shown)
        return [
            View(Node(self._items, own), self._controls.set_items),
            View(Node(self._make_plots, shown), self._show_plots),
            View(Node(self._make_image, Source(lambda: self._of_image(self.shown))), self._show_image),
        ]

    def _make_plots(self, view: InstrumentView) -> list[CurvePlot]:
        if run.is_run(self._obj):
            return overview_plots(self._responses, view)
        return curve_plots(self._obj, view)

    def _make_image(self, view: InstrumentView) -> CurveImage | None:
        return None if run.is_run(self._obj) else image_of(self._obj, view)

    def _of_image(self, view: InstrumentView) -> InstrumentView:
        """The record with nothing but what the image depends on."""
        return view if "edisp" in self._responses else view.replace(offset=None)

    def _axes(self) -> tuple[list[Column], list[list[str]]]:
        columns, rows = run.axes_table(self._responses)
        return (columns, rows) if run.is_run(self._obj) else (columns[1:], [row[1:] for row in rows])

    def _items(self, view: InstrumentView) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        covered = [last_offset(part) for part in self._responses.values() if has_offsets(part)]
        if covered:
            text = "none chosen" if view.offset is None else f"{view.offset:.2f}°"
            slider = {"name": "offset", "kind": "range", "label": "Offset", "value": view.offset or 0.0, "text": text}
            hint = "Show the curves at fixed offsets only"
            items.append({**slider, "min": 0, "max": max(covered), "step": _STEP})
            fixed = {"name": "fixed", "kind": "button", "label": "Fixed offsets", "hint": hint, "value": 0}
            items.append({**fixed, "disabled": view.offset is None})
        if "psf" in self._responses:
            known = [part for part in _CONTAINMENT if part != view.containment]
            options = [[list(part), _percents(part)] for part in (view.containment, *known)]
            select = {"name": "containment", "kind": "select", "label": "Containment", "value": list(view.containment)}
            items.append({**select, "options": options})
        return items

    def _show_plots(self, plots: list[CurvePlot]) -> None:
        common = _labels(max(plots, key=lambda plot: len(_labels(plot)) * plot.energy_x))
        self._legend.legend = [key(label.removesuffix(" off axis"), *STYLES[style % 4]) for label, style in common]
        for given in plots:
            _show(self._plots[given.name], given, common)

    def _show_image(self, image: CurveImage | None) -> None:
        if image is None or self._image is None:
            return
        x, y = (float(image.x[0]), float(image.x[-1])), (float(image.y[0]), float(image.y[-1]))
        self._image.show_frame(x, y, image.x_label, image.y_label)
        self._image.show_image(png_of(image.values, image.low, image.high, _CMAP, image.log), x, y)
        bar = colour_key(image.label, image.low, image.high, _CMAP)
        said = f"{image.label} by {image.x_label} and {image.y_label}, from {bar['low']} to {bar['high']}"
        self._image.show_words(image.title, image.facts, [bar], said)


def _plot(given: CurvePlot) -> Plot:
    return Plot(given.title, energy_x=given.energy_x, log_y=given.log_y)


def _picture(image: CurveImage) -> Plot:
    return Plot(image.title, energy_x=image.energy_x, height=320 if image.square else 220, square=image.square)


def _show(plot: Plot, given: CurvePlot, common: list[tuple[str, int]]) -> None:
    plot.show_frame(given.x, given.y, given.x_label, given.y_label)
    lines = {f"mark {place}": ((value, value), given.y) for place, value in enumerate(given.marks)}
    lines |= {"zero": (given.x, (0.0, 0.0))} if given.zero else {}
    for name, (x, y) in lines.items():
        plot.show_curve(name, np.array(x), np.array(y), QUIET, "dashed", line=1)
    curves = {f"curve {place}": curve for place, curve in enumerate(given.curves)}
    plot.hide(*(name for name in plot.names if name not in curves and name not in lines))
    for name, curve in curves.items():
        colour, dash = STYLES[curve.style % len(STYLES)]
        plot.show_curve(name, curve.x, curve.y, colour, dash, line=1 if curve.thin else 2)
    own = _labels(given)
    legend = [] if own == common else [key(label, *STYLES[style % len(STYLES)]) for label, style in own]
    said = f"{given.y_label} by {given.x_label}: {', '.join(label for label, _ in own)}"
    plot.show_words(given.title, given.facts, legend, said)


def _labels(given: CurvePlot) -> list[tuple[str, int]]:
    return [(curve.label, curve.style) for curve in given.curves if not curve.thin]


def _percents(parts: tuple[float, ...]) -> str:
    return " and ".join(f"{100 * part:.4g} %" for part in parts)
