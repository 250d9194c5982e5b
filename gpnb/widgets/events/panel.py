"""The event explorer, live: image and histograms of events, each filtered by what is chosen in all the others."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets

from gpnb.catalogs.local import place_of
from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_skycoord
from gpnb.core.words import number
from gpnb.panels.events.counts import EventCounts, EventFilter, live_seconds, select_events
from gpnb.panels.events.plots import histogram_plot, spaced
from gpnb.panels.events.view import EventsView
from gpnb.panels.sky.cuts import scale_of
from gpnb.panels.sky.layers import Layer
from gpnb.panels.sky.overlays import SELECTED, named_points
from gpnb.panels.sky.shapes import region_of
from gpnb.panels.sky.view import SkyView
from gpnb.state.chips import read_span
from gpnb.state.doors import energies, span
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.events.controls import bins_of, control_items
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.colour_bar import ColourBar
from gpnb.widgets.parts.look import area_key
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead, PlotView
from gpnb.widgets.sky.stage import SkyStage, row_of, show_bar

_SHARED = ("region", "energy", "time")
"""Filters that the panels of a workspace share; the others belong to this panel."""

_DOORS = {"energy": energies, "theta2": span("deg2"), "offset": span("deg")}
_OWN = ("theta2", "offset")
_HEIGHT = 256
_LEGEND = [area_key("chosen", "accent", 0.5), area_key("all", "quiet", 0.4)]
_MARKS = {"target": "#ffffff", "pointing": "#56B4E9"}


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> EventsPanel:
    """The live panel of an event list."""
    return EventsPanel(obj, workspace, changes, name)


class EventsPanel(LivePanel):
    """Events, live; see `gpnb.panels.events.view.EventsView` for what decides how they are shown.

    Attributes
    ----------
    selected : EventList
        The events that pass everything that is chosen.
    """

    kind = "events"

    @property
    def selected(self) -> Any:
        """The events that pass everything, made by `EventList.select`."""
        return select_events(self._obj, self.shown)

    @property
    def counts(self) -> EventCounts:
        """What passes, binned."""
        return self._counted.pull()

    def facts(self) -> str:
        """How many events of what."""
        words = [str(self._obj.meta.get(key, "")).strip() for key in ("OBJECT", "TELESCOP")]
        return " · ".join([f"{spaced(len(self._obj))} events", *(word for word in words if word)])

    def title(self) -> str:
        """What this is."""
        return "Events"

    def build(self) -> list[Any]:
        """Controls above the sky, histograms beside it."""
        self.filter = EventFilter(self._obj)
        self._controls = Controls()
        self._sky, self._legend = PlotHead(title="Sky"), PlotHead(legend=_LEGEND).add_class("gpnb-common")
        self._stage, self._bar = SkyStage(self.filter.geometry(self.state)), ColourBar()
        self._plots = {name: PlotView(height=_HEIGHT) for name in ("energy", "time", "offset", "theta2")}
        self._counted = Node(self.filter.counts, Source(lambda: self._of_counts(self.shown)))
        self._grid = ipywidgets.VBox([plot.widget for plot in self._plots.values()]).add_class("gpnb-plots")
        sky = ipywidgets.VBox([self._sky, row_of(self._stage.widget, self._bar, self.filter.geometry(self.state))])
        self._listen()
        plots = ipywidgets.VBox([self._legend, self._grid])
        return [self._controls, ipywidgets.VBox([sky, plots]).add_class("gpnb-columns")]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        own, shown = Source(lambda: self.state), Source(lambda: self.shown)
        geom = Node(self.filter.geometry, own)
        drawn = Source(lambda: (self.state.target, self.selection.region_ds9))
        items = Node(lambda view, counts: control_items(view, counts.total < counts.size), own, self._counted)
        return [
            View(items, self._controls.set_items),
            View(geom, self._show_geometry),
            View(Node(lambda view, counts: (view, counts), shown, self._counted), lambda pair: self._show(*pair)),
            View(Node(lambda geom, pair: (geom, *pair), geom, drawn), lambda given: self._show_over(*given[1:])),
        ]

    def _of_counts(self, view: EventsView) -> EventsView:
        """The record with nothing but what the numbers depend on."""
        return view.replace(stretch=None, cmap=None, low=None, high=None, gti=None)

    def _listen(self) -> None:
        bind(
            self._controls,
            self,
            per_decade=lambda value, gesture: self.set(gesture=gesture, per_decade=bins_of(value)),
            target=lambda value, gesture: self.set(gesture=gesture, target=_place(value)),
            theta2=lambda value, gesture: self._choose("theta2", read_span("θ²", value), gesture),
            offset=lambda value, gesture: self._choose("offset", read_span("Offset", value), gesture),
            clear=lambda _, gesture: self._clear(gesture),
        )
        bind(self._bar, self)
        for name, plot in self._plots.items():
            plot.on_brush(partial(self._brushed, name))
        stage = self._stage
        stage.on_pixels(lambda name, shape: self.act(lambda: self._drawn(name, shape)))
        stage.on_remove(lambda _: self.act(lambda: self.select(region=None)))
        stage.on_look(lambda center, width: self.act(lambda: self.set(center=center, width=width)))

    def _drawn(self, name: str | None, shape: dict[str, Any]) -> None:
        if name in (None, SELECTED):
            self.select(region=region_of(shape, self.filter.geometry(self.state)))

    def _brushed(self, name: str, low: float | None, high: float | None, gesture: Any) -> None:
        def choose() -> None:
            axis = self.filter.axes(self.state)[name]
            self._choose(name, None if low is None or high is None else axis.choice(low, high), gesture)

        self.act(choose)

    def _choose(self, name: str, value: Any, gesture: Any) -> None:
        """Set one filter; a value in house units, or None."""
        written = _DOORS[name].write(value) if name in _DOORS and value is not None else value
        (self.set if name in _OWN else self.select)(gesture=gesture, **{name: written})

    def _clear(self, gesture: Any) -> None:
        """Take every filter away, in one step."""
        self.select(gesture=gesture, **dict.fromkeys(_SHARED))
        self.set(gesture=gesture, **dict.fromkeys((*_SHARED, *_OWN)))

    def _show_geometry(self, geom: Any) -> None:
        self._stage.set_geometry(geom)
        self._stage.show_look(SkyView())

    def _show(self, view: EventsView, counts: EventCounts) -> None:
        words = _totals(counts, live_seconds(self._obj, view))
        self._sky.facts = words
        geom = counts.geom
        image = Layer("counts", counts.chosen["sky"], "", "", geom.wcs, geom.frame)
        scale = scale_of(image.image, view.colours, image.name)
        self._stage.show_image(view.colours, image, scale)
        show_bar(self._bar, view.colours, image, scale)
        for name, plot in self._plots.items():
            plot.widget.layout.display = None if name in counts.axes else "none"
            if name in counts.axes:
                plot.show(histogram_plot(counts, name, view))

    def _show_over(self, target: str, region: str) -> None:
        """The chosen region, target and pointing over the sky."""
        places = {"target": self.filter.target(self.state), "pointing": self.filter.pointing}
        found = {word: place.icrs.reshape(1) for word, place in places.items() if place is not None}
        overlays = [(word, named_points(place, [word]), _MARKS[word]) for word, place in found.items()]
        self._stage.show_over(SkyView.build(overlays=overlays), region)


def _place(text: str) -> Any:
    """A position as typed, or that of a source of this name in a catalogue on this machine."""
    try:
        return to_skycoord(text) if text.strip() else None
    except ArgumentError:
        return place_of(text)


def _totals(counts: EventCounts, seconds: float | None) -> str:
    words = f"{spaced(counts.total)} of {spaced(counts.size)} events"
    if not seconds:
        return words
    return f"{words} · {number(float(f'{60 * counts.total / seconds:.3g}'))} / min in {seconds / 60:.1f} min live"
