"""Test of nested models by the ratio of their likelihoods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.fitting.given import as_models
from gpnb.fitting.joining import block_of
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.nested import nesting_of
from gpnb.stats.likelihood_ratio import ts_p_value, ts_to_sigma

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult


_LEFT = 0.01
"""Of −2 ln L, that a fit may leave to gain."""


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
        Probability that `ts` is as large if the simpler model is true; see `gpnb.stats.ts_p_value`.
    aic : float
        AIC of the simpler model less that of the other: positive where the other is to be preferred.
    note : str
        What stands against `p`.
    bounded : int
        How many of these parameters have a limit of theirs as value in the simpler model, such as an amplitude or an
        extension of 0.
    """

    ts: float
    dof: int
    p: float
    aic: float
    note: str = ""
    bounded: int = 0

    @classmethod
    def of(cls, ts: float, dof: int, bounded: int, notes: Iterable[str]) -> Comparison:
        """With what follows from a test statistic."""
        if ts < -_LEFT:
            notes = [*notes, "the model with more parameters fits worse: it is not nested, or a fit missed its minimum"]
        elif ts < 0:
            ts = 0.0
        if bounded > 1:
            notes = [*notes, f"{bounded} parameters start at a limit, and are taken as uncorrelated"]
        return cls(ts, dof, float(ts_p_value(ts, dof, bounded)), ts - 2 * dof, "; ".join(notes), bounded)

    @property
    def significance(self) -> float:
        """`p` in standard deviations: two-sided, but one-sided where a parameter starts at a limit; see `ts_to_sigma`.

        For one parameter it is the square root of `ts` in both cases.
        """
        return float(ts_to_sigma(self.ts, self.dof, self.bounded, sided=1 if self.bounded else 2))


def compare(first: FitResult, second: FitResult, bounded: int | None = None) -> Comparison:
    """See `FitResult.compare`.

    Raises
    ------
    ArgumentError
        If data or statistics differ, neither has more free parameters, or one is frozen in the larger model alone.
    """
    _check_data(first, second)
    simple, rich = sorted((first, second), key=lambda item: len(item.names))
    dof = len(rich.names) - len(simple.names)
    if dof == 0:
        raise ArgumentError(f"Both have {len(rich.names)} free parameters, so neither is nested: compare their .aic.")
    nesting = nesting_of(simple, rich)
    bounded = min(nesting.bounded, dof) if bounded is None else bounded
    return Comparison.of(simple.stat - rich.stat, dof, bounded, [*failures(simple, rich), *nesting.notes])


def compare_given(result: FitResult, given: Any) -> Comparison:
    """A fit against models that were not fitted to its data, such as published ones: nothing of them is free.

    Raises
    ------
    ArgumentError
        If they are no models.
    """
    models = as_models(getattr(given, "spectral_model", given)).resolved()
    some = models if models.free else models.thaw(next(iter(models.parameters)))
    likelihood = Likelihood(result.datasets, some, result.recipe.kwargs.get("statistic"))
    kinds = [[type(model.spectral) for model in item.sources] for item in (models, result.models)]
    notes = [] if kinds[0] == kinds[1] else ["the spectra are of different kinds: p holds if one contains the other"]
    ts = likelihood.stat(likelihood.start) - result.stat
    return Comparison.of(ts, len(result.names), 0, [*failures(result), *notes])


def failures(*results: FitResult) -> list[str]:
    """What is said of fits without success."""
    faults = [words for item in results for words in item.faults]
    return [f"a fit had no success: {'; '.join(faults)}"] if faults else []


def _check_data(first: FitResult, second: FitResult) -> None:
    same = first.statistic == second.statistic and len(first.datasets) == len(second.datasets)
    same = same and all(
        a is b
        or (
            block_of(a) is block_of(b)
            and np.array_equal(block_of(a).measured(a), block_of(b).measured(b))
            and np.array_equal(a.usable, b.usable)
        )
        for a, b in zip(first.datasets, second.datasets, strict=True)
    )
    if not same:
        raise ArgumentError("The two fits are of different data, bins or statistics: fit both models to the same.")
