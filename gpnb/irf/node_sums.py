"""Sums over runs at the nodes of a coarse sky grid, and the weighted mean between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

_STEP = 0.25
"""Spacing of the nodes, deg: between them responses are linear to some thousandths."""

_MOST = 2500
"""Nodes from which on they are set wider: a hundred megabytes or so."""

_MARGIN = 1
"""Nodes beyond the rim of the map: sources there shine into it."""


@dataclass(frozen=True, eq=False)
class NodeSums:
    """What each run has at a node, times its exposure there, added up; float class of the room.

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
    def zeros(cls, geom: WcsGeometry, n_true: int, n: int) -> NodeSums:
        """Sums to which nothing has been added yet."""
        image = geom.image()
        return cls(image, np.zeros((n_true, n, *image.shape), dtype=np.float32), np.zeros((n_true, *image.shape)))

    @classmethod
    def constant(cls, geom: WcsGeometry, values: np.ndarray) -> NodeSums:
        """The same values (n_true, n) everywhere: one node, in the middle."""
        row, column = geom.ny // 2, geom.nx // 2
        parts = slice(row, row + 1), slice(column, column + 1)
        node = geom.image().part(*parts, Recipe.memory("nodes"))
        return cls(node, values[:, :, None, None].copy(), np.ones((len(values), 1, 1)))

    def add(self, weight: np.ndarray, table: np.ndarray, share: np.ndarray) -> None:
        """Add means over a table to the nodes.

        Parameters
        ----------
        weight : ndarray, shape (n_true, ny, nx)
            The weight of what is added.
        table : ndarray, shape (n_true, m, n)
            Values at some places.
        share : ndarray, shape (m, ny, nx)
            The share of each place at a node.
        """
        rows, columns = (np.flatnonzero(weight.any(axis=other)) for other in ((0, 2), (0, 1)))
        if not len(rows):
            return
        part = ..., slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self.weight[part] += weight[part]
        total = self.total[part]
        for number, (values, factor) in enumerate(zip(table, weight[part], strict=True)):  # each fits into the cache
            weighted = (share[part] * factor).astype(np.float32).reshape(len(share), -1)
            total[number] += (values.T.astype(np.float32) @ weighted).reshape(total.shape[1:])

    def add_made(self, exposure: SkyMap, value_at: Callable[[SkyCoord], np.ndarray]) -> None:
        """Add what is known at any position, shape (n_true, n), weighted by an exposure map."""
        weight = self._at_nodes(exposure)
        positions = self.geom.coords
        for node in zip(*np.nonzero(weight.any(axis=0)), strict=True):
            self.total[(..., *node)] += weight[(slice(None), *node)][:, None] * value_at(positions[node])
        self.weight[...] += weight

    def _at_nodes(self, exposure: SkyMap) -> np.ndarray:
        """The exposure at the nodes, held for one node beyond the rim of its map, zero farther out."""
        geom = exposure.geom
        places = np.array(geom.coord_pixel(self.geom.coords))
        size, reach = (np.array(pair)[:, None, None] for pair in ((geom.nx, geom.ny), self.geom.plane.scales))
        held = np.clip(np.nan_to_num(places), 0, size - 1)
        inside = (np.abs(places - held) <= reach / geom.plane.scales[:, None, None]).all(axis=0)
        column, row = held.round().astype(np.intp)
        return np.asarray(np.where(inside, exposure.data[:, row, column], 0.0))

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


def node_grid(geom: WcsGeometry) -> WcsGeometry:
    """The nodes of a map: a grid in its projection, that covers it with a margin.

    Examples
    --------
    >>> node_grid(WcsGeometry.create("83.63d 22.01d", width="2.2 deg", binsz="0.02 deg"))
    <WcsGeometry 12 × 12 pixels of 0.25 deg, icrs TAN at 83.6300 22.0100>
    """
    plane = geom.plane
    size = np.array([geom.nx, geom.ny])
    step = max(_STEP, float(np.sqrt(np.prod(size * plane.scales) / _MOST)))
    joined = step / plane.scales
    nodes = np.ceil(size / joined).astype(int) + 1 + 2 * _MARGIN
    wcs = geom.wcs.deepcopy()
    wcs.sip = None
    wcs.wcs.crpix = (wcs.wcs.crpix - (size + 1) / 2) / joined + (nodes + 1) / 2
    if wcs.wcs.has_cd():
        wcs.wcs.cd = plane.matrix * joined
    else:
        wcs.wcs.cdelt = wcs.wcs.cdelt * joined
    return WcsGeometry.from_wcs(wcs, (int(nodes[1]), int(nodes[0])), recipe=Recipe.memory("nodes"))


def _shares(place: float, size: int) -> np.ndarray:
    """The share of each of `size` nodes in a linear interpolation, held at the ends; none for NaN."""
    if np.isnan(place):
        return np.zeros(size)
    return np.asarray(np.maximum(1 - np.abs(np.arange(size) - np.clip(place, 0, size - 1)), 0.0))
