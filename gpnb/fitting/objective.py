"""The likelihood as minimisers see it: evaluations are counted, told of, and may be cancelled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gpnb.core.progress import CancelToken, Progress, Report
from gpnb.fitting.likelihood import Point

_REMEMBERED = 4
"""Vectors: minimisers come back to the best one."""


@dataclass(frozen=True)
class FitProgress(Progress):
    """How far a fit is.

    Parameters
    ----------
    label : str
        What is being done.
    done, total : int
        Evaluations until now; how many there will be is not known (0).
    stat : float
        −2 ln L of the last one.
    """

    stat: float = np.nan


class Statistic(Protocol):
    """What can be minimised: a `Likelihood`, or one of other parameters."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the entries of the vector."""

    @property
    def scale(self) -> np.ndarray:
        """Value of each parameter per unit of the vector."""

    @property
    def bounds(self) -> np.ndarray:
        """Lowest and highest value of each entry."""

    @property
    def on_sky(self) -> np.ndarray:
        """True for the entries that move sources or change their shapes: they cost most."""

    def at(self, theta: np.ndarray) -> Point:
        """−2 ln L and its derivatives."""

    def stat(self, theta: np.ndarray) -> float:
        """−2 ln L."""

    def is_norm(self, theta: np.ndarray) -> np.ndarray:
        """True for the entries that a source's flux is proportional to."""

    def lowest(self, theta: np.ndarray) -> np.ndarray:
        """The least value of each norm for which −2 ln L is defined; −inf for other entries."""

    def bent(self, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """What second derivatives lack of their mean over what the errors span, where they jump within it."""

    def guess(self, theta: np.ndarray, moving: np.ndarray) -> np.ndarray:
        """A vector nearer to the data, in which only some entries move; the same where there is none."""


class Objective:
    """−2 ln L of the entries that are not held.

    Parameters
    ----------
    likelihood : Statistic
        What is minimised.
    held : mapping of int to float
        Entries of the full vector that stay at a value.
    report : callable, optional
        Gets a `FitProgress` after each evaluation.
    cancel : CancelToken, optional
        Checked before each.
    settle : callable, optional
        Takes what is held, such as responses, where a full vector is; says whether that has changed −2 ln L.
    """

    def __init__(
        self,
        likelihood: Statistic,
        held: Mapping[int, float] | None = None,
        report: Report | None = None,
        cancel: CancelToken | None = None,
        settle: Callable[[np.ndarray], bool] | None = None,
    ):
        self.likelihood = likelihood
        self._report, self._cancel, self._settle = report, cancel, settle
        held = held or {}
        k = len(likelihood.names)
        self.moving = np.array([number for number in range(k) if number not in held], dtype=int)
        self._template = np.zeros(k)
        for number, value in held.items():
            self._template[number] = value
        self.names = tuple(likelihood.names[number] for number in self.moving)
        self.bounds = likelihood.bounds[self.moving]
        self.on_sky = likelihood.on_sky[self.moving]
        self.n_evaluations = 0
        self.bad: np.ndarray | None = None  # a full vector where −2 ln L was not finite
        self._points: deque[Point] = deque(maxlen=_REMEMBERED)

    def full(self, theta: np.ndarray) -> np.ndarray:
        """The full vector."""
        whole = self._template.copy()
        whole[self.moving] = theta
        return whole

    def at(self, theta: np.ndarray) -> Point:
        """Statistic, slope and expected second derivatives of the entries that move."""
        theta = np.array(theta, dtype=float)
        for point in self._points:
            if np.array_equal(point.theta, theta):
                return point
        self._points.appendleft(self._evaluate(theta))
        return self._points[0]

    def settle(self, theta: np.ndarray) -> bool:
        """Take what is held where a vector is; whether −2 ln L is another now."""
        if self._settle is None or not self._settle(self.full(theta)):
            return False
        self._points.clear()
        return True

    def _evaluate(self, theta: np.ndarray) -> Point:
        if self._cancel is not None:
            self._cancel.check()
        point = self.likelihood.at(self.full(theta))
        self.n_evaluations += 1
        if not (np.isfinite(point.stat) and np.isfinite(point.gradient).all() and np.isfinite(point.fisher).all()):
            self.bad = point.theta
            point = Point(point.theta, np.inf, point.gradient, point.fisher)
        if self._report is not None:
            self._report(FitProgress(f"−2 ln L = {point.stat:.2f}", self.n_evaluations, 0, point.stat))
        moving = self.moving
        return Point(theta, point.stat, point.gradient[moving], point.fisher[np.ix_(moving, moving)])

    def stat(self, theta: np.ndarray) -> float:
        """−2 ln L."""
        return self.at(theta).stat

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """Its slope."""
        return self.at(theta).gradient

    def is_norm(self, theta: np.ndarray) -> np.ndarray:
        """True for the entries that a source's flux is proportional to."""
        return np.asarray(self.likelihood.is_norm(self.full(theta))[self.moving])

    def bent(self, theta: np.ndarray, among: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """See `Statistic`; of some of the entries that move."""
        own = np.ix_(self.moving[among], self.moving[among])
        whole = np.zeros((len(self._template), len(self._template)))
        whole[own] = covariance
        return np.asarray(self.likelihood.bent(self.full(theta), whole)[own])

    def limits(self, theta: np.ndarray) -> np.ndarray:
        """The bounds at a vector, and those where −2 ln L ends."""
        low, high = self.bounds.T
        return np.stack([np.maximum(low, self.likelihood.lowest(self.full(theta))[self.moving]), high], axis=1)

    def guess(self, theta: np.ndarray) -> np.ndarray:
        """A vector nearer to the data, within the limits."""
        found = self.likelihood.guess(self.full(theta), self.moving)[self.moving]
        return np.asarray(np.clip(np.where(np.isfinite(found), found, theta), *self.bounds.T))
