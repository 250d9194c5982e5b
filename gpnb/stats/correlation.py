"""How two sets of numbers, measured in pairs, go with each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc


class Correlation(NamedTuple):
    """A correlation of pairs.

    Attributes
    ----------
    r : float
        Pearson's coefficient, −1 to 1.
    p_value : float
        Probability that independent Gaussian numbers give as much or more, with either sign.
    n : int
        Pairs.
    """

    r: float
    p_value: float
    n: int


def pearson(a: ArrayLike, b: ArrayLike) -> Correlation:
    """Pearson's coefficient of pairs, with its probability for independent numbers.

    Parameters
    ----------
    a, b : array, shape (N,)
        Pairs; those with a value that is not a number are skipped.

    Returns
    -------
    Correlation
        NaN for fewer than three pairs, or numbers that are all the same.

    Notes
    -----
    t = r √((n − 2)/(1 − r²)) follows Student's law of n − 2 degrees of freedom for independent pairs. Points of a
    slowly varying (red) light curve are not: chance gives high values more often. Errors of measurement make r
    smaller: `dcf` takes them out.

    Examples
    --------
    >>> found = pearson([1, 2, 3, 4], [1.0, 2.1, 2.9, 4.2])
    >>> round(found.r, 4), round(found.p_value, 4), found.n
    (0.9961, 0.0039, 4)
    """
    x, y = np.broadcast_arrays(np.asarray(a, dtype=float).ravel(), np.asarray(b, dtype=float).ravel())
    known = np.isfinite(x) & np.isfinite(y)
    x, y, n = x[known], y[known], int(known.sum())
    if n < 3 or not np.ptp(x) or not np.ptp(y):
        return Correlation(np.nan, np.nan, n)
    x, y = ((item - item.mean()) / np.linalg.norm(item - item.mean()) for item in (x, y))
    r = float(np.clip(x @ y, -1.0, 1.0))
    return Correlation(r, float(betainc(0.5 * (n - 2), 0.5, 1 - r**2)), n)
