"""A spectral line."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import erf

from gpnb.models.base import Declared
from gpnb.models.spectrum import ClosedSpectrum


class GaussianLine(ClosedSpectrum):
    """A Gaussian in energy, F/(sigma sqrt(2 pi)) exp(-(E - mean)²/(2 sigma²)).

    Parameters
    ----------
    flux : Quantity or str
        F, the flux of the whole line.
    mean, sigma : Quantity or str
        Its energy and standard deviation.

    Examples
    --------
    >>> line = GaussianLine(flux="1e-12 cm-2 s-1", mean="1 TeV", sigma="1 GeV")
    >>> float(line.integral("0.5 TeV", "2 TeV").value)
    1e-12
    """

    flux = Declared(1e-12, "1 / (s cm2)")
    mean = Declared(1.0, "TeV")
    sigma = Declared(0.1, "TeV", min=0.0)

    @staticmethod
    def evaluate(energy: Any, flux: Any, mean: Any, sigma: Any) -> Any:
        """The Gaussian."""
        return flux / (sigma * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((energy - mean) / sigma) ** 2)

    @staticmethod
    def moment(low: Any, high: Any, order: int, flux: Any, mean: Any, sigma: Any) -> Any:
        """F/2 (erf − erf), and for the energy flux mean times that less sigma² times the difference of the ends."""
        ends = [(edge - mean) / (sigma * np.sqrt(2)) for edge in (low, high)]
        total = flux / 2 * (erf(ends[1]) - erf(ends[0]))
        if order == 1:
            return total
        density = [GaussianLine.evaluate(edge, flux, mean, sigma) for edge in (low, high)]
        return mean * total - sigma**2 * (density[1] - density[0])
