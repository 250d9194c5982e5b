"""The spectral-fit panel, live: counts, model and residuals, sliders, the fit, flux points, profiles."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import ipywidgets

from gpnb.catalogs.local import catalogs_here
from gpnb.core.progress import CancelToken, Progress
from gpnb.draw import spectrum as drawing_words
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.panels.spectrum.plots import tab_of
from gpnb.panels.spectrum.sliders import changed_parameter, slider_rows
from gpnb.panels.spectrum.view import SpectrumView, rows_of, spec_of
from gpnb.panels.spectrum.words import COMPARED, comparison_rows, correlation_table, facts_of, notes_of, stat_words
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.products.flux_points import FluxPoints
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.parts.tabs import Parameters
from gpnb.widgets.spectrum.controls import action_items, contour_items, look_items, model_items, usual_edges
from gpnb.widgets.spectrum.stage import SpectrumStage

_OFTEN = 0.05
"""Seconds between two sights of a fit that is going on."""


def open_panel(obj: Any, drawing: Any, workspace: Any, changes: dict[str, Any]) -> SpectrumPanel:
    """The live panel of spectra or of a fit; a power law is proposed where nothing is chosen."""
    proposed = {} if isinstance(obj, FitResult) or "model" in changes else {"model": "PowerLaw"}
    return SpectrumPanel(obj, drawing, workspace, {**proposed, **changes})


class SpectrumPanel(LivePanel):
    """Spectra with a model, live; see `gpnb.panels.spectrum.view.SpectrumView` for what decides how they are shown.

    Attributes
    ----------
    result : FitResult or None
        The fit that is shown; None while parameters were moved by hand since.
    models : Models or None
        The models as shown.
    flux_points : FluxPoints or None
        The flux points, if there are any.
    spectra : list of SpectrumDataset
        What is fitted: extracted anew where the region of the selection is another one.
    """

    kind = "spectrum"
    chip_names = ("region", "energy")

    @property
    def result(self) -> FitResult | None:
        """The fit that is shown."""
        return self._work.result(self._view)

    @property
    def models(self) -> Models | None:
        """The models as shown."""
        return self._work.shown(self._view)

    @property
    def flux_points(self) -> FluxPoints | None:
        """The flux points."""
        return self._work.points(self._view)

    @property
    def spectra(self) -> list[Any]:
        """What is fitted."""
        return list(self._work.spectra(self._view).items)

    @property
    def fits(self) -> dict[str, FitResult]:
        """All fits of these spectra by the words for their models, the best first."""
        return self._work.fits(self._view)

    def fit(self) -> None:
        """Fit the free parameters, from the values that are shown, in the worker thread; see `wait`."""
        view = self._view
        self._in_thread("Fitting", lambda **work: self._fitted(view, **work), self._took)

    @property
    def drawn(self) -> SpectrumWork:
        """What has been made of the spectra."""
        return self._work

    def title(self) -> str:
        """What this is."""
        return drawing_words.title(self._work)

    def facts(self) -> str:
        """How many spectra, of what, and the statistic."""
        return facts_of(self._work, self._view)

    def notes(self) -> list[str]:
        """Bins without OFF counts, parameters at limits, a failed covariance."""
        return notes_of(self._work, self._view)

    def build(self) -> list[Any]:
        """Tabs and plots at the left; model, parameters, buttons and comparison at the right."""
        self._work, self._tick, self._busy = SpectrumWork(self._obj), 0, ""
        self._view: SpectrumView = self.state.replace(fitted=None, region=None)
        if self._work.has_spectra(self.shown):
            self._view = self.shown
        self._stage, self._catalogs = SpectrumStage(self._work), catalogs_here()
        self._model, self._actions, self._look = Controls(), Controls(), Controls()
        self._parameters = Parameters()
        self._stat = PlotHead().add_class("gpnb-stat")
        self._compared = TableView(label="Fitted models")
        self._correlation = TableView(label="Correlations of the free parameters")
        self._listen()
        left = ipywidgets.VBox([self._stage.widget, self._look])
        right = ipywidgets.VBox(
            [self._model, self._parameters, self._actions, self._stat, self._compared, self._correlation]
        )
        columns = ipywidgets.VBox([left.add_class("gpnb-stack"), right.add_class("gpnb-stack")])
        return [columns.add_class("gpnb-columns").add_class("gpnb-columns-fit")]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        tick = Source(lambda: self._tick)
        shown = Source(lambda: self._view)
        own = Node(lambda view, _: view, shown, tick)
        busy = Source(lambda: self._busy)

        def seen(make: Callable[..., Any], *more: Any) -> Node[Any]:
            return Node(lambda view, _, *rest: make(view, *rest), own, tick, *more)

        return [
            View(Source(self._wanted), self._begin),
            View(seen(lambda view: model_items(self._work, view)), self._model.set_items),
            View(seen(lambda view: slider_rows(self._work, view)), self._parameters.set_items),
            View(seen(lambda view, now: action_items(self._work, view, bool(now)), busy), self._actions.set_items),
            View(seen(lambda view: look_items(view, tab_of(self._work, view), self._catalogs)), self._show_look),
            View(seen(lambda view: contour_items(self._work, view)), self._stage.contour.set_items),
            View(
                seen(self._of_plots, Source(lambda: self.selection.region_ds9)),
                lambda found: self._stage.show(*found[:3]),
            ),
            View(seen(self._of_stat), self._show_stat),
            View(seen(self._of_fits), self._show_fits),
            View(seen(self._of_correlation), lambda table: self._correlation.show(*table)),
        ]

    # What is not there yet is made in the worker thread; until then the panel shows what was there before.

    def _wanted(self) -> Any:
        """What has to be made before the record can be shown; None if nothing has."""
        view = self.shown
        if self._work.has_spectra(view) and self._work.has_result(view):
            self._view = view
            tab = tab_of(self._work, view)
            if tab not in ("profiles", "contours") or self._work.known(tab, view) or self._work.result(view) is None:
                return None
            return (tab, self._work.fit_key(view), view.contour)
        return ("spectra", self._work.fit_key(view))

    def _begin(self, wanted: Any) -> None:
        if wanted is None:
            return
        view, what = self.shown, wanted[0]
        if what == "profiles":
            self._in_thread("Profiles", lambda **_: self._work.profiles(view), lambda _: "")
        elif what == "contours":
            self._in_thread("Contours", lambda **_: self._work.contours(view), lambda _: "")
        else:
            label = "Fitting" if self._work.has_spectra(view) else "Extracting spectra"
            self._in_thread(label, lambda **work: self._extracted(view, **work), self._refitted)

    def _extracted(self, view: SpectrumView, progress: Any, cancel: CancelToken) -> tuple[float, FitResult | None]:
        """Spectra of another region or range, the fit and the flux points."""
        start = time.perf_counter()
        self._work.spectra(view, progress=progress, cancel=cancel)
        result = None
        if self._work.models(view) is not None:
            result = self._work.fit(view, progress=self._sight(progress), cancel=cancel)
            self._work.points(view.replace(fitted=True))
            self._work.intervals(view.replace(fitted=True))
        return time.perf_counter() - start, result

    def _refitted(self, found: tuple[float, FitResult | None]) -> str:
        seconds, result = found
        if result is not None and not self.state.fitted:
            self.workspace.amend_view(self.name, fitted=True)
        return f"Refitted in {seconds:.2f} s" if result is not None else f"Extracted in {seconds:.2f} s"

    def _fitted(self, view: SpectrumView, progress: Any, cancel: CancelToken) -> tuple[dict[str, Any], str]:
        """The fit from a record, kept as that of the record with its values."""
        start = time.perf_counter()
        result = self._work.fit(view, progress=self._sight(progress), cancel=cancel)
        seconds = time.perf_counter() - start
        named = spec_of(result.models) if view.model else {"parameters": rows_of(result.models)}
        step = {**named, "fitted": True, "errors": None}
        self._work.keep(view.replace(**step), result)
        self._work.points(view.replace(**step))
        how = "Converged" if result.success else f"No success ({result.message})"
        return step, f"{how}: {result.n_evaluations} evaluations, {1000 * seconds:.0f} ms"

    def _took(self, found: tuple[dict[str, Any], str]) -> str:
        self.set(**found[0])
        return found[1]

    def _in_thread(self, label: str, work: Callable[..., Any], took: Callable[[Any], str]) -> None:
        """Do work in the thread; ``took(result)`` changes the state and says what is shown in the foot."""

        def done(found: Any) -> None:
            self._busy = ""
            said = took(found)
            self._tick += 1
            self.refresh()
            self._say("attention" if said.startswith("No success") else "fine", said)

        with self._lock:  # what ends at once must not be told before it is said to begin
            self._busy = label
            self._actions.set_items(action_items(self._work, self._view, True))
            self.run(label, work, done)

    def _failed(self, error: Exception) -> None:
        with self._lock:  # not in the middle of a refresh, which would take the sentence away
            self._busy, self._unshown = "", True
            super()._failed(error)
            self._actions.set_items(action_items(self._work, self._view, False))

    def _sight(self, progress: Any) -> Callable[[Progress], None]:
        """Shows −2 ln L while a fit goes on, not too often."""
        last = [0.0]

        def tell(step: Progress) -> None:
            progress(step)
            now = time.monotonic()
            if now - last[0] > _OFTEN:
                last[0] = now
                stat = stat_words(getattr(step, "stat", float("nan")))
                self._stat.title = f"−2 ln L {stat} · {step.done} evaluations"

        return tell

    # What the user does.

    def _listen(self) -> None:
        bind(self._model, self, model=lambda kind, _: self._choose_kind(kind))
        bind(
            self._actions,
            self,
            fit=lambda *_: self.fit(),
            cancel=lambda *_: self.cancel(),
            errors=lambda value, _: self._profile_errors(value),
            points=lambda *_: self._toggle_points(),
        )
        self._look.on_change(lambda name, value, gesture: self.act(lambda: self._changed_look(name, value, gesture)))
        self._parameters.on_change(lambda name, value, gesture: self.act(lambda: self._moved(name, value, gesture)))
        self._stage.tabs.on("choose", lambda name: self.act(lambda: self.set(tab=name)))
        self._stage.contour.on_change(lambda name, value, _: self.act(lambda: self._choose_contour(name, value)))
        self._stage.on_region(lambda text: self.act(lambda: self.select(region=text)))
        self._compared.on("choose", lambda key, add: self.act(lambda: self._choose_fit(key)))  # noqa: ARG005

    def _moved(self, change: str, value: Any, gesture: Any) -> None:
        self.set(gesture=gesture, **changed_parameter(self._work, self._view, change, value))

    def _choose_kind(self, kind: str) -> None:
        if not kind:
            return
        known = [found for found in self.fits.values() if type(found.models[0].spectral).__name__ == kind]
        if known:
            self._take_fit(known[0])
        else:
            self.set(**spec_of(self._work.with_kind(self._view, kind)), fitted=False, errors=None)

    def _choose_fit(self, label: Any) -> None:
        found = self.fits.get(label)
        if found is not None:
            self._take_fit(found)

    def _take_fit(self, result: FitResult) -> None:
        """Show a fit that was made before."""
        if result is self._work.given and not any(self._work.data_key(self._view)):
            self.set(model=None, source=None, parameters=None, fitted=None, errors=None)
            return
        step = {**spec_of(result.models), "fitted": True, "errors": None}
        self._work.keep(self._view.replace(**step), result)
        self.set(**step)

    def _profile_errors(self, wanted: bool) -> None:
        if not wanted:
            self.set(errors=None)
            return
        view = self._view.replace(errors="profile")

        def took(_: Any) -> str:
            self.set(errors="profile")
            return "Errors from the profile likelihood"

        self._in_thread("Profile errors", lambda **_: self._work.intervals(view), took)

    def _toggle_points(self) -> None:
        if self.state.edges:
            self.set(edges=None)
            return
        edges = usual_edges(self._work, self._view)
        view = self._view.replace(edges=edges)

        def took(points: FluxPoints) -> str:
            self.set(edges=edges)
            return f"{len(points)} flux points, {int(points.is_ul.sum())} upper limits"

        self._in_thread("Flux points", lambda **work: self._work.points(view, **work), took)

    def _changed_look(self, name: str, value: Any, gesture: Any) -> None:
        if name == "publish":
            if value:
                self.set(published=[*self.state.published, value])
        elif name.startswith("remove/"):
            self.set(published=[item for item in self.state.published if item != name.partition("/")[2]])
        else:
            self.set(gesture=gesture, **{name: value})

    def _choose_contour(self, axis: str, name: str) -> None:
        x, y = self._work.contour_names(self._view)
        pair = (name, y if name != y else x) if axis == "x" else (x if name != x else y, name)
        self.set(contour=pair)

    # What is shown.

    def _of_plots(self, view: SpectrumView, selected: str) -> tuple[Any, ...]:
        return view, tab_of(self._work, view), selected, self._tick

    def _show_look(self, items: list[dict[str, Any]]) -> None:
        self._look.set_items(items)
        self._look.layout.display = None if items else "none"

    def _of_stat(self, view: SpectrumView) -> tuple[str, str]:
        if self._work.shown(view) is None or not self._work.spectra(view).fitted:
            return "", ""
        stat, fits = self._work.stat(view), self._work.fits(view)
        best = min((found.stat for found in fits.values()), default=None)
        away = 0.0 if best is None else round(stat - best, 2)
        more = f"{away:+.2f} from the best fit".replace("-", "−") if away else ""
        return f"−2 ln L {stat_words(stat)}", more

    def _show_stat(self, words: tuple[str, str]) -> None:
        with self._stat.hold_sync():
            self._stat.title, self._stat.facts = words

    def _of_fits(self, view: SpectrumView) -> tuple[Any, ...]:
        fits, result = self._work.fits(view), self._work.result(view)
        chosen = tuple(label for label, found in fits.items() if found is result)
        rows = tuple(tuple(row) for row in comparison_rows(fits))
        return tuple(fits), rows, chosen

    def _of_correlation(self, view: SpectrumView) -> tuple[list[Any], list[list[str]]]:
        result = self._work.result(view)
        return ([], []) if result is None or len(result.names) < 2 else correlation_table(result)

    def _show_fits(self, found: tuple[Any, ...]) -> None:
        labels, rows, chosen = found
        with self._compared.hold_sync():
            self._compared.columns = [{"name": "", **vars(column)} for column in COMPARED] if rows else []
            pairs = zip(labels, rows, strict=True)
            self._compared.rows = [{"key": label, "cells": list(row), "flag": ""} for label, row in pairs]
            self._compared.chosen = list(chosen)
