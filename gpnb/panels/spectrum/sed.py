"""Energy distributions: model with its band, flux points, published spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.fitting.result import FitResult
from gpnb.panels.fit.view import kind_words
from gpnb.panels.plot import Band, Line, Plot, Points, log_range
from gpnb.panels.spectrum.published import Published
from gpnb.panels.spectrum.unfolded import unfolded_excess
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.products.estimates import Estimates
from gpnb.products.flux_points import FluxPoints

ERG = 1.602176634
"""erg a TeV."""

SED = "E² dN/dE (erg cm⁻² s⁻¹)"

_POINTS = 120
_COUNTS = (("Counts on", "n_on"), ("Counts off", "n_off"), ("Counts", "counts"))
_OTHERS = ("dashed", "dotted", "dash_dotted")
_PUBLISHED = (("accent", "square"), ("purple", "diamond"), ("fine", "triangle-up"))


def energy_range(work: SpectrumWork, view: SpectrumView) -> tuple[float, float]:
    """The range of the energy axis."""
    low, high = work.spectra(view).span
    return 0.85 * low, 1.18 * high


def sed_plot(work: SpectrumWork, view: SpectrumView, published: tuple[Published, ...] = ()) -> Plot:
    """The energy distribution: model with its band, published spectra, flux points, or else the unfolded excess."""
    models, x = work.shown(view), energy_range(work, view)
    lines: list[Line] = []
    bands: list[Band] = []
    if models is not None:
        energy = np.geomspace(*work.spectra(view).span, _POINTS)
        curves = [energy**2 * model.spectral.evaluate_at(energy) * ERG for model in models.sources]
        label = kind_words(models) if len(models.sources) == 1 else models.sources[0].name
        lines.append(Line(label=label, x=energy, y=curves[0]))
        more = zip(models.sources[1:], curves[1:], strict=True)
        lines += [
            Line(label=item.name, x=energy, y=y, role="accent", dash=_OTHERS[n % 3]) for n, (item, y) in enumerate(more)
        ]
        bands = _bands(work.result(view), energy)
    found = work.points(view)
    points = unfolded_excess(work, view, ERG) if found is None else [flux_point_marks(found, "flux points")]
    points += [flux_point_marks(item.points, item.name, "fine", "square") for item in work.spectra(view).points]
    for number, item in enumerate(published):
        points.append(flux_point_marks(item.points, item.label, *_PUBLISHED[number % len(_PUBLISHED)]))
        if item.spectrum is not None:
            energy = np.geomspace(*x, _POINTS)
            role = _PUBLISHED[number % len(_PUBLISHED)][0]
            y = energy**2 * item.spectrum.evaluate_at(energy) * ERG
            lines.append(Line(x=energy, y=y, role=role, dash="dashed", width=1.2))
    return Plot(
        name="sed",
        title="SED",
        x=x,
        y=_range(lines, points, x),
        x_label="Energy (TeV)",
        y_label=SED,
        log_x=True,
        log_y=True,
        lines=tuple(lines),
        points=tuple(points),
        bands=tuple(bands),
    )


def _range(lines: list[Line], points: list[Points], x: tuple[float, float]) -> tuple[float, float]:
    """The range of what was measured, which stands still while a model moves; without any, that of the model."""
    seen = [seen_values(item, x) for item in points]
    return sed_range([] if any((values > 0).any() for values in seen) else lines[:1], seen)


def sed_range(lines: Sequence[Line], points: Sequence[np.ndarray]) -> tuple[float, float]:
    """A range that holds all points; a model that falls below them is followed a little."""
    low, high = log_range([*points, *(line.y for line in lines)])
    if any(values.size for values in points):
        return max(low, log_range(points)[0] / 2), high
    return max(low, high / 1e4), high


def sed_curve(work: SpectrumWork, view: SpectrumView) -> QTable:
    """The curve of the first source with its band, as a table."""
    models, energy = work.shown(view), np.geomspace(*work.spectra(view).span, _POINTS)
    assert models is not None
    unit, bands = u.Unit("erg cm-2 s-1"), _bands(work.result(view), energy)
    columns = {
        "energy": energy * u.TeV,
        "e2dnde": energy**2 * models.sources[0].spectral.evaluate_at(energy) * ERG * unit,
    }
    for band in bands:
        columns |= {"e2dnde_low": band.low * unit, "e2dnde_high": band.high * unit}
    return QTable(columns)


def flux_point_marks(
    points: FluxPoints,
    label: str,
    role: str = "text",
    marker: str = "circle",
    quantity: str = "e2dnde",
    factor: float = ERG,
    first: int | None = None,
) -> Points:
    """Flux points as marks, in TeV units times `factor`; where they are upper limits, at the limit.

    With `first` they are rows of a table from that one on.
    """
    y, errn, errp, ul = (factor * points.column(f"{quantity}{end}") for end in ("", "_errn", "_errp", "_ul"))
    limit = np.asarray(points.is_ul) & np.isfinite(ul)
    place = np.where(limit, ul, y)
    low, high = (np.where(np.isfinite(end), end, points.e_ref) for end in (points.e_min, points.e_max))
    ends = (np.where(limit, place, y - np.nan_to_num(errn)), np.where(limit, place, y + np.nan_to_num(errp)))
    good = np.isfinite(place) & (place > 0)
    sides = {"x": points.e_ref, "y": place, "x_low": low, "x_high": high, "y_low": ends[0], "y_high": ends[1]}
    shown = {name: item[good] for name, item in sides.items()}
    rows = None if first is None else (first + np.flatnonzero(good)).tolist()
    return Points(
        label=label, limit=limit[good], role=role, marker=marker, rows=rows, notes=point_notes(points, good), **shown
    )


def point_notes(points: Estimates, good: Any) -> dict[str, list[str]]:
    """What is known of points beside their fluxes: counts, significance; of those at some places."""
    known = {name: np.asarray(points.extra[key], dtype=float)[good] for name, key in _COUNTS if key in points.extra}
    notes = {name: [f"{value:.0f}" if np.isfinite(value) else "" for value in values] for name, values in known.items()}
    root = points.sqrt_ts[good]
    return notes | {"√TS": [f"{value:.1f}".replace("-", "−") if np.isfinite(value) else "" for value in root]}


def _bands(result: FitResult | None, energy: np.ndarray) -> list[Band]:
    """One standard deviation round the spectrum of the first source; none without errors."""
    if result is None or not np.isfinite(result.covariance).all():
        return []
    source = result.models.sources[0]
    table = source.spectral.butterfly(
        (energy[0] * u.TeV, energy[-1] * u.TeV), result.spectral_covariance(source.name), energy.size
    )
    low, high = (energy**2 * np.asarray(table[f"dnde_{end}"].value) * ERG for end in ("low", "high"))
    return [Band(x=energy, low=low, high=high)]


def seen_values(points: Points, x: tuple[float, float]) -> np.ndarray:
    """Values that lie in the frame; those that may as well be nothing would stretch it far down, and do not count."""
    inside = (points.x >= x[0]) & (points.x <= x[1])
    sure = inside & ((points.y_low > 0) | (points.y_high <= points.y))
    inside = sure if sure.any() else inside
    return np.concatenate([points.y[inside], points.y_high[inside], np.maximum(points.y_low, 0.3 * points.y)[inside]])
