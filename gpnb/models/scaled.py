"""A spectrum of a fixed shape with a free norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.models.base import Declared
from gpnb.models.spectrum import SpectralModel


class ScaledSpectrum(SpectralModel):
    """Another model times a norm, its own parameters held.

    Parameters
    ----------
    model : SpectralModel
        The shape.
    norm : float
        The factor, the only parameter.

    Examples
    --------
    >>> import gpnb
    >>> float(ScaledSpectrum(gpnb.PowerLaw(), norm=3)("1 TeV").value)
    3e-12
    """

    norm = Declared(1.0)

    def __init__(self, model: SpectralModel, **given: Any):
        super().__init__(**given)
        self.model, self.unit = model, model.unit

    def arguments(self) -> dict[str, Any]:
        """Constructor arguments: the shape and the norm."""
        return {"model": self.model, **super().arguments()}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the shape."""
        return {**super().to_dict(), "model": self.model.to_dict()}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"model": SpectralModel.from_dict(data["model"])}

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        return self.norm.value * self.model.evaluate_at(energy)

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivative with the norm."""
        return self.model.evaluate_at(energy)[None]

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE."""
        return self.norm.value * self.model.moment_between(low, high, order)

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Its derivative with the norm."""
        return self.model.moment_between(low, high, order)[None]
