"""Excess and significance around every pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.estimate.circle import radii_deg, sum_in_circle
from gpnb.maps.sky_map import SkyMap
from gpnb.products.excess import ExcessMaps
from gpnb.stats.significance import cash_significance, lima


@told
def excess_map(dataset: MapDataset, radius: Any = "0.1 deg", energy: Any = None) -> ExcessMaps:
    """Excess and significance of the counts in a circle around every pixel, summed over energy.

    With OFF counts the significance is that of Li & Ma; without, the background is a known
    prediction, and the significance that of Cash's statistic.

    Parameters
    ----------
    dataset : MapDataset
        With a background.
    radius : Quantity or str, or a list of them
        Radius of the circle; one for each energy bin if it changes with energy.
    energy : pair of Quantity or str, optional
        Bins with their centre in this range; all of them by default.

    Returns
    -------
    ExcessMaps

    Raises
    ------
    SelectionError
        If the dataset has no background, or no energy bin is in the range.
    ArgumentError
        If there is neither one radius nor one for each bin.
    """
    circle = sum_in_circle(dataset, radius, energy)
    if circle.off is None or circle.alpha is None:
        significance = cash_significance(circle.counts, circle.background)
    else:
        significance = lima(circle.counts, circle.off, circle.alpha)
    good = circle.usable & np.isfinite(significance)
    recipe = Recipe.of_call(excess_map, locals(), name="excess")
    values = {
        "counts": circle.counts,
        "background": circle.background,
        "excess": circle.counts - circle.background,
        "significance": significance,
    }
    maps = {
        name: SkyMap(
            dataset.geom.image(), np.where(good, item, np.nan), recipe=Recipe.of(f".{name}", on=recipe, name=name)
        )
        for name, item in values.items()
    }
    radii = radii_deg(radius, dataset.geom.axis("energy").n)
    return ExcessMaps(**maps, radius=float(radii.max()), recipe=recipe)
