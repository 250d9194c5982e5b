"""The controls of the spectral-fit panel, from its view record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.models.reference_spectra import REFERENCES
from gpnb.panels.fit.view import KINDS, kind_words
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.widgets.parts.controls import Control, button, number, select, toggle

_PER_DECADE = 5
"""Flux points a decade, if nobody says."""

_LIMITS = 2
"""Bins without counts above them, which give upper limits."""


def model_items(chosen: str, said: str) -> list[Control]:
    """Which spectrum: its class and what it is in words, both empty for none."""
    first = {chosen: said or "choose a model"}
    return [select("model", "Model", chosen, {**KINDS, **first} if chosen in KINDS else {**first, **KINDS})]


def model_of(work: SpectrumWork, view: SpectrumView) -> tuple[str, str]:
    """The class of the first spectrum, and what all are in words; both empty for none."""
    models = work.shown(view)
    return ("", "") if models is None else (type(models.sources[0].spectral).__name__, kind_words(models))


def actions_of(work: SpectrumWork, view: SpectrumView) -> tuple[bool, bool, bool, bool, bool]:
    """Whether there are models, free parameters, a fit, profile errors, flux points."""
    models = work.shown(view)
    free = models is not None and any(item.free for model in models for item in model.spectral.parameters)
    return models is not None, free, work.result(view) is not None, view.errors == "profile", bool(view.edges)


def action_items(now: tuple[bool, ...], busy: bool) -> list[Control]:
    """Fit, Cancel, Errors, flux points; what there is now as `actions_of` tells."""
    modelled, free, fitted, profiled, pointed = now
    hint = "Errors of the parameters from the profile likelihood"
    return [
        button("fit", "Fit", "Fit the free parameters", not free or busy, primary=True),
        button("cancel", "Cancel", "Stop the work that is going on", not busy),
        toggle("errors", "Errors", profiled, hint, not fitted),
        button("points", "− Flux points", "Take the flux points away")
        if pointed
        else button("points", "+ Flux points", "Fit the flux in bins of energy, with this shape", not modelled),
    ]


def look_items(
    tab: str, residuals: str, min_counts: float, shown: tuple[str, ...], catalogs: Sequence[str]
) -> list[Control]:
    """What stands under the plot, how bins are joined, published spectra from the catalogues that are there."""
    if tab not in ("sed", "counts", "excess"):
        return []
    items = [
        select("residuals", "Residuals", residuals, {"sigma": "in σ", "relative": "relative"}),
        number("min_counts", "Counts a point", min_counts, size=5, step=1),
    ]
    if tab == "sed":
        items += [button(f"remove/{name}", f"{name} ×", f"Take {name} away") for name in shown]
        known = {**{name: name for name in catalogs}, **{name: item.title for name, item in REFERENCES.items()}}
        more = [(name, title) for name, title in known.items() if name not in shown]
        items.append(select("publish", "Published", "", [("", "add a spectrum"), *more]))
    return items


def contour_items(work: SpectrumWork, view: SpectrumView) -> list[Control]:
    """The two parameters of the contours."""
    result = work.result(view)
    if result is None or len(result.names) < 2:
        return []
    x, y = work.contour_names(view)
    options = [(name, name.partition(".")[2].rstrip("_")) for name in result.names]
    return [select("x", "Along x", x, options), select("y", "Along y", y, options)]


def usual_edges(work: SpectrumWork, view: SpectrumView) -> list[str]:
    """Edges of flux points, evenly in the logarithm, up to the last bin that holds a count, and a little further."""
    bins = work.bins(view)
    low, _ = work.spectra(view).span
    tops = [float(item.high[item.counts > 0].max()) for item in bins if (item.counts > 0).any()]
    high = max(tops, default=work.spectra(view).span[1])
    count = max(1, round(_PER_DECADE * np.log10(high / low)))
    step = (high / low) ** (1 / count)
    more = int(np.clip(np.floor(np.log(work.spectra(view).span[1] / high) / np.log(step) + 1e-6), 0, _LIMITS))
    high, count = high * step**more, count + more
    return [f"{edge:.4g} TeV" for edge in np.geomspace(low, high, count + 1)]
