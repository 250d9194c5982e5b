"""The controls of the event explorer, from its view record."""

from __future__ import annotations

from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.panels.events.view import EventsView
from gpnb.state.chips import write_span
from gpnb.widgets.parts.controls import Control, button, number, select, text, words

STRETCHES = ("linear", "sqrt", "log", "asinh")
COLOURS = ("inferno", "cividis", "viridis", "gray")


def control_items(view: EventsView, filtered: bool) -> list[Control]:
    """The ranges that this panel does not share, what takes all filters away, and how things look."""
    hint = "Show all events again: no region, energies, times, θ² or offsets"
    return [
        text("theta2", "θ² (deg²)", write_span(view.theta2), "0 – 0.02", size=12),
        text("offset", "Offset (deg)", write_span(view.offset), "0 – 1.5", size=12),
        button("clear", "Clear all", hint, disabled=not filtered),
        text("target", "Target", view.target, "Crab, or 83.63d 22.01d", size=24),
        select("stretch", "Stretch", view.stretch, _known(STRETCHES, view.stretch)),
        select("cmap", "Map", view.cmap, _known(COLOURS, view.cmap)),
        number("per_decade", "Bins a decade", view.per_decade, size=4),
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


def _known(values: tuple[str, ...], chosen: str) -> list[tuple[str, str]]:
    return words(*values, *(() if chosen in values else (chosen,)))
