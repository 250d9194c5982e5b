"""Profiles of −2 ln L and confidence contours."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import labelled, power, value_words
from gpnb.panels.fit.work import LEVELS
from gpnb.panels.plot import Line, Plot, Points, Rule, Spans
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork


def profile_plots(work: SpectrumWork, view: SpectrumView) -> list[Plot]:
    """−2 ln L along each free parameter, above the minimum, with its best value and where it rises by 1."""
    made = []
    for name, table in work.profiles(view).items():
        factor, label = _scale(table["value"], _short(name))
        values, delta = _plain(table["value"]) * factor, np.asarray(table["delta"], dtype=float)
        top = max(1.2, min(float(delta.max()), 12.0))
        x = (float(values.min()), float(values.max()))
        words: dict[str, Any] = {"title": _short(name), "x_label": label, "y_label": "Δ(−2 ln L)"}
        best, low, high = _interval(values, delta)
        error = (best - low, high - best) if np.isfinite([low, high]).all() else np.nan
        words |= {"facts": value_words(best, error)[0], "marks": (Rule(value=best, role="accent"),)}
        inside = tuple(np.clip(np.nan_to_num([low, high], nan=best), *x).tolist())
        spans = (Spans(ranges=[inside], role="accent"),) if inside[0] < inside[1] else ()
        rules = (Rule(value=1.0, label="1 σ"), Rule(value=4.0, label="2 σ", dash="dotted"))
        lines = (Line(x=values, y=delta),)
        made.append(Plot(name=name, x=x, y=(0.0, top), lines=lines, rules=rules, spans=spans, **words))
    return made


def _interval(values: np.ndarray, delta: np.ndarray) -> tuple[float, float, float]:
    """The best value, and where −2 ln L is 1 above its least on both sides; NaN where it is not within the profile."""
    order = np.argsort(values)
    values, delta = values[order], delta[order]
    best = int(np.argmin(delta))
    sides = (slice(best, None, -1), slice(best, None))
    low, high = (_first(values[side], delta[side]) for side in sides)
    return float(values[best]), low, high


def _first(values: np.ndarray, delta: np.ndarray) -> float:
    """Where a curve that begins below 1 first reaches it."""
    above = np.flatnonzero(delta >= 1.0)
    if not len(above) or above[0] == 0:
        return float("nan")
    ends = slice(above[0] - 1, above[0] + 1)
    return float(np.interp(1.0, delta[ends], values[ends]))


def contour_plot(work: SpectrumWork, view: SpectrumView) -> Plot:
    """Confidence contours of two parameters, with the best values."""
    names, tables = work.contours(view)
    result = work.result(view)
    assert result is not None
    scales = [_scale(tables[-1][name], _short(name)) for name in names]
    lines = []
    for table, level, dash in zip(tables, LEVELS, ("solid", "dashed"), strict=True):
        x, y = (_plain(table[name]) * factor for name, (factor, _) in zip(names, scales, strict=True))
        lines.append(Line(label=f"{100 * level:.1f} %", x=np.append(x, x[:1]), y=np.append(y, y[:1]), dash=dash))
    pairs = zip(names, scales, strict=True)
    x, y = (np.array([result.values[result.number(name)] * factor]) for name, (factor, _) in pairs)
    return Plot(
        name="contours",
        title=f"{_short(names[0])} and {_short(names[1])}",
        x=_room(lines[-1].x),
        y=_room(lines[-1].y),
        x_label=scales[0][1],
        y_label=scales[1][1],
        lines=tuple(lines),
        points=(Points(label="best", x=x, y=y),),
    )


def _room(values: np.ndarray) -> tuple[float, float]:
    """A range with some room on both sides."""
    margin = 0.08 * float(np.ptp(values))
    return float(values.min()) - margin, float(values.max()) + margin


def _plain(column: Any) -> np.ndarray:
    return np.asarray(getattr(column, "value", column), dtype=float)


def _scale(column: Any, name: str) -> tuple[float, str]:
    """What takes the power of ten from the values of an axis, and the title of the axis with it."""
    size = float(np.abs(_plain(column)).max(initial=0.0))
    exponent = int(np.floor(np.log10(size))) if size > 0 else 0
    unit = getattr(column, "unit", None)
    label = labelled(name, "" if unit is None else unit)
    if -3 <= exponent <= 4:
        return 1.0, label
    lead = power(10.0**exponent)
    return 10.0**-exponent, label.replace("(", f"({lead} ", 1) if unit is not None else f"{name} ({lead})"


def _short(name: str) -> str:
    return name.partition(".")[2].rstrip("_")
