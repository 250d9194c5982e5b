"""Fisher scoring: Newton's steps with the expected second derivatives, damped and kept within limits.

Quick where counts are Poisson's, since the expected curvature is never negative (Osborne 1992, Int. Stat. Rev. 60, 99).
Where it is not the true one, steps get smaller slowly: then it is corrected by how the slope has changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.likelihood import Point
from gpnb.fitting.objective import Objective
from gpnb.fitting.options import options_of
from gpnb.fitting.steps import Step, corrected, step_from

_WIDER, _CLOSER, _BACK = 3.0, 0.5, 0.25
"""Steps may get longer by the first after a good one at the radius; shorter by the others after a poor, a bad one."""

_SHORTEST = 1e-9
"""In errors: no shorter step is tried."""

_GOOD, _POOR = 0.75, 0.25
"""Parts of the promised fall; a step between them leaves the radius as it is."""

_FAR = 300.0
"""Of −2 ln L: where more is promised, the data are asked where they are."""

_NEAR = 0.5
"""Of −2 ln L: where less is promised, the expected curvature may be corrected."""

_CLOSE = 0.5
"""Of −2 ln L: where less is promised, what is held is taken there, and not only at the minimum for other responses."""

_SLOW = 0.05
"""Part of the promise before that is left of it: more means that the expected curvature is not the true one."""

_ROUNDING = 1e-12
"""Of −2 ln L: a smaller fall cannot be seen."""

_PER_TOL = 0.002
"""Of −2 ln L per unit of the option ``tol``, as in MINUIT."""

_BIG = 0.3
"""A norm that wants to change by this fraction is moved alone first."""

_COARSE = 1.0
"""Of −2 ln L: less to gain is left to the steps of all."""

_FALL = 0.9
"""The largest part of a norm that one step takes away."""

_NORM_STEPS = 20

_OPTIONS = {"tol": 0.005, "most": 200}


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


def minimise(objective: Objective, start: np.ndarray, **options: float) -> Minimum:
    """Minimise by scoring; see `score`.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : array
        From where.
    **options
        ``tol`` (content when the next step promises to lower −2 ln L by less than 0.002 times that, as in MINUIT;
        0.005) and ``most`` (steps, 200).

    Raises
    ------
    ArgumentError
        If there is another option.
    """
    settings = options_of("scoring", _OPTIONS, options)
    return score(objective, start, _PER_TOL * settings["tol"], int(settings["most"]))


def score(objective: Objective, start: np.ndarray, tolerance: float = 1e-5, most: int = 100) -> Minimum:
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
        Steps at most.
    """
    path = _Path(objective, approached(objective, start))
    for _ in range(most):
        step = path.next_step()
        if path.left < _CLOSE and path.settled():
            step = path.next_step()
        if path.left <= max(tolerance, _ROUNDING * abs(path.point.stat)):
            return Minimum(path.point.theta, path.point.stat, converged=True)
        if not path.take(step):
            break
    words = f"Fisher scoring did not converge: −2 ln L should fall by {path.left:.2g} more"
    return Minimum(path.point.theta, path.point.stat, converged=False, message=words)


class _Path:
    """Steps from point to point, always down.

    Attributes
    ----------
    point : Point
        Where it has come to.
    left : float
        How much −2 ln L promises to fall wherever that is, by the expected or by the corrected curvature.
    """

    def __init__(self, objective: Objective, point: Point):
        self._objective, self.point, self.left = objective, point, np.inf
        self._before: tuple[Point, float] | None = None  # the point that a step has just been taken from
        self._correction = np.zeros_like(point.fisher)
        self._radius = np.inf
        self._outside = False  # a step has led where −2 ln L is not defined
        self._alone = False  # norms alone were moved last: if steps still lead there, they are too long

    def next_step(self) -> Step:
        """The step from here."""
        point = self.point
        bounds = self._objective.limits(point.theta) if self._outside else self._objective.bounds
        step = step_from(point, point.fisher, bounds)
        self.left, curvature = step.promise, point.fisher
        self._correct()
        if self._correction.any():
            curvature = curvature + self._correction
            step = step_from(point, curvature, bounds)
            self.left = max(self.left, step.promise)
        return step if step.length <= self._radius else step_from(point, curvature, bounds, self._radius)

    def settled(self) -> bool:
        """Take what is held, such as responses, where the path has come to; whether −2 ln L is another now."""
        if not self._objective.settle(self.point.theta):
            return False
        self.point, self._before = self._objective.at(self.point.theta), None
        self._correction = np.zeros_like(self._correction)
        return True

    def _correct(self) -> None:
        """Learn from the last step, if the promise did not get much smaller by it."""
        if self._before is None:
            return
        point, promise = self._before
        self._before = None
        if _SLOW * promise < self.left < _NEAR:
            self._correction = corrected(self._correction, point, self.point)

    def take(self, step: Step) -> bool:
        """Go on if that is down, else ask for a shorter step; False where none is short enough."""
        trial = self._objective.at(step.end)
        if np.isinf(trial.stat) and not self._alone and self._norms_alone():
            return True
        fall = self.point.stat - trial.stat
        if fall > 0:
            self._before, self.point, self._alone = (self.point, self.left), trial, False
            if fall < _POOR * step.promise:
                self._radius = _CLOSER * step.length
            elif fall > _GOOD * step.promise:
                self._radius = max(self._radius, _WIDER * step.length)
            return True
        self._correction = np.zeros_like(self._correction)  # the valley bends: what was learned does not hold here
        self._radius = _BACK * step.length
        return self._radius > _SHORTEST

    def _norms_alone(self) -> bool:
        """Where a step leads out of what −2 ln L is defined for, move norms, up to where it ends, if that is down.

        A source may have to vanish, and then nothing is known of its shape, which would be led astray on the way.
        """
        self._outside = True
        point, objective = self.point, self._objective
        trial = objective.at(_within(objective, point, ~objective.is_norm(point.theta)).end)
        if trial.stat < point.stat:
            self._before, self.point, self._alone = None, trial, True
            return True
        return False


def approached(objective: Objective, start: np.ndarray) -> Point:
    """A point from which steps of all entries lead on: near the data, however far off the start is."""
    point = norms_first(objective, objective.at(np.clip(start, *objective.bounds.T)))
    if step_from(point, point.fisher, objective.bounds).promise > _FAR:
        guess = objective.at(objective.guess(point.theta))
        return guess if guess.stat < point.stat else point
    return point


def norms_first(objective: Objective, point: Point) -> Point:
    """Bring norms that are far off near the data, before shapes are moved by them."""
    others = ~objective.is_norm(point.theta)
    for _ in range(_NORM_STEPS):
        step = step_from(point, point.fisher, objective.bounds, held=others)
        size = np.abs(point.theta)
        if step.promise < _COARSE or not np.any(np.abs(step.by) > _BIG * size):
            break
        better = objective.at(step.end)
        if np.isinf(better.stat):
            better = objective.at(_within(objective, point, others).end)
        if not better.stat < point.stat:  # without a change of sign: below zero the likelihood may be another
            cautious = np.where(step.by * point.theta < 0, np.clip(step.by, -_FALL * size, _FALL * size), step.by)
            better = objective.at(np.clip(point.theta + cautious, *objective.bounds.T))
        if not better.stat < point.stat:
            break
        point = better
    return point


def _within(objective: Objective, point: Point, held: np.ndarray) -> Step:
    """A step of norms, up to where −2 ln L ends."""
    return step_from(point, point.fisher, objective.limits(point.theta), held=held)


def error_sizes(fisher: np.ndarray) -> np.ndarray:
    """Errors of the entries taken one by one, 1 where they have none: a scale to step in."""
    curvature = np.diag(fisher)
    return np.asarray(np.sqrt(2 / np.where(curvature > 0, curvature, 2.0)))
