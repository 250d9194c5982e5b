"""Spectral models: differential flux against energy (TeV, cm-2 s-1 TeV-1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.units import DNDE, ENERGY, to_array
from gpnb.models.base import Declared, Model
from gpnb.models.integrate import integrate_function

_DNDE = DNDE.to_string()


class SpectralModel(Model):
    """Base: a model is called with energies that carry units, and evaluated on plain TeV."""

    @staticmethod
    def evaluate(energy: Any, *values: Any) -> Any:
        """The formula on plain numbers (also complex ones, for exact derivatives)."""
        raise NotImplementedError

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        flux: np.ndarray = self.evaluate(np.asarray(energy, dtype=float), *self.values)
        return flux

    def integral_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integral flux (cm-2 s-1) between plain energies (TeV)."""
        return integrate_function(self.evaluate_at, low, high)

    def energy_flux_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Energy flux (TeV cm-2 s-1) between plain energies (TeV)."""
        return integrate_function(lambda energy: energy * self.evaluate_at(energy), low, high)

    def __call__(self, energy: Any) -> u.Quantity:
        """Differential flux at energies with units."""
        return self.evaluate_at(to_array(energy, ENERGY, "energy")) * DNDE

    def integral(self, low: Any, high: Any) -> u.Quantity:
        """Integral flux between energies with units."""
        low, high = to_array(low, ENERGY, "low"), to_array(high, ENERGY, "high")
        return self.integral_between(low, high) * u.Unit("cm-2 s-1")

    def energy_flux(self, low: Any, high: Any) -> u.Quantity:
        """Energy flux between energies with units."""
        low, high = to_array(low, ENERGY, "low"), to_array(high, ENERGY, "high")
        return self.energy_flux_between(low, high) * u.Unit("TeV cm-2 s-1")


class PowerLaw(SpectralModel):
    """Power law A (E/E0)^-index.

    Parameters
    ----------
    index : float
        Photon index.
    amplitude : Quantity or str
        Differential flux at the reference energy.
    reference : Quantity or str
        E0, frozen.

    Examples
    --------
    >>> PowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2")("10 TeV").value.round(15)
    np.float64(1e-13)
    """

    index = Declared(2.0)
    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)

    @staticmethod
    def evaluate(energy: Any, index: Any, amplitude: Any, reference: Any) -> Any:
        """A (E/E0)^-index."""
        return amplitude * (energy / reference) ** -index

    def integral_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integral flux (cm-2 s-1), in closed form."""
        return self._moment(low, high, 1)

    def energy_flux_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Energy flux (TeV cm-2 s-1), in closed form."""
        return self._moment(low, high, 2)

    def _moment(self, low: np.ndarray, high: np.ndarray, order: int) -> np.ndarray:
        index, amplitude, reference = self.values
        low, high = np.asarray(low, dtype=float) / reference, np.asarray(high, dtype=float) / reference
        power = order - index
        if abs(power) < 1e-10:
            integral = np.log(high / low)
        else:
            integral = (high**power - low**power) / power
        return np.asarray(amplitude * reference**order * integral)


class ExpCutoffPowerLaw(SpectralModel):
    """Power law with exponential cut-off, A (E/E0)^-index exp(-(lambda E)^alpha).

    Parameters
    ----------
    index : float
        Photon index below the cut-off.
    amplitude, reference : Quantity or str
        As for `PowerLaw`.
    lambda_ : Quantity or str
        Inverse cut-off energy.
    alpha : float
        Sharpness of the cut-off, frozen at 1.
    """

    index = Declared(2.0)
    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    lambda_ = Declared(0.1, "TeV-1")
    alpha = Declared(1.0, frozen=True)

    @staticmethod
    def evaluate(energy: Any, index: Any, amplitude: Any, reference: Any, lambda_: Any, alpha: Any) -> Any:
        """A (E/E0)^-index exp(-(lambda E)^alpha)."""
        return amplitude * (energy / reference) ** -index * np.exp(-((lambda_ * energy) ** alpha))


class LogParabola(SpectralModel):
    """Log-parabola, A (E/E0)^(-alpha - beta ln(E/E0)), with the natural logarithm.

    Parameters
    ----------
    amplitude, reference : Quantity or str
        As for `PowerLaw`.
    alpha, beta : float
        Index at the reference energy, and curvature.
    """

    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    alpha = Declared(2.0)
    beta = Declared(0.1)

    @staticmethod
    def evaluate(energy: Any, amplitude: Any, reference: Any, alpha: Any, beta: Any) -> Any:
        """A (E/E0)^(-alpha - beta ln(E/E0))."""
        x = np.log(energy / reference)
        return amplitude * np.exp(-(alpha + beta * x) * x)
