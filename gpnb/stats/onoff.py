"""The W statistic: −2 ln L of ON and OFF counts, the background profiled out, with slope and Fisher weight.

The OFF region sees B, the ON region s + alpha B. Its special cases are those of the XSPEC manual (appendix B).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_TINY = 1e-25
"""Stands for a variance of zero, as in a bin without signal and background."""


def wstat_usable(alpha: ArrayLike) -> np.ndarray:
    """Where W is defined: the ratio of exposures is positive and known.

    Elsewhere the functions of this file give NaN: mask those bins, and tell of them.

    Examples
    --------
    >>> wstat_usable([0.2, 0.0, float("nan")]).tolist()
    [True, False, False]
    """
    alpha = np.asarray(alpha, dtype=float)
    return np.asarray(np.isfinite(alpha) & (alpha > 0))


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
    return _profile(*_arrays(n, m, alpha, s))[1]


def wstat(n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike) -> np.ndarray:
    """W statistic of a signal, counted from the perfect fit.

    Parameters
    ----------
    n, m, alpha, s : array
        As for `wstat_background`.

    Returns
    -------
    array
        Infinity for a signal so negative that no background can explain it; NaN where alpha is not `wstat_usable`.

    Examples
    --------
    >>> round(float(wstat(5, 10, 0.2, 2)), 8)
    0.20857176
    """
    n, m, alpha, s = _arrays(n, m, alpha, s)
    return _deviance(n, m, *_profile(n, m, alpha, s))


def wstat_gradient(n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike) -> np.ndarray:
    """Slope of `wstat` with the signal, 2 (1 − n/(s + alpha B)): at the best background B adds nothing to it.

    Examples
    --------
    >>> float(wstat_gradient(5, 10, 0.2, 3))  # the best signal is n − alpha m
    0.0
    """
    n, m, alpha, s = _arrays(n, m, alpha, s)
    mu, _ = _profile(n, m, alpha, s)
    return _slope(n, mu)


def wstat_weight(n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike) -> np.ndarray:
    """Expected second derivative of `wstat` with the signal, 2/(s + alpha B + alpha² B).

    The denominator is the variance of the excess n − alpha m; use as `cash_weight`.
    """
    n, m, alpha, s = _arrays(n, m, alpha, s)
    mu, background = _profile(n, m, alpha, s)
    return np.asarray(2 / np.maximum(mu + alpha**2 * background, _TINY))


def wstat_terms(
    n: ArrayLike, m: ArrayLike, alpha: ArrayLike, s: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`wstat`, `wstat_gradient` and `wstat_weight` in one go, for the loops of fits.

    Examples
    --------
    >>> [round(float(item), 6) for item in wstat_terms(5, 10, 0.2, 2)]
    [0.208572, -0.443328, 0.443328]
    """
    n, m, alpha, s = _arrays(n, m, alpha, s)
    mu, background = _profile(n, m, alpha, s)
    weight = 2 / np.maximum(mu + alpha**2 * background, _TINY)
    return _deviance(n, m, mu, background), _slope(n, mu), weight


def _deviance(n: np.ndarray, m: np.ndarray, mu: np.ndarray, background: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        on = mu - n + np.where(n > 0, n * np.log(n / mu), 0.0)
        off = background - m + np.where(m > 0, m * np.log(m / background), 0.0)
    return np.where(mu < 0, np.inf, 2 * (on + off))


def _slope(n: np.ndarray, mu: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = 2 * (1 - np.where(n > 0, n / mu, 0.0))
    return np.where(np.isnan(mu) | (mu < 0), np.nan, slope)


def _arrays(*items: ArrayLike) -> tuple[np.ndarray, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in items)))


def _profile(n: np.ndarray, m: np.ndarray, alpha: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts ON and background OFF at the best background; NaN where alpha is not usable."""
    alpha = np.where(wstat_usable(alpha), alpha, np.nan)
    # B solves a(1+a) B² − c B − m s = 0, and mu = s + a B solves (1+a) mu² − e mu − … with the same discriminant
    c = alpha * (n + m) - (1 + alpha) * s
    e = alpha * (n + m) + (1 + alpha) * s
    product = 4 * alpha * (1 + alpha) * s
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.where(s >= 0, c**2 + product * m, e**2 - product * n))
        # two forms of each root: one of them cancels
        background = np.where(c >= 0, (c + root) / (2 * alpha * (1 + alpha)), 2 * m * s / (root - c))
        mu = np.where(e >= 0, (e + root) / (2 * (1 + alpha)), 2 * n * alpha * s / (e - root))
    # without OFF counts the background is what the signal leaves of the ON counts
    none = np.maximum(n / (1 + alpha) - s / alpha, 0.0)
    background, mu = np.where(m == 0, none, background), np.where(m == 0, np.maximum(s, n * alpha / (1 + alpha)), mu)
    # without ON counts it follows from the OFF counts alone
    alone = m / (1 + alpha)
    return np.where(n == 0, s + alpha * alone, mu), np.where(n == 0, alone, background)
