"""Sky regions → masks and outlines in pixels, and masks grown by a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.wcs.utils import wcs_to_celestial_frame
from regions import CompoundSkyRegion, PointSkyRegion, SkyRegion

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import to_float
from gpnb.maps.inside import in_sky
from gpnb.maps.rounds import disk_sums
from gpnb.maps.sky_map import SkyMap

if TYPE_CHECKING:
    from astropy.wcs import WCS

    from gpnb.maps.geometry import WcsGeometry


def region_mask(geom: WcsGeometry, regions: Any, inside: bool = True) -> SkyMap:
    """Mark the pixels whose centre lies in any of the regions (or in none of them).

    Parameters
    ----------
    geom : WcsGeometry
        Where; its further axes are left out.
    regions : SkyRegion, DS9 text, or sequence of them
        Each as it lies on the sphere, whatever the projection and wherever the map has its edge: see `inside_test`.
        A point marks the pixel it lies in.
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
    if isinstance(region, PointSkyRegion):
        return _pixel_of(geom, region)
    return in_sky(geom.plane.vectors, region, geom.frame)


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


def in_frame(region: SkyRegion, frame: str) -> SkyRegion:
    """The region in another frame, at the same place of the sky.

    Its angle is about the north of its own frame; `regions` would take it about that of the map.
    """
    if isinstance(region, CompoundSkyRegion):
        parts = (in_frame(part, frame) for part in (region.region1, region.region2))
        return CompoundSkyRegion(*parts, operator=region.operator, meta=region.meta, visual=region.visual)
    if not hasattr(region, "angle") or region.center.frame.name == frame:
        return region
    center = region.center.transform_to(frame)
    northward = region.center.directional_offset_by(0 * u.deg, 0.01 * u.deg)
    turn = center.position_angle(northward.transform_to(frame))
    return region.copy(center=center, angle=region.angle + turn)


def to_pixels(region: SkyRegion, wcs: WCS) -> Any:
    """The region as it is drawn in the pixels of a map; `regions` takes its angle about the north of the map."""
    return in_frame(region, str(wcs_to_celestial_frame(wcs).name)).to_pixel(wcs)


def _pixel_of(geom: WcsGeometry, region: PointSkyRegion) -> np.ndarray:
    x, y = geom.coord_pixel(region.center)
    columns, rows = np.meshgrid(np.arange(geom.nx), np.arange(geom.ny))
    return np.asarray((np.abs(columns - x) <= 0.5) & (np.abs(rows - y) <= 0.5))
