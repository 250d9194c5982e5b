"""Sums at the nodes of a coarse sky grid, and the weighted mean between them: responses whose runs are not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord
from gpnb.maps.geometry import WcsGeometry


@dataclass(frozen=True, eq=False)
class NodeSums:
    """What a stack has at nodes, times its exposure there, as files of cubes hold it; float class of the room.

    Parameters
    ----------
    geom : WcsGeometry
        Its pixels are the nodes; no further axes.
    total : ndarray, shape (n_true, n, ny, nx)
        The sum of weight times value.
    weight : ndarray, shape (n_true, ny, nx)
        The sum of the weights; zero where nothing is known.
    """

    geom: WcsGeometry
    total: np.ndarray
    weight: np.ndarray

    @classmethod
    def constant(cls, geom: WcsGeometry, values: np.ndarray) -> NodeSums:
        """The same values (n_true, n) everywhere: one node, in the middle."""
        row, column = geom.ny // 2, geom.nx // 2
        parts = slice(row, row + 1), slice(column, column + 1)
        node = geom.image().part(*parts, Recipe.memory("nodes"))
        return cls(node, values[:, :, None, None].copy(), np.ones((len(values), 1, 1)))

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.total.nbytes + self.weight.nbytes

    def at(self, position: SkyCoord | str) -> tuple[np.ndarray, np.ndarray]:
        """The mean at a position, shape (n_true, n), and the weight that it stands on, shape (n_true,).

        Sums are bilinear between nodes, held beyond the outermost. Where an energy has no weight at the nodes
        around, or the projection does not reach, the nearest node that has some is taken; zero where none has.
        """
        where = to_skycoord(position)
        x, y = (np.asarray(pixel, dtype=float) for pixel in self.geom.coord_pixel(where))
        if x.ndim:
            raise ArgumentError(f"position={position!r} must be one direction, not {x.size}.")
        share = _shares(float(y), self.geom.ny)[:, None] * _shares(float(x), self.geom.nx)
        weight = np.einsum("jyx,yx->j", self.weight, share)
        rows, columns = np.nonzero(share)
        total = self.total[..., rows, columns] @ share[rows, columns]
        for energy in np.flatnonzero(weight == 0).tolist():
            node = self._nearest(energy, where)
            if node is not None:
                total[energy], weight[energy] = self.total[(energy, slice(None), *node)], self.weight[(energy, *node)]
        return np.divide(total, weight[:, None], out=np.zeros(total.shape), where=weight[:, None] > 0), weight

    def _nearest(self, energy: int, position: SkyCoord) -> tuple[int, int] | None:
        """Row and column of the nearest node with weight at an energy."""
        known = self.weight[energy] > 0
        if not known.any():
            return None
        apart = np.where(known, np.nan_to_num(self.geom.separation(position), nan=np.inf), np.inf)
        row, column = np.unravel_index(int(apart.argmin()), apart.shape)
        return int(row), int(column)

    def __str__(self) -> str:
        return f"{self.geom.nx} × {self.geom.ny} nodes"


def _shares(place: float, size: int) -> np.ndarray:
    """The share of each of `size` nodes in a linear interpolation, held at the ends; none for NaN."""
    if np.isnan(place):
        return np.zeros(size)
    return np.asarray(np.maximum(1 - np.abs(np.arange(size) - np.clip(place, 0, size - 1)), 0.0))
