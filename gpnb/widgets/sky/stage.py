"""Where a map is shown: on a flat canvas, with its exact pixels, or on the sky (Aladin Lite)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from contourpy import contour_generator

from gpnb.core.sky_regions import to_regions
from gpnb.datasets.flags import Flag, reasons
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.observations.pointings import Pointings, rims
from gpnb.panels.sky.cuts import cuts
from gpnb.panels.sky.grid import graticule, lattice, look_of, window_of
from gpnb.panels.sky.layers import Layer
from gpnb.panels.sky.overlays import points_over, shapes_over
from gpnb.panels.sky.shapes import shapes_of
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.parts.flatsky import FlatSky

_TOOLS = [
    ["move", "Move", "Choose, move and resize shapes; drag the sky"],
    ["circle", "Circle", "Draw a circle from its centre"],
    ["ellipse", "Ellipse", "Draw an ellipse from its centre"],
    ["rectangle", "Box", "Draw a box from corner to corner"],
    ["polygon", "Polygon", "Click the corners; the first one again, a double click or Enter twice closes it"],
]


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
        self.flat = FlatSky(tools=[tool for tool in _TOOLS if not tools or tool[0] in tools])
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
        size = " × ".join(f"{width:.3g}°" for width in geom.width.to_value("deg"))
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
        lines = rims(pointings.only(kept), radius, self._geom)
        self.flat.lines = {"paths": np.round(lines, 2).tolist(), "colour": _QUIET, "alpha": 0.6}

    def show_points(self, pointings: Pointings, names: Sequence[str], kept: np.ndarray, chosen: np.ndarray) -> None:
        """Show directions as dots with names; chosen ones in front, those that are not kept faint."""
        x, y = pointings.pixels(self._geom)
        there = np.isfinite(x) & np.isfinite(y)
        made: list[dict[str, Any]] = []
        for part, colour in ((~kept & ~chosen, _FAINT), (kept & ~chosen, _QUIET), (chosen, "#ffffff")):
            places = np.flatnonzero(part & there)
            dots = zip(places.tolist(), np.round(x[places], 2).tolist(), np.round(y[places], 2).tolist(), strict=True)
            made += [{"x": a, "y": b, "label": names[i], "colour": colour, "marker": "dot"} for i, a, b in dots]
        self.flat.points = made

    def show_shapes(self, regions: Mapping[str, str], rings: Pointings | None = None, radius: float = 0.0) -> None:
        """Show regions (name → DS9 text) that can be moved, over circles about pointings that cannot."""
        fixed: dict[str, Any] = {"colour": "#ffffff", "label": "", "key": None, "style": "solid", "fixed": True}
        lines = [] if rings is None else np.round(rims(rings, radius, self._geom), 2).tolist()
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

    def show_image(self, view: SkyView, shown: Layer) -> None:
        """Show the pixels of a layer in the colours of a record."""
        image = np.asarray(shown.image, dtype=np.float32)
        low, high = cuts(image, view) if shown.image.dtype != bool else (0.0, 1.0)
        ny, nx = image.shape
        size = " × ".join(f"{width:.3g}°" for width in self._geom.width.to_value("deg"))
        head = {"nx": nx, "ny": ny, "low": low, "high": high, "stretch": view.stretch, "opacity": view.opacity}
        words = {"unit": shown.unit or unit_word(shown), "title": f"{shown.title} {shown.facts}", "size": size}
        with self.flat.hold_sync():
            self.flat.pixels = image.tobytes()
            self.flat.lut = lut(view.cmap)
            self.flat.image = {**head, **words}
            self.flat.contours = contours(image, view.contours)
            self._show_marks(shown)

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

    def _show_marks(self, shown: Layer) -> None:
        bits = shown.image if shown.name == "flags" else None
        self.flat.marks = b"" if bits is None else np.asarray(bits, dtype=np.uint8).tobytes()
        self.flat.reasons = [] if bits is None else [[int(flag), reasons(int(flag))[0]] for flag in Flag]


@cache
def lut(name: str) -> bytes:
    """256 colours of three bytes."""
    from gpnb.draw.colours import colour_map  # here: matplotlib comes with it

    colours = colour_map(name)(np.arange(256), bytes=True)
    return np.ascontiguousarray(colours[:, :3], dtype=np.uint8).tobytes()


def contours(image: np.ndarray, levels: tuple[float, ...]) -> list[list[list[float]]]:
    """Lines of equal value, as lists of [x, y] in pixels."""
    if not levels:
        return []
    generator: Any = contour_generator(z=np.ma.masked_invalid(image))
    return [np.round(line, 2).tolist() for level in levels for line in generator.lines(level)]


def unit_word(shown: Layer) -> str:
    """What is counted, where there is no unit."""
    return shown.name if shown.name in ("counts", "excess", "background") else ""
