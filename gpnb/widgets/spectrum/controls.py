"""The controls of the spectral-fit panel, from its view record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.panels.spectrum.view import KINDS, SpectrumView, kind_words
from gpnb.panels.spectrum.work import SpectrumWork

Item = dict[str, Any]

_PER_DECADE = 5
"""Flux points a decade, if nobody says."""

_LIMITS = 2
"""Bins without counts above them, which give upper limits."""


def model_items(work: SpectrumWork, view: SpectrumView) -> list[Item]:
    """Which spectrum, and what stands under the plot."""
    models = work.shown(view)
    options = [["", "choose a model"]] if models is None else []
    chosen = "" if models is None else type(models[0].spectral).__name__
    if models is not None and (chosen not in KINDS or len(models) > 1):
        options.append([chosen, kind_words(models)])
    options += [[kind, words] for kind, words in KINDS.items() if kind not in [option[0] for option in options]]
    return [{"name": "model", "kind": "select", "label": "Model", "value": chosen, "options": options}]


def action_items(work: SpectrumWork, view: SpectrumView, busy: bool) -> list[Item]:
    """Fit, Cancel, Errors, flux points."""
    models, fitted = work.shown(view), work.result(view) is not None
    free = models is not None and any(item.free for model in models for item in model.spectral.parameters)
    errors = {"name": "errors", "kind": "toggle", "label": "Errors", "value": view.errors == "profile"}
    return [
        _button("fit", "Fit", "Fit the free parameters", not free or busy) | {"primary": True},
        _button("cancel", "Cancel", "Stop the work that is going on", not busy),
        errors | {"hint": "Errors of the parameters from the profile likelihood", "disabled": not fitted},
        _button("points", "− Flux points", "Take the flux points away", False)
        if view.edges
        else _button("points", "+ Flux points", "Fit the flux in bins of energy, with this shape", models is None),
    ]


def look_items(view: SpectrumView, tab: str, catalogs: Sequence[str]) -> list[Item]:
    """What stands under the plot, how bins are joined, published spectra from the catalogues that are there."""
    if tab not in ("sed", "counts", "excess"):
        return []
    kinds = [["sigma", "in σ"], ["relative", "relative"]]
    residuals = {"name": "residuals", "kind": "select", "label": "Residuals", "value": view.residuals}
    joined = {"name": "min_counts", "kind": "number", "label": "Counts a point", "value": view.min_counts}
    items: list[Item] = [residuals | {"options": kinds}, joined | {"size": 5, "step": 1}]
    if tab == "sed":
        items += [
            _button(f"remove/{name}", f"{name} ×", f"Take the spectrum of {name} away", False)
            for name in view.published
        ]
        names = [name for name in catalogs if name not in view.published]
        if names:
            options = [["", "add a catalogue"], *([name, name] for name in names)]
            items.append({"name": "publish", "kind": "select", "label": "Published", "value": "", "options": options})
    return items


def contour_items(work: SpectrumWork, view: SpectrumView) -> list[Item]:
    """The two parameters of the contours."""
    result = work.result(view)
    if result is None or len(result.names) < 2:
        return []
    x, y = work.contour_names(view)
    options = [[name, name.partition(".")[2].rstrip("_")] for name in result.names]
    return [
        {"name": name, "kind": "select", "label": label, "value": value, "options": options}
        for name, label, value in (("x", "Along x", x), ("y", "Along y", y))
    ]


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


def _button(name: str, label: str, hint: str, disabled: bool) -> Item:
    return {"name": name, "kind": "button", "label": label, "hint": hint, "value": 0, "disabled": disabled}
