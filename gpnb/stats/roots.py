"""Roots of many one-dimensional functions at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEPS = 100
_TOLERANCE = 1e-10


def rising_root(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where each function crosses zero from below, by Chandrupatla's method (1997, Adv. Eng. Softw. 28, 145).

    Parameters
    ----------
    function : callable
        Takes and gives arrays of one shape; its value for an element depends on that element alone.
    low : array
        Where it is at most zero.
    high : array
        A first guess of where it is positive; doubled in distance from `low` until it is.

    Returns
    -------
    array
        To 1e-10 relative; NaN where the ends are.
    """
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    f_low, f_high = function(low), function(high)
    for _ in range(_STEPS):
        outside = (f_high < 0) & (high > low)
        if not outside.any():
            break
        high = np.where(outside, low + 2 * (high - low), high)
        f_high = function(high)
    return _between(function, low, high, f_low, f_high)


def _between(
    function: Callable[[np.ndarray], np.ndarray],
    low: np.ndarray,
    high: np.ndarray,
    f_low: np.ndarray,
    f_high: np.ndarray,
) -> np.ndarray:
    """The root between two ends: `x1` is the latest place, `x2` the other end, `x3` the end that was given up."""
    (x1, x2, x3), (f1, f2, f3) = (high, low, low), (f_high, f_low, f_low)
    part, below = np.full(x1.shape, 0.5), np.zeros(x1.shape, dtype=bool)
    for _ in range(_STEPS):
        x = x1 + part * (x2 - x1)
        f = function(x)
        same = (f < 0) == below
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1, below = x, f, f < 0
        best = np.where(np.abs(f2) < np.abs(f1), x2, x1)
        with np.errstate(all="ignore"):
            least = _TOLERANCE * np.maximum(np.abs(best), 1e-8) / np.abs(x2 - x1)
            wide = (least < 1) & (f1 != 0)
            if not wide.any():
                break
            xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
            curved = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
            smooth = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)  # else halve
        part = np.where(smooth, curved, 0.5)
        part = np.where(wide, np.clip(part, 0.5 * least, 1 - 0.5 * least), 0.0)
    return np.asarray(best)
