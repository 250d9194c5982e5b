"""Upper limits of the parameters of a fit, and how much a source adds to the background."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.confidence import end_of, error_in_vector
from gpnb.fitting.held import HeldFit
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.nested import norm_names
from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import score
from gpnb.models.collection import Models
from gpnb.products.coverage import coverage_notes
from gpnb.stats.coverage import limit_coverage
from gpnb.stats.intervals import delta_stat, density_quantile

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult

METHODS = ("bounded", "unbounded", "bayesian")

NEGLIGIBLE = 50.0
"""Rise of −2 ln L beyond which there is no probability left."""

STEPS = 401
"""Of a norm, where its probability is added up."""

_EXACT = 1e-6
"""Of −2 ln L."""


@dataclass(frozen=True)
class Limits:
    """What an upper limit is.

    Parameters
    ----------
    cl : float
        Confidence.
    sided : {1, 2}
        One-sided, or upper end of a two-sided interval; a Bayesian one is one-sided.
    method : {"bounded", "unbounded", "bayesian"}
        From −2 ln L, counted from the best norm that is not negative, or from the best of all, which may give negative
        limits; or from the likelihood as a density of norms that are not negative.

    Raises
    ------
    ArgumentError
        If one of them has no meaning.
    """

    cl: float = 0.95
    sided: int = 1
    method: str = "bounded"

    def __post_init__(self) -> None:
        if not 0 < self.cl < 1 or self.sided not in (1, 2):
            raise ArgumentError(f"cl={self.cl!r} must lie between 0 and 1, and sided={self.sided!r} be 1 or 2.")
        if self.method not in METHODS:
            raise ArgumentError(f"limits={self.method!r} is not known: give one of {', '.join(METHODS)}.")
        if self.method == "bayesian" and self.sided != 1:
            raise ArgumentError("limits='bayesian' are one-sided: give sided=1.")


class UpperLimit(u.Quantity):  # type: ignore[misc]
    """An upper limit: a Quantity that knows its confidence.

    Attributes
    ----------
    of : str
        What is limited.
    cl : float
        Confidence.
    sided : {1, 2}
        One-sided, or upper end of a two-sided interval.
    limits : str
        How it was found; see `gpnb.flux_points`.
    coverage : float
        How often it holds at worst, from its counts (see `gpnb.stats.limit_coverage`); NaN where these are not known.
    """

    of: str = ""
    cl: float | None = None
    sided: int | None = None
    limits: str = ""
    coverage: float = math.nan

    @classmethod
    def made(cls, value: Any, of: str, kind: Limits, coverage: float) -> UpperLimit:
        """A limit of this kind."""
        found: UpperLimit = u.Quantity(value).view(cls)
        found.of, found.cl, found.sided, found.limits, found.coverage = of, kind.cl, kind.sided, kind.method, coverage
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever looks at it should know."""
        return coverage_notes(np.array(self.coverage), self.cl, self.sided, self.limits)

    def __array_finalize__(self, obj: Any) -> None:
        super().__array_finalize__(obj)
        for name in ("of", "cl", "sided", "limits", "coverage"):
            setattr(self, name, getattr(obj, name, getattr(type(self), name)))

    def __quantity_subclass__(self, unit: Any) -> tuple[type, bool]:
        return u.Quantity, False  # what is computed from a limit is none

    def __repr__(self) -> str:
        sides = "one-sided" if self.sided == 1 else "two-sided"
        notes = "".join(f"; {note}" for note in self.notes)
        return f"UpperLimit({self.of} < {self.value:.4g} {self.unit} at {self.cl:g}, {sides}, {self.limits}{notes})"


def upper_limit(result: FitResult, number: int, kind: Limits) -> UpperLimit:
    """See `FitResult.upper_limit`."""
    likelihood = _with_norm_alone(result, number)
    entry = likelihood.names.index(result.names[number])
    scale, unit = likelihood.scale[entry], likelihood.parameters.units[entry]
    theta = _at_end(likelihood, entry, kind)
    value = theta[entry] * scale * u.Unit(unit)
    return UpperLimit.made(value, result.names[number], kind, _coverage(likelihood, entry, theta))


def flux_limit(result: FitResult, source: str, number: int, low: Any, high: Any, kind: Limits) -> UpperLimit:
    """See `FitResult.flux_limit`."""
    likelihood = _with_norm_alone(result, number)
    entry = likelihood.names.index(result.names[number])
    theta = _at_end(likelihood, entry, kind)
    flux = likelihood.models_at(theta)[source].spectral.integral(low, high)
    return UpperLimit.made(flux, f"{source}.flux", kind, _coverage(likelihood, entry, theta))


def norm_of(result: FitResult, source: str) -> int | None:
    """The entry that the flux of a source is proportional to; None if no single parameter is."""
    names = norm_names(result, source)
    return result.names.index(names[0]) if names else None


def _with_norm_alone(result: FitResult, number: int) -> Likelihood:
    """The likelihood in which the shape of a norm's source is held; of another parameter, that of the fit."""
    whole, name = result.likelihood(), result.names[number]
    if not whole.is_norm(whole.start)[number]:
        return whole
    source = name.partition(".")[0]
    models: Models = result.models
    for other in result.names:
        if other != name and other.startswith(f"{source}."):
            models = models.freeze(other)
    alone = [other for other in result.names if not other.startswith(f"{source}.")] == []
    return Likelihood(result.datasets, models, result.recipe.kwargs.get("statistic"), joined=alone)


def _at_end(likelihood: Likelihood, entry: int, kind: Limits) -> np.ndarray:
    """The vector with an entry at its upper limit, the others where they fit best."""
    best = score(Objective(likelihood), likelihood.start, _EXACT).theta
    theta = best.copy()
    theta[entry] = _end(likelihood, best, entry, kind)
    return theta


def _coverage(likelihood: Likelihood, entry: int, theta: np.ndarray) -> float:
    """How often the limit of a norm holds at worst, where counts of spectra are what speaks; else NaN."""
    spectra = [item for item in likelihood.datasets if isinstance(item, SpectrumDataset)]
    if len(spectra) < len(likelihood.datasets) or not likelihood.is_norm(theta)[entry]:
        return math.nan
    without = theta.copy()
    without[entry] = 0.0
    used = [item.usable for item in spectra]

    def flat(values: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate([value[kept] for value, kept in zip(values, used, strict=True)])

    whole, others = flat(likelihood.predict(theta)), flat(likelihood.predict(without))
    background = flat(item.expected_background for item in spectra) + others
    return float(limit_coverage(flat(item.counts for item in spectra), whole - others, background))


def _end(likelihood: Likelihood, theta: np.ndarray, entry: int, kind: Limits) -> float:
    """The upper limit of an entry, from the best vector."""
    fit, best = HeldFit(likelihood, theta), float(theta[entry])
    size = error_in_vector(likelihood, theta, entry)
    is_norm = bool(likelihood.is_norm(theta)[entry])
    if kind.method == "bayesian":
        return _quantile(likelihood, fit, entry, size, kind.cl)
    rise = delta_stat(kind.cl, kind.sided)
    if is_norm and best < 0 and kind.method == "bounded":
        rise += fit.at({entry: 0.0})[0] - fit.stat
    return end_of(fit, entry, size * math.sqrt(rise), rise, float(likelihood.bounds[entry, 1]))


def _quantile(likelihood: Likelihood, fit: HeldFit, entry: int, size: float, cl: float) -> float:
    """Of the likelihood as a density of norms that are not negative (Helene 1983, NIM 212, 319)."""
    if len(likelihood.names) > 1 or not likelihood.is_norm(fit.best)[entry]:
        raise ArgumentError("limits='bayesian' are of a norm alone: freeze the other sources, or give other limits.")
    start = max(float(fit.best[entry]), 0.0)
    null = fit.at({entry: start})[0]
    rise = NEGLIGIBLE + null - fit.stat
    end = end_of(fit, entry, size * math.sqrt(rise), rise, float(likelihood.bounds[entry, 1]))
    norm = np.linspace(max(2 * start - end, 0.0), end, STEPS)
    stat = likelihood.stat_many(norm[:, None])
    return float(density_quantile(norm[:, None], stat[:, None] - null, cl)[0])
