"""Predictions that are a sum over the sources, each carried from energy to bins of data in a way that never changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gpnb.fitting.block import Bins, Period, Predictor, Rows, Source


@dataclass(frozen=True, eq=False)
class Linear(Predictor):
    """What sources give in the bins of several datasets.

    Parameters
    ----------
    asks, periods
        See `Predictor`.
    carry : callable
        From fluxes in the bins that are asked for to the signal in the bins of the data, along the last axis.
    owner : array of int, shape (n,)
        The number of each bin's period (of its interval, where they are apart), which gives the mean of what varies.
    places : sequence of slice
        Where the bins of each dataset lie.
    """

    asks: tuple[Bins | None, ...]
    periods: tuple[Period, ...]
    carry: Callable[[np.ndarray], np.ndarray]
    owner: np.ndarray
    places: Sequence[slice]

    def predict(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """See `Predictor`."""
        signal = self.signal(sources)
        return [signal[place] for place in self.places]

    def signal(self, sources: Sequence[Source]) -> np.ndarray:
        """The signal of all sources; those that vary have their own mean in each bin."""
        steady = [source.flux.values for source in sources if source.mean is None]
        parts = [self.carry(_total(steady))] if steady else []
        varied = [(source.flux, source.mean) for source in sources if source.mean is not None]
        parts += [self.carry(flux.values) * mean.values[..., self.owner] for flux, mean in varied]
        return _total(parts) if parts else np.zeros(self.owner.size)

    def with_slopes(self, sources: Sequence[Source], size: int) -> np.ndarray:
        """The same, and below it its slopes with all `size` entries of the vector."""
        steady = [source.flux.spread(size) for source in sources if source.mean is None]
        parts = [self.carry(_total(steady))] if steady else []
        parts += [self._varied(source.flux, source.mean, size) for source in sources if source.mean is not None]
        return _total(parts) if parts else np.zeros((1 + size, self.owner.size))

    def _varied(self, flux: Rows, mean: Rows, size: int) -> np.ndarray:
        counts = self.carry(flux.spread(size))
        found = mean.values[self.owner] * counts
        for number, slope in zip(mean.numbers.tolist(), mean.slopes, strict=True):
            found[1 + number] += slope[self.owner] * counts[0]
        return np.asarray(found)


def _total(parts: Sequence[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.asarray(sum(parts[1:], parts[0]))


def slices(sizes: Sequence[int]) -> list[slice]:
    """Places of several stretches, one behind the other."""
    ends = np.cumsum(sizes).tolist()
    return [slice(start, stop) for start, stop in zip([0, *ends], ends, strict=False)]
