"""Regions of the sky as shapes in pixels of a map, which a front end draws and hands back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import is_point, region_text, to_regions
from gpnb.maps.geometry import WcsGeometry

if TYPE_CHECKING:
    from regions import PixCoord, SkyRegion

Shape = dict[str, Any]
"""``type`` and its numbers: circle ``x y r``, ellipse and rectangle ``x y w h angle``, polygon ``points``."""


def shapes_of(region: SkyRegion, geom: WcsGeometry) -> list[Shape]:
    """The outlines of a region in pixels of a map; two for rings, none for points and what the map cannot show.

    Examples
    --------
    >>> geom = WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.1 deg")
    >>> shape, = shapes_of(to_regions("icrs; circle(83.63, 22.01, 0.2)")[0], geom)
    >>> shape["type"], round(shape["r"], 2)
    ('circle', 2.0)
    """
    if is_point(region):
        return []
    from gpnb.maps.masks import to_pixels  # here: a panel without regions opens sooner

    pixel = to_pixels(region, geom.wcs)
    places = pixel.vertices if hasattr(pixel, "vertices") else pixel.center
    if not np.isfinite(places.xy).all():  # on the other side of the sky
        return []
    if hasattr(pixel, "vertices"):
        return [{"type": "polygon", "points": np.column_stack(pixel.vertices.xy).tolist()}]
    place = {"x": float(pixel.center.x), "y": float(pixel.center.y)}
    if hasattr(pixel, "radius"):
        return [{"type": "circle", **place, "r": float(pixel.radius)}]
    if hasattr(pixel, "outer_radius"):
        return [{"type": "circle", **place, "r": float(size)} for size in (pixel.inner_radius, pixel.outer_radius)]
    sizes = [(pixel.width, pixel.height)] if hasattr(pixel, "width") else []
    if hasattr(pixel, "outer_width"):
        sizes = [(pixel.inner_width, pixel.inner_height), (pixel.outer_width, pixel.outer_height)]
    kind = "ellipse" if "Ellipse" in type(pixel).__name__ else "rectangle"
    turned = float(pixel.angle.to_value("deg"))
    return [{"type": kind, **place, "w": float(w), "h": float(h), "angle": turned} for w, h in sizes]


def region_of(shape: Shape, geom: WcsGeometry) -> str:
    """The region that a shape in pixels of a map is on the sky, as DS9 text in the frame of the map.

    Raises
    ------
    ArgumentError
        If the shape lies outside the sky, has no size, or is of no known kind.
    """
    import regions  # here: a panel without regions opens sooner

    makers: dict[str, Any] = {
        "circle": lambda: regions.CirclePixelRegion(_center(shape), float(shape["r"])),
        "ellipse": lambda: regions.EllipsePixelRegion(_center(shape), *_size(shape)),
        "rectangle": lambda: regions.RectanglePixelRegion(_center(shape), *_size(shape)),
        "polygon": lambda: regions.PolygonPixelRegion(regions.PixCoord(*np.asarray(shape["points"], dtype=float).T)),
    }
    if shape.get("type") not in makers:
        raise ArgumentError(f"A shape must be one of {', '.join(makers)}, not {shape.get('type')!r}.")
    try:
        text = region_text(makers[shape["type"]]().to_sky(geom.wcs))
    except (KeyError, TypeError, ValueError) as error:
        raise ArgumentError(f"This {shape['type']} is no region: draw it on the map, with a size.") from error
    if "nan" in text:
        raise ArgumentError(f"This {shape['type']} lies partly outside the sky: draw it on the map.")
    return text


def _center(shape: Shape) -> PixCoord:
    from regions import PixCoord

    return PixCoord(float(shape["x"]), float(shape["y"]))


def _size(shape: Shape) -> tuple[float, float, Any]:
    return float(shape["w"]), float(shape["h"]), float(shape["angle"]) * u.deg


def points_of(text: str, geom: WcsGeometry) -> list[tuple[float, float, str]]:
    """The points among regions of DS9 text that lie on a map: x, y in pixels and name."""
    points = [region for region in to_regions(text or None) if is_point(region)]
    if not points:
        return []
    names = [str(region.meta.get("text", "") or region.meta.get("label", "")) for region in points]
    coords = [region.center.icrs for region in points]
    x, y = geom.pixel_icrs([coord.ra.deg for coord in coords], [coord.dec.deg for coord in coords])
    inside = (x >= -0.5) & (x < geom.nx - 0.5) & (y >= -0.5) & (y < geom.ny - 0.5)
    return [(float(a), float(b), name) for a, b, name, keep in zip(x, y, names, inside, strict=True) if keep]
