"""Profiles of −2 ln L and confidence contours."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import labelled, power
from gpnb.panels.fit.work import LEVELS
from gpnb.panels.plot import Line, Plot, Points, Rule
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork


def profile_plots(work: SpectrumWork, view: SpectrumView) -> list[Plot]:
    """−2 ln L along each free parameter, above the minimum."""
    made = []
    for name, table in work.profiles(view).items():
        factor, label = _scale(table["value"], _short(name))
        values, delta = _plain(table["value"]) * factor, np.asarray(table["delta"], dtype=float)
        top = max(1.2, min(float(delta.max()), 12.0))
        x = (float(values.min()), float(values.max()))
        words: dict[str, Any] = {"title": _short(name), "x_label": label, "y_label": "Δ(−2 ln L)"}
        rules = (Rule(value=1.0), Rule(value=4.0))
        made.append(Plot(name=name, x=x, y=(0.0, top), lines=(Line(x=values, y=delta),), rules=rules, **words))
    return made


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
