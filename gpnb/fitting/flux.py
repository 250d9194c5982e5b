"""Flux of a spectrum in fixed bins, again and again with other values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gpnb.models.derivative import complex_step_with_value
from gpnb.models.integrate import quadrature
from gpnb.models.spectrum import ClosedSpectrum, SpectralModel


class BinFlux:
    """Integral flux in energy bins as a function of plain parameter values.

    What does not depend on them (the nodes of the integration) is made once.

    Parameters
    ----------
    model : SpectralModel
        The spectrum.
    low, high : array
        Bounds of the bins, TeV; where both are the same, the differential flux at that energy is meant.
    """

    def __init__(self, model: SpectralModel, low: np.ndarray, high: np.ndarray):
        self.low, self.high = low, high
        self._model, self._wide = model, np.asarray(low < high)
        kind = type(model)
        # a formula that is integrated by quadrature needs no copies of the model
        self._is_formula = (
            kind.evaluate_at is SpectralModel.evaluate_at
            and kind.gradient_at is SpectralModel.gradient_at
            and kind.moment_between is SpectralModel.moment_between
        )
        self._is_closed = kind.moment_between is ClosedSpectrum.moment_between and bool(self._wide.all())
        if self._is_formula:
            self._nodes, self._weights = _nodes(low, high, self._wide)

    def value(self, values: list[float]) -> np.ndarray:
        """The flux, cm-2 s-1 (TeV-1 in bins without width)."""
        if self._is_formula:
            return np.asarray((self._model.evaluate(self._nodes, *values) * self._weights).sum(axis=-1))
        model = self._model.with_values(values)
        return self._joined(model.moment_between, model.evaluate_at)

    def many(self, values: np.ndarray) -> np.ndarray:
        """The flux for many sets of values, one a row."""
        found = self._at_once(values)
        return np.array([self.value(row) for row in values.tolist()]) if found is None else found

    def both(self, values: list[float], places: np.ndarray) -> np.ndarray:
        """The flux and, in the rows below it, its derivatives with the parameters at these places."""
        if self._is_formula and places.size:
            rows = complex_step_with_value(lambda *items: self._model.evaluate(self._nodes, *items), values, places)
            return np.asarray(np.einsum("pbn,bn->pb", rows, self._weights))
        model = self._model.with_values(values)
        flux = self._joined(model.moment_between, model.evaluate_at)[None]
        if not places.size:
            return flux
        return np.concatenate([flux, self._joined(model.moment_gradient_between, model.gradient_at)[places]])

    def _joined(
        self, integral: Callable[[np.ndarray, np.ndarray, int], np.ndarray], at: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Integrals in the bins, values where they have no width."""
        wide = self._wide
        if wide.all():
            return integral(self.low, self.high, 1)
        if not wide.any():
            return at(self.low)
        parts = integral(self.low[wide], self.high[wide], 1), at(self.low[~wide])
        found = np.empty((*parts[0].shape[:-1], wide.size))
        found[..., wide], found[..., ~wide] = parts
        return found

    def _at_once(self, values: np.ndarray) -> np.ndarray | None:
        """All rows by one call of the formula; None where there is none, or it is not made for arrays."""
        if not (self._is_formula or self._is_closed) or len(values) < 2:
            return None
        try:
            if self._is_formula:
                columns = values.T[:, :, None, None]
                found = (self._model.evaluate(self._nodes, *columns) * self._weights).sum(axis=-1)
            else:
                found = self._model.moment(self.low, self.high, 1, *values.T[:, :, None])  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            return None
        found = np.asarray(found)
        whole = found.shape == (len(values), self.low.size)
        good = whole and np.allclose(found[-1], self.value(values[-1].tolist()), rtol=1e-9, atol=0, equal_nan=True)
        return found if good else None


def _nodes(low: np.ndarray, high: np.ndarray, wide: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights; a bin without width has its nodes all at one energy."""
    if not wide.any():
        return low[:, None], np.ones((low.size, 1))
    nodes, weights = quadrature(low, high)
    weights[~wide] = 1 / weights.shape[-1]
    return nodes, weights
