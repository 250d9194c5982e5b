"""What is known of a parameter beforehand: terms −2 ln(prior) that are added to the fit statistic."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging


@unchanging
@dataclass(frozen=True)
class GaussianPrior:
    """A measurement from elsewhere: ((x - mean)/sigma)².

    Parameters
    ----------
    mean, sigma : float
        In the unit of the parameter.

    Examples
    --------
    >>> GaussianPrior(2.0, 0.1).stat(2.2).__round__(9)
    4.0
    """

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        if not self.sigma > 0:
            raise ArgumentError(f"GaussianPrior: sigma={self.sigma} must be positive.")

    def stat(self, value: float) -> float:
        """The term at a value."""
        return ((value - self.mean) / self.sigma) ** 2

    def gradient(self, value: float) -> float:
        """Its slope."""
        return 2 * (value - self.mean) / self.sigma**2

    def weight(self, value: float) -> float:
        """Its second derivative."""
        return 2 / self.sigma**2

    def scaled(self, factor: float) -> GaussianPrior:
        """The same in another unit."""
        return GaussianPrior(self.mean * factor, self.sigma * abs(factor))


@unchanging
@dataclass(frozen=True)
class UniformPrior:
    """Nothing but limits: 0 between them, infinity outside.

    Parameters
    ----------
    min, max : float
        In the unit of the parameter.
    """

    min: float = -math.inf
    max: float = math.inf

    def __post_init__(self) -> None:
        _check_limits(self)

    def stat(self, value: float) -> float:
        """The term at a value."""
        return 0.0 if self.min <= value <= self.max else math.inf

    def gradient(self, value: float) -> float:
        """Its slope between the limits."""
        return 0.0

    def weight(self, value: float) -> float:
        """Its second derivative between the limits."""
        return 0.0

    def scaled(self, factor: float) -> UniformPrior:
        """The same in another unit."""
        return UniformPrior(*sorted((self.min * factor, self.max * factor)))


@unchanging
@dataclass(frozen=True)
class LogUniformPrior:
    """Each decade alike: 2 ln x between the limits, infinity outside.

    Parameters
    ----------
    min, max : float
        In the unit of the parameter, positive.
    """

    min: float = 0.0
    max: float = math.inf

    def __post_init__(self) -> None:
        _check_limits(self)
        if self.min < 0:
            raise ArgumentError(f"LogUniformPrior: min={self.min} must not be negative.")

    def stat(self, value: float) -> float:
        """The term at a value."""
        return 2 * math.log(value) if value > 0 and self.min <= value <= self.max else math.inf

    def gradient(self, value: float) -> float:
        """Its slope between the limits."""
        return 2 / value

    def weight(self, value: float) -> float:
        """None: the second derivative is negative, and would spoil a Fisher matrix."""
        return 0.0

    def scaled(self, factor: float) -> LogUniformPrior:
        """The same in another unit."""
        return LogUniformPrior(self.min * factor, self.max * factor)


Prior = GaussianPrior | UniformPrior | LogUniformPrior

_KINDS: dict[str, type[Prior]] = {kind.__name__: kind for kind in (GaussianPrior, UniformPrior, LogUniformPrior)}


def prior_to_dict(prior: Prior) -> dict[str, Any]:
    """Plain data for YAML, without infinities."""
    finite = {name: value for name, value in asdict(prior).items() if math.isfinite(value)}
    return {"type": type(prior).__name__, **finite}


def prior_from_dict(data: dict[str, Any]) -> Prior:
    """Read what `prior_to_dict` wrote."""
    values = {name: float(value) for name, value in data.items() if name != "type"}
    try:
        return _KINDS[data["type"]](**values)
    except (KeyError, TypeError):
        raise ArgumentError(f"The prior {data!r} is not known; known are: {', '.join(_KINDS)}.") from None


def _check_limits(prior: UniformPrior | LogUniformPrior) -> None:
    if not prior.min < prior.max:
        raise ArgumentError(f"{type(prior).__name__}: min={prior.min} must be below max={prior.max}.")
