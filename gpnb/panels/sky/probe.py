"""What lies at a place of a sky: the value of every map, and why it is masked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import to_regions
from gpnb.core.words import number
from gpnb.datasets.flags import Flag, reasons
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.layers import Layer, image_of, range_text, title_of, unit_of
from gpnb.panels.sky.view import SkyView
from gpnb.state.chips import region_words

Rows = list[tuple[str, str]]
"""Names and values, as text."""


def values_at(maps: Mapping[str, Any], view: SkyView, shown: Layer, pixel: tuple[int, int]) -> Rows:
    """The value of each map in a pixel, with its unit; of the layer that is shown as it is shown.

    Parameters
    ----------
    maps : mapping
        All maps of an object, by name.
    view : SkyView
        Which energies are shown.
    shown : Layer
        What is looked at.
    pixel : tuple of int
        Column and row.
    """
    rows = []
    for name, sky_map in maps.items():
        if name == "flags" or (sky_map.geom.ny, sky_map.geom.nx) != shown.image.shape:
            continue
        if name == shown.name:
            rows.append((shown.label, value_words(shown.image[pixel[::-1]], shown.unit)))
        else:
            rows.append(_other_value(name, sky_map, _alike(shown, view, sky_map), pixel, shown.facts))
    return rows


def masked_because(
    maps: Mapping[str, Any], view: SkyView, shown: Layer, pixel: tuple[int, int], excluded: str = ""
) -> list[str]:
    """Why a pixel is masked, at all of the energies shown or at some; empty if it is not.

    Parameters
    ----------
    maps, view, shown, pixel
        As for `values_at`.
    excluded : str
        The exclusion regions that the maps were made with, as DS9 text, if they are known.
    """
    found = _flagged(maps, shown, pixel, excluded)
    geom = next(iter(maps.values())).geom
    found += [f"excluded by the painted {words}" for words in _around(view.excluded, geom, pixel)]
    exposure = maps.get("exposure")
    if exposure is not None and not np.any(exposure.data[..., pixel[1], pixel[0]]):
        found.append("no exposure")
    if not found and not _is_valued(shown.image[pixel[::-1]]):
        found.append("nothing was measured here")
    return list(dict.fromkeys(found))


def exclusion_of(obj: Any) -> str:
    """The exclusion regions that an object was made with, as DS9 text; empty if its recipe tells of none."""
    for step in obj.recipe.walk():
        given = step.kwargs.get("exclusion")
        lines = given if isinstance(given, list | tuple) else [given]
        if given is not None and all(isinstance(line, str) for line in lines):
            return "\n".join(lines)
    return ""


def value_words(value: Any, unit: str) -> str:
    """A value with its unit, in four digits."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if math.isnan(value):
        return "no value"
    return f"{number(float(f'{value:.4g}'))} {unit}".strip() if math.isfinite(value) else "not finite"


def _is_valued(value: Any) -> bool:
    return isinstance(value, bool | np.bool_) or not math.isnan(value)


def _alike(shown: Layer, view: SkyView, sky_map: Any) -> SkyView:
    """The record that shows the same energies of another map, whose axis may be another one."""
    if shown.planes is None or not sky_map.geom.axes:
        return SkyView()
    mine, theirs = shown.axis, sky_map.geom.axes[0]
    if mine == theirs:
        return SkyView(plane=view.plane, energy=view.energy)
    if not mine.kind == theirs.kind == "energy":
        return SkyView()
    first, last = shown.planes
    middle = math.sqrt(float(mine.low_values[first]) * float(mine.high_values[last]))
    return SkyView(plane=int(np.argmin(np.abs(np.log(theirs.center_values / middle)))))


def _other_value(name: str, sky_map: Any, view: SkyView, pixel: tuple[int, int], facts: str) -> tuple[str, str]:
    """Name and value of a map in a pixel; with its energies where they are not those of the facts."""
    (x, y), axes = pixel, sky_map.geom.axes
    try:
        image, planes = image_of(name, np.asarray(sky_map.data)[..., y : y + 1, x : x + 1], axes, view)
    except ArgumentError:  # it has no bin of these energies
        return title_of(name), "–"
    energies = range_text(axes[0], *planes) if planes else ""
    at = "" if not energies or facts.startswith(energies) else f" at {energies}"
    return title_of(name) + at, value_words(image[0, 0], unit_of(name, sky_map))


def _flagged(maps: Mapping[str, Any], shown: Layer, pixel: tuple[int, int], excluded: str) -> list[str]:
    """What the flags tell of a pixel, in the planes shown where they have the same axis, else in all."""
    if "flags" not in maps:
        return []
    flags = maps["flags"]
    bits = np.asarray(flags.data)[..., pixel[1], pixel[0]].reshape(-1).astype(int)
    if shown.planes is not None and flags.geom.axes and shown.axis.n == flags.geom.axes[0].n == bits.size:
        bits = bits[shown.planes[0] : shown.planes[1] + 1]
    found = []
    for flag in Flag:
        count = int(((bits & flag) > 0).sum())
        if flag == Flag.EXCLUDED and count:
            names = _around(excluded, flags.geom, pixel)
            found += [f"excluded by the {name}" for name in names] or ["excluded: in an exclusion region"]
        elif count:
            some = f"in {count} of {bits.size} bins of energy " if count < bits.size else ""
            found.append(some + reasons(int(flag))[0])
    return found


def _around(text: str, geom: WcsGeometry, pixel: tuple[int, int]) -> list[str]:
    """The regions of DS9 text that a pixel lies in, in words."""
    if not text:
        return []
    from regions import PixCoord  # here: a panel without regions opens sooner

    place = PixCoord(float(pixel[0]), float(pixel[1]))
    return [words for words, region in _pixel_regions(text, geom) if place in region]


@lru_cache(maxsize=8)
def _pixel_regions(text: str, geom: WcsGeometry) -> list[tuple[str, Any]]:
    from gpnb.maps.masks import to_pixels

    return [(region_words(line), to_pixels(to_regions(line)[0], geom.wcs)) for line in text.splitlines()]
