"""Drawing from tabulated distributions, many at once, without loops over events."""

from __future__ import annotations

import numpy as np


class Distributions:
    """Several distributions on common bins, uniform within a bin; float class.

    Parameters
    ----------
    weights : ndarray, shape (n_rows, n_bins)
        Content of each bin, not negative; rows need no normalisation.
    edges : ndarray, shape (n_bins + 1,)
        Bin edges.

    Attributes
    ----------
    totals : ndarray, shape (n_rows,)
        Sums of the rows; a row of zeros cannot be drawn from.

    Examples
    --------
    >>> coin = Distributions(np.array([[1.0, 1.0]]), np.array([0.0, 1.0, 2.0]))
    >>> x = coin.draw(np.zeros(1000, dtype=int), np.random.default_rng(0))
    >>> bool(0 <= x.min() and x.max() < 2)
    True
    """

    def __init__(self, weights: np.ndarray, edges: np.ndarray):
        weights = np.atleast_2d(np.asarray(weights, dtype=float))
        self.edges = np.asarray(edges, dtype=float)
        self.totals = weights.sum(axis=1)
        cumulative = np.zeros((weights.shape[0], weights.shape[1] + 1))
        np.cumsum(weights, axis=1, out=cumulative[:, 1:])
        cumulative /= np.where(cumulative[:, -1:] > 0, cumulative[:, -1:], 1.0)
        # row i runs from i to i + 1, so that one sorted search serves all rows
        self._steps = (cumulative + np.arange(len(weights))[:, None]).ravel()

    def draw(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One value for each entry of `rows`, from the distribution of that row."""
        wanted = rows + rng.random(len(rows))
        first = rows * len(self.edges)
        index = np.searchsorted(self._steps, wanted, side="right") - 1
        index = np.clip(index, first, first + len(self.edges) - 2)
        low, high = self._steps[index], self._steps[index + 1]
        part = np.clip(np.divide(wanted - low, high - low, out=np.zeros(len(rows)), where=high > low), 0.0, 1.0)
        bins = index - first
        values: np.ndarray = self.edges[bins] + part * (self.edges[bins + 1] - self.edges[bins])
        return values


def random_node(values: np.ndarray, nodes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The node before or after each value, at random in proportion to nearness.

    Drawing from the distribution of that node is the same as drawing from the distributions
    interpolated linearly between nodes. Beyond the ends it is the last node.
    """
    place = np.interp(values, nodes, np.arange(len(nodes)))
    nearest: np.ndarray = np.floor(place + rng.random(len(place))).astype(np.intp)
    return nearest.clip(0, len(nodes) - 1)


def offset_by(lon: np.ndarray, lat: np.ndarray, radius: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (deg) at a distance `radius` (deg) in direction `angle` (rad, from north to east) of others."""
    r, theta = np.radians(radius), np.radians(lat)
    sine = np.sin(theta) * np.cos(r) + np.cos(theta) * np.sin(r) * np.cos(angle)
    turn = np.arctan2(np.sin(angle) * np.sin(r) * np.cos(theta), np.cos(r) - np.sin(theta) * sine)
    return (lon + np.degrees(turn)) % 360.0, np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
