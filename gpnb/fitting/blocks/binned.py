"""Blocks of independent bins with a linear prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gpnb.fitting.block import Block, Predictor, Share, Source
from gpnb.fitting.blocks.linear import Linear
from gpnb.fitting.terms import Term, second_derivatives

_INSIDE = 1 - 1e-9
"""Of the least signal: rounding must not lead outside."""


class Binned(Block):
    """Base of blocks with bins whose statistics add up; a subclass says how it is made of datasets.

    Parameters
    ----------
    datasets : sequence of datasets
        The data.
    used : Linear
        What is expected in the usable bins.
    whole : callable
        Gives the same for all bins.
    term : Term
        The statistic of the usable bins.
    statistics : sequence of str
        What it is called.
    estimates : pair of array, shape (n,)
        What the data alone say of the signal in each usable bin, and its error.
    """

    def __init__(
        self,
        datasets: Sequence[Any],
        used: Linear,
        whole: Callable[[], Linear],
        term: Term,
        statistics: Sequence[str],
        estimates: tuple[np.ndarray, np.ndarray],
    ):
        self.datasets, self.statistics = tuple(datasets), tuple(statistics)
        self.asks, self.periods = used.asks, used.periods
        self.n = term.join(np.zeros(used.owner.size)).size
        self._used, self._make_whole, self._term = used, whole, term
        value, error = estimates
        seen = np.flatnonzero((value > error) & (error > 0))
        self._seen, self._log, self._weight = seen, np.log(value[seen]), (value[seen] / error[seen]) ** 2

    @cached_property
    def whole(self) -> Predictor:
        """See `Block`."""
        return self._make_whole()

    def predict(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """See `Block`: in usable bins."""
        return self._used.predict(sources)

    def at(self, sources: Sequence[Source], size: int) -> Share:
        """See `Block`."""
        counts = self._term.join(self._used.with_slopes(sources, size))
        signal, slopes = counts[0], counts[1:]
        stat, slope, weight = self._term(signal)
        return Share(float(stat.sum()), slopes @ slope, (slopes * weight) @ slopes.T)

    def stat(self, sources: Sequence[Source]) -> np.ndarray:
        """See `Block`."""
        return np.asarray(self._term(self._term.join(self._used.signal(sources)))[0].sum(axis=-1))

    def slant(self, sources: Sequence[Source], size: int) -> np.ndarray:
        """See `Block`."""
        counts = self._term.join(self._used.with_slopes(sources, size))
        return np.asarray(counts[1:] @ self._term.slant(counts[0]))

    def bent(self, sources: Sequence[Source], size: int, covariance: np.ndarray) -> np.ndarray:
        """See `Block`: of each bin, over what its signal may be."""
        counts = self._term.join(self._used.with_slopes(sources, size))
        signal, slopes = counts[0], counts[1:]
        spread = np.sqrt(np.maximum(np.sum(slopes * (covariance @ slopes), axis=0), 0.0))
        near = np.abs(signal - self._term.bends) < spread
        if not near.any():
            return np.zeros((size, size))
        wide, local = second_derivatives(self._term, signal, np.where(near, spread, 1.0))
        return np.asarray((slopes * np.where(near, wide - local, 0.0)) @ slopes.T)

    def room(self, sources: Sequence[Source], size: int) -> np.ndarray:
        """See `Block`."""
        counts = self._term.join(self._used.with_slopes(sources, size))
        spare = counts[0] - self._term.lowest * _INSIDE
        return np.asarray(np.min(np.where(counts[1:] > 0, spare / counts[1:], np.inf), axis=1, initial=np.inf))

    def log_equations(self, sources: Sequence[Source], size: int) -> tuple[np.ndarray, np.ndarray]:
        """See `Block`: of bins in which a signal is seen and expected."""
        counts = self._used.with_slopes(sources, size)[:, self._seen]
        good = np.isfinite(counts).all(axis=0) & (counts[0] > 0)
        signal, slopes = counts[0, good], counts[1:, good] / counts[0, good]
        weighted = slopes * self._weight[good]
        return weighted @ slopes.T, weighted @ (self._log[good] - np.log(signal))

    def bad(self, sources: Sequence[Source]) -> str:
        """See `Block`."""
        if np.isfinite(self.stat(sources)).all():
            return ""
        return f"its {self.statistics[0]} statistic is not defined for what is predicted"
