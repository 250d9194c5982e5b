"""All front-end elements that belong to something, shown or not."""

from __future__ import annotations

from typing import Any

import ipywidgets


def widgets_in(thing: Any) -> list[ipywidgets.Widget]:
    """All widgets that hang on something: in its attributes, in theirs, in lists and mappings of them."""
    found: dict[int, Any] = {}
    waiting = [thing]
    while waiting:
        item = waiting.pop()
        if id(item) in found:
            continue
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
        elif isinstance(item, ipywidgets.Widget) or type(item).__module__.startswith("gpnb.widgets."):
            found[id(item)] = item
            waiting += getattr(item, "__dict__", {}).values()
    return [item for item in found.values() if isinstance(item, ipywidgets.Widget)]
