"""The usual spectra: power law, with cut-off, log-parabola."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.units import DNDE, ENERGY
from gpnb.models.base import Declared
from gpnb.models.derivative import STEP, growth
from gpnb.models.spectrum import ClosedSpectrum, SpectralModel

__all__ = ["ExpCutoffPowerLaw", "LogParabola", "LogParabola2", "PowerLaw", "SpectralModel"]

_DNDE = DNDE.to_string()


class PowerLaw(ClosedSpectrum):
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

    @staticmethod
    def moment(low: Any, high: Any, order: int, index: Any, amplitude: Any, reference: Any) -> Any:
        """A E0^index (high^p − low^p)/p with p = order − index; A E0^index ln(high/low) for p = 0."""
        width = np.log(high / low)
        first = amplitude * (low / reference) ** -index * low**order
        return first * width * growth((order - index) * width)

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Its derivatives with all parameters: one complex step holds the integral and its slope with the index."""
        index, amplitude, reference = self.values
        both = self.moment(np.asarray(low, dtype=float), high, order, complex(index, STEP), 1.0, reference)
        return np.stack([amplitude * both.imag / STEP, both.real, amplitude * index / reference * both.real])


class ExpCutoffPowerLaw(SpectralModel):
    """Power law with exponential cut-off, A (E/E0)^-index exp(-(lambda E)^alpha).

    Parameters
    ----------
    index : float
        Photon index below the cut-off.
    amplitude, reference : Quantity or str
        As for `PowerLaw`.
    lambda_ : Quantity or str
        Inverse cut-off energy; a fit may take it below zero (the exponent is then linear, as with alpha = 1).
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
        return amplitude * (energy / reference) ** -index * np.exp(-cutoff_exponent(energy, lambda_, alpha))

    @property
    def e_peak(self) -> u.Quantity:
        """Where E² dN/dE is highest, ((2 − index)/alpha)^(1/alpha)/lambda; NaN if it has no peak."""
        index, _, _, lambda_, alpha = self.values
        if not (index < 2 and lambda_ > 0 and alpha > 0):
            return np.nan * ENERGY
        return ((2 - index) / alpha) ** (1 / alpha) / lambda_ * ENERGY


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

    @property
    def e_peak(self) -> u.Quantity:
        """Where E² dN/dE is highest, E0 exp((2 − alpha)/(2 beta)); NaN if it has no peak."""
        _, reference, alpha, beta = self.values
        return _parabola_peak(reference, alpha, beta)


class LogParabola2(SpectralModel):
    """Log-parabola with a scale of its own for the curvature, A (E/E0)^(-alpha - beta ln(E/Es)).

    Parameters
    ----------
    amplitude, reference : Quantity or str
        As for `PowerLaw`.
    alpha, beta : float
        As for `LogParabola` where Es = E0; elsewhere the index at E0 is alpha + beta ln(E0/Es).
    scale : Quantity or str
        Es, frozen.
    """

    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    alpha = Declared(2.0)
    beta = Declared(0.1)
    scale = Declared(1.0, "TeV", frozen=True)

    @staticmethod
    def evaluate(energy: Any, amplitude: Any, reference: Any, alpha: Any, beta: Any, scale: Any) -> Any:
        """A (E/E0)^(-alpha - beta ln(E/Es))."""
        return amplitude * np.exp(-(alpha + beta * np.log(energy / scale)) * np.log(energy / reference))

    @property
    def e_peak(self) -> u.Quantity:
        """Where E² dN/dE is highest, sqrt(E0 Es) exp((2 − alpha)/(2 beta)); NaN if it has no peak."""
        _, reference, alpha, beta, scale = self.values
        return _parabola_peak(np.sqrt(reference * scale), alpha, beta)


def _parabola_peak(middle: float, alpha: float, beta: float) -> u.Quantity:
    with np.errstate(over="ignore"):
        return (middle * np.exp((2 - alpha) / (2 * beta)) if beta > 0 else np.nan) * ENERGY


def cutoff_exponent(energy: Any, lambda_: Any, alpha: Any) -> Any:
    """(lambda E)^alpha, continued as lambda E where that is not positive."""
    x = lambda_ * energy
    positive = np.real(x) > 0
    return np.where(positive, np.where(positive, x, 1.0) ** alpha, x)
