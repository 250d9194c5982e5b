"""A map as a layer of the sky, in Aladin Lite: the same state as on the flat canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.sky_regions import region_text, to_regions
from gpnb.core.units import to_skycoord
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.cuts import Scale, colours_of
from gpnb.panels.sky.layers import Layer
from gpnb.panels.sky.overlays import SELECTED, region_groups, sky_points
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.aladin.sky import AladinSky
from gpnb.widgets.parts.controls import Control, button, toggle
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.sky.stage import TOOLS, contours

_MAP = "map"
_SHAPES = ("circle", "ellipse", "rectangle", "polygon")
_CLOSER = {"in": 1.5, "out": 1 / 1.5}
_ZOOMS = [button("in", "+", "Zoom in"), button("out", "−", "Zoom out"), button("fit", "fit", "Show all")]
_LINES: dict[str, dict[str, Any]] = {"solid": {}, "dashed": {"line": "dashed"}, "hatched": {"hatch": True}}


class AladinBase:
    """The sky in Aladin Lite, with tools to draw on it.

    Parameters
    ----------
    center : SkyCoord
        Where to look at first.
    width : float
        Of the field of view, deg.
    height : float
        It is at least as high as this, deg.
    survey : str
        What lies below; see `gpnb.widgets.aladin.surveys.SURVEYS`.
    tools : sequence of str
        What can be drawn, by name; by default every shape.
    """

    def __init__(self, center: SkyCoord, width: float, height: float, survey: str, tools: Sequence[str] = _SHAPES):
        frame = {"galactic": "GAL"}.get(center.frame.name, "ICRSd")  # degrees along the grid, as in all panels
        self.sky = AladinSky(center=center.icrs, width=width, survey=survey or "none", height=560, coo_frame=frame)
        self.sky.least_height = height
        self._center, self._width, self._height, self._shapes = center, width, height, tools
        self.tools, self.zooms = Controls(), Controls()
        self.tools.set_items(self._tool_items(""))
        self.tools.on_change(lambda name, pressed, _: self._take(name if pressed and name != "move" else ""))
        self.zooms.set_items(_ZOOMS)
        self.zooms.on_change(lambda name, *_: self._zoom(name))
        bars = [bar.add_class("gpnb-float").add_class(f"gpnb-float-{name}") for bar, name in self._bars()]
        self.widget = ipywidgets.VBox([self.sky, *bars]).add_class("gpnb-sky").add_class("gpnb-aladin")
        self._look: tuple[Any, ...] = ()

    @property
    def trouble(self) -> str:
        """Why the sky is not as asked for; empty if it is."""
        if self.sky.trouble:
            return f"{self.sky.trouble} The view of pixels needs no Aladin Lite."
        if self.sky.survey_state == "out of reach":
            return "The survey is out of reach: a plain grid is shown."
        return ""

    def on_trouble(self, callback: Callable[[], None]) -> None:
        """Call when that changes."""
        self.sky.observe(lambda _: callback(), ["trouble", "survey_state"])

    def look(self, center: str, width: float | None, grid: bool, survey: str) -> None:
        """Show a part of the sky, with or without grid, and a survey below."""
        before, self._look = self._look, (center, width, grid, survey)
        if self._look == before:
            return
        self.sky.grid = grid
        if not before or before[3] != survey:
            self.sky.choose_survey(survey or "none")
        if not before or before[:2] != (center, width):
            middle = to_skycoord(center) if center else self._center
            whole = (self._width, self._height) if width is None else (width, 0.0)
            self.sky.look_at(middle.icrs, *whole)

    def on_shape(self, callback: Callable[[None, str], None]) -> None:
        """Call ``callback(None, text)`` for a shape drawn, as DS9 text."""

        def drawn(region: Any) -> None:
            self._take("")
            callback(None, region_text(region))

        self.sky.on_region(drawn)

    def _take(self, shape: str) -> None:
        self.sky.draw(shape or None)
        self.tools.set_items(self._tool_items(shape))

    def _bars(self) -> list[tuple[Controls, str]]:
        return [(self.tools, "tools"), (self.zooms, "zoom")]

    def _tool_items(self, taken: str) -> list[Control]:
        """The tools of the flat sky."""
        known = [tool for tool in TOOLS if tool[0] in ("move", *self._shapes)]
        return [toggle(name, word, name == (taken or "move"), hint) for name, word, hint in known]

    def _zoom(self, name: str) -> None:
        """Look closer or wider; "fit" shows all again."""
        if name == "fit":
            self.sky.look_at(self._center.icrs, self._width, self._height)
        else:
            self.sky.zoom(_CLOSER[name])


class AladinStage(AladinBase):
    """The sky with a map on it; what `SkyStage` is for the flat canvas.

    Parameters
    ----------
    geom : WcsGeometry
        The sky grid of the map.
    survey : str
        What lies below.
    """

    def __init__(self, geom: WcsGeometry, survey: str = ""):
        self._geom = geom.image()
        width, height = self._geom.width.to_value("deg").tolist()
        super().__init__(self._geom.center, width, height, survey)
        self._image: np.ndarray | None = None
        self._named: set[str] = set()

    def show_image(self, view: SkyView, shown: Layer, scale: Scale) -> None:
        """Show a layer in the colours of a record; without sending it again where only they changed."""
        style = {**vars(scale), "cmap": colours_of(view, shown.name), "opacity": view.opacity}
        if shown.image is self._image:
            self.sky.restyle(_MAP, **style)
        else:
            self.sky.show_image(_MAP, np.asarray(shown.image, dtype=np.float32), self._geom.wcs, **style)
        self._image = shown.image
        lines = [np.array(line).T for line in contours(shown, view.contours)]
        coords = [SkyCoord(*self._geom.plane.sky(x, y), unit="deg", frame=self._geom.frame) for x, y in lines]
        self.sky.show_lines("contours", coords, colour="white", width=1.0, opacity=0.9)

    def on_probe(self, callback: Callable[[tuple[int, int]], dict[str, Any]]) -> None:
        """Call ``callback((x, y))`` for a pixel that is pointed at; it gives the ``rows`` and ``why`` of its card."""

        def probe(coord: SkyCoord) -> dict[str, Any]:
            x, y = (float(value) for value in self._geom.coord_pixel(coord))
            place = coord.transform_to(self._geom.frame).spherical
            where = {"lon": place.lon.deg, "lat": place.lat.deg, "frame": self._geom.frame}
            if not (-0.5 <= x < self._geom.nx - 0.5 and -0.5 <= y < self._geom.ny - 0.5):
                return {**where, "rows": [], "why": ["outside the map"]}
            return {**where, **callback((round(x), round(y)))}

        self.sky.on_probe(probe)

    def show_over(self, view: SkyView, selected: str) -> None:
        """Show regions, the chosen one among them, peaks and overlays."""
        groups = region_groups(view, selected)
        points = sky_points(view)
        for name in self._named - set(groups) - set(points):
            self.sky.remove(name)
        for name, (text, colour, style) in groups.items():
            label = "ON" if name == SELECTED else ""
            self.sky.show_regions(name, to_regions(text), colour=colour, label=label, **_LINES[style])
        for name, (places, labels, colour, marker) in points.items():
            look = {"colour": colour, "marker": marker, "names": "always" if name == "peaks" else "few", "size": 12}
            self.sky.show_points(name, SkyCoord(*places, unit=u.deg), labels, **look)
        self._named = {*groups, *points}

    def show_look(self, view: SkyView) -> None:
        """Show the part of the sky that is looked at, and the survey below."""
        self.look(view.center, view.width, view.grid, view.survey)
