"""Energy distributions: model with its band, flux points, published spectra."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.fitting.result import FitResult
from gpnb.panels.plot import Line, Points, SpectrumPlot, log_range
from gpnb.panels.spectrum.published import Published
from gpnb.panels.spectrum.view import SpectrumView, kind_words
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.products.flux_points import FluxPoints

ERG = 1.602176634
"""erg a TeV."""

SED = "E² dN/dE (erg cm⁻² s⁻¹)"

_POINTS = 120
_OTHERS = ("dashed", "dotted", "dash_dotted")
_PUBLISHED = (("accent", "square"), ("purple", "diamond"), ("fine", "triangle-up"))


def energy_range(work: SpectrumWork, view: SpectrumView) -> tuple[float, float]:
    """The range of the energy axis."""
    low, high = work.spectra(view).span
    return 0.85 * low, 1.18 * high


def sed_plot(work: SpectrumWork, view: SpectrumView, published: tuple[Published, ...] = ()) -> SpectrumPlot:
    """The energy distribution: model, band, flux points, published spectra."""
    models, x = work.shown(view), energy_range(work, view)
    lines: list[Line] = []
    band = None
    if models is not None:
        energy = np.geomspace(*work.spectra(view).span, _POINTS)
        curves = [energy**2 * model.spectral.evaluate_at(energy) * ERG for model in models]
        lines.append(Line(kind_words(models) if len(models) == 1 else models[0].name, energy, curves[0]))
        more = zip(models[1:], curves[1:], strict=True)
        lines += [Line(item.name, energy, y, "accent", _OTHERS[n % 3]) for n, (item, y) in enumerate(more)]
        band = _band(work.result(view), energy)
    found = work.points(view)
    points = [] if found is None else [flux_point_marks(found, "flux points")]
    points += [flux_point_marks(item.points, item.name, "fine", "square") for item in work.spectra(view).points]
    for number, item in enumerate(published):
        points.append(flux_point_marks(item.points, item.label, *_PUBLISHED[number % len(_PUBLISHED)]))
        if item.spectrum is not None:
            energy = np.geomspace(*x, _POINTS)
            role = _PUBLISHED[number % len(_PUBLISHED)][0]
            lines.append(Line("", energy, energy**2 * item.spectrum.evaluate_at(energy) * ERG, role, "dashed", 1.2))
    y = _sed_range(lines, [_values(item, x) for item in points])
    return SpectrumPlot(
        "sed", "SED", "", x, y, "Energy (TeV)", SED, lines=tuple(lines), points=tuple(points), band=band
    )


def _sed_range(lines: Sequence[Line], points: Sequence[np.ndarray]) -> tuple[float, float]:
    """A range that holds all points; a model that falls below them is followed a little."""
    low, high = log_range([*points, *(line.y for line in lines[:1])])
    if any(values.size for values in points):
        return max(low, log_range(points)[0] / 2), high
    return max(low, high / 1e4), high


def sed_curve(work: SpectrumWork, view: SpectrumView) -> QTable:
    """The curve of the first source with its band, as a table."""
    models, energy = work.shown(view), np.geomspace(*work.spectra(view).span, _POINTS)
    assert models is not None
    unit, band = u.Unit("erg cm-2 s-1"), _band(work.result(view), energy)
    columns = {"energy": energy * u.TeV, "e2dnde": energy**2 * models[0].spectral.evaluate_at(energy) * ERG * unit}
    if band is not None:
        columns |= {"e2dnde_low": band[1] * unit, "e2dnde_high": band[2] * unit}
    return QTable(columns)


def flux_point_marks(
    points: FluxPoints,
    label: str,
    role: str = "text",
    marker: str = "circle",
    quantity: str = "e2dnde",
    factor: float = ERG,
) -> Points:
    """Flux points as marks, in TeV units times `factor`; where they are upper limits, at the limit."""
    y, errn, errp, ul = (factor * points.column(f"{quantity}{end}") for end in ("", "_errn", "_errp", "_ul"))
    limit = np.asarray(points.is_ul) & np.isfinite(ul)
    place = np.where(limit, ul, y)
    low, high = (np.where(np.isfinite(end), end, points.e_ref) for end in (points.e_min, points.e_max))
    ends = (np.where(limit, place, y - np.nan_to_num(errn)), np.where(limit, place, y + np.nan_to_num(errp)))
    good = np.isfinite(place) & (place > 0)
    x, x_low, x_high, value, y_low, y_high = (item[good] for item in (points.e_ref, low, high, place, *ends))
    return Points(label, x, x_low, x_high, value, y_low, y_high, limit[good], role, marker)


def _band(result: FitResult | None, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """One standard deviation round the spectrum of the first source; None without errors."""
    if result is None or not np.isfinite(result.covariance).all():
        return None
    source = result.models[0]
    table = source.spectral.butterfly(
        (energy[0] * u.TeV, energy[-1] * u.TeV), result.spectral_covariance(source.name), energy.size
    )
    low, high = (energy**2 * np.asarray(table[f"dnde_{end}"].value) * ERG for end in ("low", "high"))
    return energy, low, high


def _values(points: Points, x: tuple[float, float]) -> np.ndarray:
    """Values that lie in the frame."""
    inside = (points.x >= x[0]) & (points.x <= x[1])
    return np.concatenate([points.y[inside], points.y_high[inside], np.maximum(points.y_low, 0.3 * points.y)[inside]])
