"""From fluxes in true energy to counts in bins of several spectra: a matrix product an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.datasets.spectrum import SpectrumDataset


class Fold:
    """Responses of spectra, exposure and dispersion in one.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        Those with one axis of true energy share a matrix.
    kept : sequence of array of bool
        The bins of each that are wanted; at least one has a response.

    Attributes
    ----------
    low, high : array
        The bins of true energy of all axes, one axis behind the other, TeV.
    places : list of slice
        Where the bins of each dataset lie among the counts.
    n : int
        Number of bins.
    """

    def __init__(self, datasets: Sequence[SpectrumDataset], kept: Sequence[np.ndarray]):
        groups: dict[bytes, list[int]] = {}
        for number, dataset in enumerate(datasets):
            _check(dataset)
            groups.setdefault(dataset.energy_true.edge_values.tobytes(), []).append(number)
        self.places = [slice(0)] * len(datasets)
        self._matrices: list[tuple[slice, np.ndarray]] = []
        lows, highs, n_true, self.n = [], [], 0, 0
        for numbers in groups.values():
            for number in numbers:
                self.places[number] = slice(self.n, self.n + int(kept[number].sum()))
                self.n = self.places[number].stop
            matrix = np.concatenate([response(datasets[number])[:, kept[number]] for number in numbers], axis=1)
            seen = np.flatnonzero(matrix.any(axis=1))
            used, edges = slice(seen[0], seen[-1] + 1), datasets[numbers[0]].energy_true.edge_values
            lows.append(edges[:-1][used])
            highs.append(edges[1:][used])
            self._matrices.append((slice(n_true, n_true + lows[-1].size), np.ascontiguousarray(matrix[used])))
            n_true += lows[-1].size
        self.low, self.high = np.concatenate(lows), np.concatenate(highs)

    def counts(self, flux: np.ndarray) -> np.ndarray:
        """Counts in the bins of all datasets.

        Parameters
        ----------
        flux : array, shape (…, n_true)
            In the bins `low` to `high`, cm-2 s-1.
        """
        parts = [flux[..., place] @ matrix for place, matrix in self._matrices]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def response(dataset: SpectrumDataset) -> np.ndarray:
    """Counts in each bin per flux in each true-energy bin, cm2 s; shape (n_true, n)."""
    return np.asarray(dataset.exposure[:, None] * dataset.edisp)


def _check(dataset: SpectrumDataset) -> None:
    """What no fit can use, in one sentence."""
    for name in ("exposure", "edisp"):
        values = getattr(dataset, name)
        if not np.isfinite(values).all() or (values < 0).any():
            raise ArgumentError(
                f"{dataset.name}: {name} has values that are negative or not finite; mend the response."
            )
    if not np.isfinite(dataset.counts[dataset.usable]).all():
        raise ArgumentError(f"{dataset.name}: counts are not finite in usable bins; mask them with .masked().")
