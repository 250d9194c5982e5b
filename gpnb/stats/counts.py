"""Poisson fit statistics, −2 ln L: known background (Cash, C-stat) and measured background (W)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

_TINY = 1e-25
"""Stands for a prediction of zero or less: a huge but finite penalty where counts were seen."""


def cash(n: ArrayLike, mu: ArrayLike) -> np.ndarray:
    """Cash statistic 2 (mu − n ln mu), without the ln n! term (Cash 1979, ApJ 228, 939).

    Parameters
    ----------
    n : array
        Counts.
    mu : array
        Predicted counts.

    Returns
    -------
    array

    Examples
    --------
    >>> round(float(cash(3, 3.3)), 10)
    -0.5635348108
    """
    mu = np.maximum(np.asarray(mu, dtype=float), _TINY)
    return np.asarray(2 * (mu - xlogy(n, mu)))


def cstat(n: ArrayLike, mu: ArrayLike) -> np.ndarray:
    """C-stat 2 (mu − n + n ln(n/mu)): Cash's statistic counted from the perfect fit."""
    mu = np.maximum(np.asarray(mu, dtype=float), _TINY)
    n = np.asarray(n, dtype=float)
    return np.asarray(2 * (mu - n + xlogy(n, n / mu)))


def wstat_background(n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike) -> np.ndarray:
    """Most likely background in the OFF region, given a signal.

    Parameters
    ----------
    n, m : array
        Counts ON and OFF.
    alpha : array
        Ratio of ON to OFF exposure.
    s : array
        Signal counts.

    Returns
    -------
    array
        Background counts B of the OFF region; alpha B falls in the ON region.
    """
    n, m, alpha, s = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (n, m, alpha, s)))
    with np.errstate(divide="ignore", invalid="ignore"):
        c = alpha * (n + m) - (1 + alpha) * s
        d = np.sqrt(c**2 + 4 * alpha * (1 + alpha) * m * s)
        # the second form where c < 0: the first cancels there
        background = np.where(c >= 0, (c + d) / (2 * alpha * (1 + alpha)), 2 * m * s / (d - c))
        background = np.where(m == 0, np.maximum(n / (1 + alpha) - s / alpha, 0.0), background)
        return np.asarray(np.where(n == 0, m / (1 + alpha), background))


def wstat(n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike) -> np.ndarray:
    """W statistic: −2 ln L of ON and OFF counts with the background profiled out.

    Follows the XSPEC manual (appendix B) with its special cases; alpha ≤ 0 or NaN gives NaN,
    a signal so negative that no background can explain it gives infinity.

    Examples
    --------
    >>> round(float(wstat(5, 10, 0.2, 2)), 8)
    0.20857176
    """
    n, m, alpha, s = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (n, m, alpha, s)))
    background = wstat_background(n, m, alpha, s)
    mu = s + alpha * background
    with np.errstate(divide="ignore", invalid="ignore"):
        on = mu - n + np.where(n > 0, n * np.log(n / mu), 0.0)
        off = background - m + np.where(m > 0, m * np.log(m / background), 0.0)
        stat = 2 * (on + off)
    stat = np.where((mu < 0) | ((mu == 0) & (n > 0)), np.inf, stat)
    return np.where(alpha > 0, stat, np.nan)
