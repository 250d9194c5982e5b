"""Regions and points over a map: what is drawn, in which colour, and which of it can be moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from astropy.coordinates import SkyCoord

from gpnb.core.sky_regions import is_point, region_text, to_regions
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.grid import window_of
from gpnb.panels.sky.shapes import points_of, shapes_of
from gpnb.panels.sky.view import SkyView

SELECTED = "selection"
"""The identifier of the chosen region, which all panels of a workspace share."""

_STYLES = {"regions": ("#ffffff", "solid"), "off_regions": ("#56b4e9", "dashed"), "excluded": ("#ffffff", "hatched")}
MARKERS = ("x", "diamond", "square", "triangle", "plus", "star")
"""Of overlays, in turn: beside its colour each has a shape."""

COLOURS = {"#56B4E9": "sky", "#E69F00": "orange", "#CC79A7": "purple", "#009E73": "green", "#ffffff": "white"}
"""Of overlays, in turn, with their names."""

_NAMELESS = str.maketrans("", "", "{}\n\r")


def shapes_over(view: SkyView, selected: str, geom: WcsGeometry) -> list[dict[str, Any]]:
    """All outlines over a map, each with identifier, colour and style; ``fixed`` where it cannot be moved.

    Parameters
    ----------
    view : SkyView
        As it is, without what the selection adds.
    selected : str
        The chosen region, as DS9 text.
    geom : WcsGeometry
        The sky grid.
    """
    made = []
    for kind, (colour, style) in _STYLES.items():
        for number, text in enumerate(getattr(view, kind).splitlines()):
            made += _shapes(f"{kind}/{number}", text, geom, colour, style, fixed=kind == "off_regions")
    for name, text, colour in view.overlays:
        if name not in view.hidden:
            for line in text.splitlines():
                made += _shapes(f"overlay/{name}", line, geom, colour, "solid", fixed=True)
    if selected:
        made += _shapes(SELECTED, selected, geom, "#ffffff", "solid", label="ON")
    return made


def region_groups(view: SkyView, selected: str) -> dict[str, tuple[str, str, str]]:
    """All outlines over a map by name: DS9 text without points, colour, style."""
    groups = {kind: (getattr(view, kind), *style) for kind, style in _STYLES.items()}
    groups |= {name: (text, colour, "solid") for name, text, colour in view.overlays if name not in view.hidden}
    groups[SELECTED] = (selected, "#ffffff", "solid")
    drawn = {name: (_without_points(text), colour, style) for name, (text, colour, style) in groups.items()}
    return {name: group for name, group in drawn.items() if group[0]}


def marker_of(place: int) -> str:
    """The shape of the marks of an overlay."""
    return MARKERS[place % len(MARKERS)]


def next_colour(overlays: Iterable[tuple[str, str, str]]) -> str:
    """A colour that no overlay has, as long as there is one."""
    taken = [colour.casefold() for _, _, colour in overlays]
    return min(COLOURS, key=lambda colour: taken.count(colour.casefold()))


def sky_points(view: SkyView) -> dict[str, tuple[tuple[list[float], list[float]], list[str], str, str]]:
    """All points over a map by name: right ascensions and declinations (deg), labels, colour, marker."""
    found = {}
    if view.peaks:
        ra, dec, _ = (list(values) for values in zip(*view.peaks, strict=True))
        found["peaks"] = ((ra, dec), [str(number) for number in range(1, len(ra) + 1)], "#ffffff", "circle")
    for place, (name, text, colour) in enumerate(view.overlays):
        points = [region for region in to_regions(text or None) if is_point(region)]
        if points and name not in view.hidden:
            coords = [point.center.icrs for point in points]
            places = ([float(coord.ra.deg) for coord in coords], [float(coord.dec.deg) for coord in coords])
            names = [str(point.meta.get("text", "")) for point in points]
            found[f"{name} (points)"] = (places, names, colour, marker_of(place))
    return found


def _without_points(text: str) -> str:
    lines = (line for line in text.splitlines() if not is_point(to_regions(line)[0]))
    return "\n".join(lines)


def points_over(view: SkyView, geom: WcsGeometry) -> list[dict[str, Any]]:
    """Peaks as numbered circles, points of overlays as marks of a shape each."""
    made = []
    for number, (ra, dec, _) in enumerate(view.peaks, 1):
        x, y = (float(value) for value in geom.pixel_icrs(ra, dec))
        made.append({"x": x, "y": y, "label": str(number), "colour": "#ffffff", "marker": "circle"})
    for place, (name, text, colour) in enumerate(view.overlays):
        if name not in view.hidden:
            look = {"colour": colour, "marker": marker_of(place)}
            made += [{"x": x, "y": y, "label": label, **look} for x, y, label in points_of(text, geom)]
    return made


def marks_in_view(view: SkyView, geom: WcsGeometry) -> dict[str, int]:
    """How many marks of each overlay lie in the part of the map that is looked at; only of those that have any."""
    x0, y0, x1, y1 = window_of(geom, view.center, view.width) or (-0.5, -0.5, geom.nx - 0.5, geom.ny - 0.5)
    counts = {}
    for name, text, _ in view.overlays:
        places = points_of(text, geom)
        if places:
            counts[name] = sum(x0 <= x <= x1 and y0 <= y <= y1 for x, y, _ in places)
    return counts


def without(text: str, number: int) -> str:
    """Regions of DS9 text, one a line, without one of them."""
    return "\n".join(line for place, line in enumerate(text.splitlines()) if place != number)


def instead(text: str, number: int, region: str) -> str:
    """Regions of DS9 text, one a line, with another one in a place."""
    return "\n".join(region if place == number else line for place, line in enumerate(text.splitlines()))


def named_points(coords: SkyCoord, names: Iterable[str]) -> str:
    """Positions with names as DS9 text, one a line."""
    from regions import PointSkyRegion, RegionMeta  # here: a panel without regions opens sooner

    regions = (
        PointSkyRegion(coord, meta=RegionMeta({"text": str(name).translate(_NAMELESS)}))
        for coord, name in zip(coords, names, strict=True)
    )
    return "\n".join(map(region_text, regions))


def as_text(what: Any, geom: WcsGeometry) -> str:
    """Regions, DS9 text or the sources of a catalogue that lie on a map, as DS9 text.

    Parameters
    ----------
    what : regions, str or Catalog
        A catalogue gives its sources on the map as points with their names.
    geom : WcsGeometry
        The sky grid.
    """
    if not hasattr(what, "positions"):
        return "\n".join(map(region_text, to_regions(what)))
    coords = what.positions
    inside = geom.contains(coords)
    return named_points(coords[inside], [name for name, keep in zip(what.names, inside, strict=True) if keep])


def _shapes(
    name: str, text: str, geom: WcsGeometry, colour: str, style: str, label: str = "", fixed: bool = False
) -> list[dict[str, Any]]:
    found = shapes_of(to_regions(text)[0], geom)
    common = {"key": name, "colour": colour, "style": style, "label": label, "fixed": fixed or len(found) > 1}
    return [{**common, "edit": edit} for edit in found]
