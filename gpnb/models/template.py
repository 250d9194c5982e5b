"""A spectrum given by a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import DNDE, to_array
from gpnb.models.log_log import energy_nodes, loglog, loglog_moment, quantity_from_dict
from gpnb.models.spectrum import SpectralModel


class TemplateSpectrum(SpectralModel):
    """Differential flux at node energies, a power law between neighbours; the outer ones go on beyond the table.

    It has no parameters: multiply it with a `PowerLawNorm` to fit it.

    Parameters
    ----------
    energy : Quantity or list of str
        The nodes, in rising order.
    values : Quantity or list of str
        Differential flux there, not negative.

    Examples
    --------
    >>> model = TemplateSpectrum([1, 100] * u.TeV, [1e-11, 1e-15] * u.Unit("TeV-1 s-1 cm-2"))
    >>> float(model("10 TeV").value.round(20))
    1e-13
    """

    def __init__(self, energy: Any, values: Any):
        super().__init__()
        self._energy = energy_nodes(energy)
        self._flux = np.atleast_1d(to_array(values, DNDE, "values"))
        if self._flux.shape != self._energy.shape or not np.all(self._flux >= 0):
            raise ArgumentError(f"values must be {self._energy.size} fluxes that are not negative, one an energy.")

    @property
    def energy(self) -> u.Quantity:
        """The nodes."""
        return self._energy * u.TeV

    @property
    def flux(self) -> u.Quantity:
        """Differential flux there."""
        return self._flux * DNDE

    @property
    def recipe(self) -> Recipe:
        """The constructor call, with the table."""
        return Recipe.of("gpnb.TemplateSpectrum()", energy=self.energy, values=self.flux)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the table."""
        return {
            **super().to_dict(),
            "energy": {"data": self._energy.tolist(), "unit": "TeV"},
            "values": {"data": self._flux.tolist(), "unit": DNDE.to_string()},
        }

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {name: quantity_from_dict(data[name], name) for name in ("energy", "values")}

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        return loglog(np.asarray(energy, dtype=float), self._energy, self._flux)

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """No derivatives: there are no parameters."""
        return np.zeros((0, *np.shape(energy)))

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE, exact for the power laws of the table."""
        return loglog_moment(low, high, order, self._energy, self._flux)

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """No derivatives: there are no parameters."""
        return np.zeros((0, *np.broadcast_shapes(np.shape(low), np.shape(high))))

    def __repr__(self) -> str:
        return f"TemplateSpectrum({self._energy.size} energies, {self._energy[0]:.4g} to {self._energy[-1]:.4g} TeV)"
