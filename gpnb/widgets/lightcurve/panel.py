"""The light-curve explorer, live: rebinning, a brush over time or phase, the spectrum of a time beside the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ipywidgets
from astropy.time import Time
from traitlets import link

from gpnb.core.errors import SelectionError
from gpnb.core.units import to_time
from gpnb.panels.columns import Column
from gpnb.panels.lightcurve.curve import curve_plot, shown_bands, spectrum_plot
from gpnb.panels.lightcurve.series import series_text
from gpnb.panels.lightcurve.strips import strip_plots
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.words import (
    CORRELATIONS,
    NUMBERS,
    bin_table,
    correlation_rows,
    curve_words,
    facts_of,
    notes_of,
    number_rows,
    selected_of,
)
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.panels.plot import Plot
from gpnb.panels.work import Job
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series
from gpnb.state.graph import Held, Source, View
from gpnb.widgets.lightcurve.controls import (
    bin_items,
    look_items,
    read_edges,
    read_epoch,
    read_frequency,
    read_minutes,
    read_rate,
    series_items,
)
from gpnb.widgets.live import LivePanel, bind, listen
from gpnb.widgets.parts.controls import Control
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotView
from gpnb.widgets.parts.table import TableView

_HEIGHT, _STRIP, _LABELS = 320, 116, 32
"""Pixels of the light curve, of a strip below it, and what labels of time take."""


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> LightCurvePanel:
    """The live panel of a light curve."""
    return LightCurvePanel(obj, workspace, changes, name)


class LightCurvePanel(LivePanel[LightCurveView]):
    """A light curve, live; see `gpnb.panels.lightcurve.view.LightCurveView` for what decides how it is shown.

    Attributes
    ----------
    curve : LightCurve
        The light curve as shown: in the bins and bands that were chosen.
    selected : LightCurve
        The part of it in the chosen time.
    series : tuple of Series
        Other wavelengths below it.
    """

    kind = "lightcurve"
    chip_names = ("energy", "time", "phase")

    @property
    def curve(self) -> LightCurve:
        """The light curve as shown."""
        return self.work.curve(self.view)

    @property
    def selected(self) -> LightCurve:
        """The part of it in the chosen time."""
        return selected_of(self.work, self.view)

    @property
    def series(self) -> tuple[Series, ...]:
        """Other wavelengths below it."""
        return self.work.series(self.state)

    def add(self, what: Any, **columns: Any) -> None:
        """Show a series of another wavelength below the light curve; see `Series.of`.

        Parameters
        ----------
        what : Series, LightCurve, Table, TimeSeries, BinnedTimeSeries or path
        **columns
            ``name``, and which columns of a table: see `Series.from_table`.
        """
        self.set(series=[*self.state.series, series_text(what, **columns)])

    def remove(self, name: str) -> None:
        """Take a series away.

        Raises
        ------
        SelectionError
            If there is none of that name.
        """
        kept = [text for text, item in zip(self.state.series, self.series, strict=True) if item.name != name]
        if len(kept) == len(self.state.series):
            names = ", ".join(item.name for item in self.series)
            raise SelectionError(f"No series is called {name!r}; there are: {names or 'none'}.")
        self.set(series=kept)

    @property
    def drawn(self) -> CurveWork:
        """What has been made of the light curve."""
        return self.work

    def title(self) -> str:
        """What this is."""
        return "Light curve"

    def facts(self) -> str:
        """The source, its bins and bands."""
        return facts_of(self.work, self.seen)

    def notes(self) -> list[str]:
        """Points without data, upper limits."""
        return notes_of(self.work, self.seen)

    def count(self) -> str:
        """How many bins are chosen."""
        inside = self.work.inside(self.seen)
        return "" if inside.all() else f"{int(inside.sum())} of {len(inside)} bins"

    def build(self) -> list[Any]:
        """Controls above the light curve and the spectrum, tables below."""
        self.work = CurveWork(self._obj)
        self._controls, self._others = Controls(), Controls()
        self._plot, self._spectrum = PlotView(_HEIGHT), PlotView(_HEIGHT)
        self._strips: list[PlotView] = []
        self._numbers, self._table = TableView(label="Variability"), TableView(label="Bins of time", many=True)
        self._listen()
        self._correlations = TableView(label="Correlations")
        link((self._plot.widget, "pointed"), (self._table, "pointed"))
        self._left = ipywidgets.VBox([self._plot.widget]).add_class("gpnb-strips")
        self._plots = ipywidgets.VBox([self._left])
        self._plots.add_class("gpnb-columns").add_class("gpnb-columns-fit")
        rows = ipywidgets.Box([self._controls, self._others]).add_class("gpnb-rows")
        return [rows, self._plots, self._numbers, self._correlations, self._table]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        work, seen = self.work, self.of_view
        spectra = Held(seen(lambda view: view), lambda view: not work.has_spectra(view) or work.knows_spectra(view))
        return [
            View(seen(self._items, Source(lambda: self.state)), self._controls.set_items),
            View(seen(lambda view: series_items(work, view)), self._others.set_items),
            View(seen(lambda view: _plots(work, view)), self._show_curve),
            View(seen(lambda view: number_rows(work, view)), lambda rows: self._numbers.show(NUMBERS, rows)),
            View(seen(lambda view: correlation_rows(work, view)), self._show_correlations),
            View(seen(self._rows), self._show_rows),
            View(seen(self._of_spectrum, spectra), self._show_spectrum),
        ]

    def missing(self, view: LightCurveView) -> Job | None:
        """Bins, bands and spectra that are not there yet."""
        return self.work.missing(view)

    # What the user does.

    def _listen(self) -> None:
        bind(
            self._controls,
            self,
            minutes=lambda value, gesture: self.set(gesture=gesture, bins=read_minutes(value)),
            edges=lambda value, gesture: self.set(gesture=gesture, edges=read_edges(value), bands=None),
            frequency=lambda value, gesture: self.set(gesture=gesture, frequency=read_frequency(value)),
            f1=lambda value, gesture: self.set(gesture=gesture, f1=read_rate(value, "f1", "Hz s-1")),
            f2=lambda value, gesture: self.set(gesture=gesture, f2=read_rate(value, "f2", "Hz s-2")),
            epoch=lambda value, gesture: self.set(gesture=gesture, epoch=read_epoch(value)),
        )
        listen(self._others, self, self._change_series)
        self._plot.on_brush(self._brushed)
        self._table.on("choose", lambda key, add: self.act(lambda: self._choose([key], add)))
        self._table.on("span", lambda keys, add: self.act(lambda: self._choose(keys, add)))

    def _brushed(self, low: float | None, high: float | None, gesture: Any) -> None:
        def choose() -> None:
            axis = None if self.view.frequency is not None else self.work.axis(self.view)
            name = "phase" if axis is None else "time"
            if low is None or high is None:
                self.select(gesture=gesture, **{name: None})
            elif axis is None:
                self.select(gesture=gesture, phase=(max(low, 0.0), min(high, 1.0)))
            else:
                self.select(gesture=gesture, time=tuple(_second(axis.time(end)) for end in (low, high)))

        self.act(choose)

    def _choose(self, numbers: Sequence[Any], add: bool) -> None:
        """The time of some bins; `add` joins it with what is chosen. What is chosen already is let go."""
        places = [int(number) for number in numbers]
        if not places or (not add and places == self._table.chosen):
            self.select(time=None)
            return
        curve, ends = self.curve, []
        if add and self.selection.time_isot is not None:
            ends = [to_time(text) for text in self.selection.time_isot]
        times = [*(curve.time_min[place] for place in places), *(curve.time_max[place] for place in places), *ends]
        whole = Time([item.tt for item in times])
        self.select(time=(whole.min(), whole.max()))

    def _change_series(self, name: str, value: Any, gesture: Any) -> None:
        if name == "add":
            if value.strip():
                self.add(value.strip())
        elif name.startswith("remove/"):
            gone = int(name.partition("/")[2])
            self.set(series=[text for place, text in enumerate(self.state.series) if place != gone])
        elif name == "within":
            self.set(gesture=gesture, within=f"{value or 0} min")
        else:
            self.set(gesture=gesture, **{name: value})

    # What is shown.

    def _show_curve(self, found: tuple[Plot, list[Plot]]) -> None:
        shown, strips = found
        self._show_strips(strips)
        self._plot.stand_over(bool(strips), _HEIGHT - _LABELS * bool(strips))
        self._plot.show(shown)

    def _show_strips(self, strips: list[Plot]) -> None:
        """The plots below the light curve; the last one has the labels of time."""
        while len(self._strips) < len(strips):
            made = PlotView(_STRIP)
            made.on_brush(self._brushed)
            self._plot.look_with(made)
            link((self._plot.widget, "pointed"), (made.widget, "pointed"))
            self._strips.append(made)
        for plot, strip in zip(self._strips, strips, strict=False):
            last = strip is strips[-1]
            plot.stand_over(not last, _STRIP + _LABELS * last)
            plot.show(strip)
        parts = (self._plot.widget, *(plot.widget for plot in self._strips[: len(strips)]))
        if self._left.children != parts:
            self._left.children = parts

    def _show_correlations(self, rows: list[list[str]]) -> None:
        self._correlations.show(CORRELATIONS if rows else [], rows)

    def _items(self, known: LightCurveView, own: LightCurveView) -> list[Control]:
        return [*bin_items(self.work, own), *look_items(self.work, known)]

    def _of_spectrum(self, view: LightCurveView, held: LightCurveView) -> Plot | None:
        """The spectra of the record; until they are there, those of the last one."""
        return spectrum_plot(self.work, held if self.work.has_spectra(view) else view, wait=True)

    def _show_spectrum(self, plot: Plot | None) -> None:
        parts = (self._left,) if plot is None else (self._left, self._spectrum.widget)
        if self._plots.children != parts:
            self._plots.children = parts
        if plot is not None:
            self._spectrum.show(plot)

    def _rows(self, view: LightCurveView) -> tuple[list[Column], list[list[str]], list[int]]:
        curve = self.work.curve(view)
        inside = self.work.inside(view)
        chosen = [] if inside.all() else [place for place, kept in enumerate(inside) if kept]
        return *bin_table(curve, shown_bands(curve, view)), chosen

    def _show_rows(self, found: tuple[list[Column], list[list[str]], list[int]]) -> None:
        self._table.show(*found)


def _plots(work: CurveWork, view: LightCurveView) -> tuple[Plot, list[Plot]]:
    """The light curve with words about it, and what stands below."""
    shown, words = curve_plot(work, view), curve_words(work, view)
    points = sum(len(item.x) for item in shown.points)
    said = f"{shown.y_label} by {shown.x_label}: {points} points, {words}"
    strips = [
        replace(
            item, said=f"{item.title}, {item.y_label} by {item.x_label}: {len(item.points[0].x)} points, {item.facts}"
        )
        for item in strip_plots(work, view, shown)
    ]
    return replace(shown, facts=words, said=said), strips


def _second(moment: Time) -> str:
    """A time to a tenth of a second: the mouse cannot tell more."""
    return f"{Time(moment, format='isot', precision=1).value} {moment.scale}"
