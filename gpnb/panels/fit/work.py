"""All that a panel of a fit computes, whatever is fitted: models, −2 ln L, the fit and what follows from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

import numpy as np

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.progress import silent, track
from gpnb.core.words import counted
from gpnb.fitting.confidence import Interval
from gpnb.fitting.fit import fit
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.panels.fit.view import KINDS, FitView, kind_words, models_of, rows_of, spec_of, with_rows
from gpnb.panels.work import Kept

V = TypeVar("V", bound=FitView)

LEVELS = (0.6827, 0.9545)
"""Confidence of contours."""

_STEPS = 24
"""Things that every step of a slider makes anew: they must not drive out fits."""


class FitWork(Generic[V]):
    """Answers for a record; one instance serves one panel, each answer is made once, from any thread.

    A subclass says what is fitted: `data_key`, `data`, `fitted`, and where a model starts: `guess`.

    Parameters
    ----------
    obj : object
        What the panel shows.

    Attributes
    ----------
    given : FitResult or None
        The object, if it is the result of a fit.
    """

    def __init__(self, obj: Any):
        self.obj = obj
        self.given: FitResult | None = obj if isinstance(obj, FitResult) else None
        self._kept, self._steps = Kept(), Kept(_STEPS)
        self._evaluating, self._keeping = threading.Lock(), threading.Lock()
        self._latest: tuple[V | None, Models | None] = (None, None)

    # What subclasses say.

    def data_key(self, view: V) -> tuple[Any, ...]:
        """What the data of a record depend on; nothing but false values for those of the object."""
        raise NotImplementedError

    def data(self, view: V, **work: Any) -> Any:
        """What is fitted, as `gpnb.fit` takes it."""
        raise NotImplementedError

    def fitted(self, view: V) -> Sequence[Any]:
        """What is fitted, one by one."""
        raise NotImplementedError

    def guess(self, view: V) -> Models:
        """Where a fit starts if the record has no values."""
        raise NotImplementedError

    # Models.

    def base(self, view: V) -> Models | None:
        """The models before the sliders: those named by the record, else those of the fit."""
        if view.model or self.given is None:
            return models_of(view.replace(parameters=None)) if view.model else None
        return self.given.models

    def models(self, view: V) -> Models | None:
        """The models at the values of the record; None if there is none."""
        if view.model in KINDS and not view.parameters:
            return self.start(view)
        return self._steps.once(("models", view.model, view.source, view.parameters), lambda: self._moved(view))

    def start(self, view: V) -> Models | None:
        """The models before any parameter was moved."""
        key = ("start", self.data_key(view), view.model, view.source)
        return self._kept.once(key, lambda: self.guess(view) if view.model in KINDS else self.base(view))

    def _moved(self, view: V) -> Models | None:
        start = self._kept.once(("base", view.model, view.source), lambda: self.base(view))
        return None if start is None else with_rows(start, view.parameters)

    def shown(self, view: V) -> Models | None:
        """The models as shown: fitted if the record asks for it."""
        found = self.result(view)
        if found is not None:
            return found.models
        before, models = self._latest
        if before is not view:
            models = self.models(view)
            self._latest = view, models
        return models

    # The likelihood.

    def likelihood(self, view: V) -> Likelihood:
        """The likelihood of all parameters, free or not; made once for data and kinds of models."""
        key = ("likelihood", self.data_key(view), view.model, view.source)
        return self._kept.once(key, lambda: Likelihood(self.fitted(view), _all_free(self._models(view))))

    def stat(self, view: V) -> float:
        """−2 ln L of the models as shown."""
        return self._steps.once(("stat", *self._of_step(view)), lambda: self._stat(view))

    def _stat(self, view: V) -> float:
        with self._evaluating:  # a likelihood serves one thread at a time
            return self.likelihood(view).value(self._theta(view))

    def predicted(self, view: V) -> list[np.ndarray]:
        """Source counts in each bin of each of what is fitted."""
        return self._steps.once(("predicted", *self._of_step(view)), lambda: self._predicted(view))

    def _predicted(self, view: V) -> list[np.ndarray]:
        with self._evaluating:
            return self.likelihood(view).predict(self._theta(view))

    def _theta(self, view: V) -> np.ndarray:
        models = self.shown(view) or self._models(view)
        return self._steps.once(("theta", *self._of_step(view)), lambda: self.likelihood(view).theta(models))

    # Fits and what follows from them.

    def fit_key(self, view: V) -> tuple[Any, ...]:
        """What a fit depends on."""
        return "fit", self.data_key(view), view.model, view.source, view.parameters

    def fit(self, view: V, **work: Any) -> FitResult:
        """Fit from the values of the record; `work` is ``progress`` and ``cancel``."""
        with silent():
            found = fit(self.data(view, **work), self._models(view), **work)
        self.keep(view, found)
        return found

    def keep(self, view: V, result: FitResult) -> None:
        """Remember a fit as that of a record."""
        self._kept.put(self.fit_key(view), result)
        if not view.model:
            return
        key, label = ("fits", self.data_key(view)), kind_words(result.models)
        with self._keeping:  # two fits that end at once must both be there
            others: dict[str, FitResult] = {**self._kept.once(key, dict)}
            others.pop(label, None)
            self._kept.put(key, {**others, label: result})

    def result(self, view: V) -> FitResult | None:
        """The fit of a record; None if it asks for none."""
        if self.given is not None and self._is_given(view):
            return self.given
        if not view.fitted:
            return None
        return self._kept.once(self.fit_key(view), lambda: self.fit(view))

    def has_result(self, view: V) -> bool:
        """Whether nothing has to be fitted to show a record."""
        return not view.fitted or self._is_given(view) or self._kept.knows(self.fit_key(view))

    def _is_given(self, view: V) -> bool:
        return self.given is not None and not (view.model or view.parameters or any(self.data_key(view)))

    def fits(self, view: V) -> dict[str, FitResult]:
        """All fits of these data, the latest of each kind of model, the best first."""
        found: dict[str, FitResult] = self._kept.once(("fits", self.data_key(view)), dict)
        if self.given is not None and not any(self.data_key(view)):
            found = {kind_words(self.given.models): self.given, **found}
        return dict(sorted(found.items(), key=lambda pair: pair[1].aic))

    def intervals(self, view: V, progress: Any = False, cancel: Any = None) -> dict[str, Interval]:
        """Intervals of the free parameters from the profile likelihood, by full name; empty without a fit."""
        result = self.result(view)
        if result is None or view.errors != "profile":
            return {}
        names = track(result.names, "Profile errors", progress, cancel)
        return self._kept.once(
            self._of("intervals", view), lambda: {name: result.confidence(name, cancel=cancel) for name in names}
        )

    def profiles(self, view: V, progress: Any = False, cancel: Any = None) -> dict[str, Any]:
        """Profiles of −2 ln L along each free parameter, by full name.

        Raises
        ------
        FitError
            If the record asks for no fit.
        """
        result = self._of_fit(view)
        names = track(result.names, "Profiles", progress, cancel)
        return self._kept.once(
            self._of("profiles", view), lambda: {name: result.profile(name, cancel=cancel) for name in names}
        )

    def contours(self, view: V, progress: Any = False, cancel: Any = None) -> tuple[tuple[str, str], list[Any]]:
        """The two parameters and their contours, one a level.

        Raises
        ------
        FitError
            If the record asks for no fit, or fewer than two parameters are free.
        """
        result = self._of_fit(view)
        x, y = self.contour_names(view)
        levels = track(LEVELS, "Contours", progress, cancel)
        return (x, y), self._kept.once(
            self._of("contours", view), lambda: [result.contour(x, y, level, cancel=cancel) for level in levels]
        )

    def contour_names(self, view: V) -> tuple[str, str]:
        """The parameters of the contours, by full name: those of the record, else the first two."""
        result = self._of_fit(view)
        if len(result.names) < 2:
            raise FitError("A contour needs two free parameters: thaw one.")
        if view.contour:
            x, y = (result.names[result.number(name)] for name in view.contour)
            return x, y
        return result.names[0], result.names[1]

    def known(self, what: str, view: V) -> bool:
        """Whether intervals, profiles or contours are there already."""
        if not self.has_result(view) or self.result(view) is None:
            return False
        return self._kept.knows(self._of(what, view))

    def lacks(self, view: V) -> str:
        """What has to be made before a record can be shown, as a label of the work; empty if nothing has."""
        if not self.has_result(view):
            return "Fitting"
        if view.errors == "profile" and self.result(view) is not None and not self.known("intervals", view):
            return "Profile errors"
        return ""

    def make(self, view: V, **work: Any) -> str:
        """Make all that a record lacks; returns what there is to say of it."""
        if not self.has_result(view):
            self.fit(view, **work)
        lacks = self.lacks(view)
        self.intervals(view, **work)
        return "Errors from the profile likelihood" if lacks else ""

    def refit(self, view: V, **work: Any) -> tuple[dict[str, Any], str]:
        """Fit from the values of a record: the changes that show what was found, and what there is to say of it."""
        start = time.perf_counter()
        result = self.fit(view, **work)
        seconds = time.perf_counter() - start
        named = spec_of(result.models) if view.model else {"parameters": rows_of(result.models)}
        changes = {**named, "fitted": True, "errors": None}
        after = view.replace(**changes)
        self.keep(after, result)
        self.make(after, **work)
        how = "Converged" if result.success else f"No success ({result.message})"
        return changes, f"{how}: {counted(result.n_evaluations, 'evaluation')}, {1000 * seconds:.0f} ms"

    def _of(self, what: str, view: V) -> tuple[Any, ...]:
        names = self.contour_names(view) if what == "contours" else ()
        return what, *self.fit_key(view), view.fitted, *names

    def _of_step(self, view: V) -> tuple[Any, ...]:
        return *self.fit_key(view), view.fitted

    def _models(self, view: V) -> Models:
        found = self.models(view)
        if found is None:
            raise ArgumentError("There is no model: choose one.")
        return found

    def _of_fit(self, view: V) -> FitResult:
        found = self.result(view)
        if found is None:
            raise FitError("Fit first: profiles and contours are of a fit.")
        return found


def rows_as_shown(work: FitWork[V], view: V) -> dict[str, Any]:
    """The fields of a record whose values are those shown, for a step that starts from there."""
    models = work.shown(view)
    if models is None:
        return {}
    if not view.model and work.given is not None:
        return {"parameters": rows_of(models)}
    return spec_of(models)


def _all_free(models: Models) -> Models:
    """All parameters of the spectra free and without limits, so that every value has its place in the vector."""
    spectral = {f"{model.name}.{item.name}" for model in models for item in model.spectral.parameters}
    known = models.parameters
    found = {name: replace(known[name], frozen=False, min=-np.inf, max=np.inf, error=np.nan) for name in spectral}
    return models.replace(found)
