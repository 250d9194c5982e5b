"""The statistic of voxels with photons; of empty ones only the sum of what is predicted counts."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.datasets.map import MapDataset
from gpnb.fitting.cube.voxels import Voxels
from gpnb.stats.onoff import wstat, wstat_terms

_TINY = 1e-12
"""Counts: stands for no prediction where a photon is."""

_NOISE = 1e-6
"""Counts: so far below zero is what a source's tables have far from it."""

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


class PhotonTerm(Protocol):
    """−2 ln L of a cube is 2 × the total of what is predicted, and this of each voxel with photons.

    Attributes
    ----------
    name : str
        Of the statistic.
    constant : float
        What never changes.
    """

    name: str
    constant: float

    def __call__(self, signal: np.ndarray) -> Three:
        """Its value, slope and weight for predicted counts, in rows and then energies of photons out of reach."""


class Predicted(PhotonTerm):
    """Cash's statistic, the background predicted: −2 n ln mu.

    Parameters
    ----------
    counts : array, shape (n,)
        Photons.
    """

    name = "cash"

    def __init__(self, counts: np.ndarray):
        self._counts, self.constant = counts, 0.0

    def __call__(self, signal: np.ndarray) -> Three:
        """See `PhotonTerm`; not a number where less than nothing is predicted."""
        n = self._counts
        mu = np.where(signal < -_NOISE, np.nan, np.maximum(signal, _TINY))
        nothing = signal <= _TINY
        ratio = np.where(nothing, 0.0, n / mu)
        return np.where(n > 0, -2 * n * np.log(mu), 0.0), -2 * ratio, np.where(nothing, 0.0, 2 * ratio / mu)


class Measured(PhotonTerm):
    """W statistic, the background measured beside each pixel, less 2 × the signal.

    Without photons W is 2 × the signal and a constant.

    Parameters
    ----------
    voxels : Voxels
        Of a dataset with OFF counts.
    rows : array of int
        Voxels with photons that a source may reach.
    """

    name = "wstat"

    def __init__(self, voxels: Voxels, rows: np.ndarray):
        dataset = voxels.dataset
        off, alpha = off_and_alpha(dataset)
        n, m, a = voxels.counts, voxels.at_photons(off), voxels.at_photons(alpha)
        self._n, self._m, self._alpha = n[rows], m[rows], a[rows]
        empty = voxels.usable & (dataset.counts.data == 0)
        none = wstat(0, off[empty], alpha[empty], 0.0).sum()
        far = np.ones(n.size, dtype=bool)
        far[rows] = False
        self.constant = float(none + wstat(n[far], m[far], a[far], 0.0).sum())

    def __call__(self, signal: np.ndarray) -> Three:
        """See `PhotonTerm`."""
        stat, slope, weight = wstat_terms(self._n, self._m, self._alpha, signal)
        return stat - 2 * signal, slope - 2, weight


def off_and_alpha(dataset: MapDataset) -> tuple[np.ndarray, np.ndarray]:
    """OFF counts of each bin, and the ratio of exposures.

    Raises
    ------
    SelectionError
        If there are none.
    """
    if dataset.counts_off is None:
        raise SelectionError(f"{dataset.name} has no OFF counts, which wstat needs: use statistic='cash'.")
    return np.asarray(dataset.counts_off.data, dtype=float), np.asarray(dataset.alpha.data, dtype=float)
