"""The flat vector of a fit: which parameters it holds, in which scale and limits, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.fitting.block import Rows
from gpnb.models.collection import Models
from gpnb.models.links import link_targets
from gpnb.models.parameter import Parameter
from gpnb.models.priors import GaussianPrior, Prior

PARTS = ("spectral", "spatial", "temporal")
"""What a source is made of; a background has no light curve."""


@dataclass(frozen=True, eq=False)
class Slots:
    """Where the parameters of one spectrum, shape or light curve come from.

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

    def many(self, thetas: np.ndarray) -> np.ndarray:
        """The same for many vectors, one a row."""
        found = np.tile(self.base, (len(thetas), 1))
        found[:, self.places] = self.factors * thetas[:, self.numbers]
        return found

    def rows(self, both: np.ndarray) -> Rows:
        """Values, and below them derivatives with the parameters at `places`, as such with entries of the vector."""
        return Rows(both[0], self.factors[:, None] * both[1:], self.numbers)

    def shape(self, theta: np.ndarray) -> Rows:
        """The values themselves, with their slopes."""
        slopes = np.zeros((self.places.size, self.base.size))
        slopes[np.arange(self.places.size), self.places] = self.factors
        return Rows(np.array(self.values(theta)), slopes, self.numbers)


class FreeParameters:
    """Compiles names, units, links, limits and priors of the free parameters of sources and backgrounds.

    An entry of the vector is a parameter's value over `scale`, a power of ten that makes it of order one.

    Parameters
    ----------
    models : Models
        Sources, and backgrounds.
    parts : sequence of str
        Those of `PARTS` that the data can tell of: the parameters of the others are held.

    Attributes
    ----------
    slots, shape_slots, time_slots : list of Slots
        For each model, where the parameters of its spectrum, its shape and its light curve come from; empty where it
        has none.

    Raises
    ------
    ArgumentError
        If a link leads nowhere, or a value lies outside its limits.
    """

    def __init__(self, models: Models, parts: Sequence[str] = ("spectral", "temporal")):
        resolved = models.resolved().parameters
        self._targets = link_targets(resolved)
        fitted = [part for part in PARTS if part in parts]
        names = [name for model in models for part in fitted for name in model.full_names(part)]
        self.names = tuple(name for name in names if resolved[name].free)
        free = [resolved[name] for name in self.names]
        self.units = tuple(item.unit for item in free)
        self.scale = np.array([_power_of_ten(item.value) for item in free])
        self.start = np.array([item.value for item in free]) / self.scale
        self.slots, self.shape_slots, self.time_slots = (
            [self._slots(resolved, model.full_names(part), part in fitted) for model in models] for part in PARTS
        )
        self.periods = self._periods(models)
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

    def _slots(self, parameters: dict[str, Parameter], names: Sequence[str], moves: bool) -> Slots:
        sources = [self._source(name, parameters) if moves else None for name in names]
        moved = [(place, *found) for place, found in enumerate(sources) if found]
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
        around = np.stack([self.start - self.periods, self.start + self.periods], axis=1)
        return np.stack([np.maximum(bounds, around)[:, 0], np.minimum(bounds, around)[:, 1]], axis=1)

    def _periods(self, models: Models) -> np.ndarray:
        """After how much the values of each entry come back; infinite where they do not."""
        known = {
            name: part.periods[short]
            for model in models
            for role, part in model.parts.items()
            for short, name in zip(part.names, model.full_names(role), strict=True)
            if short in part.periods
        }
        return np.asarray([known.get(name, np.inf) for name in self.names] / self.scale)

    def wrapped(self, theta: np.ndarray) -> np.ndarray:
        """The same vector, entries that come back as near to the start as their limits allow."""
        turns = np.round((theta - self.start) / self.periods) * np.where(np.isinf(self.periods), 0, self.periods)
        found = theta - turns
        inside = (found >= self.bounds[:, 0]) & (found <= self.bounds[:, 1])
        return np.asarray(np.where(inside, found, theta))

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
