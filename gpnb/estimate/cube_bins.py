"""Cubes where norms are fitted: the voxels with photons, and the others of a norm together.

Without photons −2 ln L is a straight line, twice what is predicted, so that empty voxels are added up: those in which
the source stands out alike, so that what they add to the effective counts stays known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.fitting.cube.photon_terms import off_and_alpha
from gpnb.fitting.predictions import Predictions, at_values
from gpnb.fitting.terms import OnOff, Term, Three
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.stats.counts import cash, cash_gradient

_LEAST = 1e-12
"""Of the brightest voxel of an energy: less is what tables leave far from a source."""

_CLASSES = 8
"""Classes of empty voxels for each factor of ten in signal over background."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Bins of one kind of data; see `NormBins`."""

    terms: Term
    cell: np.ndarray
    signal: np.ndarray
    other: np.ndarray
    excess: np.ndarray
    variance: np.ndarray
    n_on: np.ndarray
    n_off: np.ndarray


class CubeCounts:
    """What a source adds to a cube, beside everything else.

    Parameters
    ----------
    cube : MapDataset
        The data.
    source : SkyModel
        The source.
    models : Models
        All sources.

    Attributes
    ----------
    signal : array, shape (n_energy, ny, nx)
        Counts of the source.
    reached : array of bool
        Usable bins in which it is seen.
    """

    def __init__(self, cube: MapDataset, source: SkyModel, models: Models):
        self.cube, self._name, self._models = cube, source.name, at_values(models)
        self.signal = np.maximum(Predictions(cube, self._models).of(source.name), 0.0)
        peak = self.signal.max(axis=(1, 2), keepdims=True)
        self.reached = cube.usable & (self.signal > _LEAST * peak)

    def by_energy(self, values: np.ndarray) -> np.ndarray:
        """Sums over the bins in which the source is seen, shape (n_energy,)."""
        return np.asarray(np.where(self.reached, values, 0).sum(axis=(1, 2), dtype=float))

    @property
    def background(self) -> np.ndarray:
        """Counts without sources, shape (n_energy, ny, nx)."""
        return Predictions(self.cube, []).background()

    def piece(self, cell: np.ndarray, statistic: str | None) -> Piece:
        """Its bins.

        Parameters
        ----------
        cell : array of int, shape (n_energy,)
            The norm that each energy belongs to; negative for none.
        statistic : {"cash", "wstat"}, optional
            By default W where OFF counts were measured.
        """
        inside = self.reached & (cell >= 0)[:, None, None]
        others = Models([model for model in self._models.sources if model.name != self._name])
        everything, background = Predictions(self.cube, list(others)), self.background
        other = everything.total() - background if len(others) else np.zeros(background.shape)
        cells = np.broadcast_to(cell[:, None, None], inside.shape)
        counts = self.cube.counts.data
        seen = inside & (counts > 0)
        bare = inside & ~seen
        classes = _classes(self.signal[bare], (background + other)[bare])
        pairs, group = np.unique(np.stack([cells[bare], classes]), axis=1, return_inverse=True)
        numbers, group = pairs[0], group.ravel()

        def rest(values: np.ndarray) -> np.ndarray:
            return np.bincount(group, values[bare], numbers.size)

        n = counts[seen].astype(float)
        off, photons, variance = self._photons(n, seen, background[seen], statistic)
        lonely, signals, others_there = rest(background), rest(self.signal), rest(other)
        least = _together(numbers, -lonely - others_there) / _together(numbers, signals)
        nothing = np.zeros(numbers.size)
        return Piece(
            terms=_PhotonsAndRest(photons, n.size, lonely, least * signals + others_there),
            cell=np.concatenate([cells[seen], numbers]),
            signal=np.concatenate([self.signal[seen], signals]),
            other=np.concatenate([other[seen], others_there]),
            excess=np.concatenate([n - background[seen], -lonely]),
            variance=np.concatenate([variance, nothing]),
            n_on=np.concatenate([n, nothing]),
            n_off=np.concatenate([off, nothing]),
        )

    def _photons(
        self, n: np.ndarray, seen: np.ndarray, background: np.ndarray, statistic: str | None
    ) -> tuple[np.ndarray, Term, np.ndarray]:
        """OFF counts, term and variance of voxels with photons."""
        if statistic not in (None, "cash", "wstat"):
            raise ArgumentError(f"statistic={statistic!r} is not known for cubes: give 'cash' or 'wstat'.")
        if statistic == "cash" or (statistic is None and self.cube.counts_off is None):
            return np.zeros(n.size), _Known(n, background), n
        off, alpha = (values[seen] for values in off_and_alpha(self.cube))
        return off, OnOff(n, off, alpha, lambda: off), n + alpha**2 * off


def _classes(signal: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Numbers of the classes that voxels belong to by signal over background; one for all without background."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log10(signal / background)
    return np.where(background > 0, np.floor(_CLASSES * ratio), np.iinfo(np.int32).max).astype(np.int64)


def _together(numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each class, the sum over all classes of its norm."""
    return np.asarray(np.bincount(numbers, values)[numbers] if numbers.size else values)


class _Known(Term):
    """Cash's statistic of voxels with photons."""

    def __init__(self, n: np.ndarray, background: np.ndarray):
        self._n, self._background = n, background
        self.lowest, self.bends = -background, np.full(n.shape, np.nan)

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`; the weight is that of the photons."""
        mu = signal + self._background
        return cash(self._n, mu), cash_gradient(self._n, mu), 2 * self._n / mu**2


class _PhotonsAndRest(Term):
    """The term of voxels with photons, and the straight lines of those without.

    Parameters
    ----------
    photons : Term
        Of the first `n` bins.
    n : int
        Their number.
    background : array
        Counts in the others.
    lowest : array
        The least signals of the others: all of a norm together are never predicted to be negative.
    """

    def __init__(self, photons: Term, n: int, background: np.ndarray, lowest: np.ndarray):
        self._photons, self._n, self._background = photons, n, background
        self.lowest = np.concatenate([np.broadcast_to(photons.lowest, n), lowest])
        self.bends = np.concatenate([np.broadcast_to(photons.bends, n), np.full(background.shape, np.nan)])

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        first, rest = signal[..., : self._n], signal[..., self._n :]
        lines = 2 * (rest + self._background), np.full(rest.shape, 2.0), np.zeros(rest.shape)
        found = [np.concatenate(pair, axis=-1) for pair in zip(self._photons(first), lines, strict=True)]
        return found[0], found[1], found[2]


class Together(Term):
    """Terms of several pieces, one behind the other.

    Parameters
    ----------
    pieces : sequence of Piece
        In their order.
    """

    def __init__(self, pieces: list[Any]):
        ends = np.cumsum([piece.signal.size for piece in pieces]).tolist()
        starts = [0, *ends[:-1]]
        self._parts = [(piece.terms, slice(*ends)) for piece, *ends in zip(pieces, starts, ends, strict=True)]
        self.lowest = np.concatenate([piece.terms.lowest for piece in pieces])
        self.bends = np.concatenate([piece.terms.bends for piece in pieces])

    def __call__(self, signal: np.ndarray) -> Three:
        """See `Term`."""
        found = [term(signal[..., part]) for term, part in self._parts]
        stat, slope, weight = (np.concatenate(rows, axis=-1) for rows in zip(*found, strict=True))
        return stat, slope, weight
