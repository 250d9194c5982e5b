"""Fit models to datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import FitError
from gpnb.core.progress import CancelToken, Report, reporter
from gpnb.core.recipe import Recipe
from gpnb.fitting.backends import backend_called
from gpnb.fitting.covariance import Covariance, at_limit, covariance_at
from gpnb.fitting.given import recipe_input
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.objective import Objective
from gpnb.fitting.result import FitResult
from gpnb.fitting.scoring import Minimum
from gpnb.fitting.turns import directions, turned
from gpnb.models.collection import Models
from gpnb.models.links import link_targets
from gpnb.models.member import Member
from gpnb.models.spectrum import SpectralModel

_ANEW = 4
"""Times that a fit goes on where its sources have moved to other responses, or have become round."""


@told
def fit(
    datasets: Any,
    model: SpectralModel | Member | Iterable[Member],
    backend: str = "scoring",
    statistic: str | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
    **options: Any,
) -> FitResult:
    """Find the parameters that make the data most likely, with their errors.

    Parameters
    ----------
    datasets : MapDataset, SpectrumDataset, FluxPointsDataset, LightCurve or other dataset, Datasets, or several
        The data; several are fitted jointly. A light curve in one band of energy says nothing about the shape of the
        spectrum: freeze that.
    model : SpectralModel, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        Where the fit starts; it is not changed. Of a SkyModel the free parameters of spectrum and light curve are
        fitted, and where there are cubes or images those of shape and position, which are held otherwise. Datasets
        see the mean of a light curve over their good time: give one a run, or one a few minutes, not a stack. The
        predicted background of a cube is held unless a `BackgroundModel` scales it.
    backend : {"scoring", "minuit", "scipy", "sherpa", "sherpa-session"}
        What minimises: Fisher scoring, which needs the fewest evaluations; MINUIT; scipy's L-BFGS-B; Sherpa's
        Nelder-Mead simplex; or, as an outside check, a session of Sherpa's that reads OGIP files and uses its own
        folding and statistic. The last two need the extra ``sherpa``.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        By default W where the background is measured, else ``cash``; of cubes one of the two. Bins of spectra are
        added for W where few OFF counts are expected and the source is weak: one by one, they would give too little
        signal. ``wstat`` is W bin by bin, as other tools have it.
    progress : bool or callable, optional
        A bar, silence, or a callable that gets a `FitProgress` (with ``stat``) at each evaluation; by default a bar in
        a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked before each evaluation.
    **options
        Settings of the back end, such as ``tol`` or ``method``.

    Returns
    -------
    FitResult
        With fitted copies of the models.

    Raises
    ------
    FitError
        If no bin is usable, or −2 ln L is not finite.
    ArgumentError
        If nothing is free, or data, models or options are of another kind.
    Cancelled
        When the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(energy, true, [1000, 100], [1e15, 1e15], np.eye(2), "1 h", background=[0, 0])
    >>> result = gpnb.fit(data, gpnb.PowerLaw(index=1.5))
    >>> result
    FitResult(source.index = 2 ± 0.046, source.amplitude = 1.111e-12 ± 5.9e-14; −2 ln L = -12536.54, 0 dof)
    """
    minimise = backend_called(backend)
    likelihood = Likelihood(datasets, model, statistic)
    likelihood.check_start()
    report, close = reporter(progress, "fit", 0)
    objective = Objective(likelihood, report=report, cancel=cancel, settle=likelihood.settle)
    try:
        minimum = _lowest(likelihood, objective, minimise, options)
        if not minimum.converged and objective.bad is not None and (words := likelihood.bad_flux(objective.bad)):
            raise FitError(f"{words}, and no minimum was found: limit the parameters.")
        theta = likelihood.parameters.wrapped(_settled(likelihood, at_limit(objective, minimum.theta)))
        minimum = replace(minimum, theta=theta, stat=objective.stat(theta))
        covariance = covariance_at(objective, minimum.theta, likelihood.parameters.periods)
    finally:
        close()
    recipe = Recipe.of_call(fit, locals(), name="result", datasets=recipe_input(datasets))
    return _result(likelihood, objective.n_evaluations, minimum, covariance, recipe, backend)


def _settled(likelihood: Likelihood, theta: np.ndarray) -> np.ndarray:
    """The same; the shape of a source that has vanished is as it was given, since nothing is known of it."""
    gone, settled = (theta == 0) & likelihood.is_norm(theta), theta.copy()
    if not gone.any():
        return theta
    owners = [name.partition(".")[0] for name in likelihood.names]
    for name in {owner for owner, none in zip(owners, gone, strict=True) if none}:
        own = np.array([owner == name for owner in owners])
        settled[own & ~gone] = likelihood.start[own & ~gone]
    return settled if likelihood.stat(settled) == likelihood.stat(theta) else theta


def _lowest(
    likelihood: Likelihood, objective: Objective, minimise: Callable[..., Minimum], options: dict[str, Any]
) -> Minimum:
    """The minimum, with responses taken where it lies, and not where a round source has no direction."""
    pairs, periods = directions(likelihood), likelihood.parameters.periods
    minimum = minimise(objective, turned(objective, likelihood.start, pairs, periods, anyway=True), **options)
    for _ in range(_ANEW):
        theta = turned(objective, minimum.theta, pairs, periods)
        if not objective.settle(theta) and theta is minimum.theta:
            break
        minimum = minimise(objective, theta, **options)
    return minimum


def _result(
    likelihood: Likelihood, evaluations: int, minimum: Minimum, covariance: Covariance, recipe: Recipe, backend: str
) -> FitResult:
    scale = likelihood.scale
    matrix = covariance.matrix * np.outer(scale, scale)
    faults = [*([] if minimum.converged else [minimum.message]), *covariance.faults]
    matrix.flags.writeable = False
    return FitResult(
        models=_fitted(likelihood, minimum.theta, np.sqrt(np.diag(matrix))),
        names=likelihood.names,
        covariance=matrix,
        stat=minimum.stat,
        success=not faults,
        faults=tuple(faults),
        n_evaluations=evaluations,
        dof=likelihood.n_bins + likelihood.parameters.n_measured - len(likelihood.names),
        statistic=likelihood.statistics[0] if len(likelihood.statistics) == 1 else "+".join(likelihood.statistics),
        backend=backend,
        datasets=likelihood.datasets,
        recipe=recipe,
    )


def _fitted(likelihood: Likelihood, theta: np.ndarray, errors: np.ndarray) -> Models:
    """The models with values and errors, also of what is linked."""
    models = likelihood.models_at(theta)
    parameters = models.parameters
    pairs = zip(likelihood.names, errors.tolist(), strict=True)
    found = {name: replace(parameters[name], error=error) for name, error in pairs}
    for name, target in link_targets(parameters).items():
        if target in found:
            moved = parameters[name].to(found[target])  # in its own unit; limits and link stay
            found[name] = replace(parameters[name], value=moved.value, error=moved.error)
    return models.replace(found)
