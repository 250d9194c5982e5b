"""Drawing from tabulated distributions, many at once, without loops over events."""

from __future__ import annotations

import numpy as np

_FINER = 8
"""Entries of the guide for each bin: the more, the less often a search follows."""


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
        # row i runs from i to i + 1, so that one table serves all rows
        self._steps = (cumulative + np.arange(len(weights))[:, None]).ravel()
        self._finer = _FINER * weights.shape[1]
        passed = np.ceil(self._steps * self._finer).astype(np.intp)
        before = np.cumsum(np.bincount(passed, minlength=len(weights) * self._finer + 1))
        self._guide = np.minimum(before - 1, len(self._steps) - 2)

    def draw(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One value for each entry of `rows`, from the distribution of that row."""
        return self.values_at(rows, rng.random(len(rows)))

    def values_at(self, rows: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """The values below which `parts` (0 to 1) of the distributions of those rows lie."""
        wanted = rows + parts
        index = self._search(rows, wanted)
        low, high = self._steps[index], self._steps[index + 1]
        place = np.clip(np.divide(wanted - low, high - low, out=np.zeros(len(rows)), where=high > low), 0.0, 1.0)
        bins = index - rows * len(self.edges)
        values: np.ndarray = self.edges[bins] + place * (self.edges[bins + 1] - self.edges[bins])
        return values

    def draw_bins(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The number of a bin for each entry of `rows`."""
        return np.asarray(self._search(rows, rows + rng.random(len(rows))) - rows * len(self.edges))

    def _search(self, rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The last step not above each: from a guide to where it begins to be worth looking.

        Source: H.-C. Chen and Y. Asau, AIIE Transactions 6 (1974) 163.
        """
        index = self._guide[(wanted * self._finer).astype(np.intp)]
        late = np.flatnonzero(wanted >= self._steps[index + 1])
        index[late] = np.searchsorted(self._steps, wanted[late], side="right") - 1
        first = rows * len(self.edges)
        return np.asarray(np.clip(index, first, first + len(self.edges) - 2))


def sorted_uniform(size: int, rng: np.random.Generator) -> np.ndarray:
    """As many uniform numbers between 0 and 1, growing: sums of exponential gaps, over their total.

    Source: L. Devroye, Non-Uniform Random Variate Generation (1986), section V.3.
    """
    places = np.cumsum(rng.standard_exponential(size + 1))
    return np.asarray(places[:-1] / places[-1])


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
