"""Sky regions → masks, by the `regions` package, and masks grown by a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    CompoundSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipseSkyRegion,
    LineSkyRegion,
    PixCoord,
    PointSkyRegion,
    SkyRegion,
    TextSkyRegion,
)

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import to_vectors
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import to_float
from gpnb.maps.rounds import disk_sums
from gpnb.maps.sky_map import SkyMap
from gpnb.maps.sphere import coord_values, local_basis, rotate

if TYPE_CHECKING:
    from gpnb.maps.geometry import WcsGeometry


def region_mask(geom: WcsGeometry, regions: Any, inside: bool = True) -> SkyMap:
    """Mark the pixels whose centre lies in any of the regions (or in none of them).

    Parameters
    ----------
    geom : WcsGeometry
        Where; its further axes are left out.
    regions : SkyRegion, DS9 text, or sequence of them
        Circles, annuli and ellipses are exact on the sphere, polygons, rectangles and others
        go through the WCS; a point marks the pixel it lies in.
    inside : bool
        False: mark the pixels outside all regions.

    Returns
    -------
    SkyMap
        2-D, bool.
    """
    found = to_regions(regions, "regions")
    marked = np.zeros((geom.ny, geom.nx), dtype=bool)
    for region in found:
        marked |= region_array(geom, region)
    compound = any(isinstance(region, CompoundSkyRegion) for region in found)
    written = Recipe.memory("regions") if compound else found  # DS9 text knows no compounds
    recipe = Recipe.of(".region_mask()", on=geom, regions=written, inside=inside, name="mask")
    return SkyMap(geom.image(), marked if inside else ~marked, recipe=recipe)


def region_array(geom: WcsGeometry, region: SkyRegion) -> np.ndarray:
    """Whether each pixel centre lies in one region, shape (ny, nx)."""
    if isinstance(region, CompoundSkyRegion):
        parts = (region_array(geom, region.region1), region_array(geom, region.region2))
        return np.asarray(region.operator(*parts))
    if isinstance(region, CircleSkyRegion):
        return _within(geom, region.center, region.radius)
    if isinstance(region, CircleAnnulusSkyRegion):
        # the inner rim belongs to the hole, so that disk and annulus share no pixel
        hole = _within(geom, region.center, region.inner_radius)
        return np.asarray(_within(geom, region.center, region.outer_radius) & ~hole)
    if isinstance(region, PointSkyRegion):
        return _pixel_of(geom, region)
    if isinstance(region, LineSkyRegion | TextSkyRegion):
        raise ArgumentError(f"A {type(region).__name__} has no inside: give a circle, ellipse, rectangle or polygon.")
    region = in_frame(region, geom.frame)
    if isinstance(region, EllipseSkyRegion):
        return _in_ellipse(geom, region, region.width, region.height)
    if isinstance(region, EllipseAnnulusSkyRegion):
        hole = _in_ellipse(geom, region, region.inner_width, region.inner_height)
        return np.asarray(_in_ellipse(geom, region, region.outer_width, region.outer_height) & ~hole)
    return _through_wcs(geom, region)


def dilate(mask: SkyMap, margin: Any) -> SkyMap:
    """The mask with everything added that is within `margin` of a marked pixel.

    Parameters
    ----------
    mask : SkyMap
        Of bool; each plane is grown on its own.
    margin : Quantity or str
        An angle on the sky, between the centres of pixels.

    Raises
    ------
    ArgumentError
        If the map is not a mask.
    """
    if mask.data.dtype != bool:
        raise ArgumentError(f"{mask!r} is not a mask: its values are {mask.data.dtype}, not bool.")
    data = disk_sums(mask.geom.plane, mask.data, to_float(margin, u.deg, "margin")) > 0.5
    recipe = Recipe.of("gpnb.maps.masks.dilate()", mask=mask, margin=margin, name="mask")
    return SkyMap(mask.geom, data, recipe=recipe)


def _within(geom: WcsGeometry, center: SkyCoord, radius: u.Quantity) -> np.ndarray:
    """Pixels whose centre is at most `radius` away, by the square of the chord."""
    x, y, z = to_vectors(*coord_values(center, geom.frame))
    vectors = geom.plane.vectors
    chord = (vectors[0] - x) ** 2 + (vectors[1] - y) ** 2 + (vectors[2] - z) ** 2
    return np.asarray(chord <= (2 * np.sin(min(radius.to_value(u.rad), np.pi) / 2)) ** 2)


def in_frame(region: SkyRegion, frame: str) -> SkyRegion:
    """The region in another frame, at the same place of the sky.

    Its angle is about the north of its own frame; `regions` would take it about that of the map.
    """
    if not hasattr(region, "angle") or region.center.frame.name == frame:
        return region
    center = region.center.transform_to(frame)
    northward = region.center.directional_offset_by(0 * u.deg, 0.01 * u.deg)
    turn = center.position_angle(northward.transform_to(frame))
    return region.copy(center=center, angle=region.angle + turn)


def _in_ellipse(geom: WcsGeometry, region: Any, width: u.Quantity, height: u.Quantity) -> np.ndarray:
    """Inside an ellipse in distance and direction from its centre.

    As in `regions`, the width axis points west at angle 0 and turns to north.
    """
    lon, lat = coord_values(region.center, geom.frame)
    ahead, east, north = rotate(local_basis(float(lon), float(lat)), geom.plane.vectors)
    distance = np.degrees(np.arctan2(np.hypot(east, north), ahead))
    direction = np.arctan2(north, -east) - region.angle.to_value(u.rad)
    along, across = distance * np.cos(direction), distance * np.sin(direction)
    a, b = width.to_value(u.deg) / 2, height.to_value(u.deg) / 2
    return np.asarray((along / a) ** 2 + (across / b) ** 2 <= 1)


def _through_wcs(geom: WcsGeometry, region: Any) -> np.ndarray:
    """Inside the region drawn on the pixel grid; nothing if it lies where the projection shows no sky."""
    x, _ = geom.coord_pixel(region.vertices if hasattr(region, "vertices") else region.center)
    if not np.isfinite(x).any():
        return np.zeros((geom.ny, geom.nx), dtype=bool)
    if not np.isfinite(x).all():
        raise ArgumentError(f"A {type(region).__name__} reaches beyond what the {geom.projection} projection can show.")
    columns, rows = np.meshgrid(np.arange(geom.nx, dtype=float), np.arange(geom.ny, dtype=float))
    return np.asarray(region.to_pixel(geom.wcs).contains(PixCoord(columns, rows)))


def _pixel_of(geom: WcsGeometry, region: PointSkyRegion) -> np.ndarray:
    x, y = geom.coord_pixel(region.center)
    columns, rows = np.meshgrid(np.arange(geom.nx), np.arange(geom.ny))
    return np.asarray((np.abs(columns - x) <= 0.5) & (np.abs(rows - y) <= 0.5))
