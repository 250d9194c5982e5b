"""Piecewise polynomials with several columns: what is needed of scipy's, which take long to import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEEPEST = 3.0
"""Times the lesser slope of two intervals, that of a cubic at the node between may be: more would overshoot."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Polynomials between nodes; the first and the last hold beyond them.

    Parameters
    ----------
    x : ndarray, shape (n + 1,)
        The nodes, rising.
    c : ndarray, shape (order, n, m)
        Coefficients, of the highest power first, of the distance from the node before.
    """

    x: np.ndarray
    c: np.ndarray

    def __call__(self, at: np.ndarray) -> np.ndarray:
        """Values, shape (*at.shape, m)."""
        places = np.asarray(at, dtype=float).ravel()
        index = np.clip(np.searchsorted(self.x, places, side="right") - 1, 0, len(self.x) - 2)
        past = (places - self.x[index])[:, None]
        found: np.ndarray = self.c[0].take(index, axis=0)
        for coefficient in self.c[1:]:
            found *= past
            found += coefficient.take(index, axis=0)
        return found.reshape(*np.shape(at), self.c.shape[2])

    def slope(self) -> Pieces:
        """The derivative."""
        order = len(self.c)
        return Pieces(self.x, self.c[:-1] * np.arange(order - 1, 0, -1)[:, None, None])

    def times_power(self, power: int) -> Pieces:
        """The same, times a power of x."""
        c, start = self.c, self.x[:-1, None]
        for _ in range(power):  # times x = start + (x - start)
            longer = np.zeros((len(c) + 1, *c.shape[1:]))
            longer[:-1] += c
            longer[1:] += c * start
            c = longer
        return Pieces(self.x, c)

    def integral(self) -> Pieces:
        """From the first node to each place."""
        order, step = len(self.c), np.diff(self.x)[:, None]
        c = np.zeros((order + 1, *self.c.shape[1:]))
        c[:-1] = self.c / np.arange(order, 0, -1)[:, None, None]
        whole = c[0].copy()
        for coefficient in c[1:]:
            whole = whole * step + coefficient
        c[-1, 1:] = np.cumsum(whole, axis=0)[:-1]
        return Pieces(self.x, c)


def hermite(x: np.ndarray, y: np.ndarray, slope: np.ndarray) -> Pieces:
    """Cubics with given values and slopes at the nodes, each of shape (n_x, m)."""
    step = np.diff(x)[:, None]
    rise = np.diff(y, axis=0) / step
    bend = (slope[:-1] + slope[1:] - 2 * rise) / step
    return Pieces(x, np.stack([bend / step, (rise - slope[:-1]) / step - bend, slope[:-1], y[:-1]]))


def rising_or_falling(x: np.ndarray, y: np.ndarray) -> Pieces:
    """Cubics that never overshoot, flat at the first node.

    Slopes are those of parabolas, limited (Fritsch & Carlson 1980, SIAM J. Numer. Anal. 17, 238).

    Parameters
    ----------
    x : ndarray, shape (n_x,)
        The nodes, rising.
    y : ndarray, shape (n_x, m)
        Values.
    """
    step = np.diff(x)[:, None]
    rise = np.diff(y, axis=0) / step
    low, high = rise[:-1], rise[1:]
    inner = (step[:-1] * high + step[1:] * low) / (step[:-1] + step[1:])
    most = _STEEPEST * np.minimum(np.abs(low), np.abs(high)) * (low * high > 0)
    slope = np.zeros(y.shape)
    slope[1:-1] = np.clip(inner, -most, most)
    slope[-1] = rise[-1]
    return hermite(x, y, slope)
