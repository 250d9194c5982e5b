"""Spectral models that catalogues are written in: integral flux, and the super-exponential cut-offs of the LAT."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.units import DNDE
from gpnb.models.base import Declared
from gpnb.models.spectral import PowerLaw
from gpnb.models.spectrum import ClosedSpectrum, SpectralModel

_DNDE = DNDE.to_string()
_MEV_PER_TEV = 1e6
_SERIES_BELOW = 1e-2
"""Of index_2 ln(E/E0): where the exponent is replaced by its series, as in the LAT's own code."""


class PowerLaw2(ClosedSpectrum):
    """Power law given by its integral flux between two energies.

    Parameters
    ----------
    flux : Quantity or str
        Integral flux between `e_min` and `e_max`.
    index : float
        Photon index.
    e_min, e_max : Quantity or str
        The range of the flux, frozen.

    Examples
    --------
    >>> PowerLaw2(flux="1e-11 cm-2 s-1", index=2, e_min="1 TeV", e_max="10 TeV").integral("1 TeV", "10 TeV").value
    np.float64(1e-11)
    """

    flux = Declared(1e-12, "1 / (s cm2)")
    index = Declared(2.0)
    e_min = Declared(0.1, "TeV", frozen=True)
    e_max = Declared(100.0, "TeV", frozen=True)

    @staticmethod
    def evaluate(energy: Any, flux: Any, index: Any, e_min: Any, e_max: Any) -> Any:
        """The power law whose integral over the range is the flux."""
        return flux * energy**-index / PowerLaw.moment(e_min, e_max, 1, index, 1.0, 1.0)

    @staticmethod
    def moment(low: Any, high: Any, order: int, flux: Any, index: Any, e_min: Any, e_max: Any) -> Any:
        """That power law's, in closed form."""
        amplitude = PowerLaw2.evaluate(1.0, flux, index, e_min, e_max)
        return PowerLaw.moment(low, high, order, index, amplitude, 1.0)


class ExpCutoffPowerLaw3FGL(SpectralModel):
    """Power law with exponential cut-off as in 3FGL, A (E/E0)^-index exp((E0 - E)/Ec).

    Parameters
    ----------
    index : float
        Index below the cut-off.
    amplitude, reference : Quantity or str
        Differential flux at the reference energy E0.
    e_cut : Quantity or str
        Cut-off energy Ec.
    """

    index = Declared(1.5)
    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    e_cut = Declared(10.0, "TeV")

    @staticmethod
    def evaluate(energy: Any, index: Any, amplitude: Any, reference: Any, e_cut: Any) -> Any:
        """A (E/E0)^-index exp((E0 - E)/Ec)."""
        return amplitude * (energy / reference) ** -index * np.exp((reference - energy) / e_cut)


class SuperExpCutoffPowerLaw3FGL(SpectralModel):
    """Power law with super-exponential cut-off as in 3FGL, A (E/E0)^-index_1 exp((E0/Ec)^index_2 - (E/Ec)^index_2).

    Parameters
    ----------
    amplitude, reference : Quantity or str
        Differential flux at the reference energy E0.
    e_cut : Quantity or str
        Cut-off energy Ec.
    index_1, index_2 : float
        Index below the cut-off, and its sharpness.
    """

    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    e_cut = Declared(10.0, "TeV")
    index_1 = Declared(1.5)
    index_2 = Declared(1.0)

    @staticmethod
    def evaluate(energy: Any, amplitude: Any, reference: Any, e_cut: Any, index_1: Any, index_2: Any) -> Any:
        """A (E/E0)^-index_1 exp((E0/Ec)^index_2 - (E/Ec)^index_2)."""
        exponent = (reference / e_cut) ** index_2 - (energy / e_cut) ** index_2
        return amplitude * (energy / reference) ** -index_1 * np.exp(exponent)


class SuperExpCutoffPowerLaw4FGL(SpectralModel):
    """Power law with super-exponential cut-off as in 4FGL and 4FGL-DR2.

    A (E/E0)^-index_1 exp(a (E0^index_2 - E^index_2)) (Abdollahi et al. 2020, ApJS 247, 33).

    Parameters
    ----------
    amplitude, reference : Quantity or str
        Differential flux at the reference energy E0.
    expfactor : float
        a, for energies in MeV (its unit, MeV^-index_2, depends on a parameter).
    index_1, index_2 : float
        Index below the cut-off, and its sharpness.
    """

    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    expfactor = Declared(1e-2)
    index_1 = Declared(1.5)
    index_2 = Declared(2 / 3, frozen=True)

    @staticmethod
    def evaluate(energy: Any, amplitude: Any, reference: Any, expfactor: Any, index_1: Any, index_2: Any) -> Any:
        """A (E/E0)^-index_1 exp(a (E0^index_2 - E^index_2)), energies of the exponent in MeV."""
        difference = (reference * _MEV_PER_TEV) ** index_2 - (energy * _MEV_PER_TEV) ** index_2
        return amplitude * (energy / reference) ** -index_1 * np.exp(expfactor * difference)


class SuperExpCutoffPowerLaw4FGLDR3(SpectralModel):
    """Power law with super-exponential cut-off as in 4FGL-DR3 and DR4, given by slope and curvature at E0.

    A (E/E0)^(-index_1 + d/index_2) exp(d/index_2² (1 - (E/E0)^index_2)), where d = `expfactor` (Abdollahi et al. 2022,
    ApJS 260, 53).

    Parameters
    ----------
    amplitude, reference : Quantity or str
        Differential flux at the reference energy E0.
    expfactor : float
        d, the curvature at E0.
    index_1, index_2 : float
        Index at E0, and sharpness of the cut-off.
    """

    amplitude = Declared(1e-12, _DNDE)
    reference = Declared(1.0, "TeV", frozen=True)
    expfactor = Declared(0.5)
    index_1 = Declared(2.0)
    index_2 = Declared(2 / 3, frozen=True)

    @staticmethod
    def evaluate(energy: Any, amplitude: Any, reference: Any, expfactor: Any, index_1: Any, index_2: Any) -> Any:
        """The formula of the class; its series in index_2 ln(E/E0) where that is small."""
        x = np.log(energy / reference)
        y = index_2 * x
        small = np.abs(y) < _SERIES_BELOW
        # d/b x + d/b² (1 - e^(bx)) cancels for small bx: it is -d x² (1/2 + bx/6 + (bx)²/24 + …)
        series = -(x**2) * (0.5 + y / 6 * (1 + y / 4 * (1 + y / 5 * (1 + y / 6))))
        safe = np.where(small, 1.0, index_2)
        closed = x / safe - np.expm1(np.where(small, 0.0, y)) / safe**2
        return amplitude * np.exp(-index_1 * x + expfactor * np.where(small, series, closed))
