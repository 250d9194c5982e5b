"""What significance a signal is to be expected to have, and which signal has a given one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from gpnb.stats.onoff import wstat, wstat_background
from gpnb.stats.roots import rising_root


def expected_ts(signal: ArrayLike, background: ArrayLike, alpha: ArrayLike = 0.0, known: ArrayLike = 0.0) -> np.ndarray:
    """Test statistic of counts that are exactly what is expected (Cowan et al. 2011, Eur. Phys. J. C 71, 1554).

    Its root is the significance that half of all observations exceed: that of Li & Ma where the background is measured.

    Parameters
    ----------
    signal : array
        Counts of the signal, not negative.
    background : array
        All other counts that are expected ON.
    alpha : array
        Ratio of ON to OFF exposure; 0 where the background is known.
    known : array
        The part of `background` that is known where the rest is measured, such as that of other sources.

    Returns
    -------
    array
        Infinity for a signal where none is expected otherwise, and that is known.

    Examples
    --------
    >>> expected_ts(10, 10).round(6).item(), expected_ts(10, 10, 0.2).round(6).item()
    (7.725887, 6.144792)
    """
    s, b, alpha, known = np.broadcast_arrays(*(np.asarray(item, float) for item in (signal, background, alpha, known)))
    measured = alpha > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(s > 0, 2 * ((b + s) * np.log1p(s / b) - s), 0.0)
    found = np.where((b > 0) | (s == 0), found, np.inf)
    if measured.any():
        off = (b[measured] - known[measured]) / alpha[measured]
        found[measured] = wstat((b + s)[measured], off, alpha[measured], known[measured])
    return np.asarray(np.maximum(found, 0.0))  # rounding may leave −1e-16


def expected_variance(
    signal: ArrayLike, background: ArrayLike, alpha: ArrayLike = 0.0, known: ArrayLike = 0.0
) -> np.ndarray:
    """Variance of the test statistic of observations about `expected_ts`; independent bins add up.

    To first order counts move it by their slopes, 2 ln (n / the count without a signal). The root of the test statistic
    then has the spread √variance / (2 √TS): 1 for a signal that is faint beside many counts, more where it is most.

    Parameters
    ----------
    signal, background, alpha, known : array
        As for `expected_ts`.

    Examples
    --------
    >>> spread = np.sqrt(expected_variance([1, 10], [1e6, 1])) / (2 * np.sqrt(expected_ts([1, 10], [1e6, 1])))
    >>> spread.round(3).tolist()
    [1.0, 1.39]
    """
    s, b, alpha, known = np.broadcast_arrays(*(np.asarray(item, float) for item in (signal, background, alpha, known)))
    measured = alpha > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(s > 0, 4 * (b + s) * np.log1p(s / b) ** 2, 0.0)
    if measured.any():
        on, fixed, ratio = (b + s)[measured], known[measured], alpha[measured]
        off = (b[measured] - fixed) / ratio
        without = wstat_background(on, off, ratio, fixed)
        slopes = xlogy(on, on / (fixed + ratio * without)), xlogy(off, off / without)
        counts = np.maximum(on, 1e-300), np.maximum(off, 1e-300)
        found[measured] = sum(4 * slope**2 / n for slope, n in zip(slopes, counts, strict=True))
    return np.asarray(found)


def matching_excess(significance: float, background: ArrayLike, alpha: ArrayLike = 0.0) -> np.ndarray:
    """The excess counts that have a significance: `expected_ts` solved for the signal.

    Parameters
    ----------
    significance : float
        In standard deviations.
    background : array
        Counts that are expected ON without a signal.
    alpha : array
        As for `expected_ts`.

    Returns
    -------
    array
        0 where the background is known to be none: any count is significant there.

    Examples
    --------
    >>> matching_excess(5, 10).round(8).item()
    19.58008731
    """
    b, alpha = np.broadcast_arrays(np.asarray(background, dtype=float), np.asarray(alpha, dtype=float))
    any_is = (b <= 0) & (alpha <= 0)
    b = np.where(any_is, 1.0, b)
    guess = significance * np.sqrt(b * (1 + alpha)) + significance**2
    found = rising_root(lambda s: expected_ts(s, b, alpha) - significance**2, np.zeros(b.shape), guess)
    return np.asarray(np.where(any_is, 0.0, found))
