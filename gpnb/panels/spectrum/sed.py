"""Energy distributions: model with its band, flux points, published spectra."""

from __future__ import annotations

from itertools import cycle

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.fitting.result import FitResult
from gpnb.panels.fit.view import kind_words
from gpnb.panels.flux_marks import ERG, SED, flux_point_marks, sed_range, seen_values
from gpnb.panels.plot import Band, Line, Plot, Points
from gpnb.panels.spectrum.published import Published
from gpnb.panels.spectrum.unfolded import unfolded_excess
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork

_POINTS = 120
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
    references = [item.label for item in published if item.points is None]
    for item, (role, marker) in zip(published, cycle(_PUBLISHED), strict=False):
        if item.points is not None:
            points.append(flux_point_marks(item.points, item.label, role, marker))
        if item.spectrum is not None:
            lines.append(_published_line(item, x, role))
    return Plot(
        name="sed",
        title="SED",
        x=x,
        y=_range(lines, points, x, [line for line in lines if line.label in references]),
        x_label="Energy (TeV)",
        y_label=SED,
        log_x=True,
        log_y=True,
        lines=tuple(lines),
        points=tuple(points),
        bands=tuple(bands),
    )


def _published_line(item: Published, x: tuple[float, float], role: str) -> Line:
    energy = np.geomspace(*x, _POINTS)
    y = energy**2 * item.spectrum.evaluate_at(energy) * ERG
    label = item.label if item.points is None else ""
    return Line(label=label, x=energy, y=y, role=role, dash="dashed", width=1.2)


def _range(
    lines: list[Line], points: list[Points], x: tuple[float, float], references: list[Line]
) -> tuple[float, float]:
    """The range of what was measured and of references, which stands still while a model moves; else of the model."""
    seen = [seen_values(item, x) for item in points]
    measured = any((values > 0).any() for values in seen)
    return sed_range(references if measured else [*lines[:1], *references], seen)


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
