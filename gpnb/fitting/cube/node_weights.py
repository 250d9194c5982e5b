"""Tables at even angles: filled through the dispersion, looked up where photons are, added up where pixels are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from gpnb.fitting.cube.sphere import Nodes, Seen


def fold(rows: np.ndarray, matrix: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Through the dispersion.

    Parameters
    ----------
    rows : array, shape (n_row, n_true)
        Flux times exposure, and its derivatives.
    matrix : array, shape (n_true, n_energy)
        The dispersion.
    table : array, shape (n_order, n_true, n, 2)
        What is seen at the nodes.

    Returns
    -------
    array, shape (n_row, n_energy, n_order, n, 2)
    """
    weights = (rows[:, None, :] * matrix.T).reshape(-1, matrix.shape[0])
    flat = table.transpose(1, 0, 2, 3).reshape(matrix.shape[0], -1)
    return np.asarray((weights @ flat).reshape(len(rows), matrix.shape[1], table.shape[0], *table.shape[2:]))


def look(table: np.ndarray, energy: np.ndarray, low: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Cubic pieces at places of one energy each.

    Parameters
    ----------
    table : array, shape (n_energy, n_node, n_order, n_column, 2)
        Values and slopes at nodes.
    energy, low : array of int, shape (n,)
        Energy of each place, and the node below it.
    weights : array, shape (4, n)
        Of value and slope below and above.

    Returns
    -------
    array, shape (n, n_order, n_column)
    """
    _, n, order, columns, _ = table.shape
    flat = table.reshape(-1, order * columns, 2)
    below = np.take(flat, energy * n + low, axis=0)
    above = np.take(flat, energy * n + low + 1, axis=0)
    a, b, c, d = weights[:, :, None]
    found = a * below[..., 0] + b * below[..., 1] + c * above[..., 0] + d * above[..., 1]
    return np.asarray(found.reshape(-1, order, columns))


@dataclass(frozen=True, eq=False)
class NodeWeights:
    """For each node, how much of it is seen in usable pixels: with it the sum over them is a dot product.

    Parameters
    ----------
    value, phi : array, shape (n_plane, n_node, n_order, 2)
        Weights of values and slopes at nodes, and their derivatives with the direction of the shape.
    place : array, shape (2, n_plane, n_node, n_order, 2)
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
    spread, fall = (_spread(nodes.low, weights, n_node) for weights in (nodes.weights, nodes.slopes))

    def sums(matrix: csc_array, factors: np.ndarray, areas: np.ndarray) -> np.ndarray:
        columns = (factors[:, None] * areas).reshape(-1, seen.radius.size)
        return np.asarray((matrix @ columns.T).reshape(n_node, 2, len(factors), len(areas)).transpose(3, 0, 2, 1))

    place = [sums(fall, factors * slope, usable) for slope in seen.slope]
    if len(factors) > 1:
        place = [found + sums(spread, rates * turn, usable) for found, turn in zip(place, seen.turn, strict=True)]
    if moves is not None:
        place = [found + sums(spread, factors, move) for found, move in zip(place, moves, strict=True)]
    phi = -np.radians(1) * sums(spread, rates, usable) if len(factors) > 1 else np.zeros_like(place[0])
    return NodeWeights(sums(spread, factors, usable), phi, np.array(place))


def _spread(low: np.ndarray, weights: np.ndarray, n: int) -> csc_array:
    """From places to values and slopes of nodes; shape (2 n, n_place)."""
    rows = 2 * low[:, None] + np.arange(4)  # in order, so that nothing has to be sorted
    return csc_array((weights.T.ravel(), rows.ravel(), np.arange(0, rows.size + 1, 4)), shape=(2 * n, low.size))
