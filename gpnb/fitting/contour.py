"""Confidence contours of two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import QTable

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.progress import CancelToken
from gpnb.fitting.confidence import height, quantile
from gpnb.fitting.held import HeldFit
from gpnb.fitting.profile import with_unit

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult

_LONGEST = 64.0
"""How much further than the covariance says a point may lie."""


def contour(result: FitResult, first: int, second: int, cl: float, n: int, cancel: CancelToken | None = None) -> QTable:
    """See `FitResult.contour`.

    Rays leave the minimum evenly in the metric of the covariance; on each the height is found.
    """
    if first == second:
        raise ArgumentError(f"A contour is of two different parameters, not twice of {result.names[first]}.")
    rise, likelihood = quantile(cl, 2), result.likelihood()
    pair = [first, second]
    block = result.covariance[np.ix_(pair, pair)] / np.outer(likelihood.scale[pair], likelihood.scale[pair])
    if not np.isfinite(block).all():
        raise FitError(f"There is no covariance to scale the contour by ({result.message}).")
    directions = np.linalg.cholesky(block) @ _circle(n) * np.sqrt(rise)
    fit, points, length = HeldFit(likelihood, likelihood.start, cancel), np.empty((n, 2)), 1.0
    for row, direction in enumerate(directions.T):
        length = _length(fit, pair, direction, rise, length)
        points[row] = likelihood.start[pair] + length * direction
    columns = {
        result.names[number]: with_unit(points[:, place], likelihood, number) for place, number in enumerate(pair)
    }
    return QTable(columns, meta={"cl": cl})


def _circle(n: int) -> np.ndarray:
    if n < 4:
        raise ArgumentError(f"n={n!r}: a contour needs at least 4 points.")
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.array([np.cos(angle), np.sin(angle)])


def _length(fit: HeldFit, pair: list[int], direction: np.ndarray, rise: float, guess: float) -> float:
    """How far along a ray −2 ln L has risen; to the parameters' limits at most."""
    from scipy.optimize import brentq  # here, because it takes long to import

    start, bounds = fit.best[pair], fit.likelihood.bounds[pair]
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(direction > 0, bounds[:, 1] - start, start - bounds[:, 0]) / np.abs(direction)
    longest = float(min(np.nanmin(room), _LONGEST))

    def above(length: float) -> float:
        held = dict(zip(pair, (start + length * direction).tolist(), strict=True))
        return height(fit.at(held)[0] - fit.stat, rise)

    inner, outer = 0.0, min(guess, longest)
    while above(outer) < 0:
        if outer >= longest:
            return longest
        inner, outer = outer, min(1.3 * outer, longest)
    if inner == 0.0:
        shorter = outer / 1.3
        inner = shorter if above(shorter) < 0 else 0.0
    return float(brentq(above, inner, outer, xtol=1e-4, rtol=1e-8))
