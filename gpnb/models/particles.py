"""Spectra radiated by particles, computed by naima (optional)."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, MissingDependency
from gpnb.core.recipe import Recipe
from gpnb.core.units import DNDE, ENERGY, quantity_text, to_quantity
from gpnb.models.parameter import Parameter
from gpnb.models.spectrum import SpectralModel

_STEP = 1e-4
"""Relative step of the numerical derivatives."""

_PER_DECADE = 20
"""Energies at which naima is asked; between them ln flux is a cubic in ln E, right to 2e-5."""

_KEPT = 32
"""Sets of parameters whose fluxes are remembered: those of a point and its neighbours in a fit of several spectra."""

_FIXED = ("e_0", "beta")
"""Parameters of naima's particle distributions that are frozen unless thawed: a reference, and a sharpness."""


class NaimaSpectrum(SpectralModel):
    """What a population of particles radiates: synchrotron, inverse Compton, bremsstrahlung or pion decay.

    It is computed at 20 energies a decade, once for all spectra of a fit, and interpolated.

    The parameters are those of naima's particle distribution, under their names there, and the magnetic field
    ``B`` of synchrotron radiation; all in the units they have in naima.
    naima has no derivatives: but for the amplitude's, these are central differences.

    Parameters
    ----------
    radiative_model : object of naima.models
        Such as ``naima.models.InverseCompton(particles, seed_photon_fields=["CMB"])``; it is copied.
    distance : Quantity or str
        Distance of the source.

    Raises
    ------
    MissingDependency
        If naima is not installed (``pip install 'gpnb[naima]'``).

    Examples
    --------
    >>> import naima
    >>> particles = naima.models.PowerLaw(2e33 / u.eV, 10 * u.TeV, 2.5)
    >>> model = NaimaSpectrum(naima.models.InverseCompton(particles), distance="2 kpc")
    >>> model.names
    ('amplitude', 'e_0', 'alpha')
    """

    def __init__(self, radiative_model: Any, distance: Any = "1 kpc", **given: Any):
        super().__init__()
        if not isinstance(radiative_model, _radiative_class()):
            raise ArgumentError(f"radiative_model={radiative_model!r} is not a radiative model of naima.models.")
        self._radiative: Any = radiative_model
        self._grid = _Grid()
        self.distance = to_quantity(distance, "kpc", "distance")
        self._values = {item.name: item for item in _parameters_of(radiative_model)}
        self._values |= {name: self._known(name).to(value) for name, value in given.items()}

    @property
    def recipe(self) -> Recipe:
        """The constructor call; the object of naima is known by name only."""
        return Recipe.of(
            "gpnb.NaimaSpectrum()",
            radiative_model=Recipe.memory("radiative_model"),
            distance=quantity_text(self.distance),
            **self.arguments(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Nothing: objects of naima have no file format."""
        raise ArgumentError("A NaimaSpectrum cannot be written to YAML: write a TemplateSpectrum of its values.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NaimaSpectrum):
            return False
        same = self._radiative is other._radiative and bool(self.distance == other.distance)
        return same and self.parameters == other.parameters

    __hash__ = None  # type: ignore[assignment]

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        energy = np.asarray(energy, dtype=float)
        return self._grid.values(tuple(self.values), self._radiated, energy.ravel()).reshape(energy.shape)

    def _radiated(self, energy: np.ndarray) -> np.ndarray:
        """As naima gives it."""
        return np.asarray(self._set().flux(energy * ENERGY, distance=self.distance).to_value(DNDE))

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivatives with all parameters, by central differences."""
        return np.stack([self._slope(place, energy) for place in range(len(self.names))])

    def _slope(self, place: int, energy: np.ndarray) -> np.ndarray:
        if self.names[place] == "amplitude" and self.values[place]:  # the number of particles
            return np.asarray(self.evaluate_at(energy) / self.values[place])
        step = _STEP * (abs(self.values[place]) or 1.0)
        ends = []
        for sign in (1, -1):
            values = list(self.values)
            values[place] += sign * step
            ends.append(self.with_values(values).evaluate_at(energy))
        return np.asarray((ends[0] - ends[1]) / (2 * step))

    def _set(self) -> Any:
        """A copy of the radiative model with this model's values: naima's own objects are never changed."""
        radiative: Any = copy(self._radiative)
        particles: Any = copy(radiative.particle_distribution)
        radiative.particle_distribution = particles
        for item in (radiative, particles):
            item._memoize = False  # its cache would be shared by the copies
        for parameter in self.parameters:
            owner = radiative if parameter.name == "B" else particles
            setattr(owner, parameter.name, parameter.quantity if parameter.unit else parameter.value)
        return radiative


class _Grid:
    """Fluxes at fixed energies, for the sets of parameters that were asked for last."""

    def __init__(self) -> None:
        self._known: dict[tuple[float, ...], dict[int, float]] = {}

    def values(
        self, key: tuple[float, ...], flux: Callable[[np.ndarray], np.ndarray], energy: np.ndarray
    ) -> np.ndarray:
        """The flux at some energies: that itself where they are few, and beside energies without a flux."""
        place = np.log10(energy) * _PER_DECADE
        if not np.isfinite(place).all():
            return flux(energy)
        first = np.floor(place).astype(int) - 1
        nodes = first[:, None] + np.arange(4)
        wanted = np.unique(nodes)
        known = self._known.get(key, {})
        missing = np.array([node for node in wanted.tolist() if node not in known], dtype=int)
        if missing.size >= energy.size:
            return flux(energy)
        if missing.size:
            with np.errstate(divide="ignore", invalid="ignore"):
                found = np.log(flux(10.0 ** (missing / _PER_DECADE)))
            known = known | dict(zip(missing.tolist(), found.tolist(), strict=True))
            self._keep(key, known)
        logs = np.array([known[node] for node in wanted.tolist()])[np.searchsorted(wanted, nodes)]
        with np.errstate(invalid="ignore"):
            between = np.exp(np.sum(_cubic(place - first - 1) * logs, axis=1))
        bad = ~np.isfinite(between)
        if bad.any():
            between[bad] = flux(energy[bad])
        return np.asarray(between)

    def _keep(self, key: tuple[float, ...], known: dict[int, float]) -> None:
        self._known[key] = known
        for old in list(self._known)[:-_KEPT]:
            self._known.pop(old, None)


def _cubic(part: np.ndarray) -> np.ndarray:
    """Weights of the nodes at -1, 0, 1 and 2 of the cubic through them (Lagrange); shape (n, 4)."""
    t = part[:, None]
    weights = [-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2]
    return np.concatenate([*weights, (t + 1) * t * (t - 1) / 6], axis=1)


def _radiative_class() -> type:
    try:
        from naima.radiative import BaseRadiative
    except ImportError:
        raise MissingDependency("naima", "naima", "A spectrum radiated by particles") from None
    kind: type = BaseRadiative
    return kind


def _parameters_of(radiative: Any) -> list[Parameter]:
    particles = radiative.particle_distribution
    values = {name: getattr(particles, name) for name in getattr(particles, "param_names", ["amplitude"])}
    if "B" in radiative.param_names:
        values["B"] = radiative.B
    parameters = []
    for name, value in values.items():
        quantity = u.Quantity(value)
        parameters.append(Parameter(name, float(quantity.value), quantity.unit.to_string(), frozen=name in _FIXED))
    return parameters
