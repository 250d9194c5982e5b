"""MINUIT's Migrad with the exact gradient, started where Fisher scoring has led."""

from __future__ import annotations

import numpy as np
from iminuit import Minuit

from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import Minimum, score

_NEAR = 1e-3
"""Scoring stops when −2 ln L promises to fall by less; Migrad does the rest."""

_HUGE = 1e300
"""Stands for infinity, which Migrad's line search does not take."""


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
    """
    near = score(objective, start, tolerance=_NEAR, most=20)
    minuit = Minuit(
        lambda theta: min(objective.stat(theta), _HUGE),
        near.theta,
        grad=lambda theta: np.nan_to_num(objective.gradient(theta)),
        hessian=lambda theta: objective.at(theta).fisher,
        name=objective.names,
    )
    minuit.errordef = Minuit.LEAST_SQUARES  # −2 ln L rises by 1 at one standard deviation
    minuit.strategy, minuit.tol = int(options.get("strategy", 0)), options.get("tol", 0.01)
    minuit.limits = [tuple(pair) for pair in objective.bounds]
    minuit.migrad()
    theta = np.array(minuit.values)
    words = "" if minuit.valid else f"Migrad did not converge (EDM {minuit.fmin.edm:.2g})"
    return Minimum(theta, objective.stat(theta), minuit.valid, words)
