"""What a light-curve explorer draws: flux against time or phase, spectra of the chosen time and of the rest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gpnb.core.units import to_time
from gpnb.core.words import number, power
from gpnb.data.timeref import seconds_from
from gpnb.panels.flux_marks import ERG, SED, flux_point_marks
from gpnb.panels.lightcurve.axis import TimeAxis
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.panels.plot import Line, Plot, Points, Rule, log_range, look
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series

_ARROW = 0.12
"""Of the height of a plot, that the arrow of an upper limit takes with some room."""

_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
Places = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Where points are along x, and the ends of their bars."""

UNITS = {"flux": "cm⁻² s⁻¹", "dnde": "TeV⁻¹ cm⁻² s⁻¹"}

_TURNS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
"""Seconds of the units that turns are told in, of which one is used that is no longer than a turn."""


def shown_bands(curve: LightCurve, view: LightCurveView) -> list[int]:
    """The bands that are drawn."""
    return [band for band in view.bands if band < len(curve.e_ref)] or list(range(len(curve.e_ref)))


def band_words(curve: LightCurve, band: int) -> str:
    """A band for people: ``"0.7–30 TeV"``."""
    low, high = float(curve.e_min[band]), float(curve.e_max[band])
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{number(_short(float(curve.e_ref[band])))} TeV"
    return f"{number(_short(low))}–{number(_short(high))} TeV"


def curve_plot(work: CurveWork, view: LightCurveView) -> Plot:
    """Flux against time, or against phase if the record has a frequency."""
    curve = work.curve(view)
    bands = shown_bands(curve, view)
    scale = 1.0 if view.log_y else _scale(curve, bands)
    axis = work.axis(view) if view.frequency is None else None
    x = places_of(work, view)
    points = [_marks(curve, band, x, scale, _look(place, len(bands))) for place, band in enumerate(bands)]
    y = _range(points, view.log_y)
    lines = [_line(work, view, band, scale, place) for place, band in enumerate(bands)]
    return Plot(
        name="curve",
        title="Light curve",
        x=axis.span if axis else (0.0, 1.0),
        y=y,
        x_label="Time (MJD, TT)" if axis else phase_words(view),
        y_label=_flux_label(curve, bands, scale),
        log_y=view.log_y,
        x_ticks=axis.ticks if axis else _TICKS,
        x_scale=axis.scale if axis else None,
        lines=tuple(line for line in lines if len(line.x)),
        points=tuple(points),
        marks=tuple(Rule(value=place) for place in axis.breaks) if axis else (),
        chosen=_chosen(view, axis),
    )


def spectrum_plot(work: CurveWork, view: LightCurveView, wait: bool = False) -> Plot | None:
    """The spectrum of the chosen time beside that of the rest; None if they cannot be had.

    With `wait`, spectra that are not there yet are left out.
    """
    if not work.has_spectra(view):
        return None
    low, high = work.obj.maker.energy_range
    energy = np.geomspace(low, high, 80)
    model = energy**2 * work.obj.maker.target.spectral.evaluate_at(energy) * ERG
    lines = (Line(label="shape assumed", x=energy, y=model, dash="dashed", width=1.2),)
    points = _spectra(work, view) if work.knows_spectra(view) or not wait else []
    y = log_range([*(item.y for item in points), *(item.y_high for item in points)] or [model])
    return Plot(
        name="sed",
        title="Spectrum",
        facts="" if points else "on its way",
        x=(0.85 * low, 1.18 * high),
        y=y,
        x_label="Energy (TeV)",
        y_label=SED,
        log_x=True,
        log_y=True,
        lines=lines,
        points=tuple(points),
    )


def _spectra(work: CurveWork, view: LightCurveView) -> list[Points]:
    inside, rest = work.spectra(view)
    words = ("all data", "text", "circle") if view.time is None else ("the rest", "quiet", "square")
    points = [] if rest is None else [flux_point_marks(rest, *words)]
    return points if inside is None else [*points, flux_point_marks(inside, "chosen time", "accent", "circle")]


def phase_words(view: LightCurveView) -> str:
    """What the axis of phases is of: the frequency and its derivatives."""
    rates = {"Hz s⁻¹": view.f1, "Hz s⁻²": view.f2}
    words = [f"{number(value)} {unit}" for unit, value in rates.items() if value]
    return "Phase" if view.frequency is None else f"Phase ({', '.join([turn_words(view.frequency), *words])})"


def turn_words(frequency: float | None) -> str:
    """How fast or how long a turn is, with up to nine digits: as one speaks of pulsars, and of orbits."""
    if frequency is None:
        return ""
    if frequency >= 1:
        return f"{frequency:.9g} Hz"
    size, unit = next((size, unit) for size, unit in _TURNS if frequency * size <= 1)
    return f"{1 / frequency / size:.9g} {unit}"


def _times(curve: LightCurve, axis: TimeAxis) -> Places:
    low, high = (axis.place(seconds_from(end, axis.reference)) for end in (curve.time_min, curve.time_max))
    return 0.5 * (low + high), low, high


def places_of(work: CurveWork, view: LightCurveView) -> Places:
    """Where the bins of the light curve are drawn."""
    curve = work.curve(view)
    return phases_of(work, view, curve) if view.frequency is not None else _times(curve, work.axis(view))


def phases_of(work: CurveWork, view: LightCurveView, item: LightCurve | Series) -> Places:
    """Phases of the middles of bins, and of their ends within the turn."""
    made = work.ephemeris(view)
    phase = made.phase(item.time)
    first, last = (made.turns(made.seconds(end)) for end in (item.time_min, item.time_max))
    half = 0.5 * np.abs(last - first)
    return phase, np.maximum(phase - half, 0.0), np.minimum(phase + half, 1.0)


def _look(place: int, count: int) -> tuple[str, str]:
    role, _, marker = look(place)
    return ("text", "circle") if count == 1 else (role, marker)


def _marks(
    curve: LightCurve,
    band: int,
    x: tuple[np.ndarray, np.ndarray, np.ndarray],
    scale: float,
    look: tuple[str, str],
) -> Points:
    """Fluxes with their errors; what is not significant is an upper limit."""
    kind = curve.sed_type
    y, errn, errp, ul = (curve.column(f"{kind}{end}")[:, band] / scale for end in ("", "_errn", "_errp", "_ul"))
    limit = curve.is_ul[:, band] & np.isfinite(ul)
    place = np.where(limit, ul, y)
    low, high = (np.where(limit, place, y + side) for side in (-np.nan_to_num(errn), np.nan_to_num(errp)))
    good = np.isfinite(place)
    label = band_words(curve, band) if len(curve.e_ref) > 1 and good.any() else ""
    rows = np.flatnonzero(good)
    notes = bin_notes(curve, rows, curve.sqrt_ts[rows, band])
    return points_of(
        x, (place, low, high), limit, good, label=label, role=look[0], marker=look[1], rows=rows.tolist(), notes=notes
    )


def bin_notes(curve: LightCurve, rows: np.ndarray, root: np.ndarray) -> dict[str, list[str]]:
    """What is known of bins of time beside their flux: runs and significance."""
    runs = [", ".join(map(str, curve.obs_ids[row])) for row in rows] if curve.obs_ids else [""] * len(rows)
    return {"Run": runs, "√TS": [f"{value:.1f}".replace("-", "−") if np.isfinite(value) else "" for value in root]}


def points_of(x: Places, y: Places, limit: np.ndarray, good: np.ndarray, **more: Any) -> Points:
    """The good ones of some values, with the ends of their bars."""
    names = ("x", "x_low", "x_high", "y", "y_low", "y_high")
    return Points(limit=limit[good], **{name: part[good] for name, part in zip(names, (*x, *y), strict=True)}, **more)


def _line(work: CurveWork, view: LightCurveView, band: int, scale: float, place: int) -> Line:
    """What is drawn through the points of a band; empty for nothing."""
    colour_and_dash = look(place)[:2]
    if view.frequency is not None:
        return _mean_by_phase(work, view, band, scale, colour_and_dash)
    if view.blocks:
        return _block_line(work, view, band, scale, colour_and_dash)
    return Line(x=np.zeros(0), y=np.zeros(0))


def _block_line(work: CurveWork, view: LightCurveView, band: int, scale: float, look: tuple[str, str]) -> Line:
    """Steps of the Bayesian blocks, broken where a pause is cut short."""
    curve, axis = work.curve(view), work.axis(view)
    _, low, high = _times(curve, axis)
    rows = work.blocks(view, band)
    spans = [(low[int(first)], high[int(last)], flux / scale) for first, last, flux in rows]
    pieces = [piece for start, stop, flux in spans for piece in _pieces(start, stop, flux, axis.breaks, low, high)]
    x, y = np.zeros(0), np.zeros(0)
    for start, stop, flux in pieces:
        first = start
        if len(x) and not any(x[-1] < place < start for place in axis.breaks):
            x[-1] = first = 0.5 * (x[-1] + start)
        elif len(x):
            x, y = np.append(x, x[-1]), np.append(y, np.nan)
        x, y = np.append(x, [first, stop]), np.append(y, [flux, flux])
    return Line(x=x, y=y, role=look[0], dash=look[1])


def _pieces(
    start: float, stop: float, flux: float, breaks: list[float], low: np.ndarray, high: np.ndarray
) -> list[tuple[float, float, float]]:
    """A block, cut where a pause is cut short."""
    inside = [place for place in breaks if start < place < stop]
    starts = [start, *(float(low[low > place].min()) for place in inside)]
    stops = [*(float(high[high < place].max()) for place in inside), stop]
    return [(first, last, flux) for first, last in zip(starts, stops, strict=True)]


def _mean_by_phase(work: CurveWork, view: LightCurveView, band: int, scale: float, look: tuple[str, str]) -> Line:
    """Weighted mean flux in bins of phase."""
    curve, kind = work.curve(view), work.curve(view).sed_type
    known = curve.measured[:, band]
    weight = 1 / curve.column(f"{kind}_err")[known, band] ** 2
    owner = np.minimum((work.phases(view)[known] * view.phase_bins).astype(int), view.phase_bins - 1)
    total = np.bincount(owner, weight, view.phase_bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(owner, weight * curve.column(kind)[known, band] / scale, view.phase_bins) / total
    edges = np.arange(view.phase_bins + 1) / view.phase_bins
    x = np.column_stack([edges[:-1], edges[1:]]).ravel()
    return Line(x=x, y=np.repeat(mean, 2), role=look[0], dash=look[1])


def _chosen(view: LightCurveView, axis: TimeAxis | None) -> tuple[float, float] | None:
    """The chosen range along x."""
    if axis is None:
        return view.phase if view.phase is not None and view.phase[0] < view.phase[1] else None
    if view.time is None:
        return None
    low, high = (float(axis.places_of(to_time(text))) for text in view.time)
    return (low, high) if low < high else None


def _scale(curve: LightCurve, bands: list[int]) -> float:
    """The power of ten that fluxes are given in."""
    values = np.abs(curve.column(curve.sed_type)[:, bands])
    top = float(np.nanmax(values, initial=0.0))
    return 10.0 ** math.floor(math.log10(top)) if top > 0 else 1.0


def _flux_label(curve: LightCurve, bands: list[int], scale: float) -> str:
    kind = curve.sed_type
    unit = UNITS[kind] if scale == 1.0 else f"{power(scale)} {UNITS[kind]}"
    if kind == "dnde":
        return f"dN/dE ({unit})"
    return f"F ({unit})" if len(bands) > 1 else f"F {band_words(curve, bands[0])} ({unit})"


def _range(points: list[Points], log: bool) -> tuple[float, float]:
    """A range that holds all points with their errors."""
    ends = [values[np.isfinite(values)] for item in points for values in (item.y_low, item.y_high, item.y)]
    whole = np.concatenate(ends) if ends else np.zeros(0)
    if log:
        low, high = log_range([whole])
        return below_arrows(low, high, points, log=True), high
    if not len(whole):
        return 0.0, 1.0
    low, high = min(0.0, float(whole.min())), float(whole.max())
    room = 0.06 * (high - low or 1.0)
    return below_arrows(low - room if low < 0 else 0.0, high + room, points), high + room


def below_arrows(low: float, high: float, points: list[Points], log: bool = False) -> float:
    """The lower end of a range, further down where arrows of upper limits would leave it."""
    ends = np.concatenate([item.y[item.limit] for item in points] or [np.zeros(0)])
    ends = ends[np.isfinite(ends) & ((ends > 0) | (not log))]
    if not len(ends):
        return low
    least = float(ends.min())
    if log:
        return float(min(low, least / (high / least) ** (_ARROW / (1 - _ARROW))))
    return min(low, (least - _ARROW * high) / (1 - _ARROW))


def _short(value: float) -> float:
    return float(f"{value:.3g}")
