"""Maps: axes, sky geometries, n-D sky maps, masks, kernels and their files."""

from __future__ import annotations

from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.image import SkyImage
from gpnb.maps.sky_map import SkyMap

__all__ = ["Axis", "SkyImage", "SkyMap", "WcsGeometry"]
