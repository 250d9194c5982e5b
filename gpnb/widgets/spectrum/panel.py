"""The spectral-fit panel, live: counts, model and residuals, sliders, the fit, flux points, profiles."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import ipywidgets

from gpnb.catalogs.local import catalogs_here
from gpnb.core.progress import Progress
from gpnb.core.words import counted
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.panels.fit.view import spec_of
from gpnb.panels.spectrum.sliders import changed_parameter, slider_rows
from gpnb.panels.spectrum.verdict import verdict_of
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import (
    COMPARED,
    comparison_rows,
    correlation_table,
    facts_of,
    notes_of,
    stat_words,
    title_of,
)
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.panels.verdict import Verdict
from gpnb.panels.work import Job
from gpnb.products.flux_points import FluxPoints
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind, listen
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.parts.tabs import Parameters
from gpnb.widgets.spectrum.controls import (
    action_items,
    actions_of,
    contour_items,
    look_items,
    model_items,
    model_of,
    usual_edges,
)
from gpnb.widgets.spectrum.stage import SpectrumStage

_MADE = ("profiles", "contours", "regions")
"""Tabs whose content is made when it is looked at."""

_OFTEN = 0.05
"""Seconds between two sights of a fit that is going on."""


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> SpectrumPanel:
    """The live panel of spectra or of a fit; a power law is proposed where nothing is chosen."""
    proposed = {} if isinstance(obj, FitResult) or "model" in changes else {"model": "PowerLaw"}
    return SpectrumPanel(obj, workspace, {**proposed, **changes}, name)


class SpectrumPanel(LivePanel[SpectrumView]):
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
        """The fit that is shown; made now if it is asked for and not there yet."""
        return self.work.result(self._there())

    @property
    def models(self) -> Models | None:
        """The models as shown."""
        return self.work.shown(self._there())

    @property
    def flux_points(self) -> FluxPoints | None:
        """The flux points."""
        return self.work.points(self._there())

    @property
    def spectra(self) -> list[Any]:
        """What is fitted."""
        return list(self.work.spectra(self._there()).items)

    @property
    def fits(self) -> dict[str, FitResult]:
        """All fits of these spectra by the words for their models, the best first."""
        return self.work.fits(self._there())

    def _there(self) -> SpectrumView:
        """The record, as far as its spectra are there."""
        shown: SpectrumView = self.shown
        return shown if self.work.has_spectra(shown) else self.view

    def fit(self) -> None:
        """Fit the free parameters, from the values that are shown, in the worker thread; see `wait`."""
        if self.retry():
            return
        view = self.view
        self.run("Fitting", lambda **work: self.work.refit(view, **work), self._took)

    @property
    def drawn(self) -> SpectrumWork:
        """What has been made of the spectra."""
        return self.work

    def title(self) -> str:
        """What this is."""
        return title_of(self.work)

    def facts(self) -> str:
        """How many spectra, of what, and the statistic."""
        return facts_of(self.work, self.seen)

    def verdict(self) -> Verdict:
        """A poor fit, parameters that are not told apart, values that predict nothing."""
        return verdict_of(self.work, self.seen)

    def mend(self) -> None:
        """Take the model that is better than a poor fit, and fit it if it was not yet."""
        self._choose_kind(self.verdict().model)
        if self.result is None:
            self.fit()

    def notes(self) -> list[str]:
        """Bins without OFF counts, parameters at limits, a failed covariance."""
        return notes_of(self.work, self.seen)

    def build(self) -> list[Any]:
        """Tabs and plots at the left; model, parameters, buttons and comparison at the right."""
        self.work, self._seen_at = SpectrumWork(self._obj), 0.0
        self._stage, self._catalogs = SpectrumStage(self.work), catalogs_here()
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
        work, seen = self.work, self.of_view
        working = Source(lambda: self.working)
        beside = Source(lambda: (self.selection.region_ds9, self._given_up is not None))
        return [
            View(Node(lambda model: model_items(*model), seen(partial(model_of, work))), self._model.set_items),
            View(seen(lambda view: slider_rows(work, view)), self._parameters.set_items),
            View(
                Node(lambda now, busy: action_items(now, bool(busy)), seen(partial(actions_of, work)), working),
                self._actions.set_items,
            ),
            View(Node(lambda looks: look_items(*looks), seen(self._of_look)), self._look.set_items),
            View(seen(lambda view: contour_items(work, view)), self._stage.contour.set_items),
            View(seen(lambda view, more: [view, work.tab(view), *more], beside), self._show_stage),
            View(seen(lambda view, _: [*self._of_stat(view)], working), self._show_stat),
            View(seen(self._of_fits), self._show_fits),
            View(seen(self._of_correlation), lambda table: self._correlation.show(*table)),
        ]

    def missing(self, view: SpectrumView) -> Job | None:
        """Spectra of another region, fits, errors, flux points, profiles, contours that are not there yet."""
        return self.work.missing(view)

    def show_step(self, step: Progress) -> None:
        """Show −2 ln L while a fit goes on, not too often."""
        stat, now = getattr(step, "stat", None), time.monotonic()
        if stat is not None and now - self._seen_at > _OFTEN:
            self._seen_at = now
            self._stat.title = f"−2 ln L {stat_words(stat)} · {counted(step.done, 'evaluation')}"

    def _choose_tab(self, name: str) -> None:
        """Look at something else, or again at what was stopped: then it is begun anew."""
        self.set(tab=name)
        if name in _MADE:
            self.retry()

    def _took(self, found: tuple[dict[str, Any], str]) -> None:
        changes, said = found
        self.set(**changes)
        self.say(said, "attention" if said.startswith("No success") else "fine")

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
        listen(self._look, self, self._changed_look)
        listen(self._parameters, self, self._moved)
        self._stage.tabs.on("choose", lambda name: self.act(lambda: self._choose_tab(name)))
        listen(self._stage.contour, self, lambda name, value, _: self._choose_contour(name, value))
        self._stage.on_run(
            lambda key: self.act(lambda: self._choose_run(key)),
            lambda name, value, gesture: self.act(lambda: self.set(gesture=gesture, **{name: value})),
        )
        self._stage.on_region(lambda text: self.act(lambda: self.select(region=text)))
        self._compared.on("choose", lambda key, add: self.act(lambda: self._choose_fit(key)))  # noqa: ARG005

    def _moved(self, change: str, value: Any, gesture: Any) -> None:
        self.set(gesture=gesture, **changed_parameter(self.work, self.view, change, value))

    def _choose_kind(self, kind: str) -> None:
        if not kind:
            return
        known = [found for found in self.fits.values() if type(found.models.sources[0].spectral).__name__ == kind]
        if known:
            self._take_fit(known[0])
        else:
            self.set(**spec_of(self.work.with_kind(self.view, kind)), fitted=False, errors=None)

    def _choose_fit(self, label: Any) -> None:
        found = self.fits.get(label)
        if found is not None:
            self._take_fit(found)

    def _choose_run(self, key: Any) -> None:
        """Let the regions of a run stand out; of all again if it is chosen already."""
        known = isinstance(key, int) and 0 <= key < len(self.work.spectra(self.view).items)
        self.set(run=key if known and key != self.state.run else None)

    def _take_fit(self, result: FitResult) -> None:
        """Show a fit that was made before."""
        if result is self.work.given and not any(self.work.data_key(self.view)):
            self.set(model=None, source=None, parameters=None, fitted=None, errors=None)
            return
        step = {**spec_of(result.models), "fitted": True, "errors": None}
        self.work.keep(self.view.replace(**step), result)
        self.set(**step)

    def _profile_errors(self, wanted: bool) -> None:
        if wanted:
            self.propose(errors="profile")
        else:
            self.set(errors=None)

    def _toggle_points(self) -> None:
        if self.state.edges:
            self.set(edges=None)
        else:
            self.propose(edges=usual_edges(self.work, self.view))

    def _changed_look(self, name: str, value: Any, gesture: Any) -> None:
        if name == "publish":
            if value:
                self.set(published=[*self.state.published, value])
        elif name.startswith("remove/"):
            self.set(published=[item for item in self.state.published if item != name.partition("/")[2]])
        else:
            self.set(gesture=gesture, **{name: value})

    def _choose_contour(self, axis: str, name: str) -> None:
        x, y = self.work.contour_names(self.view)
        pair = (name, y if name != y else x) if axis == "x" else (x if name != x else y, name)
        self.set(contour=pair)

    # What is shown.

    def _of_look(self, view: SpectrumView) -> tuple[Any, ...]:
        return self.work.tab(view), view.residuals, view.min_counts, view.published, self._catalogs

    def _show_stage(self, found: list[Any]) -> None:
        self._stage.show(*found)

    def _of_stat(self, view: SpectrumView) -> tuple[str, str]:
        if self.work.shown(view) is None or not self.work.spectra(view).fitted:
            return "", ""
        stat, fits = self.work.stat(view), self.work.fits(view)
        best = min((found.stat for found in fits.values()), default=None)
        away = 0.0 if best is None else round(stat - best, 2)
        more = f"{away:+.2f} from the best fit".replace("-", "−") if away else ""
        return f"−2 ln L {stat_words(stat)}", more

    def _show_stat(self, words: list[str]) -> None:
        with self._stat.hold_sync():
            self._stat.title, self._stat.facts = words

    def _of_fits(self, view: SpectrumView) -> tuple[Any, ...]:
        fits, result = self.work.fits(view), self.work.result(view)
        chosen = tuple(label for label, found in fits.items() if found is result)
        rows = tuple(tuple(row) for row in comparison_rows(self.work, fits))
        return tuple(fits), rows, chosen

    def _of_correlation(self, view: SpectrumView) -> tuple[list[Any], list[list[str]]]:
        result = self.work.result(view)
        return ([], []) if result is None or len(result.names) < 2 else correlation_table(result)

    def _show_fits(self, found: tuple[Any, ...]) -> None:
        labels, rows, chosen = found
        columns = [{"name": "", **vars(column)} for column in COMPARED] if rows else []
        self._compared.fill(columns, zip(labels, rows, strict=True), chosen)
