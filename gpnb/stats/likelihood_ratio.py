"""Test statistics of nested models: probabilities, and standard deviations."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, log_ndtr, ndtri_exp, xlogy

from gpnb.core.errors import ArgumentError
from gpnb.stats.roots import rising_root


def ts_p_value(ts: ArrayLike, dof: int = 1, bounded: int = 0) -> np.ndarray:
    """Probability that a test statistic is as large by chance, if the simpler of two nested models is true.

    Chi square with `dof` degrees of freedom (Wilks 1938, Ann. Math. Stat. 9, 60). A parameter whose value in the
    simpler model is a limit of its own, such as an amplitude or an extension of 0, can move one way only, and half of
    the time it stays: then it is half chi square with one degree of freedom less, and half with all of them (Chernoff
    1954, Ann. Math. Stat. 25, 573).

    Parameters
    ----------
    ts : array
        −2 ln of the ratio of the likelihoods; below 0, by rounding, it counts as 0.
    dof : int
        How many parameters are free in the larger model alone.
    bounded : int
        How many of them start at a limit. If several do, they are taken as uncorrelated (Self & Liang 1987, J. Am.
        Stat. Assoc. 82, 605).

    Returns
    -------
    array
        Below 1e-308 it is 0: `ts_to_sigma` still tells.

    Raises
    ------
    ArgumentError
        If dof is below 1, or more are bounded than there are.

    Examples
    --------
    >>> ts_p_value([9.0, 25.0]).round(10).tolist()
    [0.0026997961, 5.733e-07]
    >>> float(ts_p_value(9.0, bounded=1).round(10))
    0.001349898
    """
    return np.asarray(np.exp(_log_p(ts, dof, bounded)))


def ts_to_sigma(ts: ArrayLike, dof: int = 1, bounded: int = 0, sided: int = 2) -> np.ndarray:
    """Significance of a test statistic, in standard deviations of a Gaussian.

    Parameters
    ----------
    ts, dof, bounded
        See `ts_p_value`.
    sided : {1, 2}
        Standard deviations with that probability beyond them on one side, or on both. The square root of `ts` is
        two-sided for one free parameter, and one-sided for one that starts at a limit.

    Returns
    -------
    array
        At least 0.

    Examples
    --------
    >>> ts_to_sigma(25.0, dof=[1, 2, 4]).round(3).tolist()
    [5.0, 4.626, 4.054]
    >>> float(ts_to_sigma(25.0, bounded=1, sided=1).round(3))
    5.0
    """
    _check_sided(sided)
    return np.asarray(np.maximum(-ndtri_exp(_log_p(ts, dof, bounded) - np.log(sided)), 0.0) + 0.0)


def sigma_to_ts(sigma: ArrayLike, dof: int = 1, bounded: int = 0, sided: int = 2) -> np.ndarray:
    """The test statistic that has a significance; see `ts_to_sigma`.

    Parameters
    ----------
    sigma : array
        At least 0.
    dof, bounded, sided
        See `ts_to_sigma`.

    Returns
    -------
    array
        NaN for a negative significance.

    Examples
    --------
    >>> sigma_to_ts([1.0, 2.0, 3.0], dof=2).round(3).tolist()
    [2.296, 6.18, 11.829]
    """
    _check_sided(sided)
    sigma, dofs, limits = np.broadcast_arrays(np.asarray(sigma, dtype=float), dof, bounded)
    wanted = np.log(sided) + log_ndtr(-sigma)
    found = rising_root(lambda ts: wanted - _log_p(ts, dofs, limits), np.zeros(sigma.shape), sigma**2 + dofs)
    return np.where(sigma > 0, found, np.where(sigma == 0, 0.0, np.nan))


def _log_p(ts: ArrayLike, dof: ArrayLike, bounded: ArrayLike) -> np.ndarray:
    """Logarithm of the probability: test statistics of bright sources are beyond what a float can hold."""
    ts, dof, bounded = np.broadcast_arrays(np.maximum(ts, 0.0), dof, bounded)
    if not (np.all(dof >= 1) and np.all(bounded >= 0) and np.all(bounded <= dof)):
        raise ArgumentError(f"dof={dof} must be at least 1, and bounded={bounded} from 0 to that.")
    found = np.full(ts.shape, -np.inf)
    for stays in range(int(bounded.max(initial=0)) + 1):
        own = gammaln(bounded + 1) - gammaln(stays + 1) - gammaln(np.maximum(bounded - stays, 0) + 1)
        weight = np.where(stays <= bounded, own - bounded * np.log(2), -np.inf)
        with np.errstate(invalid="ignore"):  # where ts is NaN
            found = np.logaddexp(found, weight + _log_chi2(ts, dof - stays))
    return np.where(np.isnan(ts), np.nan, np.where(ts > 0, found, 0.0))


def _log_chi2(ts: np.ndarray, dof: np.ndarray) -> np.ndarray:
    """Logarithm of chi square's probability beyond `ts` > 0, by its recurrence: Q(k+2) = Q(k) + a term above 0."""
    even = dof % 2 == 0
    found = np.where(even, np.where(dof > 0, -ts / 2, -np.inf), np.log(2) + log_ndtr(-np.sqrt(ts)))
    for k in range(1, int(dof.max(initial=0)) - 1):
        with np.errstate(invalid="ignore"):
            term = np.where(np.isinf(ts), -np.inf, xlogy(k / 2, ts / 2) - ts / 2 - gammaln(k / 2 + 1))
        found = np.where((k % 2 == dof % 2) & (k + 2 <= dof), np.logaddexp(found, term), found)
    return np.asarray(found)


def _check_sided(sided: int) -> None:
    if sided not in (1, 2):
        raise ArgumentError(f"sided={sided!r} must be 1 or 2.")
