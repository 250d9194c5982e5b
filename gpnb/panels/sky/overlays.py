"""Regions and points over a map: what is drawn, in which colour, and which of it can be moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from astropy.coordinates import SkyCoord

from gpnb.core.sky_regions import is_point, region_text, to_regions
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.shapes import points_of, shapes_of
from gpnb.panels.sky.view import SkyView

SELECTED = "selection"
"""The identifier of the chosen region, which all panels of a workspace share."""

_STYLES = {"regions": ("#ffffff", "solid"), "off_regions": ("#56b4e9", "dashed"), "excluded": ("#ffffff", "hatched")}
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


def sky_points(view: SkyView) -> dict[str, tuple[tuple[list[float], list[float]], list[str], str]]:
    """All points over a map by name: right ascensions and declinations (deg), labels, colour."""
    found = {}
    if view.peaks:
        ra, dec, _ = (list(values) for values in zip(*view.peaks, strict=True))
        found["peaks"] = ((ra, dec), [str(number) for number in range(1, len(ra) + 1)], "#ffffff")
    for name, text, colour in view.overlays:
        points = [region for region in to_regions(text or None) if is_point(region)]
        if points and name not in view.hidden:
            coords = [point.center.icrs for point in points]
            places = ([float(coord.ra.deg) for coord in coords], [float(coord.dec.deg) for coord in coords])
            found[f"{name} (points)"] = (places, [str(point.meta.get("text", "")) for point in points], colour)
    return found


def _without_points(text: str) -> str:
    lines = (line for line in text.splitlines() if not is_point(to_regions(line)[0]))
    return "\n".join(lines)


def points_over(view: SkyView, geom: WcsGeometry) -> list[dict[str, Any]]:
    """Peaks as numbered circles, points of overlays as crosses."""
    numbered = zip(*[range(1, len(view.peaks) + 1), view.peaks], strict=True)
    made = []
    for number, (ra, dec, _) in numbered:
        x, y = (float(value) for value in geom.pixel_icrs(ra, dec))
        made.append({"x": x, "y": y, "label": str(number), "colour": "#ffffff", "marker": "circle"})
    for name, text, colour in view.overlays:
        if name not in view.hidden:
            found = points_of(text, geom)
            made += [{"x": x, "y": y, "label": label, "colour": colour, "marker": "cross"} for x, y, label in found]
    return made


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
