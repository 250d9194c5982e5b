"""How fast a flux rises and falls: doubling and halving times."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

_SIGMA = 3.0


def doubling_times(
    time: ArrayLike, flux: ArrayLike, error: ArrayLike, is_ul: ArrayLike | None = None, sigma: float = _SIGMA
) -> tuple[np.ndarray, np.ndarray]:
    """Time in which the flux doubles, (t_{i+1} − t_i)/log₂(x_{i+1}/x_i), between each two neighbours, with its error.

    Parameters
    ----------
    time, flux, error : array, shape (N,)
        A series in order of time.
    is_ul : array of bool, optional
        Points that are upper limits; nothing is said of them.
    sigma : float
        Least significance of the change, |x_{i+1} − x_i| over its error.

    Returns
    -------
    value, error : array, shape (N − 1,)
        In the unit of `time`; negative where the flux falls. NaN where the change is not significant, or a flux is not
        known, an upper limit, or not positive.

    Examples
    --------
    >>> doubling_times([0.0, 10.0, 20.0], [1.0, 4.0, 4.1], 0.1)[0].tolist()
    [5.0, nan]
    """
    t = np.asarray(time, dtype=float)
    x, e, limit = np.broadcast_arrays(
        np.asarray(flux, dtype=float), np.asarray(error, dtype=float), False if is_ul is None else is_ul
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        significant = np.abs(np.diff(x)) > sigma * np.hypot(e[1:], e[:-1])
        positive = (x > 0) & (e > 0) & ~limit.astype(bool)  # an error of zero is none
        ratio = np.where(significant & positive[1:] & positive[:-1], x[1:] / x[:-1], np.nan)
        value = np.diff(t) / np.log2(ratio)
        relative = np.hypot(e[1:] / x[1:], e[:-1] / x[:-1])
        return value, np.diff(t) * np.log(2) / np.log(ratio) ** 2 * relative


def doubling_time(
    time: ArrayLike, flux: ArrayLike, error: ArrayLike, is_ul: ArrayLike | None = None, sigma: float = _SIGMA
) -> tuple[float, float]:
    """Shortest time in which the flux doubles, with its error; NaN if it never rises significantly.

    Arguments as for `doubling_times`. The least of many values is biased low by noise: the more so, the lower `sigma`.

    Examples
    --------
    >>> value, error = doubling_time([0.0, 10.0, 20.0], [1.0, 4.0, 2.0], 0.1)
    >>> value, round(error, 3)
    (5.0, 0.372)
    """
    return shortest(*doubling_times(time, flux, error, is_ul, sigma))


def halving_time(
    time: ArrayLike, flux: ArrayLike, error: ArrayLike, is_ul: ArrayLike | None = None, sigma: float = _SIGMA
) -> tuple[float, float]:
    """Shortest time in which the flux halves, a positive number, with its error; as `doubling_time`.

    Examples
    --------
    >>> halving_time([0.0, 10.0, 20.0], [1.0, 4.0, 2.0], 0.1)[0]
    10.0
    """
    value, error = doubling_times(time, flux, error, is_ul, sigma)
    return shortest(-value, error)


def doubling_limits(
    time: ArrayLike, flux: ArrayLike, error: ArrayLike, is_ul: ArrayLike | None = None, cl: float = 0.95
) -> np.ndarray:
    """Lower limit of the time in which the flux doubles, between each two neighbours.

    The ratio r = x_{i+1}/x_i is at most the greatest with (x_{i+1} − r x_i)² = z² (e_{i+1}² + r² e_i²), z of the
    confidence (Fieller 1954, J. R. Stat. Soc. B 16, 175): no rise has to be significant.

    Parameters
    ----------
    time, flux, error, is_ul
        See `doubling_times`.
    cl : float
        One-sided confidence.

    Returns
    -------
    array, shape (N − 1,)
        Infinite where the flux surely does not rise; NaN where it is not known, or the first is not above zero at
        that confidence, so that any rise is allowed.

    Examples
    --------
    >>> doubling_limits([0.0, 10.0, 20.0], [1.0, 1.1, 0.2], 0.1).round(2).tolist()
    [21.5, inf]
    """
    t = np.asarray(time, dtype=float)
    x, e, limit = np.broadcast_arrays(
        np.asarray(flux, dtype=float), np.asarray(error, dtype=float), False if is_ul is None else is_ul
    )
    z = ndtri(cl)
    least = x**2 - (z * e) ** 2
    known = (least[:-1] > 0) & (x[:-1] > 0) & ~(limit[1:] | limit[:-1]).astype(bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        mixed = x[1:] * x[:-1]
        ratio = (mixed + np.sqrt(mixed**2 - least[1:] * least[:-1])) / least[:-1]
        value = np.where(ratio > 1, np.diff(t) / np.log2(ratio), np.inf)
    return np.where(known & np.isfinite(ratio), value, np.nan)


def shortest(value: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """The least of the positive values, with its error; NaN if there is none."""
    rising = np.where(value > 0, value, np.inf)
    if not np.isfinite(rising).any():
        return np.nan, np.nan
    at = int(np.argmin(rising))
    return float(value[at]), float(error[at])
