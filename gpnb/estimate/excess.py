"""Excess and significance around every pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, ENERGY, to_float, to_range
from gpnb.datasets.map import MapDataset
from gpnb.maps.kernels import disk, fft_convolve
from gpnb.maps.skymap import SkyMap
from gpnb.products.excess import ExcessMaps
from gpnb.stats import cash_significance, lima


def excess_map(dataset: MapDataset, radius: Any = "0.1 deg", energy: Any = None) -> ExcessMaps:
    """Excess and significance of the counts in a circle around every pixel, summed over energy.

    OFF counts of a ring stay as they are, since they are a sum already; only the ON side is
    summed over the circle (Berge et al. 2007). Without OFF counts the background is a known
    prediction, and the significance that of Cash's statistic.

    Parameters
    ----------
    dataset : MapDataset
        With a background.
    radius : Quantity or str
        Radius of the circle.
    energy : pair of Quantity or str, optional
        Bins with their centre in this range; all of them by default.

    Returns
    -------
    ExcessMaps

    Raises
    ------
    SelectionError
        If the dataset has no background, or no energy bin is in the range.
    """
    if dataset.background is None:
        raise SelectionError(f"{dataset.name} has no background: reduce it with background='ring' or 'field-of-view'.")
    radius_deg = to_float(radius, ANGLE, "radius")
    if not radius_deg > 0:
        raise ArgumentError(f"radius={radius!r} must be positive.")
    planes = _planes(dataset, energy)
    kernel = disk(radius_deg / float(np.mean(dataset.geom.binsz.value)))
    usable = dataset.usable[planes]
    counts = np.rint(_in_circle(dataset.counts.data[planes], usable, kernel))
    if dataset.counts_off is None:
        background = _in_circle(dataset.background.data[planes], usable, kernel)
        significance = cash_significance(counts, background)
    else:
        off, alpha = _off_counts(dataset, planes, usable, kernel)
        background, significance = alpha * off, lima(counts, off, alpha)
    good = usable.any(axis=0) & np.isfinite(significance)
    return _product(dataset, radius_deg, energy, good, counts, background, significance)


def _planes(dataset: MapDataset, energy: Any) -> np.ndarray:
    axis = dataset.geom.axis("energy")
    if energy is None:
        return np.arange(axis.n)
    low, high = to_range(energy, ENERGY, "energy")
    planes = np.flatnonzero((axis.center_values >= low) & (axis.center_values < high))
    if not len(planes):
        raise SelectionError(f"energy={energy!r}: no bin of {axis!r} has its centre there.")
    return planes


def _in_circle(values: np.ndarray, usable: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Usable values summed over energy and over the circle, shape (ny, nx)."""
    return np.asarray(fft_convolve(np.where(usable, values, 0).sum(axis=0, dtype=float), kernel))


def _off_counts(
    dataset: MapDataset, planes: np.ndarray, usable: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """OFF counts of all planes, and the alpha that keeps the sum of their backgrounds."""
    on, off, acceptance_off = (
        np.asarray(getattr(dataset, name).data[planes], dtype=float)
        for name in ("acceptance", "counts_off", "acceptance_off")
    )
    on = fft_convolve(np.where(usable, on, 0), kernel)
    valid = usable & (acceptance_off > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(valid, on / acceptance_off, 0)
        total = np.where(valid, off, 0).sum(axis=0)
        mean = (alpha * np.where(valid, off, 0)).sum(axis=0) / total
        # nothing seen OFF in any plane: the ratio of the summed acceptances
        bare = np.where(valid, on, 0).sum(axis=0) / np.where(valid, acceptance_off, 0).sum(axis=0)
    return total, np.where(total > 0, mean, bare)


def _product(
    dataset: MapDataset,
    radius: float,
    energy: Any,
    good: np.ndarray,
    counts: np.ndarray,
    background: np.ndarray,
    significance: np.ndarray,
) -> ExcessMaps:
    geom = dataset.geom.image()
    recipe = Recipe.of("gpnb.excess_map()", name="excess", dataset=dataset, radius=f"{radius} deg", energy=energy)
    values = {"counts": counts, "background": background, "excess": counts - background, "significance": significance}
    maps = {
        name: SkyMap(geom, np.where(good, item, np.nan), recipe=Recipe.of(f".{name}", on=recipe, name=name))
        for name, item in values.items()
    }
    return ExcessMaps(**maps, radius=radius, recipe=recipe)
