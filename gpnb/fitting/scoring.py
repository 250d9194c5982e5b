"""Fisher scoring: Newton's steps with the expected second derivatives, damped and kept within limits.

Quick where counts are Poisson's, since the expected curvature is never negative (Osborne 1992, Int. Stat. Rev. 60, 99).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.likelihood import Point
from gpnb.fitting.objective import Objective

_MOST_DAMPED = 1e8
_LEAST_DAMPED = 1e-7

_FAR = 0.3
"""A norm that wants to change by this fraction is moved alone first."""

_COARSE = 1.0
"""Of −2 ln L: less to gain is left to the steps of all."""

_FALL = 0.9
"""The largest part of a norm that one step takes away."""

_NORM_STEPS = 20


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where a minimiser ended.

    Parameters
    ----------
    theta : array
        The vector.
    stat : float
        −2 ln L there.
    converged : bool
        Whether the minimiser is content.
    message : str
        Its own words where it is not.
    """

    theta: np.ndarray
    stat: float
    converged: bool
    message: str = ""


def score(objective: Objective, start: np.ndarray, tolerance: float = 1e-5, most: int = 60) -> Minimum:
    """Minimise.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : array
        From where.
    tolerance : float
        Content when the next step promises to lower −2 ln L by less.
    most : int
        Evaluations at most.
    """
    point, damping = norms_first(objective, objective.at(np.clip(start, *objective.bounds.T))), 0.0
    for _ in range(most):
        step, promised = _step(objective, point, damping)
        if promised < tolerance:
            return Minimum(point.theta, point.stat, converged=True)
        trial = objective.at(np.clip(point.theta + step, *objective.bounds.T))
        if trial.stat < point.stat:
            point, damping = trial, damping / 10 if damping > _LEAST_DAMPED else 0.0
        elif damping >= _MOST_DAMPED:
            break
        else:
            damping = max(10 * damping, 0.1)
    return Minimum(point.theta, point.stat, converged=False, message="Fisher scoring did not converge")


def norms_first(objective: Objective, point: Point) -> Point:
    """Bring norms that are far off near the data, before shapes are moved by them."""
    norms = objective.is_norm(point.theta)
    for _ in range(_NORM_STEPS):
        step, promised = _step(objective, point, 0.0, norms)
        size = np.abs(point.theta)
        if promised < _COARSE or not np.any(np.abs(step) > _FAR * size):
            break
        # second, without a change of sign: below zero there may be no likelihood
        cautious = np.where(step * point.theta < 0, np.clip(step, -_FALL * size, _FALL * size), step)
        tried = (objective.at(np.clip(point.theta + item, *objective.bounds.T)) for item in (step, cautious))
        better = next((trial for trial in tried if trial.stat < point.stat), None)
        if better is None:
            break
        point = better
    return point


def _step(
    objective: Objective, point: Point, damping: float, among: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
    """The step, and by how much −2 ln L should fall without damping; entries that press against a limit stay."""
    theta, gradient = point.theta, point.gradient
    inside = ~pressed(objective, theta)
    if among is not None:
        inside &= among
    step = np.zeros_like(theta)
    if not inside.any():
        return step, 0.0
    size = np.sqrt(np.maximum(np.diag(point.fisher)[inside], 1e-300))
    curvature = point.fisher[np.ix_(inside, inside)] / np.outer(size, size)
    slope = gradient[inside] / size
    free = np.linalg.lstsq(curvature, slope, rcond=1e-12)[0]
    damped = np.linalg.solve(curvature + damping * np.eye(size.size), slope) if damping else free
    step[inside] = -damped / size
    return step, 0.5 * float(abs(slope @ free))


def pressed(objective: Objective, theta: np.ndarray) -> np.ndarray:
    """True for entries at a limit towards which −2 ln L falls."""
    gradient, (low, high) = objective.at(theta).gradient, objective.bounds.T
    return np.asarray(((theta <= low) & (gradient > 0)) | ((theta >= high) & (gradient < 0)))


def error_sizes(fisher: np.ndarray) -> np.ndarray:
    """Errors of the entries taken one by one, 1 where they have none: a scale to step in."""
    curvature = np.diag(fisher)
    return np.asarray(np.sqrt(2 / np.where(curvature > 0, curvature, 2.0)))
