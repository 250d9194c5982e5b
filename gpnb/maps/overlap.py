"""Counts of one grid on another: exact overlaps of pixels, so that none is lost or made."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np


def contents_on(
    planes: np.ndarray, x: np.ndarray, y: np.ndarray, longest: float = np.inf
) -> tuple[np.ndarray, np.ndarray]:
    """What other pixels hold of the contents of a grid, each spread evenly over its own pixel.

    Parameters
    ----------
    planes : array, shape (n, ny, nx)
        Contents of the grid's pixels.
    x, y : array, shape (my + 1, mx + 1)
        Corners of the other pixels, in float pixels of the grid; beyond the sky NaN.
    longest : float
        Pixels with a longer edge count as beyond the grid: they lie across its seam on the far side of the sky.

    Returns
    -------
    contents : array, shape (n, my, mx)
        Of each of the other pixels.
    covered : array, shape (my, mx)
        The part of it that lies on the grid.

    Examples
    --------
    >>> y, x = np.mgrid[-0.5:2, -0.5:4:2]
    >>> contents_on(np.array([[[1.0, 2, 3, 4], [5, 6, 7, 8]]]), x, y)[0].round(9)
    array([[[ 3.,  7.],
            [11., 15.]]])
    """
    ones = np.ones((1, *planes.shape[1:]))
    with np.errstate(invalid="ignore"):
        found = _around(np.concatenate([planes, ones]), x + 0.5, y + 0.5, longest)
        area = _area(x, y)
    known = np.isfinite(found[-1]) & np.isfinite(area) & (area != 0)
    sign = np.where(known, np.sign(area), 0.0)
    covered = np.divide(found[-1], area, out=np.zeros(area.shape), where=known)
    return np.where(known, found[:-1] * sign, 0.0), np.clip(covered, 0, 1)


def _area(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """With the sign of the way around."""
    across = (x[1:, 1:] - x[:-1, :-1]) * (y[1:, :-1] - y[:-1, 1:])
    along = (y[1:, 1:] - y[:-1, :-1]) * (x[1:, :-1] - x[:-1, 1:])
    return np.asarray((across - along) / 2)


def _around(planes: np.ndarray, x: np.ndarray, y: np.ndarray, longest: float) -> np.ndarray:
    """Integrals over four-sided pixels as those around them, of what lies to the left of their edges."""
    low = _edges(planes, (x[:, :-1], y[:, :-1]), (x[:, 1:], y[:, 1:]), longest)
    side = _edges(planes, (x[:-1], y[:-1]), (x[1:], y[1:]), longest)
    return np.asarray(low[:, :-1] + side[:, :, 1:] - low[:, 1:] - side[:, :, :-1])


def _edges(planes: np.ndarray, start: tuple[Any, Any], stop: tuple[Any, Any], longest: float) -> np.ndarray:
    """Integrals of what lies to the left, along straight edges, over y; shape (n, …)."""
    n, ny, nx = planes.shape
    steps = [b - a for a, b in zip(start, stop, strict=True)]
    known = np.hypot(*steps) <= longest
    steps = [np.where(known, step, 0.0) for step in steps]
    ends = [np.full((1, *known.shape), float(end)) for end in (0, 1)]
    cuts = np.sort(np.concatenate([*ends, *map(_cuts, start, steps)]), axis=0)
    left = np.concatenate([np.zeros((n, ny, 1)), np.cumsum(planes, axis=2)], axis=2)
    found = np.zeros((n, *known.shape))
    for before, after in pairwise(cuts):  # between cuts it is a straight line: the middle counts
        x, y = (np.nan_to_num(a) + (before + after) / 2 * step for a, step in zip(start, steps, strict=True))
        row, place = np.floor(y).astype(int), np.clip(x, 0, nx)
        column = np.minimum(place.astype(int), nx - 1)
        inside = (row >= 0) & (row < ny)
        row = np.clip(row, 0, ny - 1)
        value = left[:, row, column] + (place - column) * planes[:, row, column]
        found += np.where(inside, (after - before) * steps[1], 0.0) * value
    found[:, ~known] = np.nan
    return found


def _cuts(start: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Where along edges, 0 to 1, whole numbers are crossed; shape (k, …)."""
    start = np.nan_to_num(start)
    most = int(np.ceil(np.abs(step).max(initial=0.0))) + 1
    lines = np.floor(np.minimum(start, start + step)) + np.arange(1, most + 1).reshape(-1, *(1,) * start.ndim)
    part = np.divide(lines - start, step, out=np.zeros(lines.shape), where=step != 0)
    return np.asarray(np.clip(part, 0, 1))
