"""What a light-curve explorer says: bins, variability of all, of the chosen time and of the rest, the table of bins."""

from __future__ import annotations

import math

import numpy as np

from gpnb.core.words import counted, number, value_words
from gpnb.estimate.variability import measures
from gpnb.panels.columns import Column
from gpnb.panels.lightcurve.curve import UNITS, band_words, shown_bands
from gpnb.panels.lightcurve.strips import correlation, has_hardness, hidden_points, short_p, signed
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.products.hardness import hardness_of
from gpnb.products.light_curve import LightCurve
from gpnb.products.variability import Variability

_NONE = "–"
_NAMES = {"run": "one bin a run", "night": "one bin a night", "bayesian-blocks": "one bin a block of runs"}

NUMBERS = [
    Column("Band"),
    Column("Bins"),
    Column("Number", number=True),
    Column("Mean flux", "cm⁻² s⁻¹", number=True),
    Column("Fᵥₐᵣ", number=True),
    Column("χ² / dof", number=True),
    Column("p", number=True),
    Column("Doubles in", "min", number=True),
    Column("Between", "MJD"),
]
"""Of the table of variability."""

CORRELATIONS = [
    Column("Series"),
    Column("Band"),
    Column("Bins"),
    Column("Simultaneous pairs", number=True),
    Column("Pearson r", number=True),
    Column("p", number=True),
]
"""Of the table of correlations with other wavelengths."""


def bin_words(work: CurveWork, view: LightCurveView) -> str:
    """The bins of time in words."""
    made = work.bins(view) or str(work.obj.recipe.kwargs.get("bins", ""))
    if made in _NAMES:
        return _NAMES[made]
    width = work.curve(view).width.to_value("min")
    if np.allclose(width, width[0], rtol=1e-3):
        return f"{width[0]:.4g} min bins"
    return counted(len(width), "bin")


def curve_words(work: CurveWork, view: LightCurveView) -> str:
    """Bins and variability of the first band that is shown, in one line."""
    curve = work.curve(view)
    band = shown_bands(curve, view)[0]
    words = [bin_words(work, view)]
    if view.frequency is not None:
        words.append(f"mean in {view.phase_bins} bins of phase")
    elif view.blocks and len(work.blocks(view, band)):
        words.append("Bayesian blocks")
    _, _, fvar, chi2, _, doubling, _ = variability_words(curve, measures_of(work, view), band)
    said = {"Fᵥₐᵣ": fvar, "χ²/dof": chi2.replace(" ", ""), "doubles in": f"{doubling} min"}
    return " · ".join([*words, *(f"{name} {text}" for name, text in said.items() if text and _NONE not in text)])


def facts_of(work: CurveWork, view: LightCurveView) -> str:
    """The source, how many bins of how many runs, in which bands."""
    curve = work.curve(view)
    runs = len({run for ids in curve.obs_ids for run in ids})
    bands = ", ".join(band_words(curve, band) for band in shown_bands(curve, view))
    of_runs = f" of {counted(runs, 'run')}" if runs else ""
    words = [curve.name, f"{counted(len(curve), 'bin')}{of_runs}", bands]
    return " · ".join(word for word in words if word)


def notes_of(work: CurveWork, view: LightCurveView) -> list[str]:
    """Points that are not known, and what cannot be done with this light curve."""
    curve = work.curve(view)
    bands = shown_bands(curve, view)
    empty, limits = (
        int(part[:, bands].sum()) for part in (~np.isfinite(curve.norm) & ~np.isfinite(curve.norm_ul), curve.is_ul)
    )
    notes = [f"{empty} point{'s' * (empty != 1)} without usable data"] if empty else []
    notes += [f"{limits} upper limit{'s' * (limits != 1)}"] if limits else []
    notes += curve.notes
    if overlaps := measures_of(work, view).overlaps:
        notes.append(f"{overlaps} bin{'s' * (overlaps != 1)} overlap others in time: they count as independent")
    notes += _strip_notes(work, view)
    if not work.can_rebin and (view.energy is not None or view.bins or view.edges):
        notes.append("its data are not known here: bins and energies stay as they are")
    return notes


def _strip_notes(work: CurveWork, view: LightCurveView) -> list[str]:
    """What strips below the light curve leave out."""
    curve, bands, notes = work.curve(view), shown_bands(work.curve(view), view), []
    if has_hardness(work, view):
        unknown = int((~np.isfinite(hardness_of(curve, min(bands), max(bands))[0])).sum())
        notes += [f"hardness of {unknown} bin{'s' * (unknown != 1)} not known"] if unknown else []
    for series in work.series(view):
        hidden = hidden_points(work, view, series)
        notes += [f"{series.name}: {hidden} of {len(series)} outside the times shown"] if hidden else []
    return notes


def correlation_rows(work: CurveWork, view: LightCurveView) -> list[list[str]]:
    """How each series goes with each band, in all bins, and in the chosen ones and the rest where some are chosen."""
    rows, curve = [], work.curve(view)
    for place, series in enumerate(work.series(view)):
        title = series.name
        for band in shown_bands(curve, view):
            words = band_words(curve, band)
            for name, kept in _parts(work, view).items():
                found = correlation(work, view, band, place, kept)
                known = math.isfinite(found.r)
                cells = [signed(found.r), short_p(found.p_value)] if known else [_NONE, _NONE]
                rows.append([title, words, name, str(found.n), *cells])
                title = words = ""
    return rows


def _parts(work: CurveWork, view: LightCurveView) -> dict[str, np.ndarray]:
    """All bins; the chosen ones and the rest, where some are chosen."""
    inside = work.inside(view)
    parts = {"all": np.ones(len(inside), dtype=bool)}
    return parts if inside.all() else parts | {"chosen": inside, "rest": ~inside}


def number_rows(work: CurveWork, view: LightCurveView) -> list[list[str]]:
    """Variability a band: of all bins, and of the chosen ones and the rest where some are chosen."""
    curve = work.curve(view)
    parts = _parts(work, view) | {"all": None}
    found = {name: measures_of(work, view, name, kept) for name, kept in parts.items()}
    rows = []
    for band in shown_bands(curve, view):
        for place, (name, item) in enumerate(found.items()):
            rows.append(["" if place else band_words(curve, band), name, *variability_words(curve, item, band)])
    return rows


def measures_of(
    work: CurveWork, view: LightCurveView, name: str = "all", kept: np.ndarray | None = None
) -> Variability:
    """What `gpnb.variability` finds, of all bins or of some, under a name by which it is kept."""
    curve = work.curve(view)
    key = curve, None if kept is None else kept.tobytes()
    return work.last(f"variability {name}", key, lambda: measures(curve, kept))


def variability_words(curve: LightCurve, found: Variability, band: int) -> list[str]:
    """Number of points, mean, F_var, χ² against constant, its probability, doubling time and between which bins."""
    points, dof = int(found.points[band]), int(found.dof[band])
    fvar = _value(found.fvar[band], found.fvar_err[band])
    if fvar == _NONE and math.isfinite(found.fvar_ul[band]):
        fvar = f"< {found.fvar_ul[band]:.2g}"
    return [
        str(points),
        _value(found.mean_flux[band], found.mean_flux_err[band]),
        fvar,
        f"{found.chi2[band]:.1f} / {dof}" if dof else _NONE,
        _probability(found.p_value[band]),
        *_doubling_words(curve, found, band),
    ]


def _doubling_words(curve: LightCurve, found: Variability, band: int) -> tuple[str, str]:
    """Minutes, or a lower limit, and the middles of the two bins."""
    value, error, least = (found.quantity(f"doubling{end}")[band].to_value("min") for end in ("", "_err", "_ll"))
    words = _value(value, error)
    if words == _NONE and math.isfinite(least):
        words = f"> {number(float(f'{least:.3g}'))}"
    first, last = found.doubling_pair[band]
    if words == _NONE:
        return words, _NONE
    return words, "–".join(f"{curve.time[int(row)].tt.mjd:.5f}" for row in (first, last))


def bin_table(curve: LightCurve, bands: list[int]) -> tuple[list[Column], list[list[str]]]:
    """One row a bin: when, which runs, and of each band flux (or upper limit) and significance."""
    kind = curve.sed_type
    columns = [Column("Start", "MJD"), Column("Length", "min", number=True), Column("Runs")]
    columns += [item for band in bands for item in _band_columns(curve, band, kind, len(bands))]
    flux, error, limit = (curve.column(f"{kind}{end}") for end in ("", "_err", "_ul"))
    root, mjd, minutes = curve.sqrt_ts, curve.time_min.tt.mjd, curve.width.to_value("min")
    rows = []
    for row in range(len(curve)):
        cells = [
            f"{mjd[row]:.5f}",
            f"{minutes[row]:.1f}",
            ", ".join(map(str, curve.obs_ids[row])) if curve.obs_ids else "",
        ]
        for band in bands:
            value, side, most = (float(part[row, band]) for part in (flux, error, limit))
            bounded = curve.is_ul[row, band] and math.isfinite(most)
            cells += [f"< {_value(most, math.nan)}" if bounded else _value(value, side), _plain(float(root[row, band]))]
        rows.append(cells)
    return columns, rows


def _band_columns(curve: LightCurve, band: int, kind: str, count: int) -> list[Column]:
    words = f" {band_words(curve, band)}" if count > 1 else ""
    return [Column(f"Flux{words}", UNITS[kind], number=True), Column("√TS", number=True)]


def selected_of(work: CurveWork, view: LightCurveView) -> LightCurve:
    """The light curve of the chosen time.

    Raises
    ------
    SelectionError
        If no bin lies in it.
    """
    curve = work.curve(view)
    if view.time is None:
        return curve
    return curve.select(view.time)


def _value(value: float, error: float) -> str:
    if not math.isfinite(value):
        return _NONE
    text, scale = value_words(value, error)
    return f"({text}) × {scale}" if scale and "±" in text else f"{text} × {scale}" if scale else text


def _plain(value: float) -> str:
    return f"{value:.1f}".replace("-", "−") if math.isfinite(value) else _NONE


def _probability(value: float) -> str:
    return short_p(value) if math.isfinite(value) else _NONE
