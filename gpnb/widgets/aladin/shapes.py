"""Sky regions to outlines for a page, and shapes drawn there back to sky regions; ICRS, degrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import Angle, SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    CompoundSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipseSkyRegion,
    PolygonSkyRegion,
    RectangleAnnulusSkyRegion,
    RectangleSkyRegion,
    SkyRegion,
)

from gpnb.core.errors import ArgumentError

Outline = list[list[float]]
"""A closed line: [right ascension, declination], …"""

_POINTS = 90


def outlines(region: SkyRegion) -> list[Outline]:
    """The closed lines around a region; two for an annulus.

    Parameters
    ----------
    region : SkyRegion
        Circle, ellipse, rectangle, polygon, an annulus of one of the first three, or a compound of such.

    Returns
    -------
    list of list
        Lines of ``[ra, dec]``, ICRS, deg.

    Raises
    ------
    ArgumentError
        If it is of another kind.

    Examples
    --------
    >>> from regions import CircleSkyRegion
    >>> (line,) = outlines(CircleSkyRegion(SkyCoord("0d 0d"), 1 * u.deg))
    >>> [round(value, 6) for value in line[0]]
    [359.0, 0.0]
    """
    if isinstance(region, CompoundSkyRegion):
        return [*outlines(region.region1), *outlines(region.region2)]
    if isinstance(region, PolygonSkyRegion):
        return [_icrs(region.vertices)]
    for kind, lines in _LINES.items():
        if isinstance(region, kind):
            angle = getattr(region, "angle", 0 * u.deg)
            return [_around(region.center, x, y, angle) for x, y in lines(region)]
    raise ArgumentError(
        f"{type(region).__name__} cannot be drawn on the sky: give circles, ellipses, rectangles, polygons or annuli."
    )


def _ellipse(width: u.Quantity, height: u.Quantity) -> tuple[np.ndarray, np.ndarray]:
    phi = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)
    return width.to_value("deg") / 2 * np.cos(phi), height.to_value("deg") / 2 * np.sin(phi)


def _rectangle(width: u.Quantity, height: u.Quantity) -> tuple[np.ndarray, np.ndarray]:
    """Corners, with points between them: sides are not straight on the sky."""
    side = np.linspace(-1, 1, 12, endpoint=False)
    one = np.ones_like(side)
    x = np.concatenate([side, one, -side, -one]) * width.to_value("deg") / 2
    return x, np.concatenate([-one, side, one, -side]) * height.to_value("deg") / 2


_LINES: dict[type[Any], Callable[[Any], list[tuple[np.ndarray, np.ndarray]]]] = {
    CircleSkyRegion: lambda r: [_ellipse(2 * r.radius, 2 * r.radius)],
    EllipseSkyRegion: lambda r: [_ellipse(r.width, r.height)],
    RectangleSkyRegion: lambda r: [_rectangle(r.width, r.height)],
    CircleAnnulusSkyRegion: lambda r: [
        _ellipse(2 * r.outer_radius, 2 * r.outer_radius),
        _ellipse(2 * r.inner_radius, 2 * r.inner_radius),
    ],
    EllipseAnnulusSkyRegion: lambda r: [
        _ellipse(r.outer_width, r.outer_height),
        _ellipse(r.inner_width, r.inner_height),
    ],
    RectangleAnnulusSkyRegion: lambda r: [
        _rectangle(r.outer_width, r.outer_height),
        _rectangle(r.inner_width, r.inner_height),
    ],
}
"""Lines about the centre, deg, x against the longitude and y along the latitude, before the region's turn."""


def _around(center: SkyCoord, x: np.ndarray, y: np.ndarray, angle: u.Quantity) -> Outline:
    """Points at offsets from a centre; `regions` turns anticlockwise on a map with longitude to the left."""
    turned = np.arctan2(y, x) * u.rad + angle
    return _icrs(center.directional_offset_by(turned - 90 * u.deg, np.hypot(x, y) * u.deg))


def _icrs(places: SkyCoord) -> Outline:
    icrs = places.icrs
    pairs: Outline = np.stack([icrs.ra.deg, icrs.dec.deg], axis=-1).tolist()
    return pairs


def drawn_region(shape: dict[str, Any]) -> SkyRegion:
    """The region of a shape that was drawn on a page.

    Parameters
    ----------
    shape : dict
        ``kind`` and ``places``: corners of a polygon; else the centre, then a place on the rim
        (circle), or one to the right and one above (ellipse, rectangle).

    Returns
    -------
    SkyRegion
        In ICRS.

    Examples
    --------
    >>> drawn_region({"kind": "circle", "places": [[83.6, 22.0], [83.6, 22.5]]}).radius.round(6)
    <Angle 0.5 deg>
    """
    places = SkyCoord(np.asarray(shape["places"], dtype=float), unit="deg", frame="icrs")
    if shape["kind"] == "polygon":
        return PolygonSkyRegion(places)
    center = places[0]
    if shape["kind"] == "circle":
        return CircleSkyRegion(center, Angle(center.separation(places[1]).deg, "deg"))
    kind = {"ellipse": EllipseSkyRegion, "rectangle": RectangleSkyRegion}[shape["kind"]]
    width, height = 2 * center.separation(places[1:]).to(u.deg)
    return kind(center, width, height, angle=_half_turn(center.position_angle(places[1]) + 90 * u.deg))


def _half_turn(angle: u.Quantity) -> u.Quantity:
    """The same axis within 90 deg of 0."""
    degrees = (angle.to_value("deg") + 90) % 180 - 90
    return degrees * u.deg
