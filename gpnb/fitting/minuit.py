"""MINUIT's Migrad with the exact gradient, started where Fisher scoring has led."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gpnb.fitting.objective import Objective
from gpnb.fitting.options import options_of
from gpnb.fitting.scoring import Minimum, score
from gpnb.fitting.steps import pressed

if TYPE_CHECKING:
    from iminuit import Minuit

_NEAR = 1e-3
"""Scoring stops when −2 ln L promises to fall by less; Migrad does the rest."""

_IN_REACH = 30.0
"""In standard deviations: Migrad is told of limits this near only, for it bends parameters between their limits."""

_HUGE = 1e300
"""Stands for infinity, which Migrad's line search does not take."""

_ROUNDS = 3

_OPTIONS = {"tol": 0.01, "strategy": 0}


def minimise(objective: Objective, start: np.ndarray, **options: float) -> Minimum:
    """Minimise with iminuit (James & Roos 1975, Comput. Phys. Commun. 10, 343).

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : array
        From where.
    **options
        ``tol`` (of the expected distance to the minimum, 0.01; MINUIT has 0.1) and ``strategy`` (0).

    Raises
    ------
    ArgumentError
        If there is another option.
    """
    settings = options_of("minuit", _OPTIONS, options)
    theta, words = start, ""
    for _ in range(_ROUNDS):
        near = score(objective, theta, tolerance=_NEAR, most=40)
        held = pressed(objective.at(near.theta), objective.limits(near.theta))
        if held.all():
            return near
        minuit = _migrad(objective, near.theta, held, settings)
        theta = np.clip(np.array(minuit.values), *objective.bounds.T)
        # what pressed against its limit at the start of Migrad may be free to leave it now, and the other way round
        words = "" if minuit.valid else f"Migrad did not converge (EDM {minuit.fmin.edm:.2g})"
        if (
            not words
            and np.array_equal(theta, minuit.values)
            and np.all(held <= pressed(objective.at(theta), objective.limits(theta)))
        ):
            break
    return Minimum(theta, objective.stat(theta), not words, words)


def _migrad(objective: Objective, theta: np.ndarray, held: np.ndarray, options: dict[str, Any]) -> Minuit:
    from iminuit import Minuit  # here: other back ends do without

    minuit = Minuit(
        lambda theta: min(objective.stat(theta), _HUGE),
        theta,
        grad=lambda theta: np.nan_to_num(objective.gradient(theta)),
        g2=lambda theta: np.diag(objective.at(theta).fisher).copy(),  # a Hessian would be asked for without it at times
        name=objective.names,
    )
    minuit.errordef = Minuit.LEAST_SQUARES  # −2 ln L rises by 1 at one standard deviation
    minuit.strategy, minuit.tol = int(options["strategy"]), options["tol"]
    minuit.limits = _limits(objective, theta)
    minuit.fixed = held.tolist()
    return minuit.migrad()


def _limits(objective: Objective, theta: np.ndarray) -> list[tuple[float, float]]:
    """The limits that are near enough to matter."""
    fisher = objective.at(theta).fisher
    error = np.sqrt(np.maximum(2 * np.diag(np.linalg.pinv(fisher, hermitian=True)), 0.0))
    low, high = objective.bounds.T
    low = np.where(theta - low < _IN_REACH * error, low, -np.inf)
    high = np.where(high - theta < _IN_REACH * error, high, np.inf)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
