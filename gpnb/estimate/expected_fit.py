"""The fit to be expected of an observation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gpnb.core.binding import told
from gpnb.core.recipe import Recipe
from gpnb.datasets.livetime import stretched
from gpnb.estimate.counted import Counted, as_counted
from gpnb.fitting.fit import fit
from gpnb.fitting.given import recipe_input
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.predictions import noted
from gpnb.fitting.result import FitResult


@told
def expected_fit(
    datasets: Counted | Iterable[Counted], models: Any, livetime: Any = None, statistic: str | None = None
) -> FitResult:
    """Fit data that are exactly what models predict: the errors, limits and correlations to be expected.

    They are those of a typical observation where counts are many (Cowan et al. 2011, Eur. Phys. J. C 71, 1554).

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or sequence of them
        Their responses and backgrounds are used, not their counts; OFF counts are taken as those expected.
    models : SpectralModel, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        What is true; errors are those of its free parameters.
    livetime : Quantity or str, optional
        For other hours than those of the datasets together, such as ``"50 h"``.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        See `gpnb.fit`.

    Returns
    -------
    FitResult
        With the values that were given.

    Raises
    ------
    ArgumentError
        If fewer than no counts are expected, or an argument does not fit.
    FitError
        If nothing can be fitted.

    Examples
    --------
    >>> import numpy as np
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4, name="energy_true")
    >>> data = gpnb.SpectrumDataset(
    ...     energy, true, np.zeros(4), np.full(4, 1e13), np.eye(4), "1 h", background=[9, 3, 1, 0.3]
    ... )
    >>> errors = [gpnb.expected_fit(data, gpnb.PowerLaw(index=2), time).errors[0] for time in ("1 h", "4 h")]
    >>> f"{errors[0] / errors[1]:.2f}"
    '2.00'
    """
    items = stretched(as_counted(datasets), livetime)
    likelihood = Likelihood(items, models, statistic)
    result = fit(likelihood.asimov(likelihood.start), likelihood.models, statistic=statistic)
    given = {"datasets": recipe_input(datasets), "models": noted(models)}
    recipe = Recipe.of_call(expected_fit, locals(), name="expected", **given)
    return replace(result, recipe=recipe)
