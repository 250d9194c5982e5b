"""Rates of which a table gives the mean in each energy bin: a power law within a bin, whose integral is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.maps.axis import Axis

_STEEPEST = 200.0
"""Largest change of ln(E x rate) over a bin; steeper ones leave the range of floats."""

_DARK = 1e-100
"""TeV: stands for all energies from there down to zero, which have no logarithm."""


@dataclass(frozen=True, eq=False)
class EnergyBins:
    """Rates as power laws in bins of energy; float class of the room.

    Backgrounds are counted in bins: the value is the mean rate in the bin, and not the rate at its centre. Value times
    width is the number of counts and is kept, whatever the shape within the bin, which follows the neighbours.

    Attributes
    ----------
    edges : ndarray, shape (n + 1,)
        ln(E / TeV) of the bin edges.
    content : ndarray, shape (n, *rest)
        The integral of the rate over each bin.
    growth : ndarray, shape (n, *rest)
        The change of ln(E x rate) over each bin.
    """

    edges: np.ndarray
    content: np.ndarray
    growth: np.ndarray

    @classmethod
    def of(cls, axis: Axis, values: np.ndarray) -> Self:
        """From a table on an axis of energies: means in its bins, or rates at its nodes.

        Raises
        ------
        ArgumentError
            If the axis is a single node, which has no width.
        """
        rates = np.maximum(np.asarray(values, dtype=float), 0.0)
        if axis.is_node:
            return cls._of_nodes(axis, rates)
        edges = np.log(axis.edge_values)
        column = (slice(None),) + (None,) * (rates.ndim - 1)
        slopes = _slopes(rates, (edges[1:] + edges[:-1]) / 2)
        growth = np.clip((slopes + 1) * np.diff(edges)[column], -_STEEPEST, _STEEPEST)
        return cls(edges, rates * axis.width_values[column], growth)

    @classmethod
    def _of_nodes(cls, axis: Axis, rates: np.ndarray) -> Self:
        """A power law from node to node and on to the edges; a constant where one of two nodes is zero."""
        if axis.n < 2:
            raise ArgumentError(f"{axis!r} has no width, so that no rate can be integrated over it: give bins.")
        energy = np.concatenate([axis.low_values[:1], axis.center_values, axis.high_values[-1:]])
        rates = np.concatenate([_beyond(rates[:2], energy[:3]), rates, _beyond(rates[:-3:-1], energy[:-4:-1])])
        column = (slice(None),) + (None,) * (rates.ndim - 1)
        width, step = np.diff(energy)[column], np.diff(np.log(energy))[column]
        low, high = rates[:-1], rates[1:]
        both = (low > 0) & (high > 0)
        growth = step + np.log(np.where(both, high, 1.0) / np.where(both, low, 1.0))
        content = np.where(both, energy[:-1][column] * low * step * _exprel(growth), (low + high) / 2 * width)
        return cls(np.log(energy), content, growth)

    def integrate(self, energy_edges: np.ndarray) -> np.ndarray:
        """Integrals between energies (TeV), shape (n_bins, *rest); zero outside the bins of the table."""
        place = np.log(np.maximum(energy_edges, _DARK))
        index = np.clip(np.searchsorted(self.edges, place, side="right") - 1, 0, len(self.content) - 1)
        column = (slice(None),) + (None,) * (self.content.ndim - 1)
        part = ((place - self.edges[index]) / np.diff(self.edges)[index]).clip(0.0, 1.0)[column]
        growth = self.growth[index]
        share = part * _exprel(growth * part) / _exprel(growth)
        below = np.cumsum(self.content, axis=0) - self.content
        return np.asarray(np.maximum(np.diff(below[index] + self.content[index] * share, axis=0), 0.0))

    def rate(self, energy: np.ndarray, node: tuple[np.ndarray, ...]) -> np.ndarray:
        """The rate at energies (TeV) and nodes of the other axes, given by number; zero outside the bins."""
        place = np.log(np.maximum(energy, _DARK))
        index = np.clip(np.searchsorted(self.edges, place, side="right") - 1, 0, len(self.content) - 1)
        width = np.diff(self.edges)[index]
        part = (place - self.edges[index]) / width
        growth = self.growth[(index, *node)]
        density = np.exp(growth * part.clip(0.0, 1.0)) / _exprel(growth) / (np.exp(place) * width)
        return np.where((part >= 0) & (part <= 1), self.content[(index, *node)] * density, 0.0)


def _slopes(rates: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Slopes d ln(rate) / d ln(E) in each bin: the harmonic mean of those to its neighbours, zero at peaks and alone.

    It is at most twice the gentler of the two, so that no bin runs away where its neighbours differ by powers of ten.
    """
    known = rates > 0
    logs = np.log(np.where(known, rates, 1.0))
    steps = np.diff(logs, axis=0) / np.diff(place).reshape(-1, *(1,) * (rates.ndim - 1))
    steps = np.where(known[1:] & known[:-1], steps, np.nan)
    ends = np.full((1, *rates.shape[1:]), np.nan)
    before, after = np.concatenate([ends, steps]), np.concatenate([steps, ends])
    before, after = np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)
    same = before * after > 0
    return np.where(same, 2 * before * after / np.where(same, before + after, 1.0), 0.0)


def _beyond(rates: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """The rate at an edge before two nodes, on their power law; that of the nearer one if one is zero."""
    part = np.log(energy[1] / energy[0]) / np.log(energy[2] / energy[1])
    both = np.all(rates > 0, axis=0)
    ratio = np.where(both, rates[0], 1.0) / np.where(both, rates[1], 1.0)
    return np.asarray(rates[:1] * ratio**part)


def _exprel(values: np.ndarray) -> np.ndarray:
    """(exp(x) - 1) / x."""
    from scipy.special import exprel  # here, because it takes long to import

    result: np.ndarray = exprel(values)
    return result
