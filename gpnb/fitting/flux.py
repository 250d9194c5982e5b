"""Flux of a spectrum in fixed bins, again and again with other values."""

from __future__ import annotations

import numpy as np

from gpnb.models.derivative import complex_step_with_value
from gpnb.models.integrate import quadrature
from gpnb.models.spectrum import SpectralModel


class BinFlux:
    """Integral flux in energy bins as a function of plain parameter values.

    What does not depend on them (the nodes of the integration) is made once.

    Parameters
    ----------
    model : SpectralModel
        The spectrum.
    low, high : array
        Bounds of the bins, TeV.
    """

    def __init__(self, model: SpectralModel, low: np.ndarray, high: np.ndarray):
        self._model, self._low, self._high = model, low, high
        kind = type(model)
        # a formula that is integrated by quadrature needs no copies of the model
        self._is_formula = (
            kind.evaluate_at is SpectralModel.evaluate_at
            and kind.gradient_at is SpectralModel.gradient_at
            and kind.moment_between is SpectralModel.moment_between
        )
        if self._is_formula:
            self._nodes, self._weights = quadrature(low, high)

    def value(self, values: list[float]) -> np.ndarray:
        """The flux, cm-2 s-1."""
        if self._is_formula:
            return np.asarray((self._model.evaluate(self._nodes, *values) * self._weights).sum(axis=-1))
        return self._model.with_values(values).moment_between(self._low, self._high, 1)

    def both(self, values: list[float], places: np.ndarray) -> np.ndarray:
        """The flux and, in the rows below it, its derivatives with the parameters at these places."""
        if self._is_formula and places.size:
            rows = complex_step_with_value(lambda *items: self._model.evaluate(self._nodes, *items), values, places)
            return np.asarray(np.einsum("pbn,bn->pb", rows, self._weights))
        model = self._model.with_values(values)
        flux = model.moment_between(self._low, self._high, 1)[None]
        if not places.size:
            return flux
        return np.concatenate([flux, model.moment_gradient_between(self._low, self._high, 1)[places]])
