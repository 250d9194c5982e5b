"""Which images of an object are drawn: a map, a slice or a sum of a cube, the maps of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from astropy.wcs import WCS

from gpnb.core.errors import ArgumentError
from gpnb.core.words import number, unit_text
from gpnb.datasets.flags import Flag
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.sky.view import SkyView
from gpnb.state.doors import range_ends

_USUAL = ("significance", "sqrt_ts", "excess", "ts", "flux", "counts", "background", "exposure", "flags")
_ADDED_UP = ("counts", "background", "excess", "prediction", "predicted", "npred", "model", "residual", "counts_off")
_STEADY = 2.0
"""Pixels (sigma) of the smoothing of counts for contours."""

_SIGMAS = ("significance", "sqrt_ts", "residuals")
_TITLES = {
    "sqrt_ts": "√TS",
    "ts": "TS",
    "counts_off": "OFF counts",
    "acceptance_off": "OFF acceptance",
    "skymap": "Map",
}


@dataclass(frozen=True)
class Layer:
    """One image.

    Attributes
    ----------
    name : str
        Such as ``"counts"``.
    image : ndarray, shape (ny, nx)
        The values; for flags the bits that all planes of a pixel share.
    unit : str
        Of the values, as in print.
    facts : str
        Which planes it shows.
    wcs, frame
        The sky grid.
    planes : (int, int), optional
        The first and the last plane that it shows, of a cube.
    smoothed : str
        How much it is smoothed, in words.
    axis : Axis, optional
        That of the planes.
    joins : bool
        Whether several planes can be shown as one.
    """

    name: str
    image: np.ndarray
    unit: str
    facts: str
    wcs: WCS
    frame: str
    planes: tuple[int, int] | None = None
    smoothed: str = ""
    axis: Any = None
    joins: bool = False

    @property
    def title(self) -> str:
        """The name as a title."""
        return title_of(self.name)

    @property
    def label(self) -> str:
        """The title, and whether it is smoothed."""
        return ", ".join(filter(None, [self.title, self.smoothed]))


def title_of(name: str) -> str:
    """The name of a map as a title."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def layer_title(obj: Any, view: SkyView) -> str:
    """The title of the first layer."""
    return title_of(chosen_maps(obj, view)[0])


def maps_of(obj: Any) -> Mapping[str, Any]:
    """The maps of an object, by name; some are made when they are first asked for."""
    if hasattr(obj, "data") and hasattr(obj, "geom"):
        return {_name_of(obj): obj}
    if isinstance(getattr(obj, "maps", None), Mapping):
        named: Mapping[str, Any] = obj.maps
        return named
    return {name: item for name, item in vars(obj).items() if hasattr(item, "data") and hasattr(item, "geom")}


def made_maps(maps: Any, view: SkyView) -> Mapping[str, Any]:
    """Those that are there already, of the energies that are shown where these are taken together."""
    made = getattr(maps, "made_between", None)
    found: Mapping[str, Any] = maps if made is None else made(*_span(maps.axis, view))
    return found


def shown_layer(maps: Any, name: str, view: SkyView) -> Layer:
    """The image of one of several maps; some are made for the energies that are shown."""
    if name not in getattr(maps, "of_energies", ()):
        return layer(name, maps[name], view)
    axis = maps.axis
    planes = _span(axis, view)
    found = layer(name, maps.between(name, *planes), view)
    facts = " · ".join(filter(None, [range_text(axis, *planes), found.facts]))
    return replace(found, planes=planes, axis=axis, joins=True, facts=facts)


def _name_of(sky_map: Any) -> str:
    """What a map is called: ``counts`` for ``dataset.counts``."""
    attribute = sky_map.recipe.call.removeprefix(".")
    return sky_map.recipe.name or (attribute if attribute.isidentifier() else "map")


def chosen_maps(obj: Any, view: SkyView) -> list[str]:
    """Names of the maps that the record asks for; if it does not say, those that the object names, else four usual."""
    found = maps_of(obj)
    if not view.layers:
        usual = [name for name in _USUAL if name in found] or list(found)
        return list(getattr(obj, "layers", usual[:4]))
    unknown = [name for name in view.layers if name not in found]
    if unknown:
        raise ArgumentError(f"layers: there is no map {unknown[0]!r}; there are: {', '.join(found)}.")
    return list(view.layers)


def layer(name: str, sky_map: Any, view: SkyView) -> Layer:
    """The image of one map."""
    axes = sky_map.geom.axes
    image, planes = image_of(name, np.asarray(sky_map.data), axes, view)
    facts = range_text(axes[0], *planes) if planes else ""
    if view.smooth and image.dtype != bool and name != "flags":
        image = SkyMap(sky_map.geom.image(), image).smooth(f"{view.smooth} deg").data
    smoothed = f"smoothed {view.smooth:g}°" if view.smooth else ""
    geom = sky_map.geom
    words = " · ".join(word for word in (facts, smoothed) if word)
    axis, joins = (axes[0], _can_join(name, image)) if planes else (None, False)
    return Layer(name, image, unit_of(name, sky_map), words, geom.wcs, geom.frame, planes, smoothed, axis, joins)


def unit_of(name: str, sky_map: Any) -> str:
    """The unit of a map, as in print."""
    return "σ" if name in _SIGMAS else unit_text(sky_map.unit)


def image_of(name: str, data: np.ndarray, axes: Any, view: SkyView) -> tuple[np.ndarray, tuple[int, int] | None]:
    """Two dimensions of data, and the planes of the first axis that they show; None without axes."""
    if not axes:
        return data, None
    planes = _planes(name, data, axes, view)
    return _plane(name, data, axes, planes), planes


def for_contours(shown: Layer) -> np.ndarray:
    """What contours are drawn of: of counts a smoothed image, since their own lines are around single events."""
    image = np.asarray(shown.image, dtype=float)
    if shown.smoothed or not is_additive(shown.name):
        return image
    geom = WcsGeometry.from_wcs(shown.wcs, image.shape)
    return np.asarray(SkyMap(geom, image).smooth(f"{_STEADY * min(geom.plane.scales)} deg").data)


def is_additive(name: str) -> bool:
    """Whether values of such a map are added up, over planes and pixels."""
    return name in _ADDED_UP


def _planes(name: str, data: np.ndarray, axes: Any, view: SkyView) -> tuple[int, int]:
    """The first and the last plane along the first axis that are shown: the middle one if they cannot be joined."""
    first, last = _span(axes[0], view)
    if _can_join(name, data):
        return first, last
    return (first + (last - first + 1) // 2,) * 2


def _span(axis: Any, view: SkyView) -> tuple[int, int]:
    """The first and the last plane that the record asks for."""
    if view.plane is not None:
        if not 0 <= view.plane < axis.n:
            raise ArgumentError(f"plane={view.plane}: the axis {axis.name!r} has planes 0 to {axis.n - 1}.")
        return view.plane, view.plane
    if view.energy is None or axis.kind != "energy":
        return 0, axis.n - 1
    low, high = range_ends(view.energy)
    chosen = np.flatnonzero((axis.center_values >= low) & (axis.center_values < high))
    if not chosen.size:
        raise ArgumentError(f"energy: the axis {axis.name!r} has no bin between {low:g} and {high:g} TeV.")
    return int(chosen[0]), int(chosen[-1])


def _plane(name: str, data: np.ndarray, axes: Any, planes: tuple[int, int]) -> np.ndarray:
    """Two dimensions of the data."""
    for _ in axes[1:]:  # the axes behind the first come first in the data
        data = _joined(name, data)
    first, last = planes
    return np.asarray(data[first] if first == last else _joined(name, data[first : last + 1]))


def _can_join(name: str, data: np.ndarray) -> bool:
    return data.dtype == bool or name == "flags" or is_additive(name)


def _joined(name: str, data: np.ndarray) -> np.ndarray:
    """Planes made one: counts are added, masks or-ed, flags shared by all; else the middle one."""
    if data.dtype == bool:
        return np.asarray(data.any(axis=0))
    if name == "flags":
        shared, any_of_them = np.bitwise_and.reduce(data, axis=0), np.bitwise_or.reduce(data, axis=0)
        return np.asarray(shared | (any_of_them & Flag.EXCLUDED))
    return np.asarray(data.sum(axis=0, dtype=float) if is_additive(name) else data[len(data) // 2])


def range_text(axis: Any, first: int, last: int) -> str:
    """The range of some planes of an axis."""
    if axis.kind == "label":
        return ", ".join(axis.label_values[first : last + 1])
    low, high = number(_short(axis.low_values[first])), number(_short(axis.high_values[last]))
    return f"{low} – {high} {unit_text(axis.unit)}".strip()


def _short(value: float) -> float:
    return float(f"{value:.3g}")
