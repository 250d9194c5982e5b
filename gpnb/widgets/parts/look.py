"""What plots look like in the page: colours of roles as the theme has them, dashes, and the lines of a legend."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import Plot

DASHES = {"solid": "", "dashed": "7 4", "dotted": "2 3", "dash_dotted": "7 3 2 3"}


def colour_of(role: str) -> str:
    """The colour of what something is."""
    return f"var(--gpnb-{role})"


def area_key(label: str, role: str, fill: float) -> dict[str, Any]:
    """An area of a legend."""
    return {"label": label, "colour": colour_of(role), "fill": fill}


def legend_of(plot: Plot) -> list[dict[str, Any]]:
    """What has a label, for the line over a plot; an image has its colours."""
    found = [_key(kind, item) for kind, item in plot.labelled()]
    if plot.image is None:
        return found
    from gpnb.widgets.parts.picture import colour_key

    return [*found, colour_key(plot.image)]


def _key(kind: str, item: Any) -> dict[str, Any]:
    look = {"label": item.label, "colour": colour_of(item.role)}
    if kind == "span" and item.hatched:
        return look | {"hatched": True}
    if kind == "span" or (kind == "steps" and item.fill and not item.width):
        return area_key(item.label, item.role, 2 * item.fill)
    if kind == "points":
        return look | {"marker": item.marker}
    return look | {"dash": DASHES[item.dash], "width": getattr(item, "width", 1)}
