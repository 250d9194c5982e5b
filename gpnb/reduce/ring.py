"""OFF counts from a ring around every pixel."""

from __future__ import annotations

import numpy as np

from gpnb.datasets.map import MapDataset
from gpnb.maps.plane import Plane
from gpnb.maps.rounds import disk_sums, ring_sums
from gpnb.reduce.methods import AdaptiveRing, Ring

_SMALLEST = 1e-6
"""Part of the largest acceptance below which an OFF region is empty but for rounding."""


def ring_counts(dataset: MapDataset, method: Ring) -> dict[str, np.ndarray]:
    """ON acceptance, OFF counts and OFF acceptance of each bin (Berge et al. 2007, A&A 466, 1219).

    The acceptance is the predicted background; OFF regions leave out what is excluded or masked.

    Parameters
    ----------
    dataset : MapDataset
        Of one run, with its background prediction.
    method : Ring
        Radii.

    Returns
    -------
    dict
        Arrays ``acceptance``, ``counts_off``, ``acceptance_off`` in the shape of the counts.
    """
    on = _acceptance(dataset)
    off = dataset.empty_sky
    counts, acceptance = (np.where(off, values, 0.0) for values in (dataset.counts.data, on))
    plane = dataset.geom.plane
    if isinstance(method, AdaptiveRing):
        enough = disk_sums(plane, on, method.circle_deg) / method.alpha_max
        counts_off, acceptance_off = _grown(plane, counts, acceptance, enough, method)
    else:
        counts_off, acceptance_off = _in_ring(plane, counts, acceptance, method.inner_deg, method.outer_deg)
    return {"acceptance": on, "counts_off": counts_off, "acceptance_off": acceptance_off}


def _acceptance(dataset: MapDataset) -> np.ndarray:
    assert dataset.background is not None
    return np.where(dataset.usable, dataset.background.data, 0.0)


def _in_ring(
    plane: Plane, counts: np.ndarray, acceptance: np.ndarray, inner: float, outer: float
) -> tuple[np.ndarray, np.ndarray]:
    """Counts and acceptance summed over a ring (radii in deg) around each pixel."""
    sums = ring_sums(plane, np.stack([counts, acceptance]), inner, outer)
    counts_off, acceptance_off = np.maximum(np.rint(sums[0]), 0.0), sums[1]
    acceptance_off[acceptance_off < _SMALLEST * acceptance_off.max(initial=0.0)] = 0.0
    return counts_off, acceptance_off


def _grown(
    plane: Plane, counts: np.ndarray, acceptance: np.ndarray, enough: np.ndarray, method: AdaptiveRing
) -> tuple[np.ndarray, np.ndarray]:
    """The first ring around each pixel whose acceptance is enough; zero where none is."""
    counts_off, acceptance_off = np.zeros_like(acceptance), np.zeros_like(acceptance)
    wanting = np.ones(acceptance.shape, dtype=bool)
    for outer in method.outers_deg:
        here_counts, here = _in_ring(plane, counts, acceptance, method.inner_deg, outer)
        found = wanting & (here >= enough) & (here > 0)
        counts_off[found], acceptance_off[found] = here_counts[found], here[found]
        wanting &= ~found
        if not wanting.any():
            break
    return counts_off, acceptance_off
