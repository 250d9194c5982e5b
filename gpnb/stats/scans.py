"""Stored scans of −2 ln L: the curve between their points."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gpnb.stats.roots import rising_root

_SAME = 1e-9
"""Points closer together than this part of the scan are one."""


class Scan:
    """−2 ln L along a norm, without overshoot between the points, as a parabola beyond the ends.

    Parameters
    ----------
    norm, stat : array, shape (m,)
        At least two norms, and −2 ln L there.

    Examples
    --------
    >>> scan = Scan([0, 1, 2, 3], [4, 1, 0, 1])
    >>> float(scan(1.0)), float(scan(2.0, order=1))
    (1.0, 0.0)
    """

    def __init__(self, norm: ArrayLike, stat: ArrayLike):
        from scipy.interpolate import PchipInterpolator  # here, because it takes long to import

        order = np.argsort(norm)
        x, y = np.asarray(norm, dtype=float)[order], np.asarray(stat, dtype=float)[order]
        kept = np.append(True, np.diff(x) > _SAME * np.ptp(x))
        self.low, self.high = float(x[kept][0]), float(x[kept][-1])
        self._curve = PchipInterpolator(x[kept], y[kept] - y.min())

    def __call__(self, norm: ArrayLike, order: int = 0) -> np.ndarray:
        """−2 ln L from the lowest of the scan, or its first or second derivative."""
        x = np.asarray(norm, dtype=float)
        inside = np.clip(x, self.low, self.high)
        value, slope, bend = (np.asarray(self._curve(inside, nu)) for nu in range(3))
        step, bow = x - inside, np.maximum(bend, 0.0)
        beyond = (value + slope * step + 0.5 * bow * step**2, slope + bow * step, bow)
        return np.where(inside == x, (value, slope, bend)[order], beyond[order])

    def above(self, start: float, delta: float) -> float:
        """Where it has risen by `delta` from its value at `start`, at higher norms; NaN if the scan ends before."""
        level = float(self(start)) + delta
        if not float(self(self.high)) >= level or start > self.high:
            return float("nan")
        found = rising_root(lambda x: self(x) - level, np.array([start]), np.array([self.high]))
        return float(found[0])
