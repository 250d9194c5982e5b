"""Counts in a circle around every pixel, and what is expected there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.units import ANGLE, ENERGY, to_array, to_range
from gpnb.datasets.map import MapDataset
from gpnb.maps.plane import Plane
from gpnb.maps.rounds import disk_sums


@dataclass(frozen=True)
class Circle:
    """Sums over energy and over the circle around each pixel, shape (ny, nx).

    Parameters
    ----------
    counts, background : array
        Counts, and background counts expected.
    off, alpha : array or None
        OFF counts and the ratio of exposures, where the background was measured.
    usable : array of bool
        Where any energy bin is usable.
    planes : array of int
        The energy bins that were summed.
    radii : array, shape (n_planes,)
        Radius (deg) of the circle of each bin.
    """

    counts: np.ndarray
    background: np.ndarray
    off: np.ndarray | None
    alpha: np.ndarray | None
    usable: np.ndarray
    planes: np.ndarray
    radii: np.ndarray


def sum_in_circle(dataset: MapDataset, radius: Any, energy: Any) -> Circle:
    """Sum counts and background of a dataset around every pixel.

    OFF counts of a ring are a sum already and stay as they are; only the ON side is summed over
    the circle (Berge et al. 2007, A&A 466, 1219).

    Raises
    ------
    SelectionError
        If the dataset has no background, or no energy bin is in the range.
    ArgumentError
        If there is neither one radius nor one for each bin.
    """
    if dataset.background is None:
        raise SelectionError(f"{dataset.name} has no background: reduce it with background='ring' or 'field-of-view'.")
    planes = _planes(dataset, energy)
    radii = radii_deg(radius, dataset.geom.axis("energy").n)[planes]
    usable, plane = dataset.usable[planes], dataset.geom.plane
    counts = _smeared(plane, dataset.counts.data[planes], usable, radii)
    if _are_whole(dataset.counts.data[planes][usable]):  # as those of an Asimov cube are not
        counts = np.rint(counts)
    if dataset.counts_off is None:
        background = _smeared(plane, dataset.background.data[planes], usable, radii)
        return Circle(counts, background, None, None, usable.any(axis=0), planes, radii)
    off, alpha = _off_counts(dataset, planes, usable, radii)
    return Circle(counts, alpha * off, off, alpha, usable.any(axis=0), planes, radii)


def _are_whole(counts: np.ndarray) -> bool:
    return bool(np.array_equal(counts, np.rint(counts)))


def radii_deg(radius: Any, bins: int) -> np.ndarray:
    """One radius (deg) for each energy bin, from one for all or one each."""
    radii = to_array(radius, ANGLE, "radius")
    if radii.size not in (1, bins) or not np.all(radii > 0):
        raise ArgumentError(f"radius={radius!r} must be one positive angle, or one for each of the {bins} energy bins.")
    return np.broadcast_to(radii.ravel(), (bins,))


def _smeared(plane: Plane, values: np.ndarray, usable: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Usable values summed over energy and each over its circle."""
    values = np.where(usable, values, 0)
    if np.all(radii == radii[0]):  # one sum serves all bins
        return disk_sums(plane, values.sum(axis=0, dtype=float), float(radii[0]))
    return np.asarray(_each_in_its_circle(plane, values, radii).sum(axis=0))


def _each_in_its_circle(plane: Plane, values: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """The sums of each energy bin over its circle."""
    result = np.empty(values.shape)
    for radius in np.unique(radii):
        result[radii == radius] = disk_sums(plane, values[radii == radius], float(radius))
    return result


def _planes(dataset: MapDataset, energy: Any) -> np.ndarray:
    axis = dataset.geom.axis("energy")
    if energy is None:
        return np.arange(axis.n)
    low, high = to_range(energy, ENERGY, "energy")
    planes = np.flatnonzero((axis.center_values >= low) & (axis.center_values < high))
    if not len(planes):
        raise SelectionError(f"energy={energy!r}: no bin of {axis!r} has its centre there.")
    return planes


def _off_counts(
    dataset: MapDataset, planes: np.ndarray, usable: np.ndarray, radii: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """OFF counts of all planes, and the alpha that keeps the sum of their backgrounds."""
    on, off, acceptance_off = (
        np.asarray(getattr(dataset, name).data[planes], dtype=float)
        for name in ("acceptance", "counts_off", "acceptance_off")
    )
    on = _each_in_its_circle(dataset.geom.plane, np.where(usable, on, 0), radii)
    valid = usable & (acceptance_off > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(valid, on / acceptance_off, 0)
        total = np.where(valid, off, 0).sum(axis=0)
        mean = (alpha * np.where(valid, off, 0)).sum(axis=0) / total
        # nothing seen OFF in any plane: the ratio of the summed acceptances
        bare = np.where(valid, on, 0).sum(axis=0) / np.where(valid, acceptance_off, 0).sum(axis=0)
    return total, np.where(total > 0, mean, bare)
