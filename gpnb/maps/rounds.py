"""Sums over round surroundings of every pixel, in degrees on the sky, whatever the projection.

Where the pixels of a map are alike, one kernel does for all of them, by FFT. Elsewhere a circle is taken row by row:
in each row it covers a run of pixels, and a running sum along the row gives what they hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.maps.kernels import ROUNDING, box, disk, fft_convolve, gauss, ring
from gpnb.maps.plane import Plane

_STAIRS = 32
_FARTHEST = 5.0
"""A Gaussian is a staircase of so many disks out to so many sigmas, where no kernel serves all pixels."""

_STRAIGHT = 1e-10
"""Square of the sine of half an angle along a row below which the row is straight."""

_ONCE = 1e-4
"""Columns by which a row that is covered as a whole falls short of closing."""

_KERNELS: dict[str, Callable[..., np.ndarray]] = {"gauss": gauss, "disk": disk, "box": box}


def disk_sums(plane: Plane, stack: np.ndarray, radius: float) -> np.ndarray:
    """Sums over the pixels whose centre is at most `radius` (deg) away; shape (…, ny, nx)."""
    if plane.pixel_size is not None:
        return fft_convolve(stack, disk(radius, plane.pixel_size))
    return _in_circles(plane, stack, radius * (1 + ROUNDING))[0]


def ring_sums(plane: Plane, stack: np.ndarray, inner: float, outer: float) -> np.ndarray:
    """Sums over the pixels whose centre is from `inner` to `outer` (deg) away, ends included."""
    if plane.pixel_size is not None:
        return fft_convolve(stack, ring(inner, outer, plane.pixel_size))
    hole, _ = _in_circles(plane, stack, inner * (1 - ROUNDING))
    whole, _ = _in_circles(plane, stack, outer * (1 + ROUNDING))
    return np.asarray(np.maximum(whole - hole, 0.0))


def smoothed(plane: Plane, stack: np.ndarray, width: float, shape: str) -> np.ndarray:
    """Means over a ``"gauss"`` of sigma `width` (deg), a ``"disk"`` or a ``"box"``; outside the map counts as zero.

    Raises
    ------
    ArgumentError
        If `shape` is none of these, or a box is asked for where pixels differ.
    """
    if shape not in _KERNELS:
        raise ArgumentError(f"kernel={shape!r} must be 'gauss', 'disk' or 'box'.")
    if plane.pixel_size is not None:
        kernel = _KERNELS[shape](width, plane.pixel_size)
        return fft_convolve(stack, kernel / kernel.sum())
    if shape == "box":
        raise ArgumentError(
            f"The pixels of this {plane.projection} map differ from each other, so that there is no box of an angle: "
            "give kernel='disk' or 'gauss', or a map in the TAN projection."
        )
    if shape == "disk":
        total, pixels = _in_circles(plane, stack, width * (1 + ROUNDING))
        return np.asarray(total / np.maximum(pixels, 1.0))
    return _staircase(plane, stack, width)


def evened(plane: Plane, stack: np.ndarray, width: float, shape: str) -> np.ndarray:
    """As `smoothed`, over the part of the kernel that lies on values: what is flat stays flat up to the edges.

    Pixels that are NaN lend nothing to the others, and stay so.
    """
    known = np.isfinite(stack)
    if known.all():  # one weight does for all planes
        known = np.ones((plane.ny, plane.nx), dtype=bool)
    total = smoothed(plane, np.where(known, stack, 0.0), width, shape)
    part = smoothed(plane, known, width, shape)
    found: np.ndarray = np.divide(total, part, out=np.full(total.shape, np.nan), where=known & (part > 0))
    return found


def _staircase(plane: Plane, stack: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian as a sum of disks whose radii step evenly, each as high as the profile falls over its step."""
    radii = np.arange(1, _STAIRS + 1) / _STAIRS * _FARTHEST
    falls = -np.diff(np.exp(-((np.append(radii, _FARTHEST + radii[0]) - radii[0] / 2) ** 2) / 2))
    total, pixels = np.zeros(np.shape(stack)), np.zeros((plane.ny, plane.nx))
    for radius, fall in zip(radii, falls, strict=True):
        inside, count = _in_circles(plane, stack, radius * sigma)
        total += fall * inside
        pixels += fall * count
    return np.asarray(total / np.maximum(pixels, falls[0]))


def _in_circles(plane: Plane, stack: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Sums over the circle around each pixel, and the number of pixels in it, on the map and beyond."""
    stack = np.asarray(stack, dtype=float)
    flat = stack.reshape(-1, plane.ny, plane.nx)
    running = np.zeros((len(flat), plane.ny, plane.nx + 1))
    np.cumsum(flat, axis=2, out=running[:, :, 1:])
    total, count = np.zeros(flat.shape), np.zeros((plane.ny, plane.nx))
    for step, runs in _rows_of_circles(plane, radius):
        count += runs[0][1] - runs[0][0]
        rows = slice(max(0, -step), min(plane.ny, plane.ny - step))
        for run in runs if rows.start < rows.stop else ():
            begin, end = (np.clip(item[rows], 0, plane.nx) for item in run)
            for sums, image in zip(running, total, strict=True):
                source = sums[rows.start + step : rows.stop + step]
                image[rows] += np.take_along_axis(source, end, axis=1) - np.take_along_axis(source, begin, axis=1)
    return total.reshape(stack.shape), count


def _rows_of_circles(plane: Plane, radius: float) -> Iterator[tuple[int, list[tuple[np.ndarray, np.ndarray]]]]:
    """For each step from row to row, the columns that the circle around each pixel covers there.

    They are the first, and the one after the last; in several pieces where the map goes around the sky.
    """
    rows, columns = plane.reach(radius)
    near = _Rows(plane, rows, columns)
    limit = (2 * math.sin(math.radians(min(radius, 180.0)) / 2)) ** 2
    for step in range(-rows, rows + 1):
        middle, half, period = near.crossing(step, limit)
        turns = (0, -1, 1) if plane.has_parallels and np.nanmin(period, initial=np.inf) < 2 * plane.nx else (0,)
        yield step, [_columns(middle - half + n * period, middle + half + n * period) for n in turns]


def _columns(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole columns from `low` to `high`: the first, and the one after the last; none for NaN."""
    empty = np.isnan(low) | np.isnan(high)
    first, after = (np.where(empty, 0, item).astype(np.intp) for item in (np.ceil(low), np.floor(high) + 1))
    return first, np.maximum(first, np.where(empty, first, after))


class _Rows:
    """The rows of a map as circles on the sky that their pixels divide evenly, which is exact for parallels.

    The square of the chord from a pixel is then a constant less a cosine along the row; three pixels of the row,
    the pixel's own column and two beside it, tell which. At the rim of the sky they are the nearest three there are.
    """

    def __init__(self, plane: Plane, rows: int, columns: int):
        self._plane, self._rows, self._spread = plane, rows, max(1, columns // 2)
        x = np.arange(-self._spread, plane.nx + self._spread, dtype=float)
        y = np.arange(-rows, plane.ny + rows, dtype=float)
        self._vectors = plane.directions(*np.meshgrid(x, y))
        """Of the pixels of the map and of those around it."""

    def crossing(self, step: int, limit: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the row `step` rows on lies within a chord of each pixel, whose square is `limit`.

        Middle and half width, and the columns around the whole sky; NaN where it does not, or there is no sky.
        """
        column, spread, nodes = self._nodes(step)
        before, here, after = (_square(node, self._plane.vectors) for node in nodes)
        pairs = ((nodes[2], nodes[1]), (nodes[0], nodes[1]), (nodes[2], nodes[0]))
        ahead, behind, across = (_square(*pair) for pair in pairs)
        with np.errstate(divide="ignore", invalid="ignore"):
            sine = np.clip(1 - across / (2 * (ahead + behind)), _STRAIGHT, 1.0)  # of half the angle, squared
            angle = 2 * np.arcsin(np.sqrt(sine))
            even, odd = (after + before - 2 * here) / (4 * sine), (before - after) / (2 * np.sin(angle))
            size = np.hypot(even, odd)
            lowest = here - np.where(even > 0, odd**2 / (size + even), size - even)
            rise = (limit - lowest) / size
            half = 2 * np.arcsin(np.sqrt(np.where(rise < 0, np.nan, np.minimum(rise / 2, 1.0))))
            turn = angle / spread
            # all of a row: the pixel on the other side of the sky is there once
            once = np.where(rise >= 2, _ONCE, 0.0)
            return column + np.arctan2(odd, even) / turn + 1.5 * once, half / turn - once, 2 * np.pi / turn

    def _nodes(self, step: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """Middle columns, distances to the others, and directions of the three pixels."""
        start, (ny, nx), spread = self._rows + step, (self._plane.ny, self._plane.nx), self._spread
        row = self._vectors[:, start : start + ny]
        seen = np.isfinite(row[0])
        if seen.all():
            return np.arange(nx), np.array(spread), [row[:, :, begin : begin + nx] for begin in (0, spread, 2 * spread)]
        first, last = seen.argmax(axis=1), seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
        spreads = np.clip((last - first) // 2, 1, spread)
        last = np.maximum(last, first + 2 * spreads)  # no sky: NaN
        column = np.clip(np.arange(nx) + spread, (first + spreads)[:, None], (last - spreads)[:, None])
        places = [np.clip(column + n * spreads[:, None], 0, seen.shape[1] - 1) for n in (-1, 0, 1)]
        return column - spread, spreads[:, None], [np.take_along_axis(row, place[None], axis=2) for place in places]


def _square(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Square of the chord between unit vectors."""
    x, y, z = first - second
    return np.asarray(x * x + y * y + z * z)
