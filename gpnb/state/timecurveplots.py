"""What a light-curve explorer draws: flux against time or phase, spectra of the chosen time and of the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gpnb.core.units import to_time
from gpnb.core.words import number, power
from gpnb.data.timeref import seconds_from
from gpnb.products.light_curve import LightCurve
from gpnb.state.lightcurveview import LightCurveView
from gpnb.state.plotparts import MARKERS, Line, Points, SpectrumPlot, log_range
from gpnb.state.sedplot import ERG, SED, flux_point_marks
from gpnb.state.timeaxis import TimeAxis
from gpnb.state.timecurve import CurveWork, kind_of, measured

_ROLES = ("accent", "model", "fine", "purple")
_DASHES = ("solid", "dashed", "dotted", "dash_dotted")
_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
_UNITS = {"flux": "cm⁻² s⁻¹", "dnde": "TeV⁻¹ cm⁻² s⁻¹"}


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
    folded = view.frequency is not None
    axis = None if folded else work.axis(view)
    x = _phases(work, view) if axis is None else _times(curve, axis)
    points = [_marks(curve, band, x, scale, _look(number, len(bands))) for number, band in enumerate(bands)]
    lines: list[Line] = []
    for number, band in enumerate(bands):
        look = _ROLES[number % 4], _DASHES[number % 4]
        if axis is None:
            lines.append(_mean_by_phase(work, view, band, scale, look))
        elif view.blocks:
            lines.append(_block_line(work, view, band, scale, look))
    y = _range(points, view.log_y)
    span = (0.0, 1.0) if axis is None else axis.span
    ends = [Line("", np.array([place, place]), np.array(y), "quiet", "dashed", 1.0) for place in axis.breaks] if axis else []
    x_label = f"Phase at {number_text(view.frequency)} Hz" if folded else "Time (MJD, TT)"
    plot = SpectrumPlot(
        "curve",
        "Light curve",
        "",
        span,
        y,
        x_label,
        _flux_label(curve, bands, scale),
        log_x=False,
        log_y=view.log_y,
        lines=tuple(line for line in (*ends, *lines) if len(line.x)),
        points=tuple(points),
    )
    ticks = _TICKS if axis is None else axis.ticks
    return CurvePlot(plot, ticks, axis, _chosen(view, axis))


def spectrum_plot(work: CurveWork, view: LightCurveView) -> SpectrumPlot | None:
    """The spectrum of the chosen time beside that of the rest; None if they cannot be had."""
    if not work.has_spectra(view):
        return None
    inside, rest = work.spectra(view)
    words = ("all data", "text", "circle") if view.time is None else ("the rest", "quiet", "square")
    points = [] if rest is None else [flux_point_marks(rest, *words)]
    if inside is not None:
        points.append(flux_point_marks(inside, "chosen time", "accent", "circle"))
    low, high = work.obj.maker.energy_range
    energy = np.geomspace(low, high, 80)
    model = energy**2 * work.obj.maker.target.spectral.evaluate_at(energy) * ERG
    lines = (Line("shape assumed", energy, model, "model", "dashed", 1.2),)
    y = log_range([*(item.y for item in points), *(item.y_high for item in points)])
    return SpectrumPlot(
        "sed", "Spectrum", "", (0.85 * low, 1.18 * high), y, "Energy (TeV)", SED, lines=lines, points=tuple(points)
    )


def number_text(value: float | None) -> str:
    """A frequency with up to nine digits."""
    return f"{value:.9g}" if value is not None else ""


def _times(curve: LightCurve, axis: TimeAxis) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high = (axis.place(seconds_from(end, axis.reference)) for end in (curve.time_min, curve.time_max))
    return 0.5 * (low + high), low, high


def _phases(work: CurveWork, view: LightCurveView) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    phase, half = work.phases(view), 0.5 * work.curve(view).width.value * (view.frequency or 0.0)
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
    kind = kind_of(curve)
    y, errn, errp, ul = (curve.column(f"{kind}{end}")[:, band] / scale for end in ("", "_errn", "_errp", "_ul"))
    limit = curve.is_ul[:, band] & np.isfinite(ul)
    place = np.where(limit, ul, y)
    low, high = (np.where(limit, place, y + side) for side in (-np.nan_to_num(errn), np.nan_to_num(errp)))
    good = np.isfinite(place)
    parts = (part[good] for part in (*x, place, low, high, limit))
    return Points(band_words(curve, band), *parts, *look)


def _block_line(work: CurveWork, view: LightCurveView, band: int, scale: float, look: tuple[str, str]) -> Line:
    """Steps of the Bayesian blocks, broken where a pause is cut short."""
    curve, axis = work.curve(view), work.axis(view)
    rows = work.blocks(view, band)
    if not len(rows):
        return Line("", np.zeros(0), np.zeros(0))
    _, low, high = _times(curve, axis)
    starts, stops = low[rows[:, 0].astype(int)], high[rows[:, 1].astype(int)]
    middles = 0.5 * (stops[:-1] + starts[1:])
    x = np.column_stack([np.append(starts[0], middles), np.append(middles, stops[-1])]).ravel()
    y = np.repeat(rows[:, 2] / scale, 2)
    for place in axis.breaks:
        x, y = _broken(x, y, place, high, low)
    return Line("", x, y, *look, 2.0)


def _broken(x: np.ndarray, y: np.ndarray, place: float, ends: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The line without the part between the last bin before a pause and the first after it."""
    before, after = ends[ends < place].max(), starts[starts > place].min()
    left, right = x < place, x >= place
    y_left, y_right = y[left][-1], y[right][0]
    new_x = np.concatenate([np.minimum(x[left], before), [before, after, after], np.maximum(x[right], after)])
    new_y = np.concatenate([y[left], [y_left, np.nan, y_right], y[right]])
    return new_x, new_y


def _mean_by_phase(work: CurveWork, view: LightCurveView, band: int, scale: float, look: tuple[str, str]) -> Line:
    """Weighted mean flux in bins of phase."""
    curve, kind = work.curve(view), kind_of(work.curve(view))
    known = measured(curve, band)
    weight = 1 / curve.column(f"{kind}_err")[known, band] ** 2
    number = np.minimum((work.phases(view)[known] * view.phase_bins).astype(int), view.phase_bins - 1)
    total = np.bincount(number, weight, view.phase_bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(number, weight * curve.column(kind)[known, band] / scale, view.phase_bins) / total
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
    values = np.abs(curve.column(kind_of(curve))[:, bands])
    top = float(np.nanmax(values, initial=0.0))
    return 10.0 ** math.floor(math.log10(top)) if top > 0 else 1.0


def _flux_label(curve: LightCurve, bands: list[int], scale: float) -> str:
    kind = kind_of(curve)
    unit = _UNITS[kind] if scale == 1.0 else f"{power(scale)} {_UNITS[kind]}"
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
