"""What a light-curve explorer says: bins, variability of all, of the chosen time and of the rest, the table of bins."""

from __future__ import annotations

import math

import numpy as np

from gpnb.panels.columns import Column
from gpnb.panels.lightcurve.curve import UNITS, band_words, shown_bands
from gpnb.panels.lightcurve.strips import correlation, hardness_of, has_hardness, hidden_points, short_p, signed
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork, kind_of, measured
from gpnb.panels.spectrum.words import value_words
from gpnb.products.light_curve import LightCurve
from gpnb.stats import chi2_constant, doubling_time, fvar, fvar_limit

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
    return f"{len(width)} bins"


def curve_words(work: CurveWork, view: LightCurveView) -> str:
    """Bins and variability of the first band that is shown, in one line."""
    curve = work.curve(view)
    band = shown_bands(curve, view)[0]
    words = [bin_words(work, view)]
    if view.frequency is not None:
        words.append(f"mean in {view.phase_bins} bins of phase")
    elif view.blocks and len(work.blocks(view, band)):
        words.append("Bayesian blocks")
    found = variability(curve, band, np.ones(len(curve), dtype=bool))
    said = {"Fᵥₐᵣ": found[4], "χ²/dof": found[5].replace(" ", ""), "doubles in": found[7] and f"{found[7]} min"}
    return " · ".join([*words, *(f"{name} {text}" for name, text in said.items() if text and _NONE not in text)])


def facts_of(work: CurveWork, view: LightCurveView) -> str:
    """The source, how many bins of how many runs, in which bands."""
    curve = work.curve(view)
    runs = len({run for ids in curve.obs_ids for run in ids})
    bands = ", ".join(band_words(curve, band) for band in shown_bands(curve, view))
    words = [curve.name, f"{len(curve)} bins of {runs} runs" if runs else f"{len(curve)} bins", bands]
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
    curve, parts, rows = work.curve(view), _parts(work, view), []
    for band in shown_bands(curve, view):
        for place, (name, kept) in enumerate(parts.items()):
            found = variability(curve, band, kept)
            rows.append(["" if place else found[0], name, *found[2:]])
    return rows


def variability(curve: LightCurve, band: int, kept: np.ndarray) -> list[str]:
    """Number of points, weighted mean, F_var, χ² against constant, its probability, doubling time, as text."""
    kind = kind_of(curve)
    good = kept & measured(curve, band)
    flux, error = curve.column(kind)[good, band], curve.column(f"{kind}_err")[good, band]
    title = band_words(curve, band)
    if not good.any():
        return [title, "", "0", *[_NONE] * 5]
    weight = 1 / error**2
    mean = _value((weight * flux).sum() / weight.sum(), weight.sum() ** -0.5)
    if good.sum() < 2:
        return [title, "", "1", mean, *[_NONE] * 4]
    minutes = (curve.time - curve.time[0]).to_value("min")[good]
    order = np.argsort(minutes)
    rising = doubling_time(minutes[order], flux[order], error[order], curve.is_ul[good, band][order])
    constant = chi2_constant(flux, error)
    test = f"{constant.stat:.1f} / {int(constant.dof)}"
    return [
        title,
        "",
        str(int(good.sum())),
        mean,
        _fvar(flux, error),
        test,
        _probability(constant.p_value),
        _value(*rising),
    ]


def bin_table(curve: LightCurve, bands: list[int]) -> tuple[list[Column], list[list[str]]]:
    """One row a bin: when, which runs, and of each band flux (or upper limit) and significance."""
    kind = kind_of(curve)
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


def _fvar(flux: np.ndarray, error: np.ndarray) -> str:
    value, side = fvar(flux, error)
    if math.isfinite(value):
        return _value(value, side)
    limit = fvar_limit(flux, error)
    return f"< {limit:.2g}" if math.isfinite(limit) else _NONE


def _value(value: float, error: float) -> str:
    if not math.isfinite(value):
        return _NONE
    text, scale = value_words(value, error)
    return f"({text}) × {scale}" if scale and "±" in text else f"{text} × {scale}" if scale else text


def _plain(value: float) -> str:
    return f"{value:.1f}".replace("-", "−") if math.isfinite(value) else _NONE


def _probability(value: float) -> str:
    return short_p(value) if math.isfinite(value) else _NONE
