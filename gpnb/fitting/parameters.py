"""The flat vector of a fit: which parameters it holds, in which scale and limits, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.models.collection import Models
from gpnb.models.links import link_targets
from gpnb.models.parameter import Parameter
from gpnb.models.priors import GaussianPrior, Prior

_FITTED = ("spectral", "temporal")
"""The parts of a source whose parameters a fit may change."""


@dataclass(frozen=True, eq=False)
class Slots:
    """Where the parameters of one spectrum or light curve come from.

    Parameters
    ----------
    base : array
        Values of all its parameters, links resolved.
    places : array of int
        Those that the vector moves, as places among them.
    numbers : array of int
        The entry of the vector that moves each.
    factors : array
        Value in the parameter's unit per unit of that entry.
    """

    base: np.ndarray
    places: np.ndarray
    numbers: np.ndarray
    factors: np.ndarray

    def values(self, theta: np.ndarray) -> list[float]:
        """All values of the model at a vector, as plain floats."""
        found = self.base.copy()
        found[self.places] = self.factors * theta[self.numbers]
        return list(found.tolist())

    def spread(self, rows: np.ndarray, count: int) -> np.ndarray:
        """Values, and below them derivatives with the model's own parameters, as such with all entries of the vector.

        Parameters
        ----------
        rows : array, shape (1 + len(places), n)
            The values, and the derivatives with the parameters at `places`.
        count : int
            Number of entries.
        """
        found = np.zeros((1 + count, rows.shape[-1]))
        found[0] += rows[0]
        for row, number, factor in zip(rows[1:], self.numbers, self.factors, strict=True):
            found[1 + number] += factor * row
        return found

    def norms(self, rows: np.ndarray, theta: np.ndarray) -> list[int]:
        """The entries that the values are proportional to."""
        return [
            int(number)
            for row, number, factor in zip(rows[1:], self.numbers, self.factors, strict=True)
            if np.allclose(factor * theta[number] * row, rows[0], rtol=1e-6, atol=0)
        ]


class FreeParameters:
    """Compiles names, units, links, limits and priors of the free parameters of spectra and light curves.

    An entry of the vector is a parameter's value over `scale`, a power of ten that makes it of order one.

    Parameters
    ----------
    models : Models
        Their spectra and light curves count: the shape on the sky is held.

    Attributes
    ----------
    slots, time_slots : list of Slots
        For each model, where the parameters of its spectrum and of its light curve come from; the latter are empty
        for a steady source.

    Raises
    ------
    ArgumentError
        If nothing is free, a link leads nowhere, or a value lies outside its limits.
    """

    def __init__(self, models: Models):
        resolved = models.resolved().parameters
        self._targets = link_targets(resolved)
        names = [name for model in models for part in _FITTED for name in model.full_names(part)]
        self.names = tuple(name for name in names if resolved[name].free)
        if not self.names:
            raise ArgumentError(f"No parameter of {', '.join(models.names)} is free: thaw what shall be fitted.")
        free = [resolved[name] for name in self.names]
        self.units = tuple(item.unit for item in free)
        self.scale = np.array([_power_of_ten(item.value) for item in free])
        self.start = np.array([item.value for item in free]) / self.scale
        self.slots, self.time_slots = (
            [self._slots(resolved, model.full_names(part)) for model in models] for part in _FITTED
        )
        self.bounds = self._bounds(resolved, names)
        self._priors = self._find_priors(resolved, names)
        self._check_start()

    def __len__(self) -> int:
        return len(self.names)

    def _source(self, name: str, parameters: dict[str, Parameter]) -> tuple[int, float] | None:
        """The entry that moves a parameter, and the parameter's value per unit of it; None if nothing does."""
        target = self._targets.get(name, name)
        if target not in self.names or (parameters[name].frozen and not parameters[name].link):
            return None
        number = self.names.index(target)
        same = parameters[name].unit == parameters[target].unit
        factor = 1.0 if same else u.Unit(parameters[target].unit).to(parameters[name].unit)
        return number, float(factor * self.scale[number])

    def _slots(self, parameters: dict[str, Parameter], names: Sequence[str]) -> Slots:
        moved = [(place, *found) for place, name in enumerate(names) if (found := self._source(name, parameters))]
        places, numbers, factors = zip(*moved, strict=True) if moved else ((), (), ())
        return Slots(
            np.array([parameters[name].value for name in names]),
            np.array(places, dtype=int),
            np.array(numbers, dtype=int),
            np.array(factors, dtype=float),
        )

    def _bounds(self, parameters: dict[str, Parameter], names: Sequence[str]) -> np.ndarray:
        """Limits of each entry: the parameter's own, its prior's, and those of what is linked to it."""
        bounds = np.tile([-np.inf, np.inf], (len(self.names), 1))
        for name in names:
            found, item = self._source(name, parameters), parameters[name]
            if found is None:
                continue
            number, factor = found
            low = max(item.min, getattr(item.prior, "min", -np.inf)) / factor
            high = min(item.max, getattr(item.prior, "max", np.inf)) / factor
            bounds[number] = max(bounds[number, 0], low), min(bounds[number, 1], high)
        return bounds

    def _find_priors(self, parameters: dict[str, Parameter], names: Sequence[str]) -> list[tuple[Prior, int, float]]:
        items = [(parameters[name].prior, self._source(name, parameters)) for name in names]
        return [(prior, *found) for prior, found in items if prior is not None and found is not None]

    def _check_start(self) -> None:
        if not np.isfinite(self.start).all():
            bad = self.names[int(np.argmin(np.isfinite(self.start)))]
            raise ArgumentError(f"{bad} starts at a value that is not a finite number: give it one.")
        clipped = np.clip(self.start, *self.bounds.T)
        outside = np.abs(self.start - clipped) > 1e-9 * np.abs(self.start)
        if outside.any():
            number = int(np.argmax(outside))
            value, (low, high) = self.start[number] * self.scale[number], self.bounds[number] * self.scale[number]
            raise ArgumentError(f"{self.names[number]} starts at {value:g}, outside its limits {low:g} to {high:g}.")
        self.start = clipped

    def prior(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Sum of the priors' terms, with slope and second derivatives."""
        stat, gradient, fisher = 0.0, np.zeros(len(self)), np.zeros((len(self), len(self)))
        for prior, number, factor in self._priors:
            value = factor * theta[number]
            stat += prior.stat(value)
            gradient[number] += factor * prior.gradient(value)
            fisher[number, number] += factor**2 * prior.weight(value)
        return stat, gradient, fisher

    @property
    def has_priors(self) -> bool:
        """Whether the statistic has terms besides those of the data."""
        return bool(self._priors)

    @property
    def n_measured(self) -> int:
        """Gaussian priors: each is one more measurement."""
        return sum(isinstance(prior, GaussianPrior) for prior, _, _ in self._priors)


def _power_of_ten(value: float) -> float:
    if abs(value) < np.finfo(float).tiny or not np.isfinite(value) or 0.1 <= abs(value) < 10:
        return 1.0
    return float(10.0 ** np.floor(np.log10(abs(value))))
