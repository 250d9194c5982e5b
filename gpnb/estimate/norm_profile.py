"""Norms of many spectra at once: best values, errors, limits and scans, each from its own bins.

−2 ln L is convex in a norm (an optimum over the background leaves it so), so all of them are roots of rising functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.limits import NEGLIGIBLE, STEPS, Limits
from gpnb.fitting.terms import Term
from gpnb.stats.intervals import delta_stat, density_quantile
from gpnb.stats.roots import rising_root

_CEILING = 1e6
"""Stands for infinity where a root is looked for."""

_FLAT = 1e-6
"""A curvature below this part of the expected one is none."""

_SCAN_REACH = 5.0
"""In errors: how far scans go."""


@dataclass(frozen=True, eq=False)
class NormBins:
    """Bins of counts, and which norm each belongs to.

    Parameters
    ----------
    terms : callable
        Statistic, slope and weight of all bins, given their signal.
    cell : array of int, shape (n_bins,)
        The norm that a bin belongs to.
    count : int
        Number of norms.
    signal : array, shape (n_bins,)
        Counts of the source for norm 1.
    other : array, shape (n_bins,)
        Counts of all other sources.
    excess, variance : array, shape (n_bins,)
        Counts less background, and the variance of that.
    lowest, bends : array, shape (n_bins,)
        The least signal that the statistic is defined for; that at which its second derivative jumps, NaN where none.
    n_on, n_off : array, shape (n_bins,)
        Counts; those OFF are zero where the background is known.
    """

    terms: Term
    cell: np.ndarray
    count: int
    signal: np.ndarray
    other: np.ndarray
    excess: np.ndarray
    variance: np.ndarray
    lowest: np.ndarray
    bends: np.ndarray
    n_on: np.ndarray
    n_off: np.ndarray

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sums over the bins of each norm."""
        return np.bincount(self.cell, values, self.count)

    def effective(self, norm: np.ndarray) -> tuple[np.ndarray, ...]:
        """See `effective_counts`; of each norm."""
        background = self.n_on - self.excess + self.other
        return effective_counts(self.cell, self.n_on, background, self.signal, norm)

    def extreme(self, values: np.ndarray, of: np.ufunc, start: float) -> np.ndarray:
        """Least or greatest over the bins of each norm."""
        found = np.full(self.count, start)
        of.at(found, self.cell, values)
        return found

    def stat(self, norm: np.ndarray) -> np.ndarray:
        """−2 ln L of each norm; infinity where it is not defined."""
        return self.total(self._at(norm)[0])

    def slope(self, norm: np.ndarray) -> np.ndarray:
        """Its derivative."""
        return self.total(self._at(norm)[1] * self.signal)

    def weight(self, norm: np.ndarray) -> np.ndarray:
        """Its expected second derivative."""
        return self.total(self._at(norm)[2] * self.signal**2)

    def _at(self, norm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            return self.terms(norm[self.cell] * self.signal + self.other)


def effective_counts(
    cell: np.ndarray, n: np.ndarray, background: np.ndarray, signal: np.ndarray, norm: np.ndarray
) -> tuple[np.ndarray, ...]:
    """What one bin would hold that tells as much of each norm as all of its bins do.

    Each bin counts by the part of its counts that is signal at the norm, as in a likelihood; the weighted sum is a
    multiple of a Poisson count (Bohm & Zech 2014, NIM A 748, 1). Far from a source, counts weigh nothing.

    Parameters
    ----------
    cell : array of int, shape (n_bins,)
        The norm that a bin belongs to.
    n, background, signal : array, shape (n_bins,)
        Counts, all that are expected of others, and those of the source for norm 1.
    norm : array
        Where it is asked, such as at the upper limits; 1 where it is not positive.

    Returns
    -------
    n, background, signal : array
        Of that bin of each norm; NaN without a signal.
    """
    own = signal * np.where(norm > 0, norm, 1.0)[cell]
    mean = own + np.maximum(background, 0.0)
    part = np.divide(own, mean, out=np.zeros(mean.shape), where=own > 0)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, values, len(norm))

    with np.errstate(invalid="ignore"):
        scale = total(own) / total(part * own)
    return tuple(scale * total(part * values) for values in (n, np.maximum(background, 0.0), signal))


class NormProfile:
    """−2 ln L along each norm.

    Parameters
    ----------
    bins : NormBins
        Every norm has at least one bin with a signal.

    Attributes
    ----------
    best : array
        The norms with the lowest −2 ln L; they may be negative.
    """

    def __init__(self, bins: NormBins):
        self.bins = bins
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(bins.signal > 0, (bins.excess - bins.other) / bins.signal, np.nan)
            edge = np.where(bins.signal > 0, (bins.lowest - bins.other) / bins.signal, -np.inf)
        edge = bins.extreme(edge, np.maximum, -np.inf)
        self.edge = edge + 1e-9 * np.abs(np.where(np.isfinite(edge), edge, 0.0))  # rounding must not lead outside
        self.best = self._best(own)
        self.least = bins.stat(self.best)
        self.null = bins.stat(np.zeros(bins.count))

    def _best(self, own: np.ndarray) -> np.ndarray:
        """Each bin alone would like its `own` norm: the best of all lies between them."""
        bins = self.bins
        low = np.maximum(bins.extreme(own, np.fmin, np.inf), self.edge)
        high = np.maximum(bins.extreme(own, np.fmax, -np.inf), self.edge)
        signal = bins.total(bins.signal)
        guess = bins.total(bins.excess - bins.other) / signal
        reach = 5 * np.sqrt(np.maximum(bins.total(bins.variance), 1.0)) / signal
        near = [np.clip(guess + side * reach, low, high) for side in (-1, 1)]
        low_near = np.where(bins.slope(near[0]) < 0, near[0], low)
        high_near = np.where(bins.slope(near[1]) > 0, near[1], high)
        root = rising_root(bins.slope, low_near, high_near)
        return np.asarray(np.where(bins.slope(low) >= 0, low, root))

    @property
    def ts(self) -> np.ndarray:
        """How much less likely no signal is, in −2 ln L."""
        return np.asarray(np.maximum(self.null - self.least, 0.0))

    def error(self, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
        """From the curvature, NaN where there is none; the mean of both `errors` where it jumps between their ends."""
        expected = self.bins.weight(self.best)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = 0.01 * np.sqrt(2 / expected)
            bend = (self.bins.slope(self.best + step) - self.bins.slope(self.best - step)) / (2 * step)
            curved = np.where(bend > _FLAT * expected, np.sqrt(2 / bend), np.nan)
        return np.where(self._jumps(self.best - lower, self.best + upper), 0.5 * (lower + upper), curved)

    def _jumps(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Whether the second derivative does, between two norms."""
        bins = self.bins
        with np.errstate(divide="ignore", invalid="ignore"):
            place = (bins.bends - bins.other) / bins.signal
        inside = (place > low[bins.cell]) & (place < high[bins.cell])
        return bins.total(inside.astype(float)) > 0

    def above(self, start: np.ndarray, delta: float) -> np.ndarray:
        """Where −2 ln L has risen by `delta` from its value at `start`, at higher norms."""
        level = self.bins.stat(start) + delta
        signal = self.bins.total(self.bins.signal)
        reach = np.sqrt(delta * np.maximum(self.bins.total(self.bins.variance), 1.0)) / signal
        return rising_root(
            lambda norm: np.minimum(self.bins.stat(norm), _CEILING + level) - level, start, start + reach
        )

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper error, where −2 ln L has risen by 1; the lower one ends where the statistic does."""
        level = self.least + 1
        upper = self.above(self.best, 1.0) - self.best
        room = np.maximum(self.best - self.edge, 0.0)
        low = np.isfinite(self.edge) & (self.bins.stat(np.maximum(self.edge, self.best - room)) < level)
        reach = np.where(low, 0.0, np.minimum(upper + 1e-12, room))  # nothing to look for where it stays low

        def fall(step: np.ndarray) -> np.ndarray:
            norm = np.maximum(self.best - step, self.edge)
            return np.asarray(np.minimum(self.bins.stat(norm), _CEILING + level) - level)

        return np.where(low, room, rising_root(fall, np.zeros_like(reach), reach)), upper

    def limit(self, limits: Limits) -> np.ndarray:
        """Upper limits."""
        if limits.method == "bayesian":
            return self._quantile(limits.cl)
        start = self.best if limits.method == "unbounded" else np.maximum(self.best, 0.0)
        return self.above(start, delta_stat(limits.cl, limits.sided))

    def _quantile(self, cl: float) -> np.ndarray:
        """Of the likelihood as a density of norms that are not negative (Helene 1983, NIM 212, 319)."""
        start = np.maximum(self.best, 0.0)
        end = self.above(start, NEGLIGIBLE)
        norm = np.linspace(np.maximum(2 * start - end, 0.0), end, STEPS)  # below, −2 ln L rises faster
        stat = np.array([self.bins.stat(row) for row in norm]) - self.bins.stat(start)
        return density_quantile(norm, stat, cl)

    def scan(self, n: int, errp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Norms around the best ones, and −2 ln L there; shape (count, n)."""
        low = np.maximum(self.best - _SCAN_REACH * errp, self.edge)
        norm = np.linspace(low, self.best + _SCAN_REACH * errp, n)
        return norm.T, np.array([self.bins.stat(row) for row in norm]).T
