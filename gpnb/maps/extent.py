"""Widths, pixel sizes and offsets of a geometry, as plain numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_array


def pair(value: Any, name: str) -> tuple[float, float]:
    """One angle for both directions, or a pair, in degrees; all positive."""
    values = to_array(value, u.deg, name)
    if values.shape not in {(), (1,), (2,)} or not np.all(values > 0) or not np.all(np.isfinite(values)):
        raise ArgumentError(f"{name}={value!r} must be a positive angle, or a pair of them.")
    x_value, y_value = np.broadcast_to(values, 2)
    return float(x_value), float(y_value)


def pixels(width: Any, npix: int | tuple[int, int] | None, steps: tuple[float, float]) -> tuple[int, int]:
    """The number of pixels (nx, ny)."""
    if (width is None) == (npix is None):
        raise ArgumentError("Give either width, such as '5 deg', or npix, such as (250, 250).")
    if width is not None:
        x_width, y_width = pair(width, "width")
        return max(1, round(x_width / steps[0])), max(1, round(y_width / steps[1]))
    nx, ny = (int(number) for number in np.broadcast_to(np.asarray(npix), 2))
    if nx < 1 or ny < 1:
        raise ArgumentError(f"npix={npix!r} must be a positive number, or a pair of them.")
    return nx, ny


def clip(pixel: np.ndarray, count: int, size: int) -> slice | None:
    """The `count` pixels around `pixel` that are on a map of `size` pixels."""
    if not np.isfinite(pixel):
        return None
    start = math.ceil(float(pixel) - count / 2 - 1e-9)
    first, last = max(start, 0), min(start + count, size)
    return slice(first, last) if first < last else None


def is_whole(value: float) -> bool:
    """Whether an offset in pixels is a finite whole number, to a thousandth."""
    return math.isfinite(value) and abs(value - round(value)) < 1e-3


def common_part(offset: int, here: int, there: int) -> tuple[slice, slice]:
    """The pixels that two rows share, as slices of each; `offset` is where the second one starts."""
    start, stop = max(offset, 0), min(offset + there, here)
    stop = max(start, stop)
    return slice(start, stop), slice(start - offset, stop - offset)
