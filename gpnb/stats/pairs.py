"""Measures over all pairs of points of series: structure function and discrete correlation.

Pairs are taken in blocks of rows, so that neither memory nor time goes to loops over points.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

_BLOCK = 200_000
"""Pairs in memory at once."""


def structure_function(
    time: ArrayLike, flux: ArrayLike, error: ArrayLike, edges: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First-order structure function SF(τ) = ⟨(x(t + τ) − x(t))²⟩ − noise, with its error and the number of pairs.

    The noise is the mean of e_i² + e_j² of the pairs (Simonetti, Cordes & Heeschen 1985, ApJ 296, 46;
    Emmanoulopoulos, McHardy & Uttley 2010, MNRAS 404, 931, on what it can tell).

    Parameters
    ----------
    time, flux, error : array, shape (N,)
        A series, in any order; points that are not numbers are skipped. Errors 0 leave the noise in.
    edges : array, shape (n + 1,)
        Edges of bins of lag τ, rising, in the unit of `time`; the lower edge belongs to the bin.

    Returns
    -------
    value, error, pairs : array, shape (n,)
        NaN without pairs. The error is the scatter over √pairs: pairs share points, so it is too small.

    Examples
    --------
    >>> value, error, pairs = structure_function([0, 1, 2, 3], [1.0, 2.0, 4.0, 7.0], 0.0, [0.5, 1.5, 2.5])
    >>> value.round(3).tolist(), pairs.tolist()
    ([4.667, 17.0], [3, 2])
    """
    t, x, e = _sorted(time, flux, error)
    bins = np.asarray(edges, dtype=float)
    sums = np.zeros((3, len(bins) - 1))
    for rows, columns in _blocks(t, t, bins, later=True):
        keep = np.arange(columns.start, columns.stop) > np.arange(rows.start, rows.stop)[:, None]
        excess = (x[columns] - x[rows, None]) ** 2 - (e[columns] ** 2 + e[rows, None] ** 2)
        sums += _binned(t[columns] - t[rows, None], excess, bins, keep)
    pairs, total, square = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        value = total / pairs
        scatter = np.sqrt(np.maximum(square / pairs - value**2, 0) / (pairs - 1))
    return value, scatter, pairs.astype(int)


def dcf(
    time_a: ArrayLike,
    flux_a: ArrayLike,
    error_a: ArrayLike,
    time_b: ArrayLike,
    flux_b: ArrayLike,
    error_b: ArrayLike,
    edges: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Discrete correlation function of two series, with its error and the number of pairs.

    Mean over pairs of (a_i − ā)(b_j − b̄)/√((σ_a² − e_a²)(σ_b² − e_b²)), e² the mean squared errors (Edelson &
    Krolik 1988, ApJ 333, 646, eqs 3 to 5).

    Parameters
    ----------
    time_a, flux_a, error_a : array, shape (N,)
        A series; points that are not numbers are skipped.
    time_b, flux_b, error_b : array, shape (M,)
        Another, or the same.
    edges : array, shape (n + 1,)
        Edges of bins of lag t_b − t_a, rising: positive where b follows a. The lower edge belongs to the bin. For
        the correlation of a series with itself leave lag 0 out: there the errors correlate too.

    Returns
    -------
    value, error, pairs : array, shape (n,)
        NaN without pairs, and everywhere if a series varies less than its errors tell. The error is that of the mean
        of the pairs.

    Examples
    --------
    >>> t = np.arange(200.0)
    >>> wave, later = np.sin(np.pi * t / 10), np.sin(np.pi * (t - 5) / 10)
    >>> value, error, pairs = dcf(t, wave, 0.0, t, later, 0.0, [3.5, 4.5, 5.5, 6.5])
    >>> value.round(2).tolist(), pairs.tolist()
    ([0.95, 0.99, 0.95], [196, 195, 194])
    """
    (ta, a, ea), (tb, b, eb) = _sorted(time_a, flux_a, error_a), _sorted(time_b, flux_b, error_b)
    bins = np.asarray(edges, dtype=float)
    sums = np.zeros((3, len(bins) - 1))
    a, b = _standard(a, ea), _standard(b, eb)
    for rows, columns in _blocks(ta, tb, bins):
        sums += _binned(tb[columns] - ta[rows, None], a[rows, None] * b[columns], bins)
    pairs, total, square = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        value = total / pairs
        scatter = np.sqrt(np.maximum(square - pairs * value**2, 0)) / (pairs - 1)
    return value, scatter, pairs.astype(int)


def _sorted(time: ArrayLike, flux: ArrayLike, error: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    t, x, e = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (time, flux, error)))
    known = np.isfinite(t) & np.isfinite(x) & np.isfinite(e)
    order = np.argsort(t[known], kind="stable")
    return t[known][order], x[known][order], e[known][order]


def _standard(x: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Deviations from the mean, over the standard deviation without noise."""
    if len(x) < 2:
        return np.full(len(x), np.nan)
    variance = x.var() - np.mean(e**2)
    return np.asarray((x - x.mean()) / np.sqrt(variance if variance > 0 else np.nan))


def _blocks(a: np.ndarray, b: np.ndarray, bins: np.ndarray, later: bool = False) -> Iterator[tuple[slice, slice]]:
    """Rows of `a` and columns of `b` that hold all pairs within the bins of lag."""
    size = max(1, _BLOCK // max(len(b), 1))
    for first in range(0, len(a), size):
        last = min(first + size, len(a))
        low = np.searchsorted(b, a[first] + bins[0], side="left")
        high = np.searchsorted(b, a[last - 1] + bins[-1], side="right")
        yield slice(first, last), slice(max(int(low), first) if later else int(low), int(high))


def _binned(lag: np.ndarray, values: np.ndarray, bins: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
    """Number, sum and sum of squares of values in bins of lag."""
    place = np.searchsorted(bins, lag, side="right") - 1
    inside = (place >= 0) & (place < len(bins) - 1) & (True if keep is None else keep)
    place, values = place[inside], values[inside]
    counts = [np.bincount(place, weights, len(bins) - 1) for weights in (None, values, values**2)]
    return np.array(counts, dtype=float)
