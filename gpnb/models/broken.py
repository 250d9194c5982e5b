"""Power laws with a break, sharp or smooth."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.units import DNDE
from gpnb.models.base import Declared
from gpnb.models.spectral import PowerLaw
from gpnb.models.spectrum import ClosedSpectrum, SpectralModel

_DNDE = DNDE.to_string()


class BrokenPowerLaw(ClosedSpectrum):
    """Two power laws that meet, A (E/Eb)^-index_1 below and A (E/Eb)^-index_2 above the break.

    Parameters
    ----------
    index_1, index_2 : float
        Photon index below and above the break.
    amplitude : Quantity or str
        Differential flux at the break.
    e_break : Quantity or str
        Eb.

    Examples
    --------
    >>> model = BrokenPowerLaw(index_1=1, index_2=3, amplitude="1e-11 TeV-1 s-1 cm-2", e_break="2 TeV")
    >>> float(model("1 TeV").value), float(model("4 TeV").value)
    (2e-11, 1.25e-12)
    """

    index_1 = Declared(2.0)
    index_2 = Declared(3.0)
    amplitude = Declared(1e-12, _DNDE)
    e_break = Declared(1.0, "TeV")

    @staticmethod
    def evaluate(energy: Any, index_1: Any, index_2: Any, amplitude: Any, e_break: Any) -> Any:
        """A (E/Eb)^-index, with the index of this side of the break."""
        return amplitude * (energy / e_break) ** -np.where(energy < np.real(e_break), index_1, index_2)

    @staticmethod
    def moment(low: Any, high: Any, order: int, index_1: Any, index_2: Any, amplitude: Any, e_break: Any) -> Any:
        """Integral of the one power law up to the break, and of the other from there."""
        place = np.real(e_break)
        # the break moves within the bin: its complex part must reach the bounds that it sets
        below, above = np.where(high < place, high, e_break), np.where(low > place, low, e_break)
        first = PowerLaw.moment(low, np.where(low < place, below, low), order, index_1, amplitude, e_break)
        second = PowerLaw.moment(np.where(high > place, above, high), high, order, index_2, amplitude, e_break)
        return first + second


class SmoothBrokenPowerLaw(SpectralModel):
    """Power law with a smooth break, A (E/E0)^-index_1 (1 + (E/Eb)^((index_2 - index_1)/beta))^-beta.

    Parameters
    ----------
    index_1, index_2 : float
        Photon index far below and far above the break.
    amplitude, reference : Quantity or str
        As for `PowerLaw`; the amplitude is that of the first power law at E0.
    e_break : Quantity or str
        Eb.
    beta : float
        Width of the break, positive (it takes the sign of index_2 - index_1 in the formula), frozen. Integrals over
        bins are good to 2e-6 where (index_2 - index_1) / beta is 8, to 2e-3 where it is 40: then take `BrokenPowerLaw`.
    """

    index_1 = Declared(2.0)
    index_2 = Declared(3.0)
    amplitude = Declared(1e-12, _DNDE)
    e_break = Declared(1.0, "TeV")
    reference = Declared(1.0, "TeV", frozen=True)
    beta = Declared(1.0, frozen=True)

    @staticmethod
    def evaluate(
        energy: Any, index_1: Any, index_2: Any, amplitude: Any, e_break: Any, reference: Any, beta: Any
    ) -> Any:
        """The formula of the class, through logarithms: sharp breaks do not overflow."""
        sign = 1.0 if np.real(index_2 - index_1) >= 0 else -1.0
        bend = _softplus(sign * (index_2 - index_1) / beta * np.log(energy / e_break))
        return amplitude * np.exp(-index_1 * np.log(energy / reference) - sign * beta * bend)


def _softplus(x: Any) -> Any:
    """ln(1 + e^x)."""
    positive = np.real(x) > 0
    return np.where(positive, x, 0.0) + np.log1p(np.exp(np.where(positive, -x, x)))
