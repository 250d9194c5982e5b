"""Constancy of a flux from likelihood profiles, so that upper limits and few counts take part as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gpnb.stats.variability import Constancy, constancy


def ts_constant(norm: ArrayLike, stat: ArrayLike) -> Constancy:
    """Likelihood ratio of fluxes of their own in all bins against one common flux, Σ stat_i(x) − Σ min stat_i.

    The TS_var of the Fermi catalogues (Abdollahi et al. 2020, ApJS 247, 33, section 3.6; Nolan et al. 2012, ApJS 199,
    31, eq. 4), without their systematic error. For a constant flux it follows chi square of N − 1.

    Parameters
    ----------
    norm, stat : array, shape (N, m)
        Scans of the norm (or flux), rising, and −2 ln L there, m of at least 4. Each is interpolated by a cubic spline;
        beyond its ends a parabola goes on with slope and curvature of the end. Rows with NaN are skipped.

    Returns
    -------
    Constancy

    Examples
    --------
    >>> x = np.linspace(-3, 7, 101)
    >>> found = ts_constant([x, x, x], [(x - 1) ** 2, (x - 2) ** 2, (x - 3) ** 2])  # Gaussian profiles
    >>> round(found.stat, 6), found.dof, round(found.mean, 6)
    (2.0, 2, 2.0)
    """
    from scipy.optimize import minimize_scalar  # here, because it takes long to import

    norm, stat = np.atleast_2d(np.asarray(norm, dtype=float)), np.atleast_2d(np.asarray(stat, dtype=float))
    known = (np.isfinite(norm) & np.isfinite(stat)).all(axis=1)
    profiles = [_Profile(x, y) for x, y in zip(norm[known], stat[known], strict=True)]
    if len(profiles) < 2:
        return constancy(np.nan, len(profiles), np.nan)
    best = [profile.best for profile in profiles]
    low, high = min(best), max(best)
    found = minimize_scalar(
        lambda x: sum(profile(x) for profile in profiles),
        bounds=(low, high if high > low else low + 1e-9 * max(abs(low), 1e-300)),
        method="bounded",
        options={"xatol": 1e-9 * max(abs(low), abs(high))},
    )
    return constancy(max(found.fun - sum(item.least for item in profiles), 0.0), len(profiles), found.x)


class _Profile:
    """−2 ln L of one bin along its norm."""

    def __init__(self, norm: np.ndarray, stat: np.ndarray):
        from scipy.interpolate import CubicSpline  # here, because it takes long to import

        self._inside = CubicSpline(norm, stat)
        self._ends = norm[0], norm[-1]
        turns = self._inside.derivative().roots(extrapolate=False)
        places = np.concatenate([turns[np.isfinite(turns)], norm[[0, -1]]])
        values = self._inside(places)
        self.best, self.least = float(places[values.argmin()]), float(values.min())

    def __call__(self, norm: float) -> float:
        near = min(max(norm, self._ends[0]), self._ends[1])
        beyond = norm - near
        bend = max(float(self._inside(near, 2)), 0.0)
        return float(self._inside(near) + self._inside(near, 1) * beyond + bend / 2 * beyond**2)
