"""The controls of the sky panel, from its view record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.layers import Layer, title_of
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.aladin.surveys import SURVEYS
from gpnb.widgets.parts.controls import Control, button, check, number, select, slider, text, toggle, words

_COLOURS = {"#56B4E9": "sky", "#ffffff": "white", "#E69F00": "orange", "#009E73": "green", "#CC79A7": "purple"}


def look_items(view: SkyView, maps: Mapping[str, Any], geom: WcsGeometry, shown: Layer) -> list[Control]:
    """Layer, energy, stretch, colours, cuts, smoothing, opacity."""
    plain = shown.image.dtype != bool and shown.name != "flags"
    smooth = f"{view.smooth:.3g}°" if view.smooth else "none"
    items = []
    if len(maps) > 1:
        items.append(select("layers", "Layer", shown.name, {name: title_of(name) for name in maps}))
    if geom.axes:
        items.append(_planes(view, geom, shown))
    if plain:
        reach = float(10 * min(geom.plane.scales))
        items += [
            select("stretch", "Stretch", view.stretch, words("linear", "sqrt", "log", "asinh")),
            select("cmap", "Map", view.cmap, words("inferno", "cividis", "viridis", "gray", "diverging")),
            number("low", "From", view.low, hint="auto", size=6),
            number("high", "to", view.high, hint="auto", size=6),
            slider("smooth", "Smooth", view.smooth, reach, reach / 100, smooth),
            slider("opacity", "Opacity", view.opacity, 1.0, 0.01, f"{view.opacity:.0%}"),
        ]
    return items


def draw_items(view: SkyView, target: str) -> list[Control]:
    """What drawing does, contours, grid."""
    targets = {"region": "the region (shared)", "mask": "the exclusion mask"}
    contours = " ".join(f"{value:g}" for value in view.contours)
    items = [
        *backdrop_items(view.backdrop, view.survey),
        select("target", "Draw", target, targets),
        text("contours", "Contours at", contours, "3 5 7", size=10),
        check("grid", "Grid", view.grid),
    ]
    if view.excluded:
        count = len(view.excluded.splitlines())
        hint = f"Take away the {count} region{'s' * (count != 1)} of the exclusion mask"
        items.append(button("clear", "Clear mask", hint))
    return items


def overlay_items(
    overlays: tuple[tuple[str, str, str], ...], hidden: tuple[str, ...], catalogs: Sequence[str]
) -> list[Control]:
    """A switch, a colour and a remove button for each overlay; catalogues that can be added."""
    items: list[Control] = []
    for name, _, colour in overlays:
        shown = name not in hidden
        items.append(toggle(f"show/{name}", name, shown, f"Show {name}"))
        colours = _COLOURS if colour in _COLOURS else {**_COLOURS, colour: colour}
        items.append(select(f"colour/{name}", "in", colour, colours))
        items.append(button(f"remove/{name}", "×", f"Remove {name}"))
    names = [name for name in catalogs if name not in [item[0] for item in overlays]]
    if names:
        items.append(select("add/", "Overlay", "", [("", "add a catalogue"), *words(*names)]))
    return items


def backdrop_items(backdrop: str, survey: str) -> list[Control]:
    """Where things are shown: on a flat canvas, or on the sky with a survey below."""
    where = select("backdrop", "View", backdrop, {"pixels": "flat", "sky": "sky (Aladin)"})
    known = {"": "none", **{name: name for name in SURVEYS if name != "none"}}
    known.setdefault(survey, survey)  # the address of any HiPS
    return [where, select("survey", "Survey", survey, known)] if backdrop == "sky" else [where]


def _planes(view: SkyView, geom: WcsGeometry, shown: Layer) -> Control:
    axis = geom.axes[0]
    label = "Energy" if axis.kind == "energy" else axis.name.replace("_", " ").capitalize()
    said = shown.facts.partition(" · ")[0] or "all"
    place = 0 if view.plane is None else view.plane + 1
    return slider("plane", label, place, axis.n, 1, said, play=True)
