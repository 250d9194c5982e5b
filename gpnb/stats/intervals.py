"""Errors and upper limits of an excess of counts, from the likelihood profile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, ndtri

from gpnb.stats.counts import cstat
from gpnb.stats.onoff import wstat
from gpnb.stats.roots import rising_root

_INSIDE = 1 - 1e-9
"""Of the least signal: rounding must not lead outside."""

_CEILING = 1e6
"""Stands for infinity where a root is looked for."""


def delta_stat(cl: float, sided: int = 2) -> float:
    """Rise of −2 ln L that bounds an interval of a confidence level.

    Parameters
    ----------
    cl : float
        Between 0 and 1.
    sided : {1, 2}
        One-sided (an upper limit in the sense of papers) or two-sided.

    Examples
    --------
    >>> round(delta_stat(0.95, sided=1), 3), round(delta_stat(0.95, sided=2), 3)
    (2.706, 3.841)
    """
    return float(ndtri(cl) ** 2) if sided == 1 else float(chdtri(1, 1 - cl))


def excess_error(
    n: ArrayLike, background: ArrayLike, off: ArrayLike | None = None, delta: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper error of the excess, where −2 ln L has risen by `delta`.

    Parameters
    ----------
    n : array
        Counts.
    background : array
        Known background counts; or, with `off`, the ratio alpha of ON to OFF exposure.
    off : array, optional
        OFF counts.
    delta : float
        1 for one standard deviation.

    Returns
    -------
    lower, upper : array
        Both positive, from the excess; the lower one is 0 without counts.

    Examples
    --------
    >>> lower, upper = excess_error(20, 0, delta=4)
    >>> round(20 - float(lower), 6), round(20 + float(upper), 6)
    (12.336337, 30.324423)
    """
    n, best, stat = _profile(n, background, off)
    # without counts the best signal lies where no background explains it: count from the first that one does
    anchor = best if off is None else np.maximum(best, _lowest(n, np.asarray(background), np.asarray(off)))
    level = stat(anchor) + delta
    width = 2 * np.sqrt(np.maximum(n, 1.0)) + 1
    upper = rising_root(lambda s: stat(s) - level, anchor, anchor + width) - best
    reach = n if off is None else width
    lower = rising_root(lambda d: np.minimum(stat(anchor - d), _CEILING) - level, np.zeros_like(best), reach)
    return np.where(n > 0, lower, 0.0), upper


def upper_limit(
    n: ArrayLike, background: ArrayLike, off: ArrayLike | None = None, cl: float = 0.95, sided: int = 1
) -> np.ndarray:
    """Upper limit of the excess, with a signal that cannot be negative.

    −2 ln L is counted from the best signal that is allowed, zero where there are fewer counts
    than background. Arguments as for `excess_error`, confidence as for `delta_stat`.

    Examples
    --------
    >>> round(float(upper_limit(0, 3)), 4)  # half of 2.706, whatever the background
    1.3528
    """
    n, best, stat = _profile(n, background, off)
    start = np.maximum(best, 0.0)
    level = stat(start) + delta_stat(cl, sided)
    return rising_root(lambda s: stat(s) - level, start, start + 3 * np.sqrt(np.maximum(n, 1.0)) + 3)


def density_quantile(values: np.ndarray, stat: np.ndarray, cl: float) -> np.ndarray:
    """Where the likelihood exp(−stat/2), taken as a density, has this part of its content below.

    Parameters
    ----------
    values : array, shape (steps, n)
        Evenly spaced along the first axis.
    stat : array, shape (steps, n)
        −2 ln L there, but for a constant.
    cl : float
        Between 0 and 1.

    Examples
    --------
    >>> steps = np.linspace(0, 40, 4001)[:, None]
    >>> density_quantile(steps, 2 * steps, 0.95).round(4)  # no counts: exp(−s)
    array([2.9957])
    """
    from scipy.integrate import cumulative_simpson  # here, because it takes long to import

    part = cumulative_simpson(np.exp(-0.5 * stat), dx=1 / (len(values) - 1), axis=0, initial=0)
    columns = zip((part / part[-1]).T, values.T, strict=True)
    return np.array([np.interp(cl, rising, own) for rising, own in columns])


def _profile(
    n: ArrayLike, background: ArrayLike, off: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Counts, best signal, and −2 ln L of a signal."""
    if off is None:
        counts, known = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(background, dtype=float))
        return counts, counts - known, lambda s: cstat(counts, s + known)
    counts, alpha, m = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (n, background, off)))
    return counts, counts - alpha * m, lambda s: wstat(counts, m, alpha, s)


def _lowest(n: np.ndarray, alpha: np.ndarray, off: np.ndarray) -> np.ndarray:
    """The most negative signal that some background explains (bounded only without counts)."""
    return np.where(n == 0, -alpha * off / (1 + alpha) * _INSIDE, -np.inf)
