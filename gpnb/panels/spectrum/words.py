"""A spectral fit in words: values rounded by their errors, tables, what deserves attention."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gpnb.core.words import value_words
from gpnb.fitting.confidence import Interval
from gpnb.fitting.result import FitResult
from gpnb.models.parameter import Parameter
from gpnb.panels.columns import Column
from gpnb.panels.fit.view import kind_words
from gpnb.panels.spectrum.data import Spectra
from gpnb.panels.spectrum.goodness import chance_cell
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork

_EDGE = 1e-6
"""A value nearer to its limit than this part of its error lies at it."""

PARAMETERS = (
    *(Column("Parameter"), Column("Value", number=True), Column("Unit"), Column("Min", number=True)),
    *(Column("Max", number=True), Column("State")),
)
COMPARED = (
    *(Column("Model"), Column("−2 ln L", number=True), Column("k", number=True), Column("ΔAIC", number=True)),
    Column("p", number=True),
)


def stat_words(stat: float) -> str:
    """A fit statistic with two digits."""
    return f"{stat:.2f}".replace("-", "−") if math.isfinite(stat) else "not finite"


def parameter_rows(result_or_models: Any, intervals: Mapping[str, Interval] | None = None) -> list[list[str]]:
    """One row a parameter of the spectra: ✓ fitted, ‖ frozen, = linked, ▲ at a limit or without error."""
    result = result_or_models if isinstance(result_or_models, FitResult) else None
    models = result.models if result else result_or_models
    rows = []
    for model in models:
        for item in model.spectral.parameters:
            full = f"{model.name}.{item.name}"
            error = error_of(full, item, intervals)
            text, unit = value_words(item.value, error, item.unit)
            name = item.symbol if len(models) == 1 else f"{model.name} {item.symbol}"
            ends = [f"{end:.4g}".replace("-", "−") if math.isfinite(end) else "–" for end in (item.min, item.max)]
            rows.append([name, text, unit, *ends, state_words(item, result)])
    return rows


def error_of(full: str, item: Parameter, intervals: Mapping[str, Interval] | None) -> float | tuple[float, float]:
    """The error of a parameter: from its interval if there is one."""
    if intervals and full in intervals:
        found = intervals[full]
        return found.value - found.low, found.high - found.value
    return item.error


def state_words(item: Parameter, result: FitResult | None) -> str:
    """A symbol and a word."""
    if item.link:
        return f"= {item.link}"
    if item.frozen:
        return "‖ frozen"
    if result is None:
        return "○ free"
    if at_limit(item):
        return "▲ at its limit"
    return "✓ fitted" if math.isfinite(item.error) else "▲ no error"


def at_limit(item: Parameter) -> bool:
    """Whether a value lies at one of its limits."""
    room = _EDGE * (item.error if math.isfinite(item.error) else abs(item.value) or 1.0)
    return item.value - item.min <= room or item.max - item.value <= room


def correlation_table(result: FitResult) -> tuple[list[Column], list[list[str]]]:
    """Correlation coefficients of the free parameters."""
    names = [name.partition(".")[2].rstrip("_") for name in result.names]
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = result.correlation
    rows = [
        [name, *(f"{value:+.2f}".replace("-", "−") if np.isfinite(value) else "–" for value in row)]
        for name, row in zip(names, matrix, strict=True)
    ]
    return [Column("Correlation"), *(Column(name, number=True) for name in names)], rows


def comparison_rows(work: SpectrumWork, fits: dict[str, FitResult]) -> list[list[str]]:
    """One row a fitted model: −2 ln L, free parameters, AIC above the least, how likely data are that fit no better."""
    least = min((found.aic for found in fits.values()), default=0.0)
    return [
        [
            label + ("" if found.success else " ▲"),
            stat_words(found.stat),
            str(len(found.names)),
            f"{found.aic - least:.1f}",
            chance_cell(work.chance(found)),
        ]
        for label, found in fits.items()
    ]


def notes_of(work: SpectrumWork, view: SpectrumView) -> list[str]:
    """What deserves attention: bins without OFF counts, parameters and points at limits, a fit without success."""
    notes = [*work.spectra(view).notes]
    result = work.result(view)
    if result is not None:
        notes += [] if result.success else [f"No success: {result.message}"]
        known = result.models.parameters
        notes += [f"{name.partition('.')[2]} is at its limit" for name in result.names if at_limit(known[name])]
    points = work.known_points(view)
    notes += () if points is None else points.notes
    return list(dict.fromkeys(notes))


def title_of(work: SpectrumWork) -> str:
    """What this is."""
    return "Spectrum fit" if work.given is None else "Fit result"


def facts_of(work: SpectrumWork, view: SpectrumView) -> str:
    """How many spectra, of what, and the statistic: one line."""
    return work.spectra(view).facts


def totals_of(spectra: Spectra) -> tuple[list[Column], list[list[str]]]:
    """One row a spectrum: counts, excess, significance."""
    columns = [Column("Spectrum"), Column("N on", number=True), Column("N off", number=True), Column("α", number=True)]
    columns += [Column("Excess", number=True), Column("Li & Ma", "σ", number=True), Column("Energies", "TeV")]
    rows = []
    for item in spectra.items:
        found = item.summary
        numbers = [f"{found.n_on:.0f}", f"{found.n_off:.0f}", f"{found.alpha:.3g}", f"{found.excess:.1f}"]
        span = f"{found.energy_min:.3g} – {found.energy_max:.3g}" if item.usable.any() else "no usable bin"
        shown = [text.replace("nan", "–") for text in (*numbers, f"{found.significance:.1f}")]
        rows.append([item.name, *(text.replace("-", "−") for text in shown), span])
    return columns, rows


def fit_facts(work: SpectrumWork, view: SpectrumView) -> str:
    """The model and how well it fits: one line."""
    models = work.shown(view)
    if models is None:
        return ""
    words = [kind_words(models)]
    if work.spectra(view).fitted:
        words.append(f"−2 ln L {stat_words(work.stat(view))}")
    result = work.result(view)
    if result is not None:
        words.append(f"{result.dof} dof")
    return " · ".join(words)
