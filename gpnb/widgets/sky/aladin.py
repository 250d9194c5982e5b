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
from gpnb.panels.sky.cuts import cuts
from gpnb.panels.sky.layers import Layer
from gpnb.panels.sky.overlays import region_groups, sky_points
from gpnb.panels.sky.view import SkyView
from gpnb.widgets.aladin.sky import AladinSky
from gpnb.widgets.parts.controls import Control, toggle
from gpnb.widgets.parts.part import Controls

_MAP = "map"
_SHAPES = {"circle": "Circle", "ellipse": "Ellipse", "rectangle": "Box", "polygon": "Polygon"}
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

    def __init__(
        self, center: SkyCoord, width: float, height: float, survey: str, tools: Sequence[str] = tuple(_SHAPES)
    ):
        self.sky = AladinSky(center=center.icrs, width=width, survey=survey or "none", height=520)
        self.sky.least_height = height
        self._center, self._width, self._height, self._shapes = center, width, height, tools
        self._tools = Controls()
        self._tools.set_items(self._tool_items(""))
        self._tools.on_change(lambda name, pressed, _: self._take(name if pressed else ""))
        self.widget = ipywidgets.VBox([self._tools, self.sky]).add_class("gpnb-stack")
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
        self._tools.set_items(self._tool_items(shape))

    def _tool_items(self, taken: str) -> list[Control]:
        shapes = {name: word for name, word in _SHAPES.items() if name in self._shapes}
        return [toggle(name, word, name == taken, f"Draw: {word.lower()}") for name, word in shapes.items()]


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

    def show_image(self, view: SkyView, shown: Layer) -> None:
        """Show a layer in the colours of a record; without sending it again where only they changed."""
        low, high = cuts(np.asarray(shown.image, dtype=float), view) if shown.image.dtype != bool else (0.0, 1.0)
        cmap = "RdBu_r" if view.cmap == "diverging" else view.cmap
        style = {"cmap": cmap, "stretch": view.stretch, "low": low, "high": high, "opacity": view.opacity}
        if shown.image is self._image:
            self.sky.restyle(_MAP, **style)
        else:
            self.sky.show_image(_MAP, np.asarray(shown.image, dtype=np.float32), self._geom.wcs, **style)
        self._image = shown.image

    def show_over(self, view: SkyView, selected: str) -> None:
        """Show regions, the chosen one among them, peaks and overlays."""
        groups = region_groups(view, selected)
        points = sky_points(view)
        for name in self._named - set(groups) - set(points):
            self.sky.remove(name)
        for name, (text, colour, style) in groups.items():
            self.sky.show_regions(name, to_regions(text), colour=colour, **_LINES[style])
        for name, (places, labels, colour) in points.items():
            names = "always" if name == "peaks" else "hover"
            self.sky.show_points(name, SkyCoord(*places, unit=u.deg), labels, colour=colour, names=names)
        self._named = {*groups, *points}

    def show_look(self, view: SkyView) -> None:
        """Show the part of the sky that is looked at, and the survey below."""
        self.look(view.center, view.width, view.grid, view.survey)
