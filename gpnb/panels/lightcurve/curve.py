"""What a light-curve explorer draws: flux against time or phase, spectra of the chosen time and of the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gpnb.core.units import to_time
from gpnb.core.words import number, power
from gpnb.data.timeref import seconds_from
from gpnb.panels.lightcurve.axis import TimeAxis
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.panels.plot import MARKERS, Line, Points, SpectrumPlot, log_range
from gpnb.panels.spectrum.sed import ERG, SED, flux_point_marks
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series

_ROLES = ("accent", "model", "fine", "purple")
_DASHES = ("solid", "dashed", "dotted", "dash_dotted")
_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
Places = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Where points are along x, and the ends of their bars."""

UNITS = {"flux": "cm⁻² s⁻¹", "dnde": "TeV⁻¹ cm⁻² s⁻¹"}


@dataclass(frozen=True, eq=False)
class CurvePlot:
    """A plot with its own labels along x.

    Attributes
    ----------
    plot : SpectrumPlot
        Lines and points.
    ticks : dict
        Place → label.
    axis : TimeAxis, optional
        Where times are drawn; None for phases.
    chosen : tuple of float, optional
        The range of x that is chosen.
    """

    plot: SpectrumPlot
    ticks: dict[float, str]
    axis: TimeAxis | None
    chosen: tuple[float, float] | None


def shown_bands(curve: LightCurve, view: LightCurveView) -> list[int]:
    """The bands that are drawn."""
    return [band for band in view.bands if band < len(curve.e_ref)] or list(range(len(curve.e_ref)))


def band_words(curve: LightCurve, band: int) -> str:
    """A band for people: ``"0.7–30 TeV"``."""
    low, high = float(curve.e_min[band]), float(curve.e_max[band])
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{number(_short(float(curve.e_ref[band])))} TeV"
    return f"{number(_short(low))}–{number(_short(high))} TeV"


def curve_plot(work: CurveWork, view: LightCurveView) -> CurvePlot:
    """Flux against time, or against phase if the record has a frequency."""
    curve = work.curve(view)
    bands = shown_bands(curve, view)
    scale = 1.0 if view.log_y else _scale(curve, bands)
    axis = work.axis(view) if view.frequency is None else None
    x = places_of(work, view)
    points = [_marks(curve, band, x, scale, _look(place, len(bands))) for place, band in enumerate(bands)]
    y = _range(points, view.log_y)
    breaks = axis.breaks if axis else []
    lines = [Line("", np.array([place] * 2), np.array(y), "quiet", "dashed", 1.0) for place in breaks]
    lines += [_line(work, view, band, scale, place) for place, band in enumerate(bands)]
    plot = SpectrumPlot(
        "curve",
        "Light curve",
        "",
        axis.span if axis else (0.0, 1.0),
        y,
        "Time (MJD, TT)" if axis else phase_words(view),
        _flux_label(curve, bands, scale),
        log_x=False,
        log_y=view.log_y,
        lines=tuple(line for line in lines if len(line.x)),
        points=tuple(points),
    )
    return CurvePlot(plot, axis.ticks if axis else _TICKS, axis, _chosen(view, axis))


def spectrum_plot(work: CurveWork, view: LightCurveView, wait: bool = False) -> SpectrumPlot | None:
    """The spectrum of the chosen time beside that of the rest; None if they cannot be had.

    With `wait`, spectra that are not there yet are left out.
    """
    if not work.has_spectra(view):
        return None
    low, high = work.obj.maker.energy_range
    energy = np.geomspace(low, high, 80)
    model = energy**2 * work.obj.maker.target.spectral.evaluate_at(energy) * ERG
    lines = (Line("shape assumed", energy, model, "model", "dashed", 1.2),)
    points = _spectra(work, view) if work.knows_spectra(view) or not wait else []
    y = log_range([*(item.y for item in points), *(item.y_high for item in points)] or [model])
    facts = "" if points else "on its way"
    x = 0.85 * low, 1.18 * high
    return SpectrumPlot("sed", "Spectrum", facts, x, y, "Energy (TeV)", SED, lines=lines, points=tuple(points))


def _spectra(work: CurveWork, view: LightCurveView) -> list[Points]:
    inside, rest = work.spectra(view)
    words = ("all data", "text", "circle") if view.time is None else ("the rest", "quiet", "square")
    points = [] if rest is None else [flux_point_marks(rest, *words)]
    return points if inside is None else [*points, flux_point_marks(inside, "chosen time", "accent", "circle")]


def phase_words(view: LightCurveView) -> str:
    """What the axis of phases is of: the frequency and its derivatives."""
    rates = {"Hz s⁻¹": view.f1, "Hz s⁻²": view.f2}
    words = [f"{number(value)} {unit}" for unit, value in rates.items() if value]
    return ", ".join([f"Phase at {number_text(view.frequency)} Hz", *words])


def number_text(value: float | None) -> str:
    """A frequency with up to nine digits."""
    return f"{value:.9g}" if value is not None else ""


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
    return ("text", "circle") if count == 1 else (_ROLES[place % 4], MARKERS[place % 4])


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
    center, left, right, value, bottom, top = (part[good] for part in (*x, place, low, high))
    label = band_words(curve, band) if len(curve.e_ref) > 1 and len(center) else ""
    return Points(label, center, left, right, value, bottom, top, limit[good], *look)


def _line(work: CurveWork, view: LightCurveView, band: int, scale: float, place: int) -> Line:
    """What is drawn through the points of a band; empty for nothing."""
    look = _ROLES[place % 4], _DASHES[place % 4]
    if view.frequency is not None:
        return _mean_by_phase(work, view, band, scale, look)
    if view.blocks:
        return _block_line(work, view, band, scale, look)
    return Line("", np.zeros(0), np.zeros(0))


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
    return Line("", x, y, *look, 2.0)


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
    return Line("", x, np.repeat(mean, 2), *look, 2.0)


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
        return log_range([whole])
    if not len(whole):
        return 0.0, 1.0
    low, high = min(0.0, float(whole.min())), float(whole.max())
    room = 0.06 * (high - low or 1.0)
    return (low - room if low < 0 else 0.0), high + room


def _short(value: float) -> float:
    return float(f"{value:.3g}")
