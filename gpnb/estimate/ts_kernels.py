"""What a source at any pixel of a cube is seen as: its counts, and kernels that follow the responses over the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gpnb.maps.kernels import fft_convolve

Make = Callable[[tuple[int, int], slice, slice], np.ndarray]


@dataclass(frozen=True, eq=False)
class Kernels:
    """Kernels at nodes of a coarse grid of pixels, linear between them.

    Parameters
    ----------
    y, x : array, shape (n_y,), (n_x,)
        Rows and columns of the nodes.
    values : array, shape (n_y, n_x, n_energy, 2 half_y + 1, 2 half_x + 1)
        Part of a source's counts of each energy that pixels around it hold.

    Examples
    --------
    >>> cross = np.array([[0, 0.1, 0], [0.1, 0.6, 0.1], [0, 0.1, 0]])
    >>> one = Kernels(np.array([2.0]), np.array([2.0]), cross[None, None, None])
    >>> one.correlated(np.eye(5)[None]).round(2)[0, 2].tolist()
    [0.0, 0.2, 0.6, 0.2, 0.0]
    """

    y: np.ndarray
    x: np.ndarray
    values: np.ndarray

    @property
    def half(self) -> tuple[int, int]:
        """Rows and columns that they reach from their middle."""
        return self.values.shape[-2] // 2, self.values.shape[-1] // 2

    def at(self, y: float, x: float) -> np.ndarray:
        """The kernels of a source at a pixel, shape (n_energy, 2 half_y + 1, 2 half_x + 1)."""
        if self.values.shape[:2] == (1, 1):
            return np.asarray(self.values[0, 0])
        found = np.zeros(self.values.shape[2:])
        rows, columns = (_hats(np.array([place]), nodes)[:, 0] for place, nodes in ((y, self.y), (x, self.x)))
        for row, column in product(np.flatnonzero(rows), np.flatnonzero(columns)):
            found += rows[row] * columns[column] * self.values[row, column]
        return found

    def of(self, energies: np.ndarray) -> Kernels:
        """Those of some energies."""
        return Kernels(self.y, self.x, self.values[:, :, energies])

    def spread(self, make: Make, shape: tuple[int, ...]) -> np.ndarray:
        """A map that is linear between what each node makes of the pixels around it.

        Parameters
        ----------
        make : callable
            From the numbers of a node, and the rows and columns that it has a share in, to their values.
        shape : tuple of int
            Of the map; its last two are rows and columns.
        """
        found = np.zeros(shape)
        sides = [
            list(enumerate(_hats(np.arange(n), nodes))) for n, nodes in zip(shape[-2:], (self.y, self.x), strict=True)
        ]
        for (row, down), (column, across) in product(*sides):
            rows, columns = _where(down), _where(across)
            if rows.stop > rows.start and columns.stop > columns.start:
                share = down[rows, None] * across[columns]
                found[..., rows, columns] += share * make((row, column), rows, columns)
        return found

    def held(self, usable: np.ndarray) -> np.ndarray:
        """Part of a source at each pixel that is seen in usable ones, shape (n_energy, ny, nx)."""
        found, whole = np.empty(usable.shape), np.asarray(usable.all(axis=(1, 2)))
        if not whole.all():
            found[~whole] = self.of(~whole).correlated(usable[~whole].astype(float))
        if whole.any():
            inner = self.of(whole)
            found[whole] = inner.spread(inner._on_map(usable.shape[1:]), (int(whole.sum()), *usable.shape[1:]))
        return found

    def _on_map(self, size: tuple[int, int]) -> Make:
        """Sums of kernels up to the edges of a map."""
        ends = [(np.maximum(h - np.arange(n), 0), np.minimum(h + n - np.arange(n), 2 * h + 1))
                for h, n in zip(self.half, size, strict=True)]  # fmt: skip
        sums = np.pad(self.values, ((0, 0),) * 3 + ((1, 0), (1, 0))).cumsum(axis=-1).cumsum(axis=-2)

        def make(node: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
            (low, high), (left, right) = (
                (start[own], stop[own]) for (start, stop), own in zip(ends, (rows, columns), strict=True)
            )
            own = sums[node]
            above, below = own[:, high], own[:, low]
            return np.asarray(above[..., right] - above[..., left] - below[..., right] + below[..., left])

        return make

    def correlated(self, planes: np.ndarray, power: int = 1) -> np.ndarray:
        """Sum of planes (n_energy, ny, nx) over what a source at each pixel is seen in, weighted with its kernel.

        Parameters
        ----------
        planes : array
            Zero where nothing counts.
        power : int
            Of the kernel, in the weight.
        """
        y, x = self.half
        padded = np.pad(planes, ((0, 0), (y, y), (x, x)))

        def make(node: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
            part = padded[:, rows.start : rows.stop + 2 * y, columns.start : columns.stop + 2 * x]
            whole = fft_convolve(part, self.values[node][..., ::-1, ::-1] ** power)
            return whole[:, y : y + rows.stop - rows.start, x : x + columns.stop - columns.start]

        return self.spread(make, planes.shape)


@dataclass(frozen=True, eq=False)
class SourceCounts:
    """What is expected of a source of norm one at each pixel.

    Parameters
    ----------
    kernels : Kernels
        Where its counts are seen.
    counts : array, shape (n_energy, ny, nx)
        How many they are.
    """

    kernels: Kernels
    counts: np.ndarray

    def of(self, energies: np.ndarray) -> SourceCounts:
        """In some energies."""
        return SourceCounts(self.kernels.of(energies), self.counts[energies])

    def summed(self, planes: np.ndarray, power: int = 1) -> np.ndarray:
        """Of each pixel: the sum of planes over all that the source is seen in, times its counts there to a power."""
        return np.asarray((self.counts**power * self.kernels.correlated(planes, power)).sum(axis=0))


def _hats(places: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """The share of each node at places, linear between them and held beyond; shape (n_node, n_place)."""
    return np.array([np.interp(places, nodes, own) for own in np.eye(len(nodes))])


def _where(share: np.ndarray) -> slice:
    """From the first to the last that is not zero."""
    places: Any = np.flatnonzero(share)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)
