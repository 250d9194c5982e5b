"""Tables at even angles: filled through the dispersion, looked up where photons are, added up where pixels are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from gpnb.fitting.cube.sphere import Nodes, Seen


def fold(rows: np.ndarray, matrix: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Through the dispersion.

    Parameters
    ----------
    rows : array, shape (n_row, n_true)
        Flux times exposure, and its derivatives.
    matrix : array, shape (n_true, n_energy)
        The dispersion.
    table : array, shape (n_node, 2, n_order, n_true)
        What is seen at the nodes.

    Returns
    -------
    array, shape (n_energy, n_node, 2, n_order, n_row)
    """
    weights = matrix.T[:, :, None] * rows.T
    found = table.reshape(-1, matrix.shape[0]) @ weights
    return np.asarray(found.reshape(matrix.shape[1], *table.shape[:3], len(rows)))


def pieces(node: np.ndarray, n: int, *weights: np.ndarray) -> list[csr_array]:
    """From values and slopes at nodes to places between them, of shape (n_place, 2 n); one for each set of weights.

    Parameters
    ----------
    node : array of int, shape (n_place,)
        The node below each place.
    n : int
        Number of nodes.
    *weights : array, shape (n_place, 4)
        Of value and slope below and above.
    """
    columns = (2 * node.astype(np.int32))[:, None] + np.arange(4, dtype=np.int32)
    starts = np.arange(0, columns.size + 1, 4, dtype=np.int32)
    return [csr_array((own.ravel(), columns.ravel(), starts), shape=(node.size, 2 * n)) for own in weights]


@dataclass(frozen=True, eq=False)
class NodeWeights:
    """For each node, how much of it is seen in usable pixels: with it the sum over them is a dot product.

    Parameters
    ----------
    value, phi : array, shape (n_plane, n_node, 2, n_order)
        Weights of values and slopes at nodes, and their derivatives with the direction of the shape.
    place : array, shape (2, n_plane, n_node, 2, n_order)
        Their derivatives with longitude and latitude of the source.
    """

    value: np.ndarray
    phi: np.ndarray
    place: np.ndarray

    def taken(self, numbers: np.ndarray) -> NodeWeights:
        """Those of these planes."""
        return NodeWeights(self.value[numbers], self.phi[numbers], self.place[:, numbers])


def node_weights(
    seen: Seen,
    nodes: Nodes,
    n_node: int,
    trig: tuple[np.ndarray, np.ndarray],
    area: tuple[np.ndarray, np.ndarray | None],
) -> NodeWeights:
    """Add up pixels.

    Parameters
    ----------
    seen : Seen
        Where they lie.
    nodes : Nodes
        Between which nodes.
    n_node : int
        How many there are.
    trig : pair of array, shape (n_order, n)
        Factors of the harmonics, and their derivatives with the direction.
    area : pair of array, shape (n_plane, n) and (2, n_plane, n)
        Usable area times relative exposure, and its derivatives with longitude and latitude; None where it has none.
    """
    (factors, rates), (usable, moves) = trig, area
    spread, fall = (matrix.T for matrix in pieces(nodes.low, n_node, nodes.weights, nodes.slopes))

    def sums(matrix: Any, factors: np.ndarray, areas: np.ndarray) -> np.ndarray:
        columns = factors[..., None, :] * areas
        rows = int(np.prod(columns.shape[:-1]))  # not -1: there may be no pixel
        found = (matrix @ columns.reshape(rows, seen.radius.size).T).reshape(n_node, 2, *factors.shape[:-1], len(areas))
        return np.asarray(np.moveaxis(found, (-1, 0, 1), (-4, -3, -2)))

    place = sums(fall, factors * seen.slope[:, None], usable)
    if len(factors) > 1:
        place += sums(spread, rates * seen.turn[:, None], usable)
    if moves is not None:
        place += np.array([sums(spread, factors, move) for move in moves])
    phi = -np.radians(1) * sums(spread, rates, usable) if len(factors) > 1 else np.zeros_like(place[0])
    return NodeWeights(sums(spread, factors, usable), phi, place)
