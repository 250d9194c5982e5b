"""All that a spectral-fit panel computes, from an object and a view record; what was made is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.recipe import Recipe
from gpnb.estimate.flux_points import flux_points
from gpnb.fitting.confidence import Interval
from gpnb.fitting.fit import fit
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.panels.spectrum.data import Bins, Extraction, Spectra, display_bins, same_region, spectra_of
from gpnb.panels.spectrum.start import near, start_models
from gpnb.panels.spectrum.view import KINDS, SpectrumView, kind_words, models_of, rows_of, spec_of, with_rows
from gpnb.products.flux_points import FluxPoints

T = TypeVar("T")

_MOST = 200
"""Things that are kept; older ones are forgotten."""

LEVELS = (0.6827, 0.9545)
"""Confidence of contours."""


class SpectrumWork:
    """Answers for a record: spectra, models, −2 ln L, the fit, flux points, profiles.

    One instance serves one panel; each answer is made once.

    Parameters
    ----------
    obj : SpectrumDataset, Datasets or FitResult
        What the panel shows.
    """

    def __init__(self, obj: Any):
        self.obj = obj
        self.given: FitResult | None = obj if isinstance(obj, FitResult) else None
        self._own = spectra_of(obj)
        self._extraction = Extraction(_recipe_of(obj))
        self._kept: dict[Any, Any] = {}
        self._fits: dict[Any, dict[str, FitResult]] = {}
        self._moved: tuple[Any, Models | None] = (None, None)

    # Spectra.

    def region(self, view: SpectrumView) -> str:
        """The region of a record if it is another than that of the spectra as given; else empty."""
        return "" if not view.region or same_region(view.region, self._own.region) else view.region

    @property
    def can_extract(self) -> bool:
        """Whether spectra of other regions can be had."""
        return self._extraction.possible

    def has_spectra(self, view: SpectrumView) -> bool:
        """Whether the spectra of a record's region are there already."""
        region = self.region(view)
        return not region or ("spectra", region) in self._kept

    def spectra(self, view: SpectrumView, **work: Any) -> Spectra:
        """The spectra of a record; extracted anew if its region is another one."""
        region = self.region(view)
        whole = (
            self._own
            if not region
            else self._once(("spectra", region), lambda: spectra_of(self._extraction.at(region, **work)))
        )
        if view.energy is None:
            return whole
        return self._once(("cut", region, view.energy), lambda: whole.restricted(view.energy))

    def bins(self, view: SpectrumView) -> list[Bins]:
        """How the spectra are drawn."""
        key = ("bins", self.data_key(view), view.min_counts)
        return self._once(key, lambda: display_bins(self.spectra(view).usable, view.min_counts))

    def data_key(self, view: SpectrumView) -> Any:
        """What the spectra depend on."""
        return self.region(view), view.energy

    # Models.

    def base(self, view: SpectrumView) -> Models | None:
        """The models before the sliders: those named by the record, else those of the fit."""
        if view.model or self.given is None:
            return models_of(view.replace(parameters=None)) if view.model else None
        return self.given.models

    def models(self, view: SpectrumView) -> Models | None:
        """The models at the values of the record; None if there is none."""
        if view.model in KINDS and not view.parameters:
            return self._once(
                ("guess", self.data_key(view), view.model, view.source), lambda: start_models(view, self.spectra(view))
            )
        key = (view.model, view.source, view.parameters)
        if self._moved[0] != key:
            base = self.base(view)
            self._moved = (key, None if base is None else with_rows(base, view.parameters))
        return self._moved[1]

    def shown(self, view: SpectrumView) -> Models | None:
        """The models as shown: fitted if the record asks for it."""
        found = self.result(view)
        return self.models(view) if found is None else found.models

    def with_kind(self, view: SpectrumView, kind: str) -> Models:
        """The models with a spectrum of another kind for the first source, near the one that is shown."""
        models = self.shown(view) or self.models(view.replace(model="PowerLaw"))
        assert models is not None
        spectrum = near(kind, models[0].spectral, self.spectra(view).span)
        return Models([replace(models[0], spectral=spectrum), *models[1:]])

    # The likelihood.

    def likelihood(self, view: SpectrumView) -> Likelihood:
        """The likelihood of all parameters, free or not; made once for spectra and kinds of models."""
        key = ("likelihood", self.data_key(view), view.model, view.source)
        return self._once(key, lambda: Likelihood(self._to_fit(view).fitted, _all_free(self._models(view))))

    def stat(self, view: SpectrumView) -> float:
        """−2 ln L of the models as shown."""
        likelihood = self.likelihood(view)
        return likelihood.value(likelihood.theta(self._shown(view)))

    def predicted(self, view: SpectrumView) -> list[np.ndarray]:
        """Source counts in each bin of each usable spectrum."""
        likelihood = self.likelihood(view)
        return likelihood.predict(likelihood.theta(self._shown(view)))

    # Fits and what follows from them.

    def fit_key(self, view: SpectrumView) -> Any:
        """What a fit depends on."""
        return "fit", self.data_key(view), view.model, view.source, view.parameters

    def fit(self, view: SpectrumView, **work: Any) -> FitResult:
        """Fit from the values of the record; `work` is ``progress`` and ``cancel``."""
        found = fit(self._to_fit(view, **work).source, self._models(view), **work)
        self.keep(view, found)
        return found

    def keep(self, view: SpectrumView, result: FitResult) -> None:
        """Remember a fit as that of a record."""
        self._remember(self.fit_key(view), result)
        if not view.model:
            return
        fits = self._fits.setdefault(self.data_key(view), {})
        fits.pop(_label(result), None)
        fits[_label(result)] = result

    def result(self, view: SpectrumView) -> FitResult | None:
        """The fit of a record; None if it asks for none."""
        if self.given is not None and not (view.model or view.parameters) and not any(self.data_key(view)):
            return self.given
        if not view.fitted:
            return None
        key = self.fit_key(view)
        return self._once(key, lambda: self.fit(view))

    def has_result(self, view: SpectrumView) -> bool:
        """Whether nothing has to be fitted to show a record."""
        return not view.fitted or self.fit_key(view) in self._kept

    def fits(self, view: SpectrumView) -> dict[str, FitResult]:
        """All fits of these spectra, the latest of each kind of model, the best first."""
        found = dict(self._fits.get(self.data_key(view), {}))
        if self.given is not None and not any(self.data_key(view)):
            found = {_label(self.given): self.given, **found}
        return dict(sorted(found.items(), key=lambda pair: pair[1].aic))

    def intervals(self, view: SpectrumView) -> dict[str, Interval]:
        """Intervals of the free parameters from the profile likelihood, by full name; empty without a fit."""
        result = self.result(view)
        if result is None or view.errors != "profile":
            return {}
        return self._once(("intervals", *self._of_fit(view)), lambda: _intervals(result))

    def points(self, view: SpectrumView, **work: Any) -> FluxPoints | None:
        """Flux points between the edges of the record, with the shape of the models as shown; None if not asked for.

        While parameters are moved by hand, those of the last fit of these spectra stay.
        """
        if not view.edges or self.shown(view) is None or not self.spectra(view).usable:
            return None
        last = ("points", self.data_key(view), view.edges)
        if self.result(view) is None and last in self._kept:
            return self._kept[last]  # type: ignore[no-any-return]
        key = ("points", *self._of_fit(view), view.edges)
        found = self._once(key, lambda: self._points(view, **work))
        self._remember(last, found)
        return found

    def profiles(self, view: SpectrumView) -> dict[str, Any]:
        """Profiles of −2 ln L along each free parameter, by full name.

        Raises
        ------
        FitError
            If the record asks for no fit.
        """
        result = self._fitted(view)
        return self._once(
            ("profiles", *self._of_fit(view)), lambda: {name: result.profile(name) for name in result.names}
        )

    def contours(self, view: SpectrumView) -> tuple[tuple[str, str], list[Any]]:
        """The two parameters and their contours, one a level.

        Raises
        ------
        FitError
            If the record asks for no fit, or fewer than two parameters are free.
        """
        result = self._fitted(view)
        x, y = self.contour_names(view)
        key = ("contours", *self._of_fit(view), x, y)
        return (x, y), self._once(key, lambda: [result.contour(x, y, level) for level in LEVELS])

    def contour_names(self, view: SpectrumView) -> tuple[str, str]:
        """The parameters of the contours, by full name: those of the record, else the first two."""
        result = self._fitted(view)
        if len(result.names) < 2:
            raise FitError("A contour needs two free parameters: thaw one.")
        if view.contour:
            x, y = (result.names[result.number(name)] for name in view.contour)
            return x, y
        return result.names[0], result.names[1]

    def known(self, what: str, view: SpectrumView) -> bool:
        """Whether profiles or contours are there already."""
        if not self.has_result(view) or self.result(view) is None:
            return False
        names = self.contour_names(view) if what == "contours" else ()
        return (what, *self._of_fit(view), *names) in self._kept

    def _of_fit(self, view: SpectrumView) -> tuple[Any, ...]:
        return (*self.fit_key(view)[1:], view.fitted)

    def _points(self, view: SpectrumView, **work: Any) -> FluxPoints:
        models, result = self._shown(view), self.result(view)
        name = models[0].name if len(models) > 1 else None
        edges = np.array(view.edges) * u.TeV
        return flux_points(
            list(self.spectra(view).usable) if self.spectra(view).points else self._to_fit(view).source,
            result or models,
            edges,
            source=name,
            **work,
        )

    def _to_fit(self, view: SpectrumView, **work: Any) -> Spectra:
        spectra = self.spectra(view, **work)
        if not spectra.fitted:
            raise FitError("No bin is usable here: choose a wider range of energies, or another region.")
        if len(spectra.fitted) == len(spectra.items) + len(spectra.points):
            return spectra
        return Spectra(list(spectra.fitted), spectra.usable, spectra.points)

    def _models(self, view: SpectrumView) -> Models:
        found = self.models(view)
        if found is None:
            raise ArgumentError("There is no model: choose one.")
        return found

    def _shown(self, view: SpectrumView) -> Models:
        return self.shown(view) or self._models(view)

    def _fitted(self, view: SpectrumView) -> FitResult:
        found = self.result(view)
        if found is None:
            raise FitError("Fit first: profiles and contours are of a fit.")
        return found

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self._kept:
            self._remember(key, make())
        found: T = self._kept[key]
        return found

    def _remember(self, key: Any, value: Any) -> None:
        self._kept.pop(key, None)
        self._kept[key] = value
        while len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]


def work_of(obj: Any) -> SpectrumWork:
    """The work of an object; what is one already stays."""
    return obj if isinstance(obj, SpectrumWork) else SpectrumWork(obj)


def rows_as_shown(work: SpectrumWork, view: SpectrumView) -> dict[str, Any]:
    """The fields of a record whose values are those shown, for a step that starts from there."""
    models = work.shown(view)
    if models is None:
        return {}
    if not view.model and work.given is not None:
        return {"parameters": rows_of(models)}
    return spec_of(models)


def _label(result: FitResult) -> str:
    return kind_words(result.models)


def _intervals(result: FitResult) -> dict[str, Interval]:
    return {name: result.confidence(name) for name in result.names}


def _all_free(models: Models) -> Models:
    """All parameters of the spectra free and without limits, so that every value has its place in the vector."""
    spectral = {f"{model.name}.{item.name}" for model in models for item in model.spectral.parameters}
    known = models.parameters
    found = {name: replace(known[name], frozen=False, min=-np.inf, max=np.inf, error=np.nan) for name in spectral}
    return models.replace(found)


def _recipe_of(obj: Any) -> Recipe:
    """The recipe of the spectra behind an object."""
    recipe: Recipe = obj.recipe
    if isinstance(obj, FitResult):
        return recipe.inputs[0] if recipe.inputs else Recipe.memory("spectra")
    return recipe
