"""Parameters as sliders: where each may go, and what a move makes of the record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_float
from gpnb.core.words import value_words
from gpnb.models.collection import Models
from gpnb.models.parameter import Parameter
from gpnb.panels.fit.work import rows_as_shown
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import error_of
from gpnb.panels.spectrum.work import SpectrumWork

STEPS = 1000
"""Places of a slider."""

_DECADE = 30.0
"""How far a parameter of no usual range may go, as a factor."""

_USUAL = {"index": (0.0, 5.0), "index_1": (0.0, 5.0), "index_2": (0.0, 6.0), "beta": (-0.5, 1.5)}


@dataclass(frozen=True)
class Range:
    """Where a slider goes.

    Parameters
    ----------
    low, high : float
        Its ends.
    log : bool
        Whether places are even in the logarithm.
    """

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> int:
        """The place of a value, 0 to `STEPS`."""
        if self.log:
            part = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return round(STEPS * min(max(part, 0.0), 1.0))

    def value(self, place: float) -> float:
        """The value at a place, to four digits; the ends are exact."""
        part = min(max(place / STEPS, 0.0), 1.0)
        if part in (0.0, 1.0):
            return self.high if part else self.low
        found = self.low * (self.high / self.low) ** part if self.log else self.low + (self.high - self.low) * part
        return float(f"{found:.4g}")


def range_of(item: Parameter, anchor: float, span: tuple[float, float]) -> Range:
    """Where the slider of a parameter goes: within its limits, else about where the model starts.

    Parameters
    ----------
    item : Parameter
        As it is now; its value is inside.
    anchor : float
        Its value where the model starts: while the slider moves, the range must not.
    span : tuple of float
        Energies of the data, TeV.
    """
    usual = _usual(item, anchor, span)
    low, high = _holding(usual, item.value)
    low = item.min if math.isfinite(item.min) else low
    high = item.max if math.isfinite(item.max) else high
    if not low < high:
        low, high = low - 1.0, high + 1.0
    return Range(low, high, usual.log and low > 0)


def _holding(usual: Range, value: float) -> tuple[float, float]:
    """The ends of a range, moved outwards by its own width until it holds a value."""
    if usual.log:
        if value <= 0:
            return min(value, 0.0) - usual.low, usual.high
        width = usual.high / usual.low
        steps = (
            max(math.ceil(math.log(usual.low / value, width)), 0),
            max(math.ceil(math.log(value / usual.high, width)), 0),
        )
        return usual.low / width ** steps[0], usual.high * width ** steps[1]
    width = usual.high - usual.low
    down, up = (max(math.ceil(away / width), 0) for away in (usual.low - value, value - usual.high))
    return usual.low - down * width, usual.high + up * width


def _usual(item: Parameter, anchor: float, span: tuple[float, float]) -> Range:
    if item.unit == "TeV":
        return Range(*span, log=True)
    if item.name == "alpha":
        return Range(0.0, 5.0)
    if item.name in _USUAL:
        return Range(*_USUAL[item.name])
    if item.name.startswith("lambda"):
        return Range(0.0, max(4 * abs(anchor), 3 / math.sqrt(span[0] * span[1])))
    if anchor > 0:
        return Range(anchor / _DECADE, anchor * _DECADE, log=True)
    return Range(anchor - max(1.0, 5 * abs(anchor)), anchor + max(1.0, 5 * abs(anchor)))


def ranges(work: SpectrumWork, view: SpectrumView, *names: str) -> dict[str, Range]:
    """The ranges of parameters of the spectra, by the names of the rows; of all if none is named."""
    models = work.shown(view)
    if models is None:
        return {}
    span, start = work.spectra(view).span, work.start(view) or models
    anchors = {name: item.value for name, item in _items(start)}
    items = [(name, item) for name, item in _items(models) if not names or name in names]
    return {name: range_of(item, anchors.get(name, item.value), span) for name, item in items}


def slider_rows(work: SpectrumWork, view: SpectrumView) -> list[dict[str, Any]]:
    """All that a front end shows of the parameters."""
    models = work.shown(view)
    if models is None:
        return []
    intervals, where = work.intervals(view), ranges(work, view)
    found = []
    for (name, item), full in zip(_items(models), _full_names(models), strict=True):
        text, unit = value_words(item.value, error_of(full, item, intervals), item.unit)
        ends = [f"{end:.6g}" if math.isfinite(end) else "" for end in (item.min, item.max)]
        note = f"linked to {item.link}" if item.link else ""
        found.append(
            {
                "name": name,
                "label": item.symbol if len(models) == 1 else name,
                "place": where[name].place(item.value),
                "steps": STEPS,
                "text": text,
                "unit": unit,
                "frozen": item.frozen,
                "linked": bool(item.link),
                "value": f"{item.value:.6g}",
                "min": ends[0],
                "max": ends[1],
                "note": note,
            }
        )
    return found


def changed_parameter(work: SpectrumWork, view: SpectrumView, change: str, value: Any) -> dict[str, Any]:
    """The fields of a record after the user changed a parameter.

    Parameters
    ----------
    work : SpectrumWork
        Of the panel.
    view : SpectrumView
        As shown.
    change : str
        ``"place/index"``, ``"value/index"``, ``"min/index"``, ``"max/index"`` or ``"frozen/index"``.
    value : int, bool or str
        A place of the slider, a truth value, or what was typed: a number in the parameter's unit, or with a unit.

    Raises
    ------
    ArgumentError
        If what was typed is no number, or the limits do not hold the value.
    """
    kind, _, name = change.partition("/")
    models = work.shown(view)
    items = {} if models is None else dict(_items(models))
    if name not in items:
        raise ArgumentError(f"There is no parameter {name!r}; there are: {', '.join(items) or 'none'}.")
    fields = rows_as_shown(work, view)
    item = items[name]
    if kind == "place":
        value = ranges(work, view, name)[name].value(value)
    elif kind != "frozen":
        value = _typed(value, item)
    rows = [_changed(row, kind, value) if row[0] == name else row for row in fields["parameters"]]
    return {**fields, "parameters": rows, "fitted": False, "errors": None}


def _changed(row: Any, kind: str, value: Any) -> tuple[Any, ...]:
    name, number, low, high, frozen = row
    if kind == "frozen":
        return name, number, low, high, bool(value)
    if kind in ("place", "value"):
        if value is None:
            raise ArgumentError(f"{name} needs a value.")
        number = value
    low, high = (value if kind == "min" else low), (value if kind == "max" else high)
    least, most = -math.inf if low is None else low, math.inf if high is None else high
    if not least < most:
        raise ArgumentError(f"{name}: the least value {least:g} must be below the largest {most:g}.")
    if not least <= number <= most:
        raise ArgumentError(
            f"{name} = {number:.6g} is outside its limits {least:g} to {most:g}: move the limits first."
        )
    return name, number, low, high, frozen


def _typed(text: Any, item: Parameter) -> float | None:
    """A number as typed, in the parameter's unit or with one; None for no limit."""
    words = str(text).strip().replace("−", "-")
    if not words:
        return None
    try:
        found = float(words)
    except ValueError:
        found = to_float(words, item.unit, item.symbol)
    if not math.isfinite(found):
        raise ArgumentError(f"{item.symbol}={words!r} is not a number, such as 2.5.")
    return found


def _items(models: Models) -> list[tuple[str, Parameter]]:
    """Parameters of the spectra by the names of their rows."""
    single = len(models) == 1
    return [
        (item.name if single else f"{model.name}.{item.name}", item)
        for model in models
        for item in model.spectral.parameters
    ]


def _full_names(models: Models) -> list[str]:
    return [f"{model.name}.{item.name}" for model in models for item in model.spectral.parameters]
