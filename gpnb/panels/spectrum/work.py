"""All that a spectral-fit panel computes, from an object and a view record: spectra, and flux points of a fit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import FitError
from gpnb.core.recipe import Recipe
from gpnb.estimate.flux_points import flux_points
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.panels.fit.work import FitWork
from gpnb.panels.spectrum.data import Bins, Extraction, Spectra, display_bins, same_region, spectra_of
from gpnb.panels.spectrum.goodness import fit_chance
from gpnb.panels.spectrum.regions import RegionSky, region_sky
from gpnb.panels.spectrum.start import near, start_models
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.work import Job
from gpnb.products.flux_points import FluxPoints

_FIT = ("model", "source", "parameters", "fitted", "errors", "contour", "energy", "region", "edges")
"""Fields that are shown together, as they were before, until all they ask for is there."""


class SpectrumWork(FitWork[SpectrumView]):
    """Answers for a record: spectra and how they are drawn, flux points, and what `FitWork` has of a fit.

    Parameters
    ----------
    obj : SpectrumDataset, Datasets or FitResult
        What the panel shows.
    """

    def __init__(self, obj: Any):
        super().__init__(obj)
        self._own = spectra_of(obj)
        self._extraction = Extraction(_recipe_of(obj))

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
        return not region or self._kept.knows(("spectra", region))

    def spectra(self, view: SpectrumView, **work: Any) -> Spectra:
        """The spectra of a record; extracted anew if its region is another one."""
        region, whole = view.region and self.region(view), self._own
        if region:
            whole = self._kept.once(("spectra", region), lambda: spectra_of(self._extraction.at(region, **work)))
        if view.energy is None:
            return whole
        return self._kept.once(("cut", region, view.energy), lambda: whole.restricted(view.energy))

    def bins(self, view: SpectrumView) -> list[Bins]:
        """How the spectra are drawn."""
        key = ("bins", self.data_key(view), view.min_counts)
        return self._kept.once(key, lambda: display_bins(self.spectra(view).usable, view.min_counts))

    # What is fitted.

    def data_key(self, view: SpectrumView) -> tuple[Any, ...]:
        """What the spectra depend on."""
        return view.region and self.region(view), view.energy

    def data(self, view: SpectrumView, **work: Any) -> Any:
        """What is fitted, as `gpnb.fit` takes it: spectra with a usable bin."""
        spectra = self.spectra(view, **work)
        fitted = self.fitted(view)
        return spectra.source if len(fitted) == len(spectra.items) + len(spectra.points) else list(fitted)

    def fitted(self, view: SpectrumView) -> Sequence[Any]:
        """What is fitted, one by one."""
        found = self.spectra(view).fitted
        if not found:
            raise FitError("No bin is usable here: choose a wider range of energies, or another region.")
        return found

    def guess(self, view: SpectrumView) -> Models:
        """Where a fit starts: as many counts as were seen."""
        return start_models(view, self.spectra(view))

    def with_kind(self, view: SpectrumView, kind: str) -> Models:
        """The models with a spectrum of another kind for the first source, near the one that is shown."""
        models = self.shown(view) or self.models(view.replace(model="PowerLaw"))
        assert models is not None
        spectrum = near(kind, models.sources[0].spectral, self.spectra(view).span)
        return Models([replace(models.sources[0], spectral=spectrum), *models.sources[1:]])

    def chance(self, result: FitResult) -> float:
        """See `fit_chance`."""
        return self._kept.once(("chance", result.names, result.stat), lambda: fit_chance(result))

    # Flux points.

    def points(self, view: SpectrumView, **work: Any) -> FluxPoints | None:
        """Flux points between the edges of the record, with the shape of the models as shown; None if not asked for.

        While parameters are moved by hand, those of the last fit of these spectra stay.
        """
        if not self._has_points(view):
            return None
        if self.result(view) is None and self._kept.knows(self._last_points(view)):
            return self._kept.once(self._last_points(view), lambda: self._points(view, **work))
        found = self._kept.once(("points", *self._of_step(view), view.edges), lambda: self._points(view, **work))
        return self._kept.put(self._last_points(view), found)

    def known_points(self, view: SpectrumView) -> FluxPoints | None:
        """Flux points that are there already."""
        return self.points(view) if self._has_points(view) and self._knows_points(view) else None

    def _has_points(self, view: SpectrumView) -> bool:
        return bool(view.edges) and self.shown(view) is not None and bool(self.spectra(view).usable)

    def _knows_points(self, view: SpectrumView) -> bool:
        if self.result(view) is None and self._kept.knows(self._last_points(view)):
            return True
        return self._kept.knows(("points", *self._of_step(view), view.edges))

    def _last_points(self, view: SpectrumView) -> tuple[Any, ...]:
        return "points", self.data_key(view), view.edges

    def _points(self, view: SpectrumView, **work: Any) -> FluxPoints:
        models, result = self.shown(view) or self._models(view), self.result(view)
        spectra = self.spectra(view)
        return flux_points(
            list(spectra.usable) if spectra.points else self.data(view),
            result or models,
            np.array(view.edges) * u.TeV,
            source=models.sources[0].name if len(models) > 1 else None,
            **work,
        )

    # Regions.

    def region_sky(self, view: SpectrumView, **work: Any) -> RegionSky | None:
        """The regions with the counts below them; None if no region is known."""
        key = self._regions_key(view)
        return self._kept.once(key, lambda: region_sky(self.spectra(view), self._extraction.runs(), **work))

    def known_region_sky(self, view: SpectrumView) -> RegionSky | None:
        """The regions, if their counts are there already or cannot be had."""
        known = self._kept.knows(self._regions_key(view)) or not self.can_extract
        return self.region_sky(view) if known else None

    def _regions_key(self, view: SpectrumView) -> tuple[Any, ...]:
        return "regions", self.data_key(view)

    # What is not there yet.

    def tab(self, view: SpectrumView) -> str:
        """What is looked at, if the record does not say: the energy distribution once there is a model."""
        if view.tab != "auto":
            return view.tab
        return "sed" if view.model or self.given is not None else "counts"

    def missing(self, view: SpectrumView) -> Job | None:
        """What has to be made before a record can be shown; None if nothing has.

        Spectra of another region are fitted at once, where there is a model.
        """
        lacks = self.lacks(view)
        if lacks:
            key = (*self._of_step(view), view.edges, view.errors)
            if not self.has_spectra(view) and (view.model or self.given):
                return Job(lacks, partial(self.make, view.replace(fitted=True)), key, _FIT, {"fitted": True})
            return Job(lacks, partial(self.make, view), key, _FIT)
        tab = self.tab(view)
        if tab == "regions" and self.can_extract and not self._kept.knows(self._regions_key(view)):
            count = partial(self._looked_at, tab, view)
            return Job("Counting under the regions", count, self._regions_key(view), patient=True)
        result = self.result(view) if tab in ("profiles", "contours") else None
        if result is None or len(result.names) < (1 if tab == "profiles" else 2) or self.known(tab, view):
            return None
        return Job(tab.capitalize(), partial(self._looked_at, tab, view), self._of(tab, view))

    def lacks(self, view: SpectrumView) -> str:
        """What has to be made before a record can be shown, as a label of the work; empty if nothing has."""
        if not self.has_spectra(view):
            return "Extracting spectra"
        if self.has_result(view) and self._has_points(view) and not self._knows_points(view):
            return "Flux points"
        return super().lacks(view)

    def make(self, view: SpectrumView, **work: Any) -> str:
        """Make all that a record lacks: spectra, the fit, errors, flux points; returns what there is to say of it."""
        start, lacks = time.perf_counter(), self.lacks(view)
        self.spectra(view, **work)
        said = super().make(view, **work)
        points = self.points(view, **work)
        if lacks == "Flux points" and points is not None:
            return f"{len(points)} flux points, {int(points.is_ul.sum())} upper limits"
        words = "Refitted" if view.fitted else "Extracted"
        return said if lacks == "Profile errors" else f"{words} in {time.perf_counter() - start:.2f} s"

    def _looked_at(self, tab: str, view: SpectrumView, **work: Any) -> str:
        makers: dict[str, Any] = {"profiles": self.profiles, "contours": self.contours, "regions": self.region_sky}
        makers[tab](view, **work)
        return ""


def work_of(obj: Any) -> SpectrumWork:
    """The work of an object; what is one already stays."""
    return obj if isinstance(obj, SpectrumWork) else SpectrumWork(obj)


def _recipe_of(obj: Any) -> Recipe:
    """The recipe of the spectra behind an object."""
    recipe: Recipe = obj.recipe
    if isinstance(obj, FitResult):
        return recipe.inputs[0] if recipe.inputs else Recipe.memory("spectra")
    return recipe
