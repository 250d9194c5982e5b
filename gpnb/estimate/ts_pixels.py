"""Test statistics of a source at every pixel: at once but roughly, or tile by tile and exactly."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter

from gpnb.estimate.ts_kernels import SourceCounts
from gpnb.estimate.ts_roots import Norms

_NEAR = 5
"""Pixels around a source: where the least norm is found that leaves no negative counts."""

_TILE = 8
"""Rows and columns that are looked at together."""

Tile = tuple[slice, slice]


class TsPixels:
    """A source over a background, at each pixel of a cube.

    Parameters
    ----------
    counts, background : array, shape (n_energy, ny, nx)
        What is there, and what all else predicts.
    usable : array of bool, shape (n_energy, ny, nx)
        What counts; nothing without a background does.
    source : SourceCounts
        The source, in the same energies.
    """

    def __init__(self, counts: np.ndarray, background: np.ndarray, usable: np.ndarray, source: SourceCounts):
        self._source, self._usable = source, usable & (background > 0)
        self._inverse = np.divide(1.0, background, out=np.zeros(usable.shape), where=self._usable)
        self._counts = np.where(self._usable, counts, 0.0)
        self._energy, self._y, self._x = np.nonzero(self._counts)
        self._n = self._counts[self._energy, self._y, self._x].astype(float)
        self._over = self._inverse[self._energy, self._y, self._x]
        self.total = (source.counts * source.kernels.held(self._usable)).sum(axis=0)
        self.seen = self.total > 0
        self._span = _reaches(source.kernels.values)[:, self._energy]
        self._row: tuple[slice, np.ndarray] = slice(0, 0), np.zeros(0, dtype=int)

    def score(self) -> dict[str, np.ndarray]:
        """Of one step from no source, by Fourier transforms: good where a source is faint, a preview elsewhere."""
        pull = self._source.summed(self._counts * self._inverse - self._usable)
        weight = self._source.summed(self._inverse, power=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.where(weight > 0, 1 / np.sqrt(weight), np.nan)
            return {"sqrt_ts": pull * error, "norm": pull * error**2, "norm_err": error}

    def tiles(self, wanted: np.ndarray) -> list[Tile]:
        """What is looked at together of the wanted pixels."""
        ny, nx = wanted.shape
        rows, columns = (range(0, size, _TILE) for size in (ny, nx))
        found = [(slice(y, min(y + _TILE, ny)), slice(x, min(x + _TILE, nx))) for y in rows for x in columns]
        return [tile for tile in found if wanted[tile].any()]

    def exact(self, tile: Tile, wanted: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], Norms]:
        """The pixels of a tile that are wanted, rows and columns, and their norms."""
        rows, columns = (own + side.start for own, side in zip(np.nonzero(wanted[tile]), tile, strict=True))
        middle = [(side.start + side.stop - 1) / 2 for side in tile]
        kernel, strength = self._source.kernels.at(*middle), self._source.counts[:, rows, columns]
        photons = self._near(tile)
        q = self._ratios(tile, kernel, strength, photons, rows, columns)
        most = np.maximum(self._most[rows, columns], q.max(axis=1, initial=0.0))
        floor = -1 / np.maximum(most, np.finfo(float).tiny)
        return (rows, columns), Norms(q, self._n[photons], self.total[rows, columns], floor)

    def _near(self, tile: Tile) -> np.ndarray:
        """Numbers of the photons that sources in a tile are seen at; tiles come row by row."""
        rows, columns = tile
        if self._row[0] != rows:
            high = self._span[0]
            self._row = rows, np.flatnonzero((self._y >= rows.start - high) & (self._y < rows.stop + high))
        near = self._row[1]
        x, wide = self._x[near], self._span[1, near]
        return np.asarray(near[(x >= columns.start - wide) & (x < columns.stop + wide)])

    def _ratios(
        self,
        tile: Tile,
        kernel: np.ndarray,
        strength: np.ndarray,
        photons: np.ndarray,
        rows: np.ndarray,
        columns: np.ndarray,
    ) -> np.ndarray:
        """The source over the background, shape (n_pixel, n_photon): a kernel with a rim is read by differences."""
        margins = [side.stop - side.start - 1 for side in tile]
        table = np.pad(kernel, ((0, 0), *((margin, margin) for margin in margins)))
        middle = [size // 2 for size in table.shape[1:]]
        energy, width = self._energy[photons], table.shape[2]
        own = (energy * table.shape[1] + self._y[photons] - tile[0].start + middle[0]) * width
        own += self._x[photons] - tile[1].start + middle[1]
        away = (rows - tile[0].start) * width + columns - tile[1].start
        found = np.asarray(table.ravel()[own - away[:, None]])
        found *= self._over[photons]
        ends = np.searchsorted(energy, np.arange(len(kernel) + 1))
        for number, (start, stop) in enumerate(pairwise(ends)):
            found[:, start:stop] *= strength[number, :, None]
        return found

    @cached_property
    def _most(self) -> np.ndarray:
        """The most that a source at each pixel is of the background in any bin near it.

        The next pixel counts only where the background falls faster than the kernel.
        """
        kernels, inverse = self._source.kernels, self._inverse
        half = [min(_NEAR, own) for own in kernels.half]
        around = maximum_filter(inverse, size=(1, 2 * half[0] + 1, 2 * half[1] + 1), mode="constant")
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.max(around / inverse, axis=(1, 2), initial=1.0, where=around > 0)
        padded = np.pad(inverse, ((0, 0), (half[0],) * 2, (half[1],) * 2))

        def make(node: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
            size, found = (rows.stop - rows.start, columns.stop - columns.start), []
            for energy, kernel in enumerate(kernels.values[node]):
                core = kernel[tuple(slice(s // 2 - h, s // 2 + h + 1) for s, h in zip(kernel.shape, half, strict=True))]
                most = np.zeros(size)
                for y, x in zip(*np.nonzero(core * steps[energy] >= core[half[0], half[1]]), strict=True):
                    near = padded[energy, rows.start + y :, columns.start + x :][: size[0], : size[1]]
                    np.maximum(most, near * core[y, x], out=most)
                found.append(most * self._source.counts[energy, rows, columns])
            return np.asarray(np.max(found, axis=0))

        return kernels.spread(make, inverse.shape[1:])


def _reaches(values: np.ndarray) -> np.ndarray:
    """Rows and columns that kernels of each energy reach, shape (2, n_energy)."""
    held: Any = (values > 0).any(axis=(0, 1))
    found = []
    for side in (2, 1):
        size = held.shape[3 - side]
        away = np.abs(np.arange(size) - size // 2)
        found.append(np.where(held.any(axis=side), away, 0).max(axis=1))
    return np.array(found)
