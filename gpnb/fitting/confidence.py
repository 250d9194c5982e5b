"""Confidence intervals from the profile likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.frozen import unchanging
from gpnb.core.progress import CancelToken
from gpnb.fitting.held import HeldFit
from gpnb.fitting.objective import Objective

if TYPE_CHECKING:
    from gpnb.fitting.likelihood import Likelihood
    from gpnb.fitting.result import FitResult

ONE_SIGMA = math.erf(math.sqrt(0.5))
"""Content of ± one standard deviation, 0.6827."""

_CEILING = 1e6
"""Stands for infinity where a root is looked for."""

_DOUBLINGS = 12
"""How often the search for the end goes twice as far."""

_FAR, _SHORTER = 2.0, 8.0
"""Where the root of −2 ln L has risen so many times too far, as from a size of 0, whose curvature promises nothing, the
first step was too long; part of it that is tried instead."""


@unchanging
@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Parameters
    ----------
    name : str
        The parameter's full name.
    value : float
        Best value, in `unit`.
    low, high : float
        Ends: where the profile of −2 ln L has risen by the quantile of chi square with one degree of freedom, or the
        parameter's limit if it does not rise so far.
    unit : str
        Of all of them.
    cl : float
        Confidence level.
    note : str
        Tells if an end is a limit.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    cl: float
    note: str = ""

    @property
    def errn(self) -> float:
        """Distance down, positive."""
        return self.value - self.low

    @property
    def errp(self) -> float:
        """Distance up."""
        return self.high - self.value

    def __repr__(self) -> str:
        unit, note = f" {self.unit}" if self.unit else "", f", {self.note}" if self.note else ""
        return (
            f"Interval({self.name} = {self.value:.4g} -{self.errn:.3g} +{self.errp:.3g}{unit} at {self.cl:.4g}{note})"
        )


def quantile(cl: float, dof: int) -> float:
    """By how much −2 ln L rises at a confidence level.

    Examples
    --------
    >>> round(quantile(ONE_SIGMA, 1), 9), round(quantile(0.6827, 2), 2)
    (1.0, 2.3)
    """
    if not 0 < cl < 1:
        raise ArgumentError(f"cl={cl!r} must lie between 0 and 1, such as 0.6827 or 0.95.")
    return float(chdtri(dof, 1 - cl))


def height(delta: float, rise: float) -> float:
    """How far −2 ln L is from the rise that is looked for: of the roots, which are nearly straight lines."""
    return math.sqrt(max(delta, 0.0)) - math.sqrt(rise)


def confidence(result: FitResult, number: int, cl: float, cancel: CancelToken | None = None) -> Interval:
    """See `FitResult.confidence`."""
    rise, likelihood = quantile(cl, 1), result.likelihood()
    scale, bounds = likelihood.scale[number], Objective(likelihood).limits(likelihood.start)[number]
    fit = HeldFit(likelihood, likelihood.start, cancel)
    size = step_size(result, likelihood, number)
    ends, notes = [], []
    for sign, limit in ((-1, bounds[0]), (1, bounds[1])):
        end = end_of(fit, number, sign * size * math.sqrt(rise), rise, limit)
        ends.append(end)
        if end == limit:
            notes.append(f"{'lower' if sign < 0 else 'upper'} end is its limit")
    name, unit = result.names[number], likelihood.parameters.units[number]
    low, high = (end * scale for end in ends)
    return Interval(name, float(result.values[number]), low, high, unit, cl, "; ".join(notes))


def error_in_vector(likelihood: Likelihood, theta: np.ndarray, number: int) -> float:
    """The error of an entry that the expected curvature promises, the others fitted anew.

    With norms that are not negative: where the statistic ends, the curvature promises nothing.
    """
    fisher = likelihood.at(np.where(likelihood.is_norm(theta), np.maximum(theta, 0.0), theta)).fisher
    found = np.linalg.pinv(fisher, hermitian=True)[number, number]
    return float(math.sqrt(2 * found)) if found > 0 and fisher[number, number] > 0 else 1.0


def step_size(result: FitResult, likelihood: Likelihood, number: int) -> float:
    """The error in units of the vector; without one, what the expected curvature promises."""
    error = float(result.errors[number] / likelihood.scale[number])
    return error if np.isfinite(error) else error_in_vector(likelihood, likelihood.start, number)


def end_of(fit: HeldFit, number: int, step: float, rise: float, limit: float) -> float:
    """Where the profile has risen, on the side of `step`; `limit` if it does not before.

    Raises
    ------
    FitError
        If it does not rise so far.
    """
    from scipy.optimize import brentq  # here, because it takes long to import

    start, name = float(fit.best[number]), fit.likelihood.names[number]
    vector = fit.best

    def above(value: float, begin: np.ndarray | None = None) -> float:
        nonlocal vector
        stat, vector = fit.at({number: value}, vector if begin is None else begin)
        return height(min(stat - fit.stat, _CEILING), rise)

    inner, outer = start, start + step
    for _ in range(_DOUBLINGS):
        outer = min(outer, limit) if step > 0 else max(outer, limit)
        reached = above(outer)
        if inner == start and reached > _FAR * math.sqrt(rise):
            inner, outer, reached = _shortened(lambda value: above(value, fit.best), start, outer, reached)
        if reached >= 0:
            try:
                return float(brentq(above, inner, outer, xtol=abs(step) * 1e-5, rtol=1e-12)) if reached > 0 else outer
            except ValueError:  # what is fitted anew has found another valley
                raise FitError(f"The profile of {name} has a step: fit again from elsewhere, or hold more.") from None
        if outer == limit:
            return limit
        inner, outer = outer, start + 2 * (outer - start)
    raise FitError(
        f"−2 ln L rises by less than {rise:.3g} along {name}, however far {'up' if step > 0 else 'down'}: it has no "
        f"such interval. Give it limits (model.bound({name.partition('.')[2]!r}, low, high)) and fit again, or freeze "
        "what it goes along with; for the norm of a source that is not detected, call result.upper_limit."
    )


def _shortened(
    above: Callable[[float], float], start: float, outer: float, reached: float
) -> tuple[float, float, float]:
    """Ends between which a first step that was much too long should have ended, and how far above the outer one is."""
    for _ in range(_DOUBLINGS):
        shorter = start + (outer - start) / _SHORTER
        nearer = above(shorter)
        if nearer < 0:
            return shorter, outer, reached
        outer, reached = shorter, nearer
    return start, outer, reached
