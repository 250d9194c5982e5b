"""How often an upper limit of few counts lies above the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc


def limit_coverage(n: ArrayLike, signal: ArrayLike, background: ArrayLike) -> np.ndarray:
    """Chance of more counts than were seen, if the signal just reached its upper limit.

    It is what the limit covers at worst: a source slightly brighter gives these counts, or fewer, in all other cases,
    and then a limit that is too low. Of several bins, each counts by the part of its counts that is signal, as in a
    likelihood; their weighted sum is taken as a multiple of a Poisson count (Bohm & Zech 2014, NIM A 748, 1).

    Parameters
    ----------
    n : array, shape (..., bins)
        Counts.
    signal : array, shape (..., bins)
        Counts of the source at the upper limit.
    background : array, shape (..., bins)
        All other counts that are expected.

    Returns
    -------
    array
        The last axis is added over; NaN where no signal is expected.

    Examples
    --------
    >>> from gpnb.stats.intervals import upper_limit
    >>> for background in (0.05, 1, 100):
    ...     print(limit_coverage([background // 1], upper_limit([background // 1], background), [background]).round(2))
    0.75
    0.88
    0.94
    """
    n, signal, background = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (n, signal, background)))
    mean = signal + np.maximum(background, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(signal > 0, signal / mean, 0.0)
        total, square = (weight * mean).sum(axis=-1), (weight**2 * mean).sum(axis=-1)
        return np.asarray(gammainc((weight * n).sum(axis=-1) * total / square + 1, total**2 / square))
