"""The controls of the sky panel, from its view record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.layers import Layer, title_of
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.aladin.surveys import SURVEYS

Item = dict[str, Any]

_COLOURS = {"#56B4E9": "sky", "#ffffff": "white", "#E69F00": "orange", "#009E73": "green", "#CC79A7": "purple"}


def look_items(view: SkyView, maps: Mapping[str, Any], geom: WcsGeometry, shown: Layer) -> list[Item]:
    """Layer, energy, stretch, colours, cuts, smoothing, opacity."""
    plain = shown.image.dtype != bool and shown.name != "flags"
    smooth = f"{view.smooth:.3g}°" if view.smooth else "none"
    items = []
    if len(maps) > 1:
        items.append(_select("layers", "Layer", shown.name, {name: title_of(name) for name in maps}))
    if geom.axes:
        items.append(_planes(view, geom, shown))
    if plain:
        items += [
            _select("stretch", "Stretch", view.stretch, ("linear", "sqrt", "log", "asinh")),
            _select("cmap", "Map", view.cmap, ("inferno", "cividis", "viridis", "gray", "diverging")),
            _number("low", "From", view.low),
            _number("high", "to", view.high),
            _range("smooth", "Smooth", view.smooth, 10 * min(geom.plane.scales), smooth),
            _range("opacity", "Opacity", view.opacity, 1.0, f"{view.opacity:.0%}"),
        ]
    return items


def draw_items(view: SkyView, target: str) -> list[Item]:
    """What drawing does, contours, grid."""
    targets = {"region": "the region (shared)", "mask": "the exclusion mask"}
    contours = " ".join(f"{value:g}" for value in view.contours)
    items = [
        *backdrop_items(view.backdrop, view.survey),
        _select("target", "Draw", target, targets),
        {"name": "contours", "kind": "text", "label": "Contours at", "value": contours, "hint": "3 5 7", "size": 10},
        {"name": "grid", "kind": "check", "label": "Grid", "value": view.grid},
    ]
    if view.excluded:
        count = len(view.excluded.splitlines())
        hint = f"Take away the {count} region{'s' * (count != 1)} of the exclusion mask"
        items.append({"name": "clear", "kind": "button", "label": "Clear mask", "hint": hint, "value": 0})
    return items


def overlay_items(
    overlays: tuple[tuple[str, str, str], ...], hidden: tuple[str, ...], catalogs: Sequence[str]
) -> list[Item]:
    """A switch, a colour and a remove button for each overlay; catalogues that can be added."""
    items: list[Item] = []
    for name, _, colour in overlays:
        shown = name not in hidden
        items.append({"name": f"show/{name}", "kind": "toggle", "label": name, "value": shown, "hint": f"Show {name}"})
        colours = _COLOURS if colour in _COLOURS else {**_COLOURS, colour: colour}
        items.append(_select(f"colour/{name}", "in", colour, colours))
        items.append({"name": f"remove/{name}", "kind": "button", "label": "×", "hint": f"Remove {name}", "value": 0})
    names = [name for name in catalogs if name not in [item[0] for item in overlays]]
    if names:
        items.append(_select("add/", "Overlay", "", {"": "add a catalogue", **{name: name for name in names}}))
    return items


def backdrop_items(backdrop: str, survey: str) -> list[Item]:
    """Where things are shown: on a flat canvas, or on the sky with a survey below."""
    where = _select("backdrop", "View", backdrop, {"pixels": "flat", "sky": "sky (Aladin)"})
    words = {"": "none", **{name: name for name in SURVEYS if name != "none"}}
    if survey not in words:
        words[survey] = survey  # the address of any HiPS
    return [where, _select("survey", "Survey", survey, words)] if backdrop == "sky" else [where]


def _planes(view: SkyView, geom: WcsGeometry, shown: Layer) -> Item:
    axis = geom.axes[0]
    label = "Energy" if axis.kind == "energy" else axis.name.replace("_", " ").capitalize()
    text = shown.facts.partition(" · ")[0] or "all"
    place = 0 if view.plane is None else view.plane + 1
    return _slider("plane", label, place, axis.n, 1, text) | {"play": True}


def _select(name: str, label: str, value: Any, words: Any) -> Item:
    options = list(words.items()) if isinstance(words, Mapping) else [(word, word) for word in words]
    return {"name": name, "kind": "select", "label": label, "value": value, "options": [list(pair) for pair in options]}


def _range(name: str, label: str, value: float, most: float, text: str) -> Item:
    return _slider(name, label, value, float(most), float(most) / 100, text)


def _slider(name: str, label: str, value: float, most: float, step: float, text: str) -> Item:
    head = {"name": name, "kind": "range", "label": label, "value": value}
    return {**head, "min": 0, "max": most, "step": step, "text": text}


def _number(name: str, label: str, value: float | None) -> Item:
    return {"name": name, "kind": "number", "label": label, "value": value, "hint": "auto", "size": 6}
