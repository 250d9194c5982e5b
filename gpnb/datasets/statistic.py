"""Predicted counts, and the fit statistic of each energy bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.stats.counts import cash, cstat
from gpnb.stats.onoff import wstat

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset

KINDS = ("wstat", "cstat", "cash", "chi2")


def predicted_counts(flux: np.ndarray, exposure: np.ndarray, edisp: np.ndarray) -> np.ndarray:
    """Counts in bins of reconstructed energy.

    Parameters
    ----------
    flux : array, shape (…, n_true)
        Integrated over each true-energy bin, cm-2 s-1.
    exposure : array, shape (n_true,)
        cm2 s.
    edisp : array, shape (n_true, n)
        Probability to reconstruct each true-energy bin in each bin.

    Returns
    -------
    array, shape (…, n)
    """
    return np.asarray((flux * exposure) @ edisp)


def kind_of(dataset: SpectrumDataset, kind: str | None) -> str:
    """The fit statistic that is asked for, or the one that suits the background.

    Raises
    ------
    ArgumentError, SelectionError
        If it is not known, or needs what is not there.
    """
    kind = kind or ("cash" if dataset.counts_off is None else "wstat")
    if kind not in KINDS:
        raise ArgumentError(f"kind={kind!r} is not known: give one of {', '.join(KINDS)}.")
    if kind == "wstat" and dataset.counts_off is None:
        raise SelectionError(f"{dataset.name} has no OFF counts, which wstat needs: use kind='cash' or 'cstat'.")
    return kind


def bin_statistic(dataset: SpectrumDataset, signal: np.ndarray, kind: str | None) -> np.ndarray:
    """See `SpectrumDataset.statistic`."""
    kind, n = kind_of(dataset, kind), dataset.counts
    if kind == "wstat":
        assert dataset.counts_off is not None
        assert dataset.alpha is not None
        values = wstat(n, dataset.counts_off, dataset.alpha, signal)
    elif kind == "chi2":
        variance = positive_variance(dataset)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = (dataset.excess - signal) ** 2 / variance
    else:
        values = (cash if kind == "cash" else cstat)(n, signal + dataset.expected_background)
    return np.where(dataset.usable, values, 0.0)


def excess_variance(dataset: SpectrumDataset) -> np.ndarray:
    """Variance n + alpha² m of the excess of each bin."""
    if dataset.counts_off is None or dataset.alpha is None:
        return dataset.counts
    return np.asarray(dataset.counts + np.nan_to_num(dataset.alpha) ** 2 * dataset.counts_off)


def positive_variance(dataset: SpectrumDataset) -> np.ndarray:
    """The same for chi2, which divides by it.

    Raises
    ------
    SelectionError
        If it is zero in a usable bin.
    """
    variance = excess_variance(dataset)
    empty = dataset.usable & (variance <= 0)
    if empty.any():
        raise SelectionError(
            f"{dataset.name}: {empty.sum()} usable bins hold no counts, so chi2 has no error for them: "
            "join bins with .group(min_counts=10), or use wstat or cstat."
        )
    return variance
