"""Which images of an object are drawn: a map, a slice or a sum of a cube, the maps of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.wcs import WCS

from gpnb.core.errors import ArgumentError
from gpnb.core.words import number, unit_text
from gpnb.datasets.flags import Flag
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.sky.view import SkyView
from gpnb.state.doors import range_ends

_USUAL = ("significance", "sqrt_ts", "excess", "ts", "flux", "counts", "background", "exposure", "flags")
_ADDED_UP = ("counts", "background", "excess", "npred", "model", "residual", "counts_off")
_SIGMAS = ("significance", "sqrt_ts")
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
    """

    name: str
    image: np.ndarray
    unit: str
    facts: str
    wcs: WCS
    frame: str

    @property
    def title(self) -> str:
        """The name as a title."""
        return title_of(self.name)


def title_of(name: str) -> str:
    """The name of a map as a title."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def layer_title(obj: Any, view: SkyView) -> str:
    """The title of the first layer."""
    return title_of(next(iter(chosen_maps(obj, view))))


def maps_of(obj: Any) -> dict[str, Any]:
    """The maps of an object, by name."""
    if hasattr(obj, "data") and hasattr(obj, "geom"):
        return {_name_of(obj): obj}
    named = obj.maps if isinstance(getattr(obj, "maps", None), Mapping) else vars(obj)
    return {name: item for name, item in named.items() if hasattr(item, "data") and hasattr(item, "geom")}


def _name_of(sky_map: Any) -> str:
    """What a map is called: ``counts`` for ``dataset.counts``."""
    attribute = sky_map.recipe.call.removeprefix(".")
    return sky_map.recipe.name or (attribute if attribute.isidentifier() else "map")


def chosen_maps(obj: Any, view: SkyView) -> dict[str, Any]:
    """The maps that the record asks for; the usual ones, four at most, if it does not say."""
    found = maps_of(obj)
    if not view.layers:
        usual = [name for name in _USUAL if name in found] or list(found)
        return {name: found[name] for name in usual[:4]}
    unknown = [name for name in view.layers if name not in found]
    if unknown:
        raise ArgumentError(f"layers: there is no map {unknown[0]!r}; there are: {', '.join(found)}.")
    return {name: found[name] for name in view.layers}


def layer(name: str, sky_map: Any, view: SkyView) -> Layer:
    """The image of one map."""
    image, facts = _plane(name, sky_map, view)
    if view.smooth and image.dtype != bool and name != "flags":
        image = SkyMap(sky_map.geom.image(), image).smooth(f"{view.smooth} deg").data
    smoothed = f"smoothed {view.smooth:g}°" if view.smooth else ""
    geom = sky_map.geom
    words = " · ".join(word for word in (facts, smoothed) if word)
    unit = "σ" if name in _SIGMAS else unit_text(sky_map.unit)
    return Layer(name, image, unit, words, geom.wcs, geom.frame)


def is_additive(name: str) -> bool:
    """Whether values of such a map are added up, over planes and pixels."""
    return name in _ADDED_UP


def _plane(name: str, sky_map: Any, view: SkyView) -> tuple[np.ndarray, str]:
    """Two dimensions of the data, and which ones they are."""
    data, axes = np.asarray(sky_map.data), sky_map.geom.axes
    if not axes:
        return data, ""
    for extra in axes[1:]:  # the axes behind the first come first in the data
        data = _joined(name, data, extra.n)[0]
    axis = axes[0]
    if view.plane is not None:
        if not 0 <= view.plane < axis.n:
            raise ArgumentError(f"plane={view.plane}: the axis {axis.name!r} has planes 0 to {axis.n - 1}.")
        return data[view.plane], _range_text(axis, view.plane, view.plane)
    chosen = np.arange(axis.n)
    if view.energy is not None and axis.kind == "energy":
        low, high = range_ends(view.energy)
        chosen = np.flatnonzero((axis.center_values >= low) & (axis.center_values < high))
        if not chosen.size:
            raise ArgumentError(f"energy: the axis {axis.name!r} has no bin between {low:g} and {high:g} TeV.")
    image, all_of_them = _joined(name, data[chosen], len(chosen))
    first, last = (chosen[0], chosen[-1]) if all_of_them else (chosen[len(chosen) // 2],) * 2
    return image, _range_text(axis, int(first), int(last))


def _joined(name: str, data: np.ndarray, planes: int) -> tuple[np.ndarray, bool]:
    """Planes made one: counts are added, masks or-ed, flags shared by all; else the middle one."""
    if data.dtype == bool:
        return np.asarray(data.any(axis=0)), True
    if name == "flags":
        return np.bitwise_and.reduce(data, axis=0) | (np.bitwise_or.reduce(data, axis=0) & Flag.EXCLUDED), True
    if planes == 1 or name in _ADDED_UP:
        return data.sum(axis=0, dtype=float), True
    return data[planes // 2], False


def _range_text(axis: Any, first: int, last: int) -> str:
    if axis.kind == "label":
        return ", ".join(axis.label_values[first : last + 1])
    low, high = number(_short(axis.low_values[first])), number(_short(axis.high_values[last]))
    return f"{low} – {high} {unit_text(axis.unit)}".strip()


def _short(value: float) -> float:
    return float(f"{value:.3g}")
