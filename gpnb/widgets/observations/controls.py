"""The controls and chips of the observation browser, from its view record."""

from __future__ import annotations

from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import to_regions
from gpnb.panels.observations.view import ObservationsView
from gpnb.state.chips import Chip, chips, read_chip, region_words
from gpnb.state.selection import Selection
from gpnb.widgets.parts.controls import Control, button, number, text
from gpnb.widgets.sky.controls import backdrop_items

_CONE = "83.63 22.01 r 2 (degrees), or galactic 0 0 r 3, or DS9 text"
_WHERE = "ZEN_PNT < 40 and LIVETIME > 1000"


def sky_items(view: ObservationsView) -> list[Control]:
    """Where the pointings are shown, and the size of the field of view."""
    size = number("field_of_view", "Field of view, radius (deg)", view.field_of_view, size=4, step=0.1)
    return [*backdrop_items(view.backdrop, view.survey), size]


def browse_items(view: ObservationsView, count: int, shown: int, chosen: int, can_check: bool) -> list[Control]:
    """Find; buttons that choose all or none, and check the files."""
    items = [
        text("find", "Find", view.find, "in all columns", size=16, live=True, text=f"{shown} of {count}"),
        button("every", "Choose all", "Choose all runs that are shown (Ctrl-A in the table)", not shown),
        button("none", "Choose none", "Choose no run (Escape in the table)", not chosen),
    ]
    return [*items, button("check", "Check files", "Look for faults in all files of the store")][: 3 + can_check]


def run_chips(view: ObservationsView, selection: Selection) -> list[Chip]:
    """Region, condition and chosen runs."""
    cone = region_words(view.cone).removeprefix("circle ")
    return [
        Chip("cone", "Cone", cone, view.cone, _CONE),
        Chip("where", "Filter", view.where, view.where, _WHERE),
        *chips(selection, ("runs",)),
    ]


def read_cone(text: str) -> str:
    """A region typed by people, as DS9 text; empty for none."""
    if not text.strip():
        return ""
    try:
        found: str = read_chip("region", text)
        to_regions(found)
    except ArgumentError as error:
        raise ArgumentError(f"Cone {text!r} cannot be read: write it like {_CONE}.") from error
    return found
