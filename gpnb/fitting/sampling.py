"""Samples of the posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.errors import ArgumentError, FitError, MissingDependency
from gpnb.core.frozen import unchanging
from gpnb.core.progress import CancelToken, Report, track
from gpnb.fitting.likelihood import Likelihood

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult

_BALL = 0.1
"""Walkers start this far from the minimum, in standard deviations."""


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class Samples:
    """Draws of the free parameters.

    Parameters
    ----------
    names, units : tuple of str
        Full names of the parameters, and their units.
    values : array, shape (n, k)
        The draws, walkers of one step side by side.
    stat : array, shape (n,)
        −2 ln of their posterior.
    walkers : int
        How many walked.
    acceptance : float
        Mean part of the steps that were taken.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    values: np.ndarray
    stat: np.ndarray
    walkers: int
    acceptance: float

    @property
    def table(self) -> QTable:
        """One row a draw."""
        pairs = zip(self.names, self.units, self.values.T, strict=True)
        columns = {name: column * u.Unit(unit) if unit else column for name, unit, column in pairs}
        return QTable({**columns, "stat": self.stat})

    @property
    def mean(self) -> np.ndarray:
        """Means of the parameters."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def covariance(self) -> np.ndarray:
        """Their covariance."""
        return np.atleast_2d(np.cov(self.values.T))

    def quantiles(self, *parts: float) -> np.ndarray:
        """Quantiles of each parameter; shape (n parts, k)."""
        return np.asarray(np.quantile(self.values, parts, axis=0))

    def __repr__(self) -> str:
        return f"Samples({', '.join(self.names)}: {len(self.values)} draws, acceptance {self.acceptance:.2f})"


def sample(
    result: FitResult,
    backend: str,
    steps: int,
    burn: int,
    walkers: int | None,
    seed: int,
    progress: bool | Report | None,
    cancel: CancelToken | None,
) -> Samples:
    """See `FitResult.sample`."""
    if backend != "emcee":
        raise ArgumentError(f"backend={backend!r} is not known: give 'emcee'.")
    likelihood, k = result.likelihood(), len(result.names)
    walkers = max(16, 4 * k) if walkers is None else walkers
    start = _start(result, likelihood, walkers, np.random.default_rng(seed))
    sampler = _sampler(likelihood, walkers, seed)
    for _ in track(sampler.sample(start, iterations=burn + steps), "sampling", progress, cancel, total=burn + steps):
        pass
    values = sampler.get_chain(discard=burn, flat=True) * likelihood.scale
    stat = -2 * sampler.get_log_prob(discard=burn, flat=True)
    units = likelihood.parameters.units
    return Samples(result.names, units, values, stat, walkers, float(sampler.acceptance_fraction.mean()))


def _start(result: FitResult, likelihood: Likelihood, walkers: int, rng: np.random.Generator) -> np.ndarray:
    """A small ball round the minimum, within the limits."""
    if not np.isfinite(result.covariance).all():
        raise FitError(f"Sampling starts from the covariance, which is not there ({result.message}).")
    covariance = result.covariance / np.outer(likelihood.scale, likelihood.scale)
    ball = rng.multivariate_normal(likelihood.start, _BALL**2 * covariance, size=walkers)
    return np.asarray(np.clip(ball, *likelihood.bounds.T))


def _sampler(likelihood: Likelihood, walkers: int, seed: int) -> Any:
    try:
        import emcee
    except ImportError:
        raise MissingDependency("emcee", "emcee", "FitResult.sample") from None
    low, high = likelihood.bounds.T

    def log_probability(theta: np.ndarray) -> float:
        if np.any(theta < low) or np.any(theta > high):
            return -np.inf
        return -0.5 * likelihood.value(theta)

    sampler = emcee.EnsembleSampler(walkers, low.size, log_probability)
    sampler.random_state = np.random.RandomState(seed).get_state()
    return sampler
