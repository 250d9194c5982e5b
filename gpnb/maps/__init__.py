"""Maps: axes, sky geometries, n-D sky maps, masks, kernels and their files."""

from gpnb.core.lazy import lazy_names

_HOME = {
    "Axis": "axis",
    "WcsGeometry": "geometry",
    "SkyImage": "image",
    "SkyMap": "sky_map",
}
"""Public name → the module it lives in."""

__all__ = sorted(_HOME)  # noqa: PLE0605

__getattr__, __dir__ = lazy_names(__name__, _HOME)
