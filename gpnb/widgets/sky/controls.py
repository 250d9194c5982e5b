"""The controls of the sky panel, from its view record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.cuts import Scale, colours_of
from gpnb.panels.sky.layers import Layer, title_of
from gpnb.panels.sky.overlays import COLOURS, marker_of
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.aladin.surveys import SURVEYS
from gpnb.widgets.parts.controls import Control, box, button, check, chip, number, select, slider, text, words

MAPS = ("inferno", "cividis", "viridis", "gray")


def look_items(
    view: SkyView, maps: Mapping[str, Any], geom: WcsGeometry, shown: Layer, scale: Scale, target: str
) -> list[Control]:
    """What is used daily: layer, energy, stretch, colours; behind "More" all else."""
    items = []
    if len(maps) > 1:
        items.append(select("layers", "Layer", shown.name, {name: title_of(name) for name in maps}))
    if geom.axes:
        items += _planes(view, geom, shown)
    rest: list[Control] = []
    if shown.image.dtype != bool and shown.name != "flags":
        items += [
            select("stretch", "Stretch", view.stretch, words("linear", "sqrt", "log", "asinh")),
            select("cmap", "Map", colours_of(view, shown.name), words(*MAPS, "diverging")),
        ]
        rest += _value_items(view, geom, scale)
    rest += [*backdrop_items(view.backdrop, view.survey), *_draw_items(view, target)]
    return [*items, box("more", "More", "More controls"), *(replace(item, box="more") for item in rest)]


def _value_items(view: SkyView, geom: WcsGeometry, scale: Scale) -> list[Control]:
    """Cuts, smoothing, opacity, contours."""
    reach = float(10 * min(geom.plane.scales))
    contours = " ".join(f"{value:g}" for value in view.contours)
    smooth = f"{view.smooth:.3g}°" if view.smooth else "none"
    return [
        number("low", "From", view.low, hint=f"auto {scale.low:.3g}".replace("-", "−"), size=6),
        number("high", "to", view.high, hint=f"auto {scale.high:.3g}".replace("-", "−"), size=6),
        slider("smooth", "Smooth", view.smooth, reach, reach / 100, smooth),
        slider("opacity", "Opacity", view.opacity, 1.0, 0.01, f"{view.opacity:.0%}"),
        text("contours", "Contours at", contours, "3 5 7", size=10),
    ]


def _draw_items(view: SkyView, target: str) -> list[Control]:
    """What drawing does, and the grid."""
    targets = {"region": "the region (shared)", "mask": "the exclusion mask"}
    items = [select("target", "Draw", target, targets), check("grid", "Grid", view.grid)]
    if view.excluded:
        count = len(view.excluded.splitlines())
        hint = f"Take away the {count} region{'s' * (count != 1)} of the exclusion mask"
        items.append(button("clear", "Clear mask", hint))
    return items


def overlay_items(view: SkyView, counts: Mapping[str, int], catalogs: Sequence[str]) -> list[Control]:
    """A chip for each overlay: its mark (another colour), its name (hidden or not) and ×; catalogues to add."""
    items: list[Control] = []
    for place, (name, _, colour) in enumerate(view.overlays):
        seen = f"{counts[name]} in view" if name in counts else ""
        mark = marker_of(place) if name in counts else "dot"
        items.append(chip(name, colour, mark, _next(colour), name not in view.hidden, seen))
    names = [name for name in catalogs if name not in [item[0] for item in view.overlays]]
    if names:
        items.append(select("add/", "Overlay", "", [("", "+ catalogue"), *words(*names)]))
    return items


def _next(colour: str) -> str:
    """The colour that comes after one."""
    known = [one.casefold() for one in COLOURS]
    place = known.index(colour.casefold()) if colour.casefold() in known else -1
    return list(COLOURS)[(place + 1) % len(COLOURS)]


def backdrop_items(backdrop: str, survey: str) -> list[Control]:
    """Where things are shown: on a flat canvas, or on the sky with a survey below."""
    where = select("backdrop", "View", backdrop, {"pixels": "flat", "sky": "sky (Aladin)"})
    known = {"": "none", **{name: name for name in SURVEYS if name != "none"}}
    known.setdefault(survey, survey)  # the address of any HiPS
    return [where, select("survey", "Survey", survey, known)] if backdrop == "sky" else [where]


def _planes(view: SkyView, geom: WcsGeometry, shown: Layer) -> list[Control]:
    """Which plane of a cube is shown; place and words come from what is shown. One plane alone needs no slider."""
    axis = geom.axes[0]
    if axis.n < 2 or shown.planes is None:
        return []
    label = "Energy" if axis.kind == "energy" else axis.name.replace("_", " ").capitalize()
    whole = view.plane is None if shown.joins else None
    said = shown.facts.partition(" · ")[0]
    return [slider("plane", label, shown.planes[0], axis.n - 1, 1, said, play=True, whole=whole)]
