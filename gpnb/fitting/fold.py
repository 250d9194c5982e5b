"""From fluxes in true energy to counts in all usable bins of several datasets: a matrix product an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.fitting.points import Data, true_bins


class Fold:
    """Responses of spectra, exposure and dispersion in one, usable bins only.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset or PointsData
        Those with one axis of true energy share a matrix; each has at least one usable bin.

    Attributes
    ----------
    low, high : array
        The bins of true energy of all axes, one axis behind the other, TeV.
    places : list of slice
        Where the usable bins of each dataset lie among the counts.
    """

    def __init__(self, datasets: Sequence[Data]):
        groups: dict[bytes, list[int]] = {}
        for number, dataset in enumerate(datasets):
            _check(dataset)
            groups.setdefault(np.concatenate(true_bins(dataset)).tobytes(), []).append(number)
        self.places = [slice(0)] * len(datasets)
        self._blocks: list[tuple[slice, np.ndarray]] = []
        lows, highs, n_true, n_used = [], [], 0, 0
        for numbers in groups.values():
            parts = [datasets[number] for number in numbers]
            for number, part in zip(numbers, parts, strict=True):
                self.places[number] = slice(n_used, n_used + int(part.usable.sum()))
                n_used = self.places[number].stop
            matrix = np.concatenate([response(part)[:, part.usable] for part in parts], axis=1)
            seen = np.flatnonzero(matrix.any(axis=1))
            kept = slice(seen[0], seen[-1] + 1)
            low, high = true_bins(parts[0])
            lows.append(low[kept])
            highs.append(high[kept])
            self._blocks.append((slice(n_true, n_true + kept.stop - kept.start), np.ascontiguousarray(matrix[kept])))
            n_true += kept.stop - kept.start
        self.low, self.high = np.concatenate(lows), np.concatenate(highs)
        self.n = n_used

    def counts(self, flux: np.ndarray) -> np.ndarray:
        """Counts in the usable bins of all datasets.

        Parameters
        ----------
        flux : array, shape (…, n_true)
            In the bins `low` to `high`, cm-2 s-1.
        """
        parts = [flux[..., place] @ matrix for place, matrix in self._blocks]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def response(dataset: Data) -> np.ndarray:
    """Counts in each bin per flux in each true-energy bin, cm2 s; shape (n_true, n)."""
    return np.asarray(dataset.exposure[:, None] * dataset.edisp)


def _check(dataset: Data) -> None:
    """What no fit can use, in one sentence."""
    for name in ("exposure", "edisp"):
        values = getattr(dataset, name)
        if not np.isfinite(values).all() or (values < 0).any():
            raise ArgumentError(
                f"{dataset.name}: {name} has values that are negative or not finite; mend the response."
            )
    if not np.isfinite(dataset.counts[dataset.usable]).all():
        raise ArgumentError(f"{dataset.name}: counts are not finite in usable bins; mask them with .masked().")
