"""Sherpa's optimisers (Freeman, Doe & Siemiginowska 2001, SPIE 4477, 76) on our likelihood, without gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, MissingDependency
from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import Minimum, error_sizes, norms_first

METHODS = ("neldermead", "moncar")

_HUGE = 1e30
"""Stands for infinity in limits and values."""


def minimise(objective: Objective, start: np.ndarray, **options: Any) -> Minimum:
    """Minimise.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : array
        From where.
    **options
        ``method`` (``"neldermead"``, the default, or ``"moncar"``) and what that takes.

    Raises
    ------
    MissingDependency
        If Sherpa is not installed.
    """
    method = _method(options.pop("method", METHODS[0]))
    method.config.update(options)
    point = norms_first(objective, objective.at(np.clip(start, *objective.bounds.T)))
    center, size = point.theta, error_sizes(point.fisher)
    low, high = np.clip((objective.bounds.T - center) / size, -_HUGE, _HUGE)

    def statistic(z: np.ndarray) -> tuple[float, np.ndarray]:
        value = min(objective.stat(center + size * np.asarray(z)), _HUGE)
        return value, np.array([value])

    success, best, _, words, _ = method.fit(statistic, np.zeros_like(center), low, high)
    theta = np.clip(center + size * np.asarray(best), *objective.bounds.T)
    return Minimum(theta, objective.stat(theta), bool(success), "" if success else str(words))


def _method(name: str) -> Any:
    if name not in METHODS:
        raise ArgumentError(f"method={name!r} must be one of {', '.join(METHODS)}.")
    try:
        from sherpa.optmethods import MonCar, NelderMead
    except ImportError:
        raise MissingDependency("sherpa", "sherpa", "backend='sherpa'") from None
    return NelderMead() if name == "neldermead" else MonCar()
