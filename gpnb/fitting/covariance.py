"""Covariance at the minimum, 2 H⁻¹ with H the observed second derivatives of −2 ln L, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import error_sizes

_STEP = 0.02
"""In standard deviations: differences of exact gradients are then right to 1e-4 or so."""

_ROUNDS, _SETTLED = 3, 1e-3
"""After which errors and the mean over what they span agree, and the part of a curvature by which they may not."""

_NARROWEST = 0.25
"""Of the expected curvature: errors are taken to be twice the expected ones at most, where second derivatives jump."""

_NEAR, _THERE = 1e-2, 1e-6
"""In standard deviations: an entry so near to a limit lies at it, if −2 ln L falls towards the limit; in any case."""

_WIDEST = 0.1
"""Of the range between the limits: no error counts as larger there."""

_FLAT = 1e-12
"""Eigenvalue of the expected second derivatives, scaled to a unit diagonal, below which a direction is flat."""

_LOWEST = 1e-3
"""Part of the expected curvature that must be observed."""

_LEFT = 0.01
"""Of −2 ln L, that may be left to gain: a tenth of a standard deviation from the minimum."""

_SPREAD = 12**-0.5
"""Of a period: the error of a value of which nothing is known."""

_SHARE = 0.1
"""A parameter is part of a direction if its component is larger."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """The covariance, in units of the vector, with its faults.

    Parameters
    ----------
    matrix : array, shape (k, k)
        NaN for entries without an error: at a limit, flat, or not positive.
    faults : tuple of str
        What deserves a name.
    """

    matrix: np.ndarray
    faults: tuple[str, ...]


def covariance_at(objective: Objective, theta: np.ndarray, periods: np.ndarray) -> Covariance:
    """The covariance of the entries that lie within their limits.

    Parameters
    ----------
    objective : Objective
        Of which `theta` is the minimum.
    theta : array
        The vector.
    periods : array
        After how much the values of each entry come back; infinite where they do not.
    """
    matrix, gradient = np.full((theta.size, theta.size), np.nan), objective.gradient(theta)
    limits = objective.limits(theta)
    pressed = at_limits(objective, theta, limits)
    faults = [_limit_words(objective, theta, limits, int(number)) for number in np.flatnonzero(pressed)]
    widest = _SPREAD * periods
    loose = ~pressed & np.isfinite(widest) & (np.diag(objective.at(theta).fisher) < 2 / widest**2)
    inside = np.flatnonzero(~pressed & ~loose)
    if inside.size:
        found, words = _inverse(objective, theta, limits, inside)
        matrix[np.ix_(inside, inside)] = found
        faults += words
    loose |= np.nan_to_num(np.diag(matrix)) > widest**2
    matrix[loose], matrix[:, loose] = np.nan, np.nan
    names = [objective.names[number] for number in np.flatnonzero(loose)]
    faults += [f"{name} is not constrained: all its values are about as likely; freeze it" for name in names]
    if (left := _distance(gradient, matrix)) > _LEFT:
        faults.append(f"the minimum is not reached: −2 ln L should fall by {left:.2g} more")
    return Covariance(matrix, tuple(faults))


def at_limit(objective: Objective, theta: np.ndarray) -> np.ndarray:
    """The same, with entries that lie at a limit but for rounding exactly there, if −2 ln L falls towards it."""
    moved = theta.copy()
    limits, point = objective.limits(theta), objective.at(theta)
    for limit, side in zip(limits.T, (1, -1), strict=True):
        near = np.abs(theta - limit) < _THERE * error_sizes(point.fisher)
        moved = np.where(near & (side * point.gradient > 0), limit, moved)
    return moved if objective.stat(moved) <= point.stat else theta


def _distance(gradient: np.ndarray, matrix: np.ndarray) -> float:
    """By how much −2 ln L should still fall, gᵀ C g/4 over the entries that have errors: whatever a minimiser says."""
    known = np.isfinite(np.diag(matrix))
    return float(gradient[known] @ matrix[np.ix_(known, known)] @ gradient[known] / 4)


def at_limits(objective: Objective, theta: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """True for entries that lie at a limit, or press against it from a hundredth of their error away."""
    point, (low, high) = objective.at(theta), limits.T
    # what the data do not see has no error to go by
    size = np.minimum(error_sizes(point.fisher), _WIDEST * (high - low))
    near, there = _NEAR * size, _THERE * size
    lower = (theta <= low + there) | ((theta <= low + near) & (point.gradient > 0))
    upper = (theta >= high - there) | ((theta >= high - near) & (point.gradient < 0))
    return np.asarray(lower | upper)


def _inverse(
    objective: Objective, theta: np.ndarray, limits: np.ndarray, among: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Covariance of some entries, or why there is none.

    Curvatures are measured along axes that the expected ones take as independent, so that strong correlations do no
    harm.
    """
    nothing, names = np.full((among.size, among.size), np.nan), [objective.names[number] for number in among]
    fisher = objective.at(theta).fisher[np.ix_(among, among)]
    idle = [name for name, value in zip(names, np.diag(fisher), strict=True) if not value > 0]
    if idle:
        return nothing, [f"no covariance: the data say nothing about {_listed(idle)}; freeze it"]
    size = np.sqrt(np.diag(fisher))
    values, vectors = np.linalg.eigh(fisher / np.outer(size, size))
    if values[0] < _FLAT:
        return nothing, [f"no covariance: flat direction of {_listed(_part(names, vectors[:, 0]))}; freeze one of them"]
    axes = _independent(fisher, size, objective.on_sky[among])
    curvature = _curvature(objective, theta, limits, among, axes)
    curvature = _without_jumps(objective, theta, among, axes, curvature)
    if not np.isfinite(curvature).all():
        return nothing, ["no covariance: −2 ln L is not finite beside the minimum"]
    observed, turned = np.linalg.eigh(curvature)
    if observed[0] < _LOWEST:
        part = _part(names, (axes @ turned[:, 0]) * size)
        return nothing, [f"no covariance: −2 ln L has no minimum along {_listed(part)}"]
    axes = axes @ turned
    return (axes / observed) @ axes.T, []


def _independent(fisher: np.ndarray, size: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Independent axes, in columns, of one expected standard deviation each; some entries move along the last alone."""
    order = np.argsort(last, kind="stable")
    lower = np.linalg.cholesky((fisher / np.outer(size, size))[np.ix_(order, order)])
    axes = np.empty_like(fisher)
    axes[order] = np.linalg.inv(lower).T * np.sqrt(2)
    return np.asarray(axes / size[:, None])


def _without_jumps(
    objective: Objective, theta: np.ndarray, among: np.ndarray, axes: np.ndarray, curvature: np.ndarray
) -> np.ndarray:
    """The same where second derivatives jump: their mean over what the errors span, which depends on it."""
    found = curvature
    for _ in range(_ROUNDS):
        observed, turned = np.linalg.eigh(np.nan_to_num(found))
        spans = axes @ turned / np.sqrt(np.maximum(observed, _NARROWEST))
        last, found = found, curvature + axes.T @ objective.bent(theta, among, spans @ spans.T) @ axes / 2
        if np.allclose(found, last, rtol=0, atol=_SETTLED):
            break
    return found


def _curvature(
    objective: Objective, theta: np.ndarray, limits: np.ndarray, among: np.ndarray, axes: np.ndarray
) -> np.ndarray:
    """Half the second derivatives along axes, by differences of the exact gradient, within the limits."""
    rows = []
    for axis in axes.T:
        shift = np.zeros_like(theta)
        shift[among] = axis
        up, down = (min(_STEP, _room(limits, theta, sign * shift)) for sign in (1, -1))
        difference = objective.gradient(theta + up * shift) - objective.gradient(theta - down * shift)
        rows.append(axes.T @ difference[among] / (up + down))
    curvature = np.array(rows)
    return np.asarray((curvature + curvature.T) / 4)


def _room(limits: np.ndarray, theta: np.ndarray, shift: np.ndarray) -> float:
    """How many times a shift fits before a limit."""
    low, high = limits.T
    room = np.where(shift > 0, high - theta, theta - low)
    moved = shift != 0
    return float(np.min(room[moved] / np.abs(shift[moved]), initial=np.inf))


def _part(names: list[str], direction: np.ndarray) -> list[str]:
    """The parameters that have a share in a direction, given in units of their errors."""
    shares = np.abs(direction) / np.linalg.norm(direction)
    return [name for name, share in zip(names, shares, strict=True) if share > _SHARE]


def _limit_words(objective: Objective, theta: np.ndarray, limits: np.ndarray, number: int) -> str:
    scale, name = objective.likelihood.scale[objective.moving[number]], objective.names[number]
    limit = min(limits[number], key=lambda value: abs(value - theta[number]))
    ends = "" if limit in objective.bounds[number] else ", below which bins without counts have no likelihood"
    norm = objective.is_norm(theta)[number] and limit < objective.bounds[number, 1]
    how = f"; result.upper_limit({name!r}) tells what the data allow" if norm else ""
    return f"{name} lies at its limit {limit * scale:.4g}{ends}{how}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
