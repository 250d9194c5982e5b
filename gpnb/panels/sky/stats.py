"""What a region holds: the statistics table below the sky."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gpnb.core.sky_regions import to_regions
from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.columns import Column
from gpnb.panels.sky.layers import Layer, is_additive, layer
from gpnb.panels.sky.view import SkyView

_COUNTED = {"counts", "background", "flags"}
"""Maps of a dataset, in which each count is in one pixel; products have it in many."""

Table = tuple[list[Column], list[list[str]]]
"""Heads and rows."""


def region_table(maps: Mapping[str, Any], shown: Layer, view: SkyView, region: str) -> Table | None:
    """Statistics of the pixels inside a region; of all if none is given, None of flags.

    Parameters
    ----------
    maps : mapping
        All maps of the object, by name: with counts and background the table is that of an excess.
    shown : Layer
        The image that is looked at.
    view : SkyView
        Its energies are those of the table.
    region : str
        DS9 text.

    Returns
    -------
    columns, rows
    """
    if not region:
        return _plain(shown, np.ones(shown.image.shape, dtype=bool)) if shown.name != "flags" else None
    from gpnb.maps.masks import region_array  # here: a panel without a region opens sooner

    inside = region_array(WcsGeometry.from_wcs(shown.wcs, shown.image.shape), to_regions(region)[0])
    if set(maps) >= _COUNTED:
        images = (layer(name, maps[name], view).image for name in ("counts", "background"))
        counts, background = (float(np.nansum(image[inside])) for image in images)
        return _excess(int(inside.sum()), counts, background)
    return _plain(shown, inside)


def _excess(pixels: int, counts: float, background: float) -> Table:
    from gpnb.stats.significance import cash_significance  # here: a panel without a region opens sooner

    names = ("Pixels", "Counts", "Background", "Excess", "Significance", "S / B")
    columns = [Column(name, number=True) for name in names]
    excess = counts - background
    sigma = float(cash_significance(counts, background)) if background > 0 else math.nan
    ratio = excess / background if background > 0 else math.nan
    cells = [f"{pixels}", f"{counts:.0f}", f"{background:.1f}", f"{excess:.0f} ± {math.sqrt(max(counts, 1)):.0f}"]
    return columns, [[*cells, _or_dash(sigma, ".1f", " σ"), _or_dash(ratio, ".2f")]]


def _plain(shown: Layer, inside: np.ndarray) -> Table:
    values = np.asarray(shown.image, dtype=float)[inside]
    good = values[np.isfinite(values)]
    names = ("Pixels", *(("Sum",) if is_additive(shown.name) else ()), "Mean", "Smallest", "Largest")
    columns = [Column("Map"), *(Column(name, "" if name == "Pixels" else shown.unit, number=True) for name in names)]
    if not good.size:
        return columns, [[shown.title, str(values.size), *["–"] * (len(names) - 1)]]
    total = [f"{good.sum():.6g}"] if is_additive(shown.name) else []
    return columns, [
        [shown.title, str(values.size), *total, f"{good.mean():.4g}", f"{good.min():.4g}", f"{good.max():.4g}"]
    ]


def _or_dash(value: float, form: str, unit: str = "") -> str:
    return f"{value:{form}}{unit}" if math.isfinite(value) else "–"
