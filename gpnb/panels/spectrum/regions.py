"""ON and OFF regions of spectra on a small sky."""

from __future__ import annotations

from typing import Any

from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.sky_regions import to_regions
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.spectrum.data import Spectra

_MOST = 400
"""Regions that are drawn."""

_SHAPE = (480, 340)
_MARGIN = 1.25


def on_off(spectra: Spectra) -> tuple[str, str]:
    """All different ON and all different OFF regions, as DS9 text, one a line."""
    on = dict.fromkeys(item.on_region for item in spectra.items if item.on_region)
    off = dict.fromkeys(text for item in spectra.items for text in item.off_regions)
    return "\n".join(on), "\n".join(list(off)[:_MOST])


def sky_of(spectra: Spectra) -> WcsGeometry | None:
    """A sky grid that holds all regions; None if there is none."""
    found: list[Any] = [region for text in on_off(spectra) for region in to_regions(text or None)]
    if not found:
        return None
    each = [_center(region).icrs for region in found]
    centers = SkyCoord([place.ra.deg for place in each], [place.dec.deg for place in each], unit="deg")
    vectors = centers.cartesian.xyz.value.T
    middle = SkyCoord(*vectors.mean(axis=0), representation_type="cartesian").spherical
    place = SkyCoord(middle.lon, middle.lat, frame="icrs")
    reach = float(centers.separation(place).deg.max()) + max(map(_size, found))
    binsz = 2 * _MARGIN * max(reach, 0.05) / _SHAPE[1]
    return WcsGeometry.create(place, binsz=f"{binsz} deg", npix=_SHAPE, frame="icrs")


def _center(region: Any) -> SkyCoord:
    if hasattr(region, "center"):
        return region.center
    if hasattr(region, "vertices"):
        vertices = region.vertices.icrs.cartesian.xyz.value.mean(axis=1)
        place = SkyCoord(*vertices, representation_type="cartesian").spherical
        return SkyCoord(place.lon, place.lat, frame="icrs")
    return _center(region.region1)


def _size(region: Any) -> float:
    """How far a region reaches from its middle, deg."""
    for name in ("radius", "outer_radius", "width", "outer_width"):
        if hasattr(region, name):
            return float(getattr(region, name).to_value(u.deg))
    if hasattr(region, "vertices"):
        return float(region.vertices.separation(_center(region)).deg.max())
    return _size(region.region1) if hasattr(region, "region1") else 0.05
