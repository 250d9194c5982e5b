"""Where a map is shown: on a flat canvas, with its exact pixels, or on the sky (Aladin Lite)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from contourpy import contour_generator

from gpnb.datasets.flags import Flag, reasons
from gpnb.draw.colours import colour_map
from gpnb.maps.geometry import WcsGeometry
from gpnb.state.cuts import cuts
from gpnb.state.layers import Layer
from gpnb.state.overlays import points_over, shapes_over
from gpnb.state.skygrid import graticule, lattice, look_of, window_of
from gpnb.state.views import SkyView
from gpnb.widgets.parts.flatsky import FlatSky

_TOOLS = [
    ["move", "Move", "Choose, move and resize shapes; drag the sky"],
    ["circle", "Circle", "Draw a circle from its centre"],
    ["ellipse", "Ellipse", "Draw an ellipse from its centre"],
    ["rectangle", "Box", "Draw a box from corner to corner"],
    ["polygon", "Polygon", "Click the corners; the first one again, a double click or Enter twice closes it"],
]


class SkyStage:
    """A map with what is drawn over it, and the shapes that are drawn on it.

    Parameters
    ----------
    geom : WcsGeometry
        The sky grid of the map.
    """

    def __init__(self, geom: WcsGeometry):
        self.flat = FlatSky(tools=_TOOLS)
        self.set_geometry(geom)
        self.widget = ipywidgets.VBox([self.flat])

    def set_geometry(self, geom: WcsGeometry) -> None:
        """Take another sky grid; what is shown on it has to be shown anew."""
        self._geom = geom.image()
        self._look: tuple[Any, ...] = ()
        vectors = np.ascontiguousarray(lattice(self._geom), dtype=np.float32)
        with self.flat.hold_sync():
            self.flat.lattice = vectors.tobytes()
            self.flat.look = {"m": vectors.shape[1], "n": vectors.shape[0], "frame": self._geom.frame}

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
        look = (view.center, view.width, view.grid)
        if look == self._look:
            return
        self._look = look
        window = window_of(self._geom, view.center, view.width)
        with self.flat.hold_sync():
            self.flat.window = list(window or ())
            self.flat.grid = graticule(self._geom, window) if view.grid else {}

    def on_pixels(self, callback: Callable[[str | None, dict[str, Any]], None]) -> None:
        """Call ``callback(name, shape)`` for a shape drawn (no name) or changed on the flat sky, in pixels."""
        self.flat.on("shape", lambda id, shape, tool: callback(id, shape))  # noqa: A006, ARG005  (fields of the message)

    def on_shape(self, callback: Callable[[str | None, str], None]) -> None:
        """Call ``callback(name, text)`` for a shape drawn on the sky, as DS9 text."""
        self._on_shape = callback

    def on_remove(self, callback: Callable[[str], None]) -> None:
        """Call ``callback(name)`` when a shape is to go."""
        self.flat.on("remove", lambda id: callback(id))  # noqa: A006, PLW0108  (the name of the field)

    def on_look(self, callback: Callable[[str | None, str | None], None]) -> None:
        """Call ``callback(center, width)`` when another part of the sky is looked at; None for all."""

        def look(window: list[float]) -> None:
            if not window:
                callback(None, None)
            else:
                center, width = look_of(self._geom, tuple(window))  # type: ignore[arg-type]
                callback(center, f"{width!r} deg")

        self.flat.on("window", look)

    def _show_marks(self, shown: Layer) -> None:
        bits = shown.image if shown.name == "flags" else None
        self.flat.marks = b"" if bits is None else np.asarray(bits, dtype=np.uint8).tobytes()
        self.flat.reasons = [] if bits is None else [[int(flag), reasons(int(flag))[0]] for flag in Flag]


@cache
def lut(name: str) -> bytes:
    """256 colours of three bytes."""
    colours = colour_map(name)(np.arange(256), bytes=True)
    return np.ascontiguousarray(colours[:, :3], dtype=np.uint8).tobytes()


def contours(image: np.ndarray, levels: tuple[float, ...]) -> list[list[list[float]]]:
    """Lines of equal value, as lists of [x, y] in pixels."""
    if not levels:
        return []
    generator = contour_generator(z=np.ma.masked_invalid(image))
    return [np.round(line, 2).tolist() for level in levels for line in generator.lines(level)]


def unit_word(shown: Layer) -> str:
    """What is counted, where there is no unit."""
    return shown.name if shown.name in ("counts", "excess", "background") else ""
