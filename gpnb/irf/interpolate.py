"""Linear interpolation on a grid of nodes: plain floats, any number of axes, no set-up cost.

The nodes of a response are the centres of its bins (geometric mean on logarithmic axes). `Nodes`
says how one axis behaves between, before and behind them; the functions do the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from gpnb.maps.axis import Axis
from gpnb.maps.bins import SCALES, TOLERANCE

Place = tuple[np.ndarray, np.ndarray]
"""Where coordinates lie on an axis: the node before each of them, and the weight of the next."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """One axis of a grid, ready to locate coordinates on.

    Parameters
    ----------
    axis : Axis
        The nodes are its ``center_values``, the limits its first and last edge.
    extend : bool
        Between the outermost node and the edge, continue the line through the last two nodes
        (for rates) instead of keeping the value of the node (for shapes).
    hold_below, hold_above : bool
        Beyond that edge, keep the value at the edge; otherwise the response is zero there.

    Notes
    -----
    An axis of one node without a width (``LO == HI``) has no edges: its value holds everywhere.
    """

    axis: Axis
    extend: bool = False
    hold_below: bool = False
    hold_above: bool = False
    positions: np.ndarray = field(init=False, repr=False)
    """The nodes on the scale of the axis."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", SCALES[self.axis.interp][0](self.axis.center_values))

    @property
    def span(self) -> tuple[float, float]:
        """First and last edge; infinite for a single node without a width."""
        low, high = float(self.axis.low_values[0]), float(self.axis.high_values[-1])
        return (low, high) if low < high else (-math.inf, math.inf)

    def locate(self, coordinates: np.ndarray) -> Place:
        """The node before each coordinate and the weight of the next; NaN is taken for the first node."""
        if len(self.positions) == 1:
            return np.zeros(coordinates.shape, dtype=np.intp), np.zeros(coordinates.shape)
        low, high = self.span if self.extend else (self.axis.center_values[0], self.axis.center_values[-1])
        scaled = SCALES[self.axis.interp][0](np.clip(np.nan_to_num(coordinates, nan=low), low, high))
        index = np.clip(np.searchsorted(self.positions, scaled, side="right") - 1, 0, len(self.positions) - 2)
        before, after = self.positions[index], self.positions[index + 1]
        return index, (scaled - before) / (after - before)

    def inside(self, coordinates: np.ndarray) -> np.ndarray:
        """Whether the response is given (or held) at each coordinate; False for NaN."""
        low, high = self.span
        low, high = low - TOLERANCE * self.axis.width_values[0], high + TOLERANCE * self.axis.width_values[-1]
        above_low = (coordinates >= low) | (self.hold_below & ~np.isnan(coordinates))
        result: np.ndarray = above_low & ((coordinates <= high) | self.hold_above)
        return result


def corners(places: Sequence[Place]) -> Iterator[tuple[tuple[np.ndarray, ...], np.ndarray]]:
    """The nodes around located coordinates and the share of each: ``(index on every axis, share)``, one after another.

    A node that has no share anywhere is left out.
    """
    sides = [(0, 1) if np.any(weight) else (0,) for _, weight in places]
    for corner in product(*sides):
        index = tuple(place[0] + side for place, side in zip(places, corner, strict=True))
        share = np.ones(())
        for (_, weight), side in zip(places, corner, strict=True):
            share = share * (weight if side else 1 - weight)
        yield index, share


def gather(values: np.ndarray, places: Sequence[Place]) -> np.ndarray:
    """Multilinear interpolation at located coordinates.

    Parameters
    ----------
    values : ndarray, shape (n_0, …, n_k, *rest)
        At the nodes; axes beyond those located are carried along.
    places : sequence of Place
        One an axis; their shapes broadcast.

    Returns
    -------
    ndarray of float, shape (*broadcast shape, *rest)
    """
    shape = np.broadcast_shapes(*(index.shape for index, _ in places))
    rest = values.shape[len(places) :]
    result = np.zeros(shape + rest)
    for index, share in corners(places):
        result += share.reshape(share.shape + (1,) * len(rest)) * values[index]
    return result


def gather_planes(planes: np.ndarray, places: Sequence[Place]) -> np.ndarray:
    """Multilinear interpolation of many planes at the same located coordinates; for maps.

    Parameters
    ----------
    planes : ndarray, shape (n_plane, n_0, …, n_k)
        At the nodes.
    places : sequence of Place
        One for each axis after the first; 1-D, of one length.

    Returns
    -------
    ndarray of float, shape (n_plane, length)
    """
    flat, shape = planes.reshape(len(planes), -1), planes.shape[1:]
    result = np.zeros((len(planes), len(places[0][0])))
    for corner in product((0, 1), repeat=len(places)):
        sides = [np.minimum(place[0] + side, n - 1) for place, side, n in zip(places, corner, shape, strict=True)]
        index, share = np.ravel_multi_index(sides, shape), np.ones(())
        for (_, weight), side in zip(places, corner, strict=True):
            share = share * (weight if side else 1 - weight)
        for number, plane in enumerate(flat):  # one plane after the other stays in the cache
            result[number] += share * plane.take(index)
    return result


def interpolate(values: np.ndarray, nodes: Sequence[Nodes], coordinates: Sequence[np.ndarray]) -> np.ndarray:
    """Interpolate at float coordinates that broadcast against each other; zero outside.

    Parameters
    ----------
    values : ndarray, shape (n_0, …, n_k, *rest)
        At the nodes.
    nodes : sequence of Nodes
        The first axes of `values`.
    coordinates : sequence of ndarray
        One for each of `nodes`, in the unit of its axis.

    Returns
    -------
    ndarray of float, shape (*broadcast shape, *rest)

    Examples
    --------
    >>> energy = Nodes(Axis.energy("1 TeV", "100 TeV", nbin=2))
    >>> interpolate(np.array([1.0, 3.0]), [energy], [np.array([10.0, 200.0])])
    array([2., 0.])
    """
    coordinates = [np.asarray(value, dtype=float) for value in coordinates]
    result = gather(values, [node.locate(value) for node, value in zip(nodes, coordinates, strict=True)])
    for node, value in zip(nodes, coordinates, strict=True):
        inside = node.inside(value)
        if not np.all(inside):
            missing = result.ndim - (values.ndim - len(nodes)) - inside.ndim
            result *= inside.reshape((1,) * missing + inside.shape + (1,) * (values.ndim - len(nodes)))
    return result


def interpolate_table(values: np.ndarray, nodes: Sequence[Nodes], coordinates: Sequence[np.ndarray]) -> np.ndarray:
    """As `interpolate`, on the outer product of 1-D coordinates: one axis after the other, fast.

    Returns
    -------
    ndarray of float, shape (len(coordinates[0]), len(coordinates[1]), …, *rest)
    """
    for number, (node, given) in enumerate(zip(nodes, coordinates, strict=True)):
        value = np.asarray(given, dtype=float)
        index, weight = node.locate(value)
        column = (slice(None),) + (None,) * (values.ndim - 1 - number)
        following = np.minimum(index + 1, values.shape[number] - 1)
        inside = node.inside(value)
        first = np.take(values, index, axis=number) * ((1 - weight) * inside)[column]
        values = first + np.take(values, following, axis=number) * (weight * inside)[column]
    return values


def nearest_usable(values: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Fill the nodes that are not usable from the nearest one that is, along the first axis if possible.

    Parameters
    ----------
    values : ndarray, shape (n_energy, n_offset, *rest)
        At the nodes.
    usable : ndarray of bool, shape (n_energy, n_offset)
        At least one must be True.
    """
    if usable.all():
        return values
    from scipy.ndimage import distance_transform_edt  # here, because it takes long to import

    # one step in offset costs more than all steps in energy
    index = distance_transform_edt(~usable, sampling=(1, len(usable)), return_distances=False, return_indices=True)
    result: np.ndarray = values[tuple(index)]
    return result
