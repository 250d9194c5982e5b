"""Spectra in a likelihood: counts in bins of energy, beside an OFF region or with a known background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from gpnb.core.recipe import Recipe
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.statistic import excess_variance
from gpnb.fitting.block import Bins, Period, Source
from gpnb.fitting.blocks.binned import Binned
from gpnb.fitting.blocks.fold import Fold
from gpnb.fitting.blocks.linear import Linear
from gpnb.fitting.members import asks_of
from gpnb.fitting.terms import Terms


class Spectra(Binned):
    """One block of all spectra; every source is seen in every one."""

    _statistic: str | None = None

    @classmethod
    def made_of(cls, datasets: Sequence[SpectrumDataset], models: Sequence[Any], statistic: str | None) -> list[Self]:
        """See `Block`."""
        used = _folded(datasets, models, [item.usable for item in datasets])
        varying = any(getattr(model, "temporal", None) is not None for model in models)
        terms = Terms(datasets, used.places, statistic, varying=varying)

        def whole() -> Linear:
            return _folded(datasets, models, [np.ones_like(item.usable) for item in datasets])

        block = cls(datasets, used, whole, terms, terms.kinds, _estimates(datasets, used))
        block._statistic = statistic
        return [block]

    def joined(self) -> Self:
        """See `Block`: energies are added where few OFF counts are expected, as for flux points."""
        cells = [np.zeros(item.energy.n, dtype=int) for item in self.datasets]
        terms = Terms(self.datasets, self._used.places, self._statistic, cells)
        estimates = _estimates(self.datasets, self._used)
        return type(self)(self.datasets, self._used, self._make_whole, terms, terms.kinds, estimates)

    @staticmethod
    def measured(dataset: SpectrumDataset) -> np.ndarray:
        """See `Block`."""
        off = np.zeros_like(dataset.counts) if dataset.counts_off is None else dataset.counts_off
        return np.stack([dataset.counts, off, dataset.expected_background])

    @staticmethod
    def with_measured(dataset: SpectrumDataset, counts: np.ndarray) -> SpectrumDataset:
        """See `Block`."""
        return replace(dataset, counts=counts, recipe=Recipe.memory("counts"))

    def backgrounds(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """See `Block`."""
        return [item.expected_background for item in self.datasets]

    def bad(self, sources: Sequence[Source]) -> str:
        """See `Block`."""
        return super().bad(sources) and "the predicted counts are so negative that no background explains them"


def _folded(datasets: Sequence[SpectrumDataset], models: Sequence[Any], kept: Sequence[np.ndarray]) -> Linear:
    fold = Fold(datasets, kept)
    owner = np.zeros(fold.n, dtype=int)
    for number, place in enumerate(fold.places):
        owner[place] = number
    periods = tuple(Period(item.name, item.gti) for item in datasets)
    return Linear(asks_of(models, Bins(fold.low, fold.high)), periods, fold.counts, owner, fold.places)


def _estimates(datasets: Sequence[SpectrumDataset], used: Linear) -> tuple[np.ndarray, np.ndarray]:
    """Excess and its error in the usable bins."""
    found = np.empty((2, used.owner.size))
    for item, place in zip(datasets, used.places, strict=True):
        found[:, place] = item.excess[item.usable], np.sqrt(excess_variance(item)[item.usable])
    return found[0], found[1]
