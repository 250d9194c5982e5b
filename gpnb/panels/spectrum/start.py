"""Where fits start: values from the counts, or from another spectrum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.models.base import model_class
from gpnb.models.collection import Models
from gpnb.models.spectral import PowerLaw
from gpnb.panels.fit.view import KINDS, FitView, models_of
from gpnb.panels.spectrum.data import Spectra

_INDEX = 2.5
"""Of the power law that a fit starts from when nothing is known."""


def start_models(view: FitView, spectra: Spectra) -> Models:
    """Start values from the excess: a power law gives as many counts as were seen."""
    models = models_of(view)
    assert models is not None
    start = PowerLaw(index=_INDEX, reference=f"{pivot(spectra.span)} TeV")
    seen, wanted = 0.0, 0.0
    for item in spectra.usable:
        edges = item.energy_true.edge_values
        seen += float(item.predict(start.integral_bins(edges))[item.usable].sum())
        wanted += float(max(item.excess[item.usable].sum(), np.sqrt(item.counts[item.usable].sum()), 1.0))
    if seen > 0:
        start = start.replace(amplitude=float(f"{start.amplitude.value * wanted / seen:.3g}"))
    return Models([replace(models.sources[0], spectral=near(view.model, start, spectra.span))])


def pivot(span: tuple[float, float]) -> float:
    """A round energy to count from: 1 TeV if the data hold it, else their middle."""
    low, high = span
    return 1.0 if low <= 1 <= high else float(f"{np.sqrt(low * high):.1g}")


def near(kind: str, spectrum: Any, span: tuple[float, float]) -> Any:
    """A spectrum of a kind that agrees with another one, in flux and slope, where the data are."""
    made: Any = model_class(kind)
    if kind not in KINDS or made is None:
        raise ArgumentError(f"model={kind!r} is not one of {', '.join(KINDS)}.")
    place = next((item.value for item in spectrum.parameters if item.name == "reference"), pivot(span))
    step = np.array([place / 1.05, place, place * 1.05])
    low, flux, high = spectrum.evaluate_at(step)
    index = float(f"{-np.log(high / low) / np.log(step[2] / step[0]):.4g}")
    found: Any = made()
    middle = float(f"{np.sqrt(span[0] * span[1]):.2g}")
    values = {
        "amplitude": float(flux),
        "reference": place,
        "index": index,
        "alpha": index,
        "index_1": index - 0.2,
        "index_2": index + 0.3,
        "e_break": middle,
        "lambda_": float(f"{0.3 / span[1]:.2g}"),
        "beta": 0.1,
    }
    if kind == "ExpCutoffPowerLaw":
        del values["alpha"]
    if kind == "SmoothBrokenPowerLaw":
        del values["beta"]
    if kind == "BrokenPowerLaw":
        values["amplitude"] = float(spectrum.evaluate_at(np.array(middle)))
    return found.replace(**{name: value for name, value in values.items() if name in found.names})
