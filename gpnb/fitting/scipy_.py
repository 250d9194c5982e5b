"""scipy's L-BFGS-B with the exact gradient (Byrd et al. 1995, SIAM J. Sci. Comput. 16, 1190)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import Minimum, error_sizes, norms_first

_HUGE = 1e300
"""Stands for infinity, which a line search does not take."""


def minimise(objective: Objective, start: np.ndarray, **options: Any) -> Minimum:
    """Minimise in units of the errors that the start promises.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : array
        From where.
    **options
        ``method`` (``"L-BFGS-B"``, ``"TNC"``, ``"SLSQP"`` or another that takes limits) and scipy's own.
    """
    from scipy.optimize import minimize as scipy_minimize  # here, because it takes long to import

    point = norms_first(objective, objective.at(np.clip(start, *objective.bounds.T)))
    center, size = point.theta, error_sizes(point.fisher)
    method = options.pop("method", "L-BFGS-B")
    own = {"maxcor": 20, "ftol": 1e-13, "gtol": 1e-5, "maxls": 40} if method == "L-BFGS-B" else {}
    low, high = objective.bounds.T
    found = scipy_minimize(
        lambda z: min(objective.stat(center + size * z), _HUGE),
        np.zeros_like(center),
        jac=lambda z: np.nan_to_num(size * objective.gradient(center + size * z)),
        method=method,
        bounds=list(zip((low - center) / size, (high - center) / size, strict=True)),
        options=own | options,
    )
    theta = np.clip(center + size * found.x, low, high)
    return Minimum(theta, objective.stat(theta), bool(found.success), "" if found.success else str(found.message))
