"""The fit statistic of many bins at once, with its slope and Fisher weight against the signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.statistic import excess_variance, kind_of
from gpnb.stats import cash, cash_gradient, cash_weight, chi2, chi2_gradient, chi2_weight, cstat
from gpnb.stats.onoff import wstat_terms

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


class Term(Protocol):
    """Statistic, slope and weight of bins, given their signal counts."""

    def __call__(self, signal: np.ndarray) -> Three:
        """Three arrays like `signal`; its last axis goes over the bins, those before it over many signals."""


class OnOff:
    """W statistic, background measured beside the source."""

    def __init__(self, datasets: Sequence[SpectrumDataset]):
        self._n, self._m = (_used(datasets, name) for name in ("counts", "counts_off"))
        self._alpha = _used(datasets, "alpha")

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        return wstat_terms(self._n, self._m, self._alpha, signal)


class Known:
    """Cash or C-stat, background known."""

    def __init__(self, datasets: Sequence[SpectrumDataset], absolute: bool):
        self._n, self._background = (_used(datasets, name) for name in ("counts", "expected_background"))
        self._function = cstat if absolute else cash

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        mu = signal + self._background
        return self._function(self._n, mu), cash_gradient(self._n, mu), cash_weight(mu)


class Squares:
    """Chi square of the excess."""

    def __init__(self, datasets: Sequence[SpectrumDataset]):
        self._excess = _used(datasets, "excess")
        self._error = np.sqrt(np.concatenate([excess_variance(item)[item.usable] for item in datasets]))

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        slope = chi2_gradient(self._excess, signal, self._error)
        return chi2(self._excess, signal, self._error), slope, chi2_weight(self._error)


class Terms:
    """The terms of several spectra, those of one statistic evaluated together.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        In the order of `places`.
    places : sequence of slice
        Of each dataset's usable bins among all.
    statistic : str, optional
        One for all; by default ``wstat`` where the background is measured, else ``cash``.
    """

    def __init__(self, datasets: Sequence[SpectrumDataset], places: Sequence[slice], statistic: str | None):
        # the fold lays datasets of one axis side by side, whatever their order
        ordered = sorted(zip(places, datasets, strict=True), key=lambda pair: pair[0].start)
        kinds = [kind_of(item, statistic) for _, item in ordered]
        self.kinds = tuple(dict.fromkeys(kinds))
        numbers = np.arange(max(place.stop for place in places))
        self._parts: list[tuple[Term, np.ndarray | slice]] = []
        for kind in self.kinds:
            own = [pair for pair, its in zip(ordered, kinds, strict=True) if its == kind]
            where = np.concatenate([numbers[place] for place, _ in own])
            self._parts.append((_term(kind, [item for _, item in own]), where))

    def __call__(self, signal: np.ndarray) -> Three:
        """Statistic, slope and weight of each usable bin."""
        if len(self._parts) == 1:
            return self._parts[0][0](signal)
        stat, slope, weight = (np.empty_like(signal) for _ in range(3))
        for term, where in self._parts:
            stat[..., where], slope[..., where], weight[..., where] = term(signal[..., where])
        return stat, slope, weight


def _term(kind: str, datasets: Sequence[SpectrumDataset]) -> Term:
    if kind == "wstat":
        return OnOff(datasets)
    return Squares(datasets) if kind == "chi2" else Known(datasets, absolute=kind == "cstat")


def _used(datasets: Sequence[SpectrumDataset], name: str) -> np.ndarray:
    """One quantity in the usable bins of all."""
    return np.concatenate([getattr(item, name)[item.usable] for item in datasets])
