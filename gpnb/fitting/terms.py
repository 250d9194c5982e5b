"""The fit statistic of many bins at once, with its slope and Fisher weight against the signal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Protocol

import numpy as np
from scipy.special import gammaln, pdtrik, xlogy

from gpnb.datasets.off_groups import Rates, expected_off, off_groups
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.statistic import kind_of, positive_variance
from gpnb.stats.counts import cash, cash_gradient, cash_weight, cstat
from gpnb.stats.gaussian import chi2, chi2_gradient, chi2_weight
from gpnb.stats.onoff import wstat_gradient, wstat_terms

_FEW = 6.0
"""OFF counts: where more are expected, W has no bias worth a look."""

_SPOT = 0.01
"""Of the spread of a signal: as good as none."""

_SURE = 1 - 1e-5

_TINY = 1e-25
"""Stands for a signal of zero."""

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


class Term(Protocol):
    """Statistic, slope and weight of bins, given their signal counts.

    Attributes
    ----------
    lowest : array
        The least signal of each bin that it is defined for.
    bends : array
        The signal of each bin at which the second derivative jumps; NaN where it does not.
    """

    lowest: np.ndarray = np.array(-np.inf)
    bends: np.ndarray = np.array(np.nan)

    def __call__(self, signal: np.ndarray) -> Three:
        """Three arrays like `signal`; its last axis goes over the bins, those before it over many signals."""

    def join(self, values: np.ndarray) -> np.ndarray:
        """Values of usable bins, along the last axis, as the statistic takes them: added where it takes sums."""
        return values

    def slant(self, signal: np.ndarray) -> np.ndarray:
        """The slope to be expected though the signal is true: zero, but for a statistic with a bias."""
        return np.zeros(signal.shape)


class OnOff(Term):
    """W statistic, background measured beside the source.

    Parameters
    ----------
    n, m, alpha : array
        Counts ON and OFF, and the ratio of their exposures.
    expected : callable
        Gives the OFF counts expected, when they are asked for.
    """

    def __init__(self, n: np.ndarray, m: np.ndarray, alpha: np.ndarray, expected: Callable[[], np.ndarray]):
        self._n, self._m, self._alpha, self._expected = n, m, alpha, expected
        self.lowest = np.where(n > 0, -np.inf, -alpha * m / (1 + alpha))
        self.bends = np.where((n > 0) & (m == 0), n * alpha / (1 + alpha), np.nan)  # below, all else is background
        self._empty = (n == 0) & (m == 0)

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        stat, slope, weight = wstat_terms(self._n, self._m, self._alpha, signal)
        return stat, slope, _tamed(weight, signal, self._empty)

    def slant(self, signal: np.ndarray) -> np.ndarray:
        """See `Term`: that of W on average over what signal and background give; zero where OFF counts are many."""
        found, expected = np.zeros(signal.shape), self._expected()
        few = np.flatnonzero((expected < _FEW) & (signal >= 0))
        signal, alpha, off = signal[few], self._alpha[few], expected[few]
        on = signal + alpha * off
        bins, n, m = _pairs(on, off)
        slope = wstat_gradient(n, m, alpha[bins], signal[bins])
        often = _chance(n, on[bins]) * _chance(m, off[bins])
        found[few] = np.bincount(bins, np.nan_to_num(often * slope), few.size)
        return found


def second_derivatives(term: Term, signal: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those of each bin: their mean over a spread to both sides, with which the statistic rises, and on the spot."""
    places = np.array([-1, 0, 1, -_SPOT, _SPOT])[:, None]
    stat, slope, _ = term(signal + places * spread)
    (low, here, high), (before, after) = stat[:3], slope[3:]
    return (high - 2 * here + low) / spread**2, (after - before) / (2 * _SPOT * spread)


def _pairs(on: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of counts that bins with these means may well hold, one after the other: bin, ON and OFF counts."""
    sizes_on, sizes_off = (np.ceil(pdtrik(_SURE, np.maximum(mean, 1.0))).astype(int) + 2 for mean in (on, off))
    sizes = sizes_on * sizes_off
    bins = np.repeat(np.arange(on.size), sizes)
    place = np.arange(bins.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return bins, *np.divmod(place, sizes_off[bins])


def _tamed(weight: np.ndarray, signal: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Expected second derivatives without those that grow beyond bounds where the signal vanishes.

    In bins that hold no counts and no background they are 2/s, while −2 ln L is a straight line, 2s: steps by them come
    nearer and nearer to s = 0 and never there, nor away from it. Such bins count as if one count were expected of them
    all together, where less is.
    """
    if not empty.any():
        return weight
    own = np.maximum(signal[..., empty], _TINY)
    found = weight.copy()
    found[..., empty] = 2 / own * np.minimum(own.sum(axis=-1, keepdims=True), 1.0)
    return found


def _chance(n: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Of n counts where `mean` are expected; scipy.stats takes long to import."""
    found: np.ndarray = np.exp(xlogy(n, mean) - gammaln(n + 1) - mean)
    return found


class Known(Term):
    """Cash or C-stat, background known."""

    def __init__(self, datasets: Sequence[SpectrumDataset], absolute: bool):
        self._n, self._background = (_used(datasets, name) for name in ("counts", "expected_background"))
        self._function = cstat if absolute else cash
        self.lowest = -self._background
        self._empty = (self._n == 0) & (self._background == 0)

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        mu = signal + self._background
        weight = _tamed(cash_weight(mu), signal, self._empty)
        return self._function(self._n, mu), cash_gradient(self._n, mu), weight


class Squares(Term):
    """Chi square of the excess."""

    def __init__(self, datasets: Sequence[SpectrumDataset]):
        self._excess = _used(datasets, "excess")
        self._error = np.sqrt(np.concatenate([positive_variance(item)[item.usable] for item in datasets]))
        self.lowest = np.full(self._excess.shape, -np.inf)

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        slope = chi2_gradient(self._excess, signal, self._error)
        return chi2(self._excess, signal, self._error), slope, chi2_weight(self._error)


class Terms(Term):
    """The terms of several spectra, those of one statistic evaluated together.

    By default bins are added where few OFF counts are expected (see `off_groups`): the terms are those of the sums, and
    take signals that `join` has added in the same way.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        In the order of `places`.
    places : sequence of slice
        Of each dataset's usable bins among all.
    statistic : str, optional
        One for all; by default W where the background is measured, else ``cash``. ``wstat`` is W bin by bin.
    cells : sequence of array of int, optional
        For each dataset, the norm that each of its bins belongs to: neighbouring energies of one norm are added too.
    varying : bool
        Keep runs apart as far as can be, for sources that vary.
    rates : dict, optional
        The OFF counts to expect; see `off_groups`.

    Attributes
    ----------
    kinds : tuple of str
        The statistics.
    n : int
        Number of sums.
    lowest, bends : array, shape (n,)
        See `Term`.
    """

    def __init__(
        self,
        datasets: Sequence[SpectrumDataset],
        places: Sequence[slice],
        statistic: str | None,
        cells: Sequence[np.ndarray] | None = None,
        varying: bool = False,
        rates: Rates | None = None,
    ):
        # the fold lays datasets of one axis side by side, whatever their order
        order = sorted(range(len(places)), key=lambda number: places[number].start)
        kinds = [kind_of(datasets[number], statistic) for number in order]
        self.kinds = tuple(dict.fromkeys(kinds))
        self._parts: list[tuple[Term, slice]] = []
        owner = np.zeros(max(place.stop for place in places), dtype=int)
        self.n = 0
        for kind in self.kinds:
            own = [number for number, its in zip(order, kinds, strict=True) if its == kind]
            data = [datasets[number] for number in own]
            where = np.concatenate([np.arange(places[number].start, places[number].stop) for number in own])
            expected = cache(partial(expected_off, data, rates))
            groups = np.arange(where.size)
            if kind == "wstat" and statistic is None:
                groups = off_groups(data, expected(), cells and [cells[number] for number in own], varying)
            owner[where], first = self.n + groups, self.n
            self.n += int(groups.max()) + 1
            self._parts.append((_term(kind, data, groups, expected), slice(first, self.n)))
        self._sorted = np.argsort(owner, kind="stable")
        self._starts = np.searchsorted(owner[self._sorted], np.arange(self.n))
        self._alone = np.array_equal(owner, np.arange(self.n))
        self.lowest, self.bends = (
            np.concatenate([np.broadcast_to(getattr(term, name), its.stop - its.start) for term, its in self._parts])
            for name in ("lowest", "bends")
        )

    def join(self, values: np.ndarray) -> np.ndarray:
        """See `Term`."""
        if self._alone:
            return values
        return np.asarray(np.add.reduceat(values[..., self._sorted], self._starts, axis=-1))

    def first(self, values: np.ndarray) -> np.ndarray:
        """Of values that are the same in all bins of a sum, one for each."""
        return np.asarray(values[self._sorted][self._starts])

    def slant(self, signal: np.ndarray) -> np.ndarray:
        """See `Term`."""
        return np.concatenate([term.slant(signal[where]) for term, where in self._parts])

    def __call__(self, signal: np.ndarray) -> Three:
        """Statistic, slope and weight of each sum."""
        if len(self._parts) == 1:
            return self._parts[0][0](signal)
        found = [term(signal[..., where]) for term, where in self._parts]
        stat, slope, weight = (np.concatenate(rows, axis=-1) for rows in zip(*found, strict=True))
        return stat, slope, weight


def _term(
    kind: str, datasets: Sequence[SpectrumDataset], groups: np.ndarray, expected: Callable[[], np.ndarray]
) -> Term:
    if kind == "wstat":
        return _on_off(datasets, groups, expected)
    return Squares(datasets) if kind == "chi2" else Known(datasets, absolute=kind == "cstat")


def _on_off(datasets: Sequence[SpectrumDataset], groups: np.ndarray, expected: Callable[[], np.ndarray]) -> OnOff:
    """Counts added in groups; the background of a sum is the sum of the backgrounds."""
    names = ("counts", "counts_off", "acceptance", "acceptance_off", "alpha")
    n, m, on, off, alpha = (_used(datasets, name) for name in names)
    several = (n, m, on, off, alpha * m)
    n, m, on, off, background = (np.bincount(groups, values) for values in several)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(m > 0, background / m, on / off)
    return OnOff(n, m, alpha, lambda: np.bincount(groups, expected()))


def _used(datasets: Sequence[SpectrumDataset], name: str) -> np.ndarray:
    """One quantity in the usable bins of all."""
    return np.concatenate([getattr(item, name)[item.usable] for item in datasets])
