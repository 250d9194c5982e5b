"""Poisson fit statistics of a known background, −2 ln L: Cash and C-stat, with slope and Fisher weight."""

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


def cash_gradient(n: ArrayLike, mu: ArrayLike) -> np.ndarray:
    """Slope of `cash` and of `cstat` with the predicted counts, 2 (1 − n/mu).

    Examples
    --------
    >>> float(cash_gradient(3, 2))
    -1.0
    """
    mu = np.maximum(np.asarray(mu, dtype=float), _TINY)
    return np.asarray(2 * (1 - np.asarray(n, dtype=float) / mu))


def cash_weight(mu: ArrayLike) -> np.ndarray:
    """Expected second derivative of `cash` and of `cstat`, 2/mu.

    Summed over bins with the derivatives of mu on both sides it is the Hessian H of −2 ln L
    that the data give on average; the covariance is 2 H⁻¹.
    """
    return np.asarray(2 / np.maximum(np.asarray(mu, dtype=float), _TINY))
