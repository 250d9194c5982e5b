"""Functions given at nodes, straight between them in the logarithms of both axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.units import ENERGY, to_array
from gpnb.models.derivative import growth

TINY = 1e-300
"""Stands for zero, which has no logarithm."""


def energy_nodes(energy: Any, name: str = "energy") -> np.ndarray:
    """Node energies (TeV): at least two, increasing and positive."""
    nodes = np.atleast_1d(to_array(energy, ENERGY, name))
    if nodes.ndim != 1 or nodes.size < 2 or not (nodes[0] > 0 and np.all(np.diff(nodes) > 0)):
        raise ArgumentError(f"{name} must be two or more positive energies in rising order.")
    return nodes


def loglog(x: np.ndarray, nodes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The function at `x`; beyond the nodes the outer power laws go on.

    Examples
    --------
    >>> loglog(np.array([1.0, 10.0, 100.0]), np.array([1.0, 100.0]), np.array([1.0, 1e-4])).round(9).tolist()
    [1.0, 0.01, 0.0001]
    """
    slopes = _slopes(nodes, values)
    place = _segment(x, nodes)
    return np.asarray(np.maximum(values, TINY)[place] * (x / nodes[place]) ** slopes[place])


def loglog_moment(low: np.ndarray, high: np.ndarray, order: int, nodes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Integral of x^(order − 1) times the function between `low` and `high`, exact."""
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    slopes, inner = _slopes(nodes, values), nodes[1:-1]
    # one column a segment, of which each range covers some part
    start = np.maximum(low[..., None], np.concatenate([[0.0], inner]))
    stop = np.maximum(np.minimum(high[..., None], np.concatenate([inner, [np.inf]])), start)
    width = np.log(stop / start)
    start = np.where(width > 0, start, nodes[:-1])  # what is not covered must not overflow
    first = np.maximum(values, TINY)[:-1] * (start / nodes[:-1]) ** slopes * start**order
    return np.asarray((first * width * growth((order + slopes) * width)).sum(axis=-1))


def quantity_from_dict(data: Any, name: str) -> Any:
    """Values and unit as they are written in YAML: ``{"data": […], "unit": "TeV"}``."""
    try:
        return u.Quantity(np.asarray(data["data"], dtype=float), data["unit"])
    except (KeyError, TypeError, ValueError):
        raise DataFormatError(f"The entry {name!r} is not of the form {{data: [...], unit: ...}}.") from None


def _slopes(nodes: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(np.diff(np.log(np.maximum(values, TINY))) / np.diff(np.log(nodes)))


def _segment(x: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, nodes.size - 2)
