"""Steps of a minimiser within limits, from a slope and second derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.likelihood import Point

_FLAT = 1e-12
"""Part of the largest eigenvalue, in units of the errors, below which a direction is flat: no step goes there."""

_BENT = 1e-9
"""The same, below zero: −2 ln L bends down."""

_STRAIGHTER = 1.5
"""How much more than its depth is added to a curvature that bends down."""

_SEEN = 1e-8
"""Cosine of the angle between a step and the change that it shows, below which it shows none."""


@dataclass(frozen=True, eq=False)
class Step:
    """A step, and by how much −2 ln L should fall along it.

    Parameters
    ----------
    by : array, shape (k,)
        The step.
    promise : float
        The fall, from slope and second derivatives.
    """

    by: np.ndarray
    promise: float


def step_from(
    point: Point, curvature: np.ndarray, bounds: np.ndarray, damping: float = 0.0, held: np.ndarray | None = None
) -> Step:
    """The lowest place of the parabola, as near as damping asks for, and within limits.

    Entries that would pass their limits stop there, and the step of the others is taken anew. Damping counts in units
    of the errors that the diagonal gives, so that scales of parameters do not matter (Levenberg, Marquardt).

    Parameters
    ----------
    point : Point
        From where.
    curvature : array, shape (k, k)
        Second derivatives.
    bounds : array, shape (k, 2)
        Limits.
    damping : float
        Added to the unit diagonal.
    held : array of bool, optional
        Entries that stay.
    """
    theta, gradient, (low, high) = point.theta, point.gradient, bounds.T
    size = np.sqrt(np.maximum(np.diag(point.fisher), 1e-300))
    scaled, slope, step = curvature / np.outer(size, size), gradient / size, np.zeros_like(theta)
    fixed = pressed(point, bounds) if held is None else held | pressed(point, bounds)
    while not fixed.all():
        free = ~fixed
        right = -slope[free] - scaled[np.ix_(free, fixed)] @ (step * size)[fixed]
        step[free] = _solution(scaled[np.ix_(free, free)], right, damping) / size[free]
        outside = free & ((theta + step < low) | (theta + step > high))
        if not outside.any():
            break
        step[outside] = np.clip(theta[outside] + step[outside], low[outside], high[outside]) - theta[outside]
        fixed |= outside
    return Step(step, float(-(gradient @ step + 0.5 * step @ curvature @ step)))


def _solution(matrix: np.ndarray, right: np.ndarray, damping: float) -> np.ndarray:
    values, axes = np.linalg.eigh(matrix)
    if values[0] < -_BENT * values[-1]:
        damping = max(damping, -_STRAIGHTER * values[0])
    values = values + damping
    steep = values > _FLAT * values[-1]
    return np.asarray(axes[:, steep] @ (axes[:, steep].T @ right / values[steep]))


def pressed(point: Point, bounds: np.ndarray) -> np.ndarray:
    """True for entries at a limit towards which −2 ln L falls."""
    low, high = bounds.T
    return np.asarray(((point.theta <= low) & (point.gradient > 0)) | ((point.theta >= high) & (point.gradient < 0)))


def corrected(correction: np.ndarray, before: Point, after: Point) -> np.ndarray:
    """What is to be added to the Fisher matrix, so that it explains how the slope changed along a step.

    The symmetric change of rank one (Conn, Gould & Toint 1991, Math. Program. 50, 177); none where the step does not
    show one.
    """
    step, size = after.theta - before.theta, np.sqrt(np.maximum(np.diag(after.fisher), 1e-300))
    change = after.gradient - before.gradient - (after.fisher + correction) @ step
    along = float(change @ step)
    if abs(along) <= _SEEN * np.linalg.norm(change / size) * np.linalg.norm(step * size):
        return correction
    return np.asarray(correction + np.outer(change, change) / along)
