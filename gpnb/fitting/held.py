"""Fits in which some parameters are held: what profiles, intervals and contours are made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gpnb.core.errors import FitError
from gpnb.core.progress import CancelToken
from gpnb.fitting.minuit import minimise
from gpnb.fitting.objective import Objective, Statistic
from gpnb.fitting.scoring import score

_EXACT = 1e-6
"""Of −2 ln L."""

_LOWER = 0.05
"""Of −2 ln L: more than any minimiser leaves undone."""


class HeldFit:
    """Minimises over all parameters but some, again and again, each time from the minimum before.

    Parameters
    ----------
    likelihood : Statistic
        What is minimised.
    theta : array
        Its minimum.
    cancel : CancelToken, optional
        Checked before each evaluation.
    """

    def __init__(self, likelihood: Statistic, theta: np.ndarray, cancel: CancelToken | None = None):
        self.likelihood, self.best, self._cancel = likelihood, theta, cancel
        self.stat = likelihood.stat(theta)
        self._last = theta

    def at(self, held: Mapping[int, float], start: np.ndarray | None = None) -> tuple[float, np.ndarray]:
        """Least −2 ln L, and the full vector, with these entries held; infinity where it is not defined.

        Parameters
        ----------
        held : mapping of int to float
            Entry of the vector → its value.
        start : array, optional
            Full vector; by default that of the fit before.

        Raises
        ------
        FitError
            If no minimum is found.
        Cancelled
            When the token was cancelled.
        """
        if self._cancel is not None:
            self._cancel.check()
        stat, whole = least(self.likelihood, held, self._last if start is None else start, self._cancel)
        if np.isinf(stat) or len(held) == len(self.likelihood.names):
            return stat, whole
        self._last = whole
        if stat < self.stat - _LOWER:
            raise FitError(
                f"−2 ln L is lower by {self.stat - stat:.2f} with {held_words(self.likelihood, held)} held than at the "
                "best fit, which was a local minimum: fit again from there."
            )
        return stat, whole


def least(
    likelihood: Statistic, held: Mapping[int, float], start: np.ndarray, cancel: CancelToken | None = None
) -> tuple[float, np.ndarray]:
    """Least −2 ln L, and the full vector, with some entries held; infinity, and the start, where it is not defined.

    Parameters
    ----------
    likelihood : Statistic
        What is minimised.
    held : mapping of int to float
        Entry of the vector → its value.
    start : array
        Full vector.
    cancel : CancelToken, optional
        Checked before each evaluation.

    Raises
    ------
    FitError
        If no minimum is found.
    Cancelled
        When the token was cancelled.
    """
    objective = Objective(likelihood, held, cancel=cancel)
    if np.isinf(objective.stat(start[objective.moving])):
        return np.inf, start
    if not objective.moving.size:
        whole = objective.full(np.empty(0))
        return likelihood.stat(whole), whole
    found = score(objective, start[objective.moving], _EXACT)
    if not found.converged:
        found = minimise(objective, found.theta)
    if not (found.converged and np.isfinite(found.stat)):
        raise FitError(f"No minimum was found with {held_words(likelihood, held)} held; look at a smaller range.")
    return found.stat, objective.full(found.theta)


def held_words(likelihood: Statistic, held: Mapping[int, float]) -> str:
    """What is held, with its values."""
    names, scale = likelihood.names, likelihood.scale
    return ", ".join(f"{names[number]}={value * scale[number]:.4g}" for number, value in held.items())
