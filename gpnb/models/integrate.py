"""Integrals of spectra over energy bins: Gauss-Legendre in ln E, or piecewise as power laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gpnb.models.derivative import growth

_PANEL = 0.25 * np.log(10)
"""Longest stretch of ln E that one rule spans: a quarter of a decade."""

_FAR = 1e20
"""Times the lower bound: there an integral to infinity becomes that of a power law."""

_LEVEL = 1e-9
"""A slope of ln (E f) nearer to zero is none."""

_POINTS, _WEIGHTS = ((item + shift) / 2 for item, shift in zip(np.polynomial.legendre.leggauss(5), (1, 0), strict=True))
"""Five nodes and weights on (0, 1): a log-parabola's flux is then right to 1e-9."""


def quadrature(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of integrals over energy.

    Parameters
    ----------
    low, high : array
        Bounds, positive.

    Returns
    -------
    nodes, weights : array, shape (…, n)
        ``(function(nodes) * weights).sum(-1)`` is the integral.

    Examples
    --------
    >>> nodes, weights = quadrature(1.0, 2.0)
    >>> round(float((nodes**-2 * weights).sum()), 12)
    0.5
    """
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    width = np.log(high / low)
    panels = max(1, int(np.ceil(np.abs(width).max(initial=0.0) / _PANEL - 1e-9)))
    steps = ((np.arange(panels)[:, None] + _POINTS) / panels).ravel()
    weights = np.tile(_WEIGHTS / panels, panels)
    nodes = low[..., None] * np.exp(width[..., None] * steps)
    return nodes, nodes * width[..., None] * weights


def integrate_function(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Integrals of a function of energy between `low` and `high`; the function may add axes in front."""
    nodes, weights = quadrature(low, high)
    return np.asarray((function(nodes) * weights).sum(axis=-1))


def integrate_open(
    integral: Callable[[np.ndarray, np.ndarray], np.ndarray],
    function: Callable[[np.ndarray], np.ndarray],
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray:
    """Integrals of a function of energy, where upper bounds may be infinite.

    Parameters
    ----------
    integral : callable
        The integral of the function between finite bounds.
    function : callable
        The function. Far above the lower bound it is taken to go on as a power law, which has an integral of its own:
        infinite if it does not fall faster than 1/E.
    low, high : array
        Bounds, positive.

    Examples
    --------
    >>> def one(low, high):
    ...     return 1 / low - 1 / high
    >>> round(float(integrate_open(one, lambda energy: energy**-2, np.array(2.0), np.array(np.inf))), 9)
    0.5
    """
    low, high = np.broadcast_arrays(low, high)
    is_open = np.isinf(high)
    far = _FAR * low
    with np.errstate(all="ignore"):
        inside = np.asarray(integral(low, np.where(is_open, far, high)))
        return np.where(is_open, inside + _tail(function, far), inside) if is_open.any() else inside


def _tail(function: Callable[[np.ndarray], np.ndarray], energy: np.ndarray) -> np.ndarray:
    """Integral from an energy on, of what goes on as a power law."""
    before, value = (function(place) * place for place in (energy / 10, energy))
    slope = np.log(np.abs(value / before)) / np.log(10)
    rest = np.where(slope < -_LEVEL, -value / slope, np.copysign(np.inf, value))
    return np.asarray(np.where((value == 0) | np.isnan(slope), 0.0, rest))


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
    power = x[:-1] * safe_low * ratio * growth(np.log(safe_high / safe_low) + ratio)
    trapezoid = 0.5 * (low + high) * (x[1:] - x[:-1])
    return np.moveaxis(np.where(positive, power, trapezoid), -1, axis)
