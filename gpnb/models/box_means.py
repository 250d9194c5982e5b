"""Means of a map over boxes, bilinear between its pixels: smooth, however the boxes move over it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

_SAME = 1e-6
"""Pixels."""


def box_means(
    planes: np.ndarray, x: np.ndarray, y: np.ndarray, size: tuple[float, float], goes_on: bool, slopes: bool = True
) -> np.ndarray:
    """Means over boxes, and their slopes with the places of these.

    Parameters
    ----------
    planes : array, shape (n, ny, nx)
        Values at the middles of pixels.
    x, y : array
        Middles of the boxes, float pixels; beyond the sky NaN.
    size : pair of float
        Sides of a box in pixels, along the axes of the map.
    goes_on : bool
        Beyond the map it is as at its edge, not zero.
    slopes : bool
        Whether these are wanted too.

    Returns
    -------
    array, shape (3, n, …), or (1, n, …) without slopes
        The means, and their derivatives with x and y.

    Examples
    --------
    >>> ramp = np.arange(5.0)[None, None] * np.ones((1, 5, 1))
    >>> [float(item.round(9)[0, 0]) for item in box_means(ramp, np.array([1.3]), np.array([2.0]), (1.0, 1.0), False)]
    [1.3, 1.0, 0.0]
    """
    n, ny, nx = planes.shape
    if _is_grid(x, y):
        return _on_grid(planes, x[0], y[:, 0], size, goes_on, slopes)
    columns, rows = (_taps(at, side, size, goes_on) for at, side, size in ((x, size[0], nx), (y, size[1], ny)))
    flat = np.ascontiguousarray(planes.reshape(n, -1).T)
    found = np.zeros((3 if slopes else 1, np.size(x), n))
    for row, weight, rate in zip(*rows, strict=True):  # one by one: memory
        near = row * nx + columns[0]
        factors = (weight * columns[1], weight * columns[2], rate * columns[1])
        for number, factor in enumerate(factors[: len(found)]):
            found[number] += _sparse(near, factor, len(flat)) @ flat
    return found.transpose(0, 2, 1).reshape(-1, n, *np.shape(x))


def _is_grid(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether boxes lie in rows and columns along those of the map."""
    return np.ndim(x) == 2 and bool((np.abs(x - x[:1]) < _SAME).all() and (np.abs(y - y[:, :1]) < _SAME).all())


def _on_grid(
    planes: np.ndarray, x: np.ndarray, y: np.ndarray, size: tuple[float, float], goes_on: bool, slopes: bool
) -> np.ndarray:
    """The same of such boxes, rows and columns one after the other; shape (3 or 1, n, ny, nx)."""
    ny, nx = planes.shape[1:]
    across, along = (_dense(at, side, n, goes_on) for at, side, n in ((x, size[0], nx), (y, size[1], ny)))
    pairs = [(0, 0), (0, 1), (1, 0)][: 3 if slopes else 1]
    return np.stack([along[row] @ planes @ across[column].T for row, column in pairs])


def _dense(at: np.ndarray, side: float, size: int, goes_on: bool) -> np.ndarray:
    """From the pixels of a row to means over intervals, and their slopes; shape (2, n, size)."""
    pixel, *weights = _taps(at, side, size, goes_on)
    found = np.zeros((2, at.size, size))
    for own, values in zip(found, weights, strict=True):
        np.add.at(own, (np.arange(at.size), pixel), values)
    return found


def _sparse(pixel: np.ndarray, weight: np.ndarray, size: int) -> csr_array:
    """From the pixels of a map to sums over some of them, each of shape (k, …); shape (n, size)."""
    count = len(pixel)
    index, weights = (item.reshape(count, -1).T.ravel() for item in (pixel.astype(np.int32), weight))
    starts = np.arange(0, index.size + 1, count, dtype=np.int32)
    return csr_array((weights, index, starts), shape=(starts.size - 1, size))


def _taps(at: np.ndarray, side: float, size: int, goes_on: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels within reach of intervals, their weights and the slopes of these, each of shape (k, …)."""
    at = np.nan_to_num(at, nan=-size - side - 1.0)
    low, high = at - side / 2, at + side / 2
    still = [np.zeros(np.shape(at), dtype=bool)] * 2
    if not goes_on:
        first, last = -0.5, size - 0.5
        still = [(edge < first) | (edge > last) for edge in (low, high)]
        low, high = (np.clip(edge, first, last) for edge in (low, high))
    steps = np.arange(int(np.ceil(side)) + 2).reshape(-1, *(1,) * np.ndim(at))
    pixel = np.floor(low).astype(int) + steps
    weights = (_below(high - pixel) - _below(low - pixel)) / side
    slopes = (np.where(still[1], 0, _hat(high - pixel)) - np.where(still[0], 0, _hat(low - pixel))) / side
    return np.clip(pixel, 0, size - 1), weights, slopes


def _hat(place: np.ndarray) -> np.ndarray:
    """How much a pixel counts in a straight line to the next one."""
    return np.asarray(np.maximum(1 - np.abs(place), 0))


def _below(place: np.ndarray) -> np.ndarray:
    """Integral of the hat up to a place."""
    held = np.clip(place, -1, 1)
    return np.asarray(0.5 + held - held * np.abs(held) / 2)
