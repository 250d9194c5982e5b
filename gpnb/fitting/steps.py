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

_ROUNDING = 1e-12
"""Of a step."""

_WIDER = 1.1
"""A step may be longer than the radius by this factor."""

_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Step:
    """A step, and by how much −2 ln L should fall along it.

    Parameters
    ----------
    by : array, shape (k,)
        The step.
    end : array, shape (k,)
        Where it leads.
    promise : float
        The fall, from slope and second derivatives.
    length : float
        In units of the errors.
    """

    by: np.ndarray
    end: np.ndarray
    promise: float
    length: float


def step_from(
    point: Point, curvature: np.ndarray, bounds: np.ndarray, radius: float = np.inf, held: np.ndarray | None = None
) -> Step:
    """The lowest place of the parabola, within limits and not further than a radius.

    Lengths are in units of the errors that the diagonal of the Fisher matrix gives: scales of parameters do not matter.

    Parameters
    ----------
    point : Point
        From where.
    curvature : array, shape (k, k)
        Second derivatives.
    bounds : array, shape (k, 2)
        Limits.
    radius : float
        How far, at most.
    held : array of bool, optional
        Entries that stay.
    """
    size = np.sqrt(np.maximum(np.diag(point.fisher), 1e-300))
    stays = np.zeros(size.size, dtype=bool) if held is None else held
    matrix, slope, room = curvature / np.outer(size, size), point.gradient / size, (bounds.T - point.theta) * size
    scaled = _lowest(matrix, slope, room, stays, 0.0)
    if np.linalg.norm(scaled) > radius:
        scaled = _lowest(matrix, slope, room, stays, _damping(matrix, slope, radius))
    step = np.clip(scaled / size, *(bounds.T - point.theta))
    promise = float(-(point.gradient @ step + 0.5 * step @ curvature @ step))
    return Step(step, _end(point.theta, step, bounds), promise, float(np.linalg.norm(step * size)))


def _end(theta: np.ndarray, step: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Where a step leads; a limit is met exactly, since a source may vanish there."""
    end = theta + step
    for limit in bounds.T:
        end = np.where(np.abs(end - limit) <= _ROUNDING * np.abs(step), limit, end)
    return np.asarray(np.clip(end, *bounds.T))


def _damping(matrix: np.ndarray, slope: np.ndarray, radius: float) -> float:
    """What is added to all curvatures so that a step without limits is as long as the radius (Moré & Sorensen 1983)."""
    values, axes = np.linalg.eigh(matrix)
    along, damping = axes.T @ slope, max(0.0, -_STRAIGHTER * float(values[0]))
    for _ in range(_ROUNDS):
        shifted = np.maximum(values + damping, _FLAT)
        parts = (along / shifted) ** 2
        length = float(np.sqrt(parts.sum()))
        if length <= _WIDER * radius:
            break
        damping += length**2 / float((parts / shifted).sum()) * (length - radius) / radius
    return damping


def _lowest(matrix: np.ndarray, slope: np.ndarray, room: np.ndarray, stays: np.ndarray, damping: float) -> np.ndarray:
    """Lowest place of a parabola in a box, by the method of active limits: always down, from limit to limit."""
    step, low, high = np.zeros_like(slope), *room
    fixed = stays | ((low >= 0) & (slope > 0)) | ((high <= 0) & (slope < 0))
    for _ in range(4 * slope.size):
        free = ~fixed
        whole = np.zeros_like(step)
        if free.any():
            right = -slope[free] - matrix[np.ix_(free, fixed)] @ step[fixed]
            whole[free] = _solution(matrix[np.ix_(free, free)], right, damping) - step[free]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(whole > 0, (high - step) / whole, np.where(whole < 0, (low - step) / whole, np.inf))
        hit = int(np.argmin(part))
        if part[hit] < 1:
            step = np.clip(step + max(part[hit], 0.0) * whole, low, high)
            step[hit], fixed[hit] = (high if whole[hit] > 0 else low)[hit], True
            continue
        step = step + whole
        left = slope + matrix @ step + damping * step
        pull = np.where(fixed & ~stays, np.where(step <= low, -left, left), -np.inf)
        if not fixed.any() or pull.max() <= 0:
            break
        fixed[int(np.argmax(pull))] = False
    return step


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
    if not abs(along) > _SEEN * np.linalg.norm(change / size) * np.linalg.norm(step * size):
        return correction
    return np.asarray(correction + np.outer(change, change) / along)
