"""Test of nested models by the ratio of their likelihoods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, ndtri

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.fitting.joining import block_of

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult


@unchanging
@dataclass(frozen=True)
class Comparison:
    """How much better the model with more free parameters is.

    Parameters
    ----------
    ts : float
        −2 ln of the ratio of the likelihoods.
    dof : int
        How many more free parameters it has.
    p : float
        Probability that `ts` is as large if the simpler model is true; chi square with `dof` degrees of freedom.
    aic : float
        AIC of the simpler model less that of the other: positive where the other is to be preferred.
    note : str
        What stands against `p`.
    """

    ts: float
    dof: int
    p: float
    aic: float
    note: str = ""

    @property
    def significance(self) -> float:
        """`p` in standard deviations, two-sided."""
        return float(-ndtri(self.p / 2))


def compare(first: FitResult, second: FitResult) -> Comparison:
    """See `FitResult.compare`.

    Raises
    ------
    ArgumentError
        If data or statistics differ, or neither has more free parameters.
    """
    _check_data(first, second)
    simple, rich = sorted((first, second), key=lambda item: len(item.names))
    dof = len(rich.names) - len(simple.names)
    if dof == 0:
        raise ArgumentError(f"Both have {len(rich.names)} free parameters, so neither is nested: compare their .aic.")
    ts = simple.stat - rich.stat
    faults = [item.message for item in (simple, rich) if not item.success]
    notes = [f"a fit had no success: {'; '.join(faults)}"] if faults else []
    if ts < 0:
        notes.append("the model with more parameters fits worse: it is not nested, or its fit missed the minimum")
    return Comparison(ts, dof, float(chdtrc(dof, max(ts, 0.0))), simple.aic - rich.aic, "; ".join(notes))


def _check_data(first: FitResult, second: FitResult) -> None:
    same = first.statistic == second.statistic and len(first.datasets) == len(second.datasets)
    same = same and all(
        block_of(a) is block_of(b)
        and np.array_equal(block_of(a).measured(a), block_of(b).measured(b))
        and np.array_equal(a.usable, b.usable)
        for a, b in zip(first.datasets, second.datasets, strict=True)
    )
    if not same:
        raise ArgumentError("The two fits are of different data, bins or statistics: fit both models to the same.")
