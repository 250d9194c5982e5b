"""What one source adds to a cube: where photons landed, and in all usable voxels together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gpnb.fitting.block import Bins, Source


@dataclass(frozen=True, eq=False)
class Part:
    """Predicted counts of one member of the models, with derivatives.

    Parameters
    ----------
    rows : array of int, shape (n,)
        Which voxels with photons it reaches.
    values : array, shape (n,)
        Counts there.
    slopes : array, shape (m, n)
        Their derivatives with entries of the vector.
    numbers : array of int, shape (m,)
        Which entries; one may come twice.
    total : float
        Counts in all usable voxels.
    total_slopes : array, shape (m,)
        Its derivatives.
    """

    rows: np.ndarray
    values: np.ndarray
    slopes: np.ndarray
    numbers: np.ndarray
    total: float
    total_slopes: np.ndarray


class Component(Protocol):
    """One source in one cube.

    Attributes
    ----------
    asks : Bins
        Where its flux is wanted.
    rows : array of int
        Voxels with photons that it may touch without a move to another place.
    is_background : bool
        Whether its counts are background, not of a source on the sky.
    """

    asks: Bins
    rows: np.ndarray
    is_background: bool = False

    def at(self, source: Source) -> Part:
        """What it adds, with slopes; where the source has none, without."""

    def reaches(self) -> np.ndarray:
        """True for the pixels that it may touch without a move to another place."""

    def strays(self, source: Source) -> bool:
        """Whether it has moved beyond the pixels that it may touch."""

    def settle(self, source: Source) -> bool:
        """Take the responses where the source is now, if it has moved or grown; whether it has."""
        return False

    def cube(self, source: Source) -> np.ndarray:
        """Counts in every voxel, shape (n_energy, n_pixel)."""

    def remarks(self) -> list[str]:
        """What whoever reads the result should know of how it was looked at."""
        return []


def chained(rows: np.ndarray, columns: np.ndarray, totals: np.ndarray, source: Source, places: Sequence[int]) -> Part:
    """From derivatives with fluxes and shapes to those with the entries of the vector.

    Parameters
    ----------
    rows : array of int, shape (n,)
        Which voxels these are.
    columns : array, shape (1 + n_flux + n_place, n)
        Values, their derivatives with the entries that move the flux, and with parameters of the shape.
    totals : array, shape (1 + n_flux + n_place,)
        The same, of the sum.
    source : Source
        Where the chains are.
    places : sequence of int
        Which parameters of the shape these are.
    """
    n_flux = len(source.flux.numbers)
    slopes, sums, numbers = [columns[1 : 1 + n_flux]], [totals[1 : 1 + n_flux]], [source.flux.numbers]
    if source.shape is not None and len(source.shape.numbers):
        chain = source.shape.slopes[:, list(places)]
        slopes.append(chain @ columns[1 + n_flux :])
        sums.append(chain @ totals[1 + n_flux :])
        numbers.append(source.shape.numbers)
    found, total = np.concatenate(slopes), np.concatenate(sums)
    if source.mean is None:
        return Part(rows, columns[0], found, np.concatenate(numbers), float(totals[0]), total)
    mean = float(source.mean.values[0])
    rates = source.mean.slopes[:, :1]
    return Part(
        rows,
        mean * columns[0],
        np.concatenate([mean * found, rates * columns[0]]),
        np.concatenate([*numbers, source.mean.numbers]),
        float(mean * totals[0]),
        np.concatenate([mean * total, rates[:, 0] * totals[0]]),
    )


def moved_places(source: Source) -> tuple[int, ...]:
    """The parameters of a shape that a fit moves."""
    if source.shape is None or not len(source.shape.numbers):
        return ()
    return tuple(np.flatnonzero(source.shape.slopes.any(axis=0)).tolist())
