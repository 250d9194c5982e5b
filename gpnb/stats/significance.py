"""Significance of an excess of counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from gpnb.stats.counts import cash


def lima(n: ArrayLike, m: ArrayLike, alpha: ArrayLike) -> np.ndarray:
    """Significance of ON over OFF counts (Li & Ma 1983, ApJ 272, 317, eq. 17), signed by the excess.

    Parameters
    ----------
    n, m : array
        Counts ON and OFF.
    alpha : array
        Ratio of ON to OFF exposure.

    Returns
    -------
    array
        In standard deviations; NaN where alpha is not positive.

    Examples
    --------
    >>> round(float(lima(13, 11, 0.5)), 9)
    2.092832368
    """
    n, m, alpha = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (n, m, alpha)))
    with np.errstate(divide="ignore", invalid="ignore"):
        total = n + m
        on = np.where(n > 0, xlogy(n, (1 + alpha) / alpha * n / total), 0.0)
        off = np.where(m > 0, xlogy(m, (1 + alpha) * m / total), 0.0)
        square = np.maximum(2 * (on + off), 0.0)  # rounding may leave −1e-16 where nothing is seen
        return np.where(alpha > 0, np.sign(n - alpha * m) * np.sqrt(square), np.nan)


def cash_significance(n: ArrayLike, background: ArrayLike) -> np.ndarray:
    """Significance of counts over a known background, signed by the excess; NaN where that is not positive.

    Examples
    --------
    >>> round(float(cash_significance(20, 10)), 6)
    2.779548
    """
    n, background = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(background, dtype=float))
    square = np.maximum(cash(n, background) - cash(n, n), 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(background > 0, np.sign(n - background) * np.sqrt(square), np.nan)
