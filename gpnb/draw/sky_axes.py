"""Axes on the sky, and what is drawn over them: regions, peaks, circles, names."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.visualization.wcsaxes import WCSAxes
from astropy.wcs import WCS
from matplotlib import patheffects
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from regions import PixelRegion, PointSkyRegion

from gpnb.core.sky_regions import to_regions
from gpnb.draw.style import LINE, NOTHING, QUIET, SKY, plain
from gpnb.maps.masks import to_pixels

_LABELS = {
    "icrs": ("Right ascension (deg)", "Declination (deg)"),
    "fk5": ("Right ascension, FK5 (deg)", "Declination, FK5 (deg)"),
    "galactic": ("Galactic longitude (deg)", "Galactic latitude (deg)"),
}
_STROKES: dict[str, dict[str, Any]] = {
    "regions": {"edgecolor": "white", "linewidth": 1.2, "linestyle": "-"},
    "off_regions": {"edgecolor": SKY, "linewidth": 1.0, "linestyle": (0, (4, 2))},
    "excluded": {"edgecolor": "white", "linewidth": 0.6, "linestyle": "-", "hatch": "////", "alpha": 0.8},
}
HALO = [patheffects.withStroke(linewidth=2.4, foreground="#000000A6")]
"""A dark rim that keeps white lines and letters legible on any colour."""


class SkyAxes(WCSAxes):  # type: ignore[misc]  # astropy is not typed
    """WCSAxes whose size, for the layout, includes a colour bar beside them."""

    def get_tightbbox(self, renderer: Any, *args: Any, **kwargs: Any) -> Bbox:
        """As of the parent, and of all axes inside it."""
        boxes = [super().get_tightbbox(renderer, *args, **kwargs)]
        boxes += [child.get_tightbbox(renderer) for child in self.child_axes]
        return Bbox.union([box for box in boxes if box is not None])


def sky_axes(figure: Figure, place: Any, wcs: WCS, frame: str, grid: bool = True) -> Any:
    """Axes with sky coordinates.

    Parameters
    ----------
    figure : Figure
        Where to.
    place : SubplotSpec
        Where in it.
    wcs : WCS
        Of two dimensions.
    frame : str
        Its sky frame, for the titles of the axes.
    grid : bool
        Whether lines are drawn.
    """
    axes: Any = figure.add_subplot(place, axes_class=SkyAxes, wcs=wcs)
    axes.set_facecolor(NOTHING)
    axes.grid(visible=False)
    axes.coords.frame.set_linewidth(0.6)
    axes.coords.frame.set_color(LINE)
    for coord, label, side in zip(axes.coords, _LABELS[frame], "bl", strict=True):
        coord.set_format_unit(u.deg, decimal=True, show_decimal_unit=False)
        coord.set_ticks_position(side)
        coord.set_ticks(number=5, color=LINE, size=3, width=0.6)
        coord.set_ticklabel(color=QUIET, size=8.25, exclude_overlapping=True)
        coord.set_axislabel(label, color=QUIET, size=8.25, minpad=0.7)
        if grid:
            coord.grid(color="white", alpha=0.22, linewidth=0.6)
    return axes


def draw_regions(axes: WCSAxes, text: str, kind: str, colour: str = "") -> None:
    """Draw regions of DS9 text: ``"regions"``, ``"off_regions"`` or ``"excluded"``, in a colour of their own or not."""
    for region in to_regions(text or None, kind):
        pixel: PixelRegion = to_pixels(region, axes.wcs)
        artist = pixel.as_artist()
        stroke = _STROKES[kind] | ({"edgecolor": colour} if colour else {})
        if hasattr(artist, "set_hatch"):
            artist.set(facecolor="none", **stroke)
        else:
            artist.set(color=stroke["edgecolor"])
        if kind == "regions":
            artist.set_path_effects(HALO)
        axes.add_artist(artist)


_MARKS = {"x": "x", "diamond": "D", "square": "s", "triangle": "^", "plus": "+", "star": (6, 2, 0)}
"""Marks of overlays as matplotlib calls them."""


def draw_overlay(axes: WCSAxes, text: str, colour: str, marker: str = "plus") -> None:
    """Draw outlines, and points as marks with their names, of DS9 text in one colour."""
    for region in to_regions(text or None, "overlay"):
        if isinstance(region, PointSkyRegion):
            at = tuple(float(value) for value in axes.wcs.world_to_pixel(region.center))
            axes.plot(*at, marker=_MARKS[marker], mfc="none", mec=colour, ms=7, mew=1.5, path_effects=HALO)
            name = plain(str(region.meta.get("text", "")))
            axes.annotate(
                name,
                at,
                xytext=(5, 3),
                textcoords="offset points",
                color=colour,
                fontsize=7,
                path_effects=HALO,
                annotation_clip=True,
            )
        else:
            axes.add_artist(to_pixels(region, axes.wcs).as_artist(facecolor="none", edgecolor=colour, linewidth=1.0))


def draw_peaks(axes: WCSAxes, peaks: Any) -> None:
    """White circles with thin numbers in order, of tuples (ra, dec, value) in deg."""
    if not len(peaks):
        return
    ra, dec, _ = np.array(peaks, dtype=float).T
    x, y = axes.wcs.world_to_pixel(SkyCoord(ra, dec, unit="deg"))
    axes.plot(x, y, "o", ms=11, mfc="none", mec="white", mew=1.0, path_effects=HALO, zorder=5)
    for place, at in enumerate(zip(x, y, strict=True), start=1):
        axes.annotate(
            str(place),
            at,
            xytext=(7, 5),
            textcoords="offset points",
            color="white",
            fontsize=7.5,
            path_effects=HALO,
            annotation_clip=True,
            zorder=5,
        )
