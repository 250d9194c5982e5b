"""Roots of many one-dimensional functions at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEPS = 100
_TOLERANCE = 1e-10


def rising_root(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where each function crosses zero from below, by the Illinois form of false position.

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
        To 1e-10 relative; NaN where the function is.
    """
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    f_low, f_high = function(low), function(high)
    for _ in range(_STEPS):
        outside = (f_high < 0) & (high > low)
        if not outside.any():
            break
        high = np.where(outside, low + 2 * (high - low), high)
        f_high = function(high)
    return _false_position(function, [low, high], [f_low, f_high])


def _false_position(
    function: Callable[[np.ndarray], np.ndarray], x: list[np.ndarray], f: list[np.ndarray]
) -> np.ndarray:
    last = np.zeros(x[0].shape, dtype=int)
    for step in range(_STEPS):
        width = x[1] - x[0]
        if not np.any(width > _TOLERANCE * np.maximum(np.abs(x[1]), 1e-8)):
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = x[1] - f[1] * width / (f[1] - f[0])
        inside = (middle > x[0]) & (middle < x[1]) & (step % 4 != 3)  # a bisection now and then for flat starts
        middle = np.where(inside, middle, x[0] + 0.5 * width)
        value = function(middle)
        below = value < 0
        # an end that stays twice is pulled in, or the other would creep
        f[1] = np.where(below & (last == -1), f[1] / 2, f[1])
        f[0] = np.where(~below & (last == 1), f[0] / 2, f[0])
        last = np.where(below, -1, 1)
        x[0], f[0] = np.where(below, middle, x[0]), np.where(below, value, f[0])
        x[1], f[1] = np.where(below, x[1], middle), np.where(below, f[1], value)
    return np.asarray(0.5 * (x[0] + x[1]))
