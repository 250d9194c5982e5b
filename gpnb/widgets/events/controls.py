"""The controls of the event explorer, from its view record."""

from __future__ import annotations

from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.panels.events.view import EventsView
from gpnb.state.chips import write_span

Item = dict[str, Any]

STRETCHES = ("linear", "sqrt", "log", "asinh")
COLOURS = ("inferno", "cividis", "viridis", "gray")


def control_items(view: EventsView, filtered: bool) -> list[Item]:
    """The ranges that this panel does not share, what takes all filters away, and how things look."""
    hint = "Show all events again: no region, energies, times, θ² or offsets"
    return [
        _text("theta2", "θ² (deg²)", write_span(view.theta2), "0 – 0.02"),
        _text("offset", "Offset (deg)", write_span(view.offset), "0 – 1.5"),
        {"name": "clear", "kind": "button", "label": "Clear all", "hint": hint, "value": 0, "disabled": not filtered},
        {**_text("target", "Target", view.target, "as in the header, or 83.63d 22.01d"), "size": 24},
        _select("stretch", "Stretch", view.stretch, STRETCHES),
        _select("cmap", "Map", view.cmap, COLOURS),
        {"name": "per_decade", "kind": "number", "label": "Bins a decade", "value": view.per_decade, "size": 4},
    ]


def bins_of(value: Any) -> int:
    """A number of bins a decade, as typed.

    Raises
    ------
    ArgumentError
        If it is none from 1 to 100.
    """
    if value is None or not 1 <= value <= 100:
        raise ArgumentError(f"Bins a decade: {value} was given; a number from 1 to 100 is expected.")
    return int(round(value))  # noqa: RUF046  (a float of the front end)


def _text(name: str, label: str, value: str, hint: str) -> Item:
    return {"name": name, "kind": "text", "label": label, "value": value, "hint": hint, "size": 12}


def _select(name: str, label: str, value: str, words: tuple[str, ...]) -> Item:
    known = words if value in words else (*words, value)
    return {"name": name, "kind": "select", "label": label, "value": value, "options": [[word, word] for word in known]}
