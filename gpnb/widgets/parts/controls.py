"""What a control is, as a record: a row of them is what `Controls` shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Kind = Literal["select", "range", "number", "text", "check", "button", "toggle", "chip", "box"]


@dataclass(frozen=True, kw_only=True)
class Control:
    """A labelled control.

    Attributes
    ----------
    name : str
        What changes are called: usually a field of the view record.
    kind : str
        What it looks like.
    label, hint : str
        Beside it, and when pointed at (for fields: what may be typed).
    value
        As it is now.
    options : tuple of pairs, optional
        Values to choose from, each with its words.
    min, max, step : float, optional
        Where a slider goes; the step of a number.
    text : str, optional
        The value in words, or what is found.
    live : bool, optional
        Whether a field tells while one types.
    size : int, optional
        Width of a field, characters.
    disabled, primary, play : bool, optional
        Whether it can be used, whether it is what one does next, whether it steps by itself.
    whole : bool, optional
        Of a slider with a button "All": whether all is chosen, which changes to None.
    box : str, optional
        The box that it is kept in, which opens below the row.
    colour, marker, next_colour : str, optional
        Of a chip: how what it stands for is drawn, and the colour that it can be given.
    """

    name: str
    kind: Kind
    label: str
    value: Any
    hint: str | None = None
    options: tuple[tuple[Any, str], ...] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    text: str | None = None
    size: int | None = None
    disabled: bool | None = None
    primary: bool | None = None
    play: bool | None = None
    live: bool | None = None
    whole: bool | None = None
    box: str | None = None
    colour: str | None = None
    marker: str | None = None
    next_colour: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the front end takes it: what says nothing is left out."""
        always = {"name": self.name, "kind": self.kind, "label": self.label, "value": self.value}
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        if self.options is not None:
            given["options"] = [list(pair) for pair in self.options]
        return always | {name: value for name, value in given.items() if value is not None}


def select(
    name: str, label: str, value: Any, options: Mapping[Any, str] | Iterable[tuple[Any, str]], **more: Any
) -> Control:
    """One of several values, each with its words."""
    pairs = options.items() if isinstance(options, Mapping) else options
    return Control(
        name=name, kind="select", label=label, value=value, options=tuple((one, words) for one, words in pairs), **more
    )


def words(*values: str) -> list[tuple[str, str]]:
    """Options that are their own words."""
    return [(value, value) for value in values]


def slider(name: str, label: str, value: float, most: float, step: float, text: str, **more: Any) -> Control:
    """A slider from 0 to `most`, with the value in words beside it."""
    return Control(name=name, kind="range", label=label, value=value, min=0, max=most, step=step, text=text, **more)


def number(name: str, label: str, value: float | None, **more: Any) -> Control:
    """A field for a number; None where it is empty."""
    return Control(name=name, kind="number", label=label, value=value, **more)


def text(name: str, label: str, value: str, hint: str, **more: Any) -> Control:
    """A field for text, with what may be typed."""
    return Control(name=name, kind="text", label=label, value=value, hint=hint, **more)


def check(name: str, label: str, value: bool, **more: Any) -> Control:
    """A box to tick."""
    return Control(name=name, kind="check", label=label, value=value, **more)


def button(name: str, label: str, hint: str, disabled: bool = False, **more: Any) -> Control:
    """A button; it changes to the count of how often it was pressed."""
    return Control(name=name, kind="button", label=label, value=0, hint=hint, disabled=disabled, **more)


def toggle(name: str, label: str, value: bool, hint: str, disabled: bool = False) -> Control:
    """A button that stays pressed."""
    return Control(name=name, kind="toggle", label=label, value=value, hint=hint, disabled=disabled)


def chip(name: str, colour: str, marker: str, next_colour: str, value: bool, text: str) -> Control:
    """Something drawn; it changes to ``show/NAME`` (hidden or not), ``colour/NAME`` and ``remove/NAME``."""
    look: dict[str, Any] = {"colour": colour, "marker": marker, "next_colour": next_colour}
    return Control(name=name, kind="chip", label=name, value=value, text=text, **look)


def box(name: str, label: str, hint: str, text: str = "") -> Control:
    """The button that opens the box of this name, in which other controls are kept."""
    return Control(name=name, kind="box", label=label, value=None, hint=hint, text=text)
