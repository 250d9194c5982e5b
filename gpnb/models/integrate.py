"""Integrals of spectra over energy bins, piecewise as power laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_NODES_PER_DECADE = 100
"""A log-parabola's flux over a decade is then right to 1e-5."""


def integrate_powerlaws(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    """Integral of y(x) taken as a power law between nodes; zero or negative values fall back to a trapezoid.

    Parameters
    ----------
    x : array, shape (n,)
        Nodes, increasing and positive.
    y : array
        Values; `axis` has n entries.

    Returns
    -------
    array
        The n − 1 integrals between neighbours, along `axis`.
    """
    y = np.moveaxis(np.asarray(y, dtype=float), axis, -1)
    low, high = y[..., :-1], y[..., 1:]
    ratio = np.log(x[1:] / x[:-1])
    positive = (low > 0) & (high > 0)
    safe_low, safe_high = np.where(positive, low, 1.0), np.where(positive, high, 1.0)
    slope = np.log(safe_high / safe_low) / ratio + 1.0
    # expm1 form: exact where the slope is near −1, where the closed form cancels
    growth = slope * ratio
    factor = np.where(np.abs(growth) < 1e-9, 1.0, np.expm1(growth) / np.where(growth == 0, 1.0, growth))
    power = x[:-1] * safe_low * ratio * factor
    trapezoid = 0.5 * (low + high) * (x[1:] - x[:-1])
    return np.moveaxis(np.where(positive, power, trapezoid), -1, axis)


def integrate_function(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Integrals of a positive function of energy between `low` and `high` (arrays of one shape)."""
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    decades = float(np.max(np.log10(high / low))) if low.size else 0.0
    nodes = max(3, int(np.ceil(decades * _NODES_PER_DECADE)) + 1)
    steps = np.linspace(0.0, 1.0, nodes)
    total = np.empty(low.shape)
    for index in np.ndindex(low.shape):
        x = low[index] * (high[index] / low[index]) ** steps
        total[index] = integrate_powerlaws(x, function(x)).sum()
    return total
