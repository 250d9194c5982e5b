"""What stands below a light curve on the same axis: hardness, and series of other wavelengths."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.words import number, power, unit_text
from gpnb.data.timeref import seconds_from
from gpnb.panels.lightcurve.curve import Places, band_words, below_arrows, phases_of, places_of, points_of, shown_bands
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.panels.plot import Plot, Points
from gpnb.products.hardness import hardness_of
from gpnb.products.series import Series
from gpnb.stats.correlation import Correlation, pearson
from gpnb.stats.variability import chi2_constant

_LOOKS = (("purple", "diamond"), ("fine", "triangle-up"), ("model", "square"), ("accent", "circle"))
_PLAIN = (1e-2, 1e4)
"""Values of these sizes are written without a power of ten."""


def strip_plots(work: CurveWork, view: LightCurveView, frame: Plot) -> list[Plot]:
    """The plots below a light curve, with the same x as its own one."""
    made = [hardness_plot(work, view, frame)] if has_hardness(work, view) else []
    return [*made, *(series_plot(work, view, frame, place) for place in range(len(view.series)))]


def has_hardness(work: CurveWork, view: LightCurveView) -> bool:
    """Whether hardness is asked for, and there are two bands to take it from."""
    return view.hardness and len(shown_bands(work.curve(view), view)) > 1


def hardness_plot(work: CurveWork, view: LightCurveView, frame: Plot) -> Plot:
    """Hardness of the lowest and the highest band that are drawn."""
    curve, bands = work.curve(view), shown_bands(work.curve(view), view)
    soft, hard = min(bands), max(bands)
    value, error, is_ul = hardness_of(curve, soft, hard)
    points = _points(places_of(work, view), (value, error, error, value), is_ul, ("text", "circle"))
    points = replace(points, rows=np.flatnonzero(np.isfinite(value)).tolist())
    known = np.isfinite(error)
    test, facts = (
        chi2_constant(value[known], error[known]),
        [f"S {band_words(curve, soft)}, H {band_words(curve, hard)}"],
    )
    if test.dof:
        facts.append(f"constant: χ²/dof {test.stat:.1f}/{int(test.dof)}, p {short_p(test.p_value)}")
    return _strip("hardness", "Hardness", " · ".join(facts), frame, "(H − S)/(H + S)", points)


def series_plot(work: CurveWork, view: LightCurveView, frame: Plot, place: int) -> Plot:
    """One series of another wavelength."""
    series, look = work.series(view)[place], _LOOKS[place % len(_LOOKS)]
    scale = _scale(series)
    value, errn, errp, ul = (getattr(series, name) / scale for name in ("value", "errn", "errp", "ul"))
    x, there = _places(work, view, series)
    is_ul = series.is_ul & np.isfinite(ul)
    values = value[there], errn[there], errp[there], ul[there]
    points = _points((x[0][there], x[1][there], x[2][there]), values, is_ul[there], look)
    count = len(points.x) - int(points.limit.sum())
    words = [f"{count} value{'s' * (count != 1)}", *_limits(int(points.limit.sum()))]
    named = replace(points, label=", ".join(words))
    facts = correlation_words(work, view, place)
    return _strip(f"series {place}", series.name, facts, frame, _unit(series, scale), named)


def _unit(series: Series, scale: float) -> str:
    """The unit with its power of ten, as the title of an axis."""
    own = getattr(series.unit, "scale", 1.0)
    unit = series.unit if own == 1.0 else u.CompositeUnit(1, series.unit.bases, series.unit.powers)
    words = [power(own * scale) if own * scale != 1.0 else "", unit_text(unit)]
    return " ".join(filter(None, words)) or "value"


def hidden_points(work: CurveWork, view: LightCurveView, series: Series) -> int:
    """How many measurements lie outside the times that are drawn."""
    return int((~_places(work, view, series)[1]).sum()) if view.frequency is None else 0


def reaches_further(work: CurveWork, view: LightCurveView) -> bool:
    """Whether a series has measurements where nothing is drawn."""
    return any(hidden_points(work, view, item) for item in work.series(view))


def correlation_words(work: CurveWork, view: LightCurveView, place: int) -> str:
    """How a series goes with the first band that is drawn."""
    band = shown_bands(work.curve(view), view)[0]
    found = correlation(work, view, band, place)
    if not math.isfinite(found.r):
        return f"{found.n} simultaneous pair{'s' * (found.n != 1)}"
    return f"r {signed(found.r)} · {found.n} pairs · p {short_p(found.p_value)}"


def correlation(
    work: CurveWork, view: LightCurveView, band: int, place: int, kept: np.ndarray | None = None
) -> Correlation:
    """Pearson's coefficient of the simultaneous pairs of a band and a series, of all bins or of some."""
    curve, text = work.curve(view), view.series[place]
    first, second = work.pairs(view, band, text)
    flux, value = curve.column(curve.sed_type)[first, band], work.series(view)[place].value[second]
    chosen = slice(None) if kept is None else kept[first]
    return pearson(flux[chosen], value[chosen])


def signed(value: float) -> str:
    """A coefficient with its sign."""
    return f"{value:.2f}".replace("-", "−")


def _limits(count: int) -> list[str]:
    return [f"{count} upper limit{'s' * (count != 1)}"] if count else []


def _places(work: CurveWork, view: LightCurveView, series: Series) -> tuple[Places, np.ndarray]:
    """Where measurements are drawn, and which are."""
    folds = view.frequency is not None
    key = work.ephemeris(view) if folds else work.axis(view)
    return work.last(f"places {id(series)}", (series, key), lambda: _place(work, view, series))


def _place(work: CurveWork, view: LightCurveView, series: Series) -> tuple[Places, np.ndarray]:
    known = np.isfinite(series.value) | (series.is_ul & np.isfinite(series.ul))
    if view.frequency is not None:
        return phases_of(work, view, series), known
    axis = work.axis(view)
    start, stop = (seconds_from(end.tt, axis.reference) for end in (series.time_min, series.time_max))
    middle, low, high = (axis.place(item) for item in (0.5 * (start + stop), start, stop))
    inside = axis.shows(0.5 * (start + stop), 0.5 * (start + stop))
    return (np.where(inside, middle, 0.5 * (low + high)), low, high), known & axis.shows(start, stop)


def _points(
    x: Places,
    values: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    is_ul: np.ndarray,
    look: tuple[str, str],
) -> Points:
    """Values, errors down and up, and limits, as marks."""
    value, errn, errp, ul = values
    place = np.where(is_ul, ul, value)
    low, high = (np.where(is_ul, place, place + side) for side in (-np.nan_to_num(errn), np.nan_to_num(errp)))
    good = np.isfinite(place)
    return points_of(x, (place, low, high), is_ul, good, role=look[0], marker=look[1])


def _strip(name: str, title: str, facts: str, frame: Plot, y_label: str, points: Points) -> Plot:
    words: dict[str, Any] = {"name": name, "title": title, "facts": facts, "y_label": y_label}
    same = {part: getattr(frame, part) for part in ("x", "x_label", "x_ticks", "x_scale", "marks", "chosen")}
    return Plot(y=_range(points), points=(points,), **words, **same)


def _range(points: Points) -> tuple[float, float]:
    """A range that holds all points with their errors, and 0 where that is not far."""
    ends = np.concatenate([points.y, points.y_low, points.y_high])
    if not len(ends):
        return 0.0, 1.0
    low, high = float(ends.min()), float(ends.max())
    low = 0.0 if 0 < low < 0.6 * high else low
    room = 0.08 * ((high - low) or abs(high) or 1.0)
    return below_arrows(low if low == 0 else low - room, high + room, [points]), high + room


def _scale(series: Series) -> float:
    """The power of ten that values are given in; 1 for those of usual size."""
    values = np.abs(np.append(series.value, series.ul[series.is_ul]))
    top = float(np.nanmax(values, initial=0.0))
    return 1.0 if top == 0 or _PLAIN[0] <= top < _PLAIN[1] else 10.0 ** math.floor(math.log10(top))


def short_p(value: float) -> str:
    """A probability in few digits."""
    return "< 10⁻¹⁰" if value < 1e-10 else number(float(f"{value:.2g}"))
