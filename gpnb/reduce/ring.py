"""OFF counts from a ring around every pixel."""

from __future__ import annotations

import numpy as np

from gpnb.datasets.map import MapDataset
from gpnb.maps.kernels import fft_convolve, ring
from gpnb.reduce.methods import Ring

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
    assert dataset.background is not None
    scale = float(np.mean(dataset.geom.binsz.value))
    kernel = ring(method.inner_deg / scale, method.outer_deg / scale)
    off = dataset.empty_sky
    counts_off = np.rint(fft_convolve(np.where(off, dataset.counts.data, 0.0), kernel))
    acceptance_off = fft_convolve(np.where(off, dataset.background.data, 0.0), kernel)
    acceptance_off[acceptance_off < _SMALLEST * acceptance_off.max(initial=0.0)] = 0.0
    acceptance = np.where(dataset.usable, dataset.background.data, 0.0)
    return {"acceptance": acceptance, "counts_off": np.maximum(counts_off, 0.0), "acceptance_off": acceptance_off}
