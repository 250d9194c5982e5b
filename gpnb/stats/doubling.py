"""How fast a flux rises and falls: doubling and halving times."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

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
        positive = (x > 0) & ~limit.astype(bool)
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
    return _shortest(*doubling_times(time, flux, error, is_ul, sigma))


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
    return _shortest(-value, error)


def _shortest(value: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    rising = np.where(value > 0, value, np.inf)
    if not np.isfinite(rising).any():
        return np.nan, np.nan
    at = int(np.argmin(rising))
    return float(value[at]), float(error[at])
