"""Arithmetic of bins on a linear, logarithmic or square-root scale: plain floats."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gpnb.core.errors import ArgumentError

TOLERANCE = 1e-6
"""Relative difference below which two bin edges are the same."""

Scale = Callable[[np.ndarray], np.ndarray]

SCALES: dict[str, tuple[Scale, Scale]] = {
    "lin": (np.asarray, np.asarray),
    "log": (np.log, np.exp),
    "sqrt": (np.sqrt, np.square),
}
"""Interpolation name → the scale on which bins are even, and its inverse."""


def bins_for(low: float, high: float, per_decade: float) -> int:
    """The number of bins from `low` to `high` with at least `per_decade` a decade.

    Examples
    --------
    >>> bins_for(0.1, 40.0, 10), bins_for(0.1, 100.0, 10)
    (27, 30)
    """
    return math.ceil(math.log10(high / low) * per_decade - TOLERANCE)


def frozen(values: np.ndarray) -> np.ndarray:
    """A read-only float copy."""
    copy = np.array(values, dtype=float)
    copy.flags.writeable = False
    return copy


def check_rising(values: np.ndarray, least: int, interp: str, what: str) -> None:
    """Raise `ArgumentError` unless `values` are 1-D, finite, rising and fit the scale."""
    if interp not in SCALES:
        raise ArgumentError(f"interp={interp!r} must be one of {', '.join(SCALES)}.")
    if values.ndim != 1 or len(values) < least:
        raise ArgumentError(f"{what} must be a sequence of at least {least} values, not of shape {values.shape}.")
    if not np.all(np.isfinite(values)) or np.any(np.diff(values) <= 0):
        raise ArgumentError(f"{what} must be finite and rising.")
    if (interp == "log" and values[0] <= 0) or (interp == "sqrt" and values[0] < 0):
        raise ArgumentError(f"{what} start at {values[0]:g}, which a {interp} scale cannot show: give interp='lin'.")


def middle(low: np.ndarray, high: np.ndarray, interp: str) -> np.ndarray:
    """Bin centres: half-way on the scale; read-only."""
    forward, inverse = SCALES[interp]
    return frozen(inverse((forward(low) + forward(high)) / 2))


def edges_between(nodes: np.ndarray, interp: str) -> np.ndarray:
    """Bin edges half-way between nodes on the scale; a single node has no width; read-only."""
    if len(nodes) == 1:
        return frozen(np.repeat(nodes, 2))
    forward, inverse = SCALES[interp]
    scaled = forward(nodes)
    inner = (scaled[1:] + scaled[:-1]) / 2
    first, last = 2 * scaled[0] - inner[0], 2 * scaled[-1] - inner[-1]
    if interp == "sqrt":
        first = max(first, 0.0)
    return frozen(inverse(np.concatenate([[first], inner, [last]])))


def refined(edges: np.ndarray, factor: int, interp: str) -> np.ndarray:
    """Each bin cut into `factor` even on the scale; the old edges are kept exactly."""
    forward, inverse = SCALES[interp]
    number = len(edges) - 1
    fine = inverse(np.interp(np.arange(number * factor + 1) / factor, np.arange(number + 1), forward(edges)))
    fine = np.array(fine)
    fine[::factor] = edges
    return fine
