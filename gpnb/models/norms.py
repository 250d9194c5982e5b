"""Factors on a spectrum, given by a formula: they change a norm, a tilt, a curvature."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.models.base import Declared
from gpnb.models.spectral import cutoff_exponent
from gpnb.models.spectrum import NormModel


class PowerLawNorm(NormModel):
    """A factor that is a power law, norm (E/E0)^-tilt.

    Parameters
    ----------
    norm : float
        The factor at the reference energy.
    tilt : float
        How much steeper the spectrum becomes, frozen at 0.
    reference : Quantity or str
        E0, frozen.

    Examples
    --------
    >>> import gpnb
    >>> model = gpnb.PowerLaw(index=2) * PowerLawNorm(norm=3, tilt=0.5)
    >>> round(float(model("4 TeV") / gpnb.PowerLaw(index=2.5)("4 TeV")), 12)
    3.0
    """

    norm = Declared(1.0)
    tilt = Declared(0.0, frozen=True)
    reference = Declared(1.0, "TeV", frozen=True)

    @staticmethod
    def evaluate(energy: Any, norm: Any, tilt: Any, reference: Any) -> Any:
        """Norm (E/E0)^-tilt."""
        return norm * (energy / reference) ** -tilt


class LogParabolaNorm(NormModel):
    """A factor that is a log-parabola, norm (E/E0)^(-alpha - beta ln(E/E0)).

    Parameters
    ----------
    norm : float
        The factor at the reference energy.
    reference : Quantity or str
        E0, frozen.
    alpha, beta : float
        Tilt at the reference energy, and curvature.
    """

    norm = Declared(1.0)
    reference = Declared(1.0, "TeV", frozen=True)
    alpha = Declared(0.0)
    beta = Declared(0.0)

    @staticmethod
    def evaluate(energy: Any, norm: Any, reference: Any, alpha: Any, beta: Any) -> Any:
        """Norm (E/E0)^(-alpha - beta ln(E/E0))."""
        x = np.log(energy / reference)
        return norm * np.exp(-(alpha + beta * x) * x)


class ExpCutoffNorm(NormModel):
    """A factor with a cut-off, norm (E/E0)^-index exp(-(lambda E)^alpha).

    Parameters
    ----------
    index, norm : float
        Tilt below the cut-off, and the factor there at the reference energy.
    reference, lambda_ : Quantity or str
        E0, frozen, and inverse cut-off energy.
    alpha : float
        Sharpness of the cut-off, frozen at 1.
    """

    index = Declared(0.0)
    norm = Declared(1.0)
    reference = Declared(1.0, "TeV", frozen=True)
    lambda_ = Declared(0.1, "TeV-1")
    alpha = Declared(1.0, frozen=True)

    @staticmethod
    def evaluate(energy: Any, index: Any, norm: Any, reference: Any, lambda_: Any, alpha: Any) -> Any:
        """Norm (E/E0)^-index exp(-(lambda E)^alpha)."""
        return norm * (energy / reference) ** -index * np.exp(-cutoff_exponent(energy, lambda_, alpha))
