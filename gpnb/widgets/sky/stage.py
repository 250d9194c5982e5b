"""Where a map is shown: on a flat canvas, with its exact pixels, or on the sky (Aladin Lite)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from contourpy import contour_generator

from gpnb.core.sky_regions import to_regions
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.observations.pointings import Pointings, rims
from gpnb.panels.sky.cuts import Scale, colours_of
from gpnb.panels.sky.grid import graticule, lattice, look_of, window_of
from gpnb.panels.sky.layers import Layer, for_contours
from gpnb.panels.sky.overlays import points_over, shapes_over
from gpnb.panels.sky.shapes import shapes_of
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.parts.colour_bar import ColourBar
from gpnb.widgets.parts.flatsky import FlatSky

TOOLS = [
    ["move", "Move", "Choose, move and resize shapes; drag the sky"],
    ["circle", "Circle", "Draw a circle from its centre"],
    ["ellipse", "Ellipse", "Draw an ellipse from its centre"],
    ["rectangle", "Box", "Draw a box from corner to corner"],
    ["polygon", "Polygon", "Click the corners; the first one again, a double click or Enter twice closes it"],
]


HIGHEST, LEAST = 640, 360
"""Of a sky that is shown whole: height and, of slim ones, width, px (see flatsky/view.js)."""

SQUARISH = 1.4
"""Width over height below which other things stand beside a sky."""

_MANY = 40
"""Rings; more are drawn thinly."""

_QUIET, _FAINT, _AIM = "#56b4e9", "#7d8894", "#e69f00"


class SkyStage:
    """A map with what is drawn over it, and the shapes that are drawn on it.

    Parameters
    ----------
    geom : WcsGeometry
        The sky grid of the map.
    tools : sequence of str
        What can be drawn, by name; by default every shape.
    """

    def __init__(self, geom: WcsGeometry, tools: Sequence[str] = ()):
        self.flat = FlatSky(tools=[tool for tool in TOOLS if not tools or tool[0] in tools])
        self.widget = ipywidgets.VBox([self.flat])
        self.set_geometry(geom)

    def set_geometry(self, geom: WcsGeometry) -> None:
        """Take another sky grid; what is shown on it has to be shown anew."""
        self._geom = geom.image()
        self._look: tuple[Any, ...] = ()
        places = np.ascontiguousarray(lattice(self._geom), dtype=np.float32)
        with self.flat.hold_sync():
            self.flat.lattice = places.tobytes()
            self.flat.look = {"m": places.shape[1], "n": places.shape[0], "frame": self._geom.frame}

    def show_empty(self, geom: WcsGeometry, title: str) -> None:
        """Show a sky without an image, on this grid."""
        size = "360° × 180°" if geom.projection == "AIT" else _width_words(geom)
        head = {"nx": geom.nx, "ny": geom.ny, "low": 0, "high": 1, "stretch": "linear"}
        with self.flat.hold_sync():
            self.set_geometry(geom)
            self.flat.image = {**head, "title": title, "size": size}

    def show_fields(self, pointings: Pointings, radius: float, kept: np.ndarray) -> None:
        """Show fields of view as thin circles.

        Parameters
        ----------
        pointings : Pointings
            Where runs point.
        radius : float
            Of the circles, deg.
        kept : ndarray of bool
            The runs that have one.
        """
        paths = [np.round(line, 2).tolist() for line in rims(pointings.only(kept), radius, self._geom)]
        self.flat.lines = {"paths": paths, "colour": _QUIET, "alpha": 0.6}

    def show_points(
        self, pointings: Pointings, names: Sequence[str], kept: np.ndarray, chosen: np.ndarray, radius: float = 0.0
    ) -> None:
        """Show directions as dots with names, a row each; chosen ones in front, those that are not kept faint.

        Where the circles of this radius (deg) about those that have one are large on the screen there are no dots.
        """
        x, y = pointings.pixels(self._geom)
        there = np.isfinite(x) & np.isfinite(y)
        made: list[dict[str, Any]] = []
        size = radius / min(self._geom.plane.scales)
        for part, colour in ((~kept & ~chosen, _FAINT), (kept & ~chosen, _QUIET), (chosen, "#ffffff")):
            places = np.flatnonzero(part & there)
            dots = zip(places.tolist(), np.round(x[places], 2).tolist(), np.round(y[places], 2).tolist(), strict=True)
            look = {"colour": colour, "marker": "dot", "within": 0.0 if colour == _FAINT else float(size)}
            made += [{"x": a, "y": b, "label": names[i], "row": i, **look} for i, a, b in dots]
        self.flat.points = made

    def show_shapes(self, regions: Mapping[str, str], rings: Pointings | None = None, radius: float = 0.0) -> None:
        """Show regions (name → DS9 text) that can be moved, over circles about pointings that cannot."""
        fixed: dict[str, Any] = {"colour": "#ffffff", "label": "", "key": None, "style": "solid", "fixed": True}
        lines = [] if rings is None else [np.round(line, 2).tolist() for line in rims(rings, radius, self._geom)]
        fixed["thin"] = len(lines) > _MANY
        shapes: list[dict[str, Any]] = [{**fixed, "edit": {"type": "polygon", "points": line}} for line in lines]
        for name, text in regions.items():
            found = [shape for region in to_regions(text or None) for shape in shapes_of(region, self._geom)]
            common: dict[str, Any] = {
                "colour": _AIM,
                "label": "",
                "key": name,
                "style": "dashed",
                "fixed": len(found) > 1,
            }
            shapes += [{**common, "edit": shape} for shape in found]
        self.flat.shapes = shapes

    def show_image(self, view: SkyView, shown: Layer, scale: Scale) -> None:
        """Show the pixels of a layer in the colours of a record."""
        image = np.asarray(shown.image, dtype=np.float32)
        ny, nx = image.shape
        size = _width_words(self._geom)
        head = {"nx": nx, "ny": ny, **vars(scale), "opacity": view.opacity}
        words = {"unit": shown.unit, "name": shown.label, "title": f"{shown.title} {shown.facts}", "size": size}
        with self.flat.hold_sync():
            self.flat.pixels = image.tobytes()
            self.flat.lut = lut(colours_of(view, shown.name))
            self.flat.image = {**head, **words}
            self.flat.contours = contours(shown, view.contours)

    def show_over(self, view: SkyView, selected: str) -> None:
        """Show regions, the chosen one among them, peaks and overlays."""
        with self.flat.hold_sync():
            self.flat.shapes = shapes_over(view, selected, self._geom)
            self.flat.points = points_over(view, self._geom)

    def show_look(self, view: SkyView) -> None:
        """Show the part of the sky that is looked at, with or without grid."""
        self.show_part(view.center, view.width, view.grid)

    def show_part(self, center: str, width: float | None, grid: bool = True) -> None:
        """Show a part of the sky, as `SkyView` tells it; what is shown already is left as it is."""
        look = (center, width, grid)
        if look == self._look:
            return
        self._look = look
        window = window_of(self._geom, center, width)
        with self.flat.hold_sync():
            self.flat.window = list(window or ())
            self.flat.grid = graticule(self._geom, window) if grid else {}

    def on_pixels(self, callback: Callable[[str | None, dict[str, Any]], None]) -> None:
        """Call ``callback(name, shape)`` for a shape drawn (no name) or changed on the flat sky, in pixels."""
        self.flat.on("shape", lambda key, shape, tool: callback(key, shape))  # noqa: ARG005  (fields of the message)

    def on_remove(self, callback: Callable[[str], None]) -> None:
        """Call ``callback(name)`` when a shape is to go."""
        self.flat.on("remove", lambda key: callback(key))  # noqa: PLW0108  (the field of the message)

    def on_look(self, callback: Callable[[str | None, str | None], None]) -> None:
        """Call ``callback(center, width)`` when another part of the sky is looked at; None for all."""

        def look(window: list[float]) -> None:
            if not window:
                callback(None, None)
            else:
                center, width = look_of(self._geom, tuple(window))  # type: ignore[arg-type]
                callback(center, f"{width!r} deg")

        self.flat.on("window", look)

    def on_click(self, callback: Callable[[float, float, float], None]) -> None:
        """Call ``callback(x, y, reach)`` for a click on the flat sky, in pixels."""
        self.flat.on("click", callback)

    def on_dragged(self, callback: Callable[[str | None, dict[str, Any] | None], None]) -> None:
        """Call ``callback(name, shape)`` while a shape is in the hand; None for both when it is no more."""
        self.flat.on("dragged", lambda key, shape: callback(key, shape))  # noqa: PLW0108  (fields of the message)

    def on_probe(self, callback: Callable[[tuple[int, int]], dict[str, Any]]) -> None:
        """Call ``callback((x, y))`` for a pixel that is pointed at; it gives the ``rows`` and ``why`` of its card."""

        def probe(x: int, y: int) -> None:
            if 0 <= x < self._geom.nx and 0 <= y < self._geom.ny:
                self.flat.told = {"x": x, "y": y, **callback((x, y))}

        self.flat.probes = True
        self.flat.on("probe", probe)


@cache
def lut(name: str) -> bytes:
    """256 colours of three bytes."""
    from gpnb.draw.colours import colour_map  # here: matplotlib comes with it

    colours = colour_map(name)(np.arange(256), bytes=True)
    return np.ascontiguousarray(colours[:, :3], dtype=np.uint8).tobytes()


def contours(shown: Layer, levels: tuple[float, ...]) -> list[list[list[float]]]:
    """Lines of equal value, as lists of [x, y] in pixels."""
    if not levels:
        return []
    generator: Any = contour_generator(z=np.ma.masked_invalid(for_contours(shown)))
    return [np.round(line, 2).tolist() for level in levels for line in generator.lines(level)]


def show_bar(bar: ColourBar, view: SkyView, shown: Layer, scale: Scale) -> None:
    """Show beside a sky which value has which colour; masks and flags have no values."""
    valued = shown.image.dtype != bool and shown.name != "flags"
    auto = (view.low is None, view.high is None)
    bar.show(scale if valued else None, lut(colours_of(view, shown.name)), shown.unit or "per pixel", auto)


def _width_words(geom: WcsGeometry) -> str:
    return " × ".join(f"{width:.3g}°" for width in geom.width.to_value("deg"))


def row_of(sky: ipywidgets.Widget, bar: ColourBar, geom: WcsGeometry) -> ipywidgets.Widget:
    """A sky with its colour bar, as high as it is, and no wider than its height allows: nothing in it is empty."""
    sky.layout.max_width = f"{max(HIGHEST * geom.nx / geom.ny, LEAST):.0f}px"
    return ipywidgets.Box([sky, bar]).add_class("gpnb-sky-row")


def is_squarish(geom: WcsGeometry) -> bool:
    """Whether a sky leaves room for something beside it."""
    return geom.nx < SQUARISH * geom.ny
