"""The sky around what was measured: Aladin Lite in a notebook, with named layers and shapes drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from ipyaladin import Aladin
from ipyaladin.utils.call_store import CallStore
from regions import SkyRegion
from traitlets import Bool, Float, Unicode, observe

from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import to_regions
from gpnb.widgets.aladin.layers import ImageStyle, Layer, PointStyle, RegionStyle, fits_bytes
from gpnb.widgets.aladin.script import page_script
from gpnb.widgets.aladin.shapes import drawn_region, outlines
from gpnb.widgets.aladin.surveys import survey_address

_SHAPES = ("circle", "ellipse", "rectangle", "polygon")

_CSS = """
.aladin-lite-lm-container { height: 100%; }
.aladin-widget { background: #0b0e12; border-radius: 6px; overflow: hidden; }
.aladin-widget .aladin-measurement-div { display: none; }
.aladin-widget .aladin-fov { left: 8px; bottom: 8px; padding: 2px 8px; border-radius: 4px; background: #000000a6; }
.aladin-widget .aladin-fov, .aladin-widget .aladin-fov * {
  color: white; font: 12px var(--jp-ui-font-family, system-ui), sans-serif;
}
.gpnb-glass { position: absolute; inset: 0; z-index: 50; cursor: crosshair; touch-action: none; outline: none; }
"""

_QUIET = {
    **dict.fromkeys(("show_layers_control", "show_settings_control", "show_simbad_pointer_control"), False),
    **dict.fromkeys(("show_coo_grid_control", "show_projection_control", "show_fullscreen_control"), False),
    **dict.fromkeys(("show_context_menu", "show_status_bar", "show_frame", "show_coo_location"), False),
    **dict.fromkeys(("show_reticle", "show_share_control", "show_zoom_control", "samp", "log"), False),
    "background_color": "rgb(11, 14, 18)",
    "coo_frame": "ICRSd",  # degrees along the grid, as in all panels
}
"""Aladin Lite without its menus and buttons; its name stays. Nothing is logged at its makers'."""


class AladinSky(Aladin):  # type: ignore[misc]  # ipyaladin is not typed
    """A live sky with named layers.

    Layers can be given before the widget is shown and are drawn again wherever it is shown anew.

    Parameters
    ----------
    center : SkyCoord, optional
        Where to look; else the origin of ICRS.
    width : float
        Of the field of view, deg.
    survey : str
        What lies below: a name in `gpnb.widgets.aladin.surveys.SURVEYS`, the address of a HiPS, or ``"none"``.
    height : int
        Of the widget, px.
    grid : bool
        Whether coordinate lines are drawn.

    Attributes
    ----------
    survey_state : str
        ``"loading"``, ``"there"`` (always so for ``"none"``) or ``"out of reach"`` (then a plain sky is shown).
        To be observed.
    trouble : str
        Why Aladin Lite could not be started; empty if it could.
    """

    _css = _CSS
    survey: str  # a trait of the parent
    survey_state = Unicode("loading", help="Whether the survey could be reached.").tag(sync=True)
    trouble = Unicode("", help="Why there is no Aladin Lite.").tag(sync=True)
    least_height = Float(0.0, help="The view is at least as high as this, deg.").tag(sync=True)
    grid = Bool(True, help="Whether coordinate lines are drawn.").tag(sync=True)
    probes = Bool(default_value=False, help="Whether Python tells of places that are pointed at.").tag(sync=True)

    def __init__(
        self,
        center: SkyCoord | None = None,
        width: float = 5.0,
        survey: str = "DSS2 color",
        height: int = 400,
        grid: bool = True,
        **options: Any,
    ):
        self.__dict__.update(_call_store=CallStore(), listener_callback={})  # the parent's are shared by all instances
        self._layers: dict[str, Layer] = {}
        self._on_region: list[Callable[[SkyRegion], Any]] = []
        self._on_click: list[Callable[[SkyCoord], Any]] = []
        self._on_probe: Callable[[SkyCoord], dict[str, Any]] | None = None
        self._drawing: str | None = None
        self._ready = False
        target = SkyCoord(0, 0, unit="deg") if center is None else center.icrs
        super().__init__(
            target=target, fov=float(width), survey=survey_address(survey), height=height, **{**_QUIET, **options}
        )
        self.grid = grid

    @property
    def _esm(self) -> str:
        """The page's script; anywidget reads it once, when an instance is made."""
        return page_script()

    def __repr__(self) -> str:
        return f"<AladinSky with {len(self._layers)} layers>"

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of what is shown, in the order in which it was given."""
        return tuple(self._layers)

    def show_image(self, name: str, image: Any, header: Any = None, **style: Any) -> None:
        """Show an image, in place of what had the same name.

        Parameters
        ----------
        name : str
            Of the layer.
        image : HDU, or array of two dimensions
            Values that are not finite are transparent.
        header : Header or WCS, optional
            The coordinates of an array.
        **style
            ``cmap`` (matplotlib's), ``stretch`` (linear, sqrt, log, asinh), ``low``, ``high``
            (values; else from percentiles), ``opacity``.
        """
        content, (low, high) = fits_bytes(image, header)
        given = {key: value for key, value in style.items() if value is not None}
        looks = ImageStyle(low=low, high=high).changed(given)
        self._put(name, Layer("image", looks, buffers=(content,)))

    def show_regions(self, name: str, regions: Any, **style: Any) -> None:
        """Show sky regions, in place of what had the same name.

        Parameters
        ----------
        name : str
            Of the layer.
        regions : SkyRegion, DS9 text, or a list of them
            Circles, ellipses, rectangles, polygons, annuli.
        **style
            ``colour``, ``line`` (solid, dashed, dotted), ``width`` (px), ``fill`` (opacity), ``hatch``, ``label``,
            ``opacity``.
        """
        lines = [outlines(region) for region in to_regions(regions, "regions")]
        self._put(name, Layer("regions", RegionStyle().changed(style), {"regions": lines}))

    def show_lines(self, name: str, lines: Sequence[SkyCoord], **style: Any) -> None:
        """Show lines from place to place, in place of what had the same name; the style is that of regions."""
        paths = [np.stack([line.icrs.ra.deg, line.icrs.dec.deg], axis=-1).tolist() for line in lines]
        look = RegionStyle(closed=False).changed(style)
        self._put(name, Layer("regions", look, {"regions": [[path] for path in paths]}))

    def show_points(self, name: str, coords: SkyCoord, labels: Sequence[str] = (), **style: Any) -> None:
        """Show places as marks, in place of what had the same name.

        Parameters
        ----------
        name : str
            Of the layer.
        coords : SkyCoord
            One or many.
        labels : sequence of str
            A name for each, or none. It is drawn as text, whatever it holds.
        **style
            ``colour``, ``size`` (px), ``marker``, ``names`` (hover, few, always, never), ``opacity``; see `PointStyle`.
        """
        places = np.stack([np.atleast_1d(coords.icrs.ra.deg), np.atleast_1d(coords.icrs.dec.deg)], axis=-1)
        texts = [str(label) for label in labels]
        if texts and len(texts) != len(places):
            raise ArgumentError(f"labels: {len(places)} are expected, one for each place; {len(texts)} were given.")
        content = {"points": places.tolist(), "labels": texts or None}
        self._put(name, Layer("points", PointStyle().changed(style), content))

    def restyle(self, name: str, **style: Any) -> None:
        """Change how a layer looks; its data are not sent again."""
        layer = self._layer(name)
        layer = replace(layer, style=layer.style.changed(style))
        self._layers[name] = layer
        self._tell({"gpnb": "restyle", "name": name, "kind": layer.kind, "style": layer.style.to_page()})

    def remove(self, name: str) -> None:
        """Take a layer away."""
        kind = self._layer(name).kind
        del self._layers[name]
        self._tell({"gpnb": "remove", "name": name, "kind": kind})

    def draw(self, shape: str | None) -> None:
        """Let the user draw a shape: circle, ellipse, rectangle, polygon; None stops it.

        What was drawn comes back through `on_region`.
        """
        if shape is not None and shape not in _SHAPES:
            raise ArgumentError(f"shape={shape!r} is not one of {', '.join(_SHAPES)}.")
        self._drawing = shape
        self._tell({"gpnb": "draw", "kind": shape})

    def on_region(self, callback: Callable[[SkyRegion], Any]) -> None:
        """Call with a region in ICRS when one was drawn."""
        self._on_region.append(callback)

    def on_click(self, callback: Callable[[SkyCoord], Any]) -> None:
        """Call with the place that was clicked."""
        self._on_click.append(callback)

    def on_probe(self, callback: Callable[[SkyCoord], dict[str, Any]]) -> None:
        """Call with a place that is pointed at; it gives the ``lon lat frame rows why`` of its card."""
        self._on_probe, self.probes = callback, True

    def look_at(self, center: SkyCoord, width: float, height: float = 0.0) -> None:
        """Move the view.

        Parameters
        ----------
        center : SkyCoord
            The new centre.
        width : float
            Of the field of view, deg.
        height : float
            The view becomes wider until it is as high as this, deg.
        """
        self.least_height = float(height)
        target = f"{center.icrs.ra.deg} {center.icrs.dec.deg}"
        if self._ready:
            # The traits alone may be taken for an echo of the user's last move and be dropped.
            self._tell({"gpnb": "look", "target": target, "width": float(width)})
        else:
            self._target, self._fov = target, float(width)

    def zoom(self, factor: float) -> None:
        """Make things look larger by a factor."""
        self._tell({"gpnb": "zoom", "factor": float(factor)})

    def choose_survey(self, name: str) -> None:
        """Change what lies below: a name in `SURVEYS`, the address of a HiPS, or ``"none"``."""
        address = survey_address(name)
        if self.survey == address:
            self._tell({"gpnb": "survey"})  # try again
        else:
            self.survey = address

    def _layer(self, name: str) -> Layer:
        if name not in self._layers:
            raise ArgumentError(f"There is no layer {name!r}; there are {', '.join(self._layers) or 'none'}.")
        return self._layers[name]

    def _put(self, name: str, layer: Layer) -> None:
        if name in self._layers and self._layers[name].kind != layer.kind:
            self.remove(name)
        self._layers[name] = layer
        self._tell(layer.message(name), layer.buffers)

    def _tell(self, message: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Tell the page; before it is ready nothing is lost, since layers are kept."""
        if self._ready:
            self.send(message, buffers=list(buffers))

    @observe("grid")  # type: ignore[untyped-decorator]
    def _grid_changed(self, _: Any) -> None:
        self._tell({"gpnb": "grid"})

    def _handle_custom_message(self, widget: Any, message: dict[str, Any], buffers: Any) -> None:
        match message:
            case {"gpnb": "ready"}:
                self._show_all()
            case {"gpnb": "drawn", "shape": shape}:
                self._drawn(shape)
            case {"gpnb": "probe", "place": place, "world": [ra, dec]} if self._on_probe is not None:
                told = self._on_probe(SkyCoord(ra, dec, unit="deg", frame="icrs"))
                self._tell({"gpnb": "told", "place": place, **told})
            case {"event_type": "click", "content": {"isDragging": False, "ra": ra, "dec": dec}}:
                for callback in self._on_click:
                    callback(SkyCoord(ra, dec, unit="deg", frame="icrs"))
        if "event_type" in message:
            super()._handle_custom_message(widget, message, buffers)

    def _show_all(self) -> None:
        """Give a page that has just become ready all that there is."""
        self._ready = True
        for name, layer in self._layers.items():
            self._tell(layer.message(name), layer.buffers)
        if self._drawing:
            self.draw(self._drawing)

    def _drawn(self, shape: dict[str, Any] | None) -> None:
        self.draw(None)  # wherever else the sky is shown
        if shape:  # else it was given up
            region = drawn_region(shape)
            for callback in self._on_region:
                callback(region)
