"""Sums and products of spectra."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.recipe import Recipe
from gpnb.models.base import Model
from gpnb.models.norms import PowerLawNorm
from gpnb.models.parameter import Parameter
from gpnb.models.spectrum import SpectralModel

_OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "/": operators.truediv,
}
_WORDS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv"}
_NORM = u.dimensionless_unscaled


class CompoundSpectrum(SpectralModel):
    """Two spectra added or subtracted, or a spectrum multiplied with (or divided by) a factor.

    Made by the operators ``+ - * /``. Its parameters are those of both models; of two of one name the second
    is called ``name_2``.

    Parameters
    ----------
    left, right : SpectralModel
        The two models.
    operator : {'+', '-', '*', '/'}
        What joins them.

    Examples
    --------
    >>> import gpnb
    >>> model = gpnb.PowerLaw(index=2) + gpnb.PowerLaw(index=3)
    >>> model.names
    ('index', 'amplitude', 'reference', 'index_2', 'amplitude_2', 'reference_2')
    >>> float(model.replace(index_2=2)("1 TeV").value)
    2e-12
    """

    def __init__(self, left: SpectralModel, right: SpectralModel, operator: str = "+"):
        if operator not in _WORDS:
            raise ArgumentError(f"operator={operator!r} must be one of {', '.join(_WORDS)}.")
        super().__init__()
        self.left, self.right, self.operator = left, right, operator
        self.unit = _unit(left.unit, right.unit, operator)
        self._values = _merged(left, right)

    @property
    def recipe(self) -> Recipe:
        """The call that joins the two."""
        return Recipe.of("gpnb.CompoundSpectrum()", left=self.left, right=self.right, operator=self.operator)

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        left, right = self.left.evaluate_at(energy), self.right.evaluate_at(energy)
        return _OPERATIONS[self.operator](left, right)

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivatives with all parameters, by the rules of sum, product and quotient."""
        lefts, rights = self.left.gradient_at(energy), self.right.gradient_at(energy)
        if self._is_sum:
            return np.concatenate([lefts, rights * self._sign])
        left, right = self.left.evaluate_at(energy), self.right.evaluate_at(energy)
        if self.operator == "*":
            return np.concatenate([lefts * right, left * rights])
        return np.concatenate([lefts / right, -left / right**2 * rights])

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE: of a sum, the sum of the integrals."""
        if not self._is_sum:
            return super().moment_between(low, high, order)
        return self.left.moment_between(low, high, order) + self._sign * self.right.moment_between(low, high, order)

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Its derivatives with all parameters."""
        if not self._is_sum:
            return super().moment_gradient_between(low, high, order)
        left = self.left.moment_gradient_between(low, high, order)
        return np.concatenate([left, self._sign * self.right.moment_gradient_between(low, high, order)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML: the two models, with their own names of parameters."""
        return {
            "type": "CompoundSpectrum",
            "model1": self.left.to_dict(),
            "model2": self.right.to_dict(),
            "operator": _WORDS[self.operator],
        }

    @classmethod
    def _from_dict(cls, data: dict[str, Any]) -> Self:
        signs = {word: sign for sign, word in _WORDS.items()}
        if data.get("operator") not in signs:
            raise DataFormatError(f"operator={data.get('operator')!r} must be one of {', '.join(signs)}.")
        left, right = (SpectralModel.from_dict(data[name]) for name in ("model1", "model2"))
        return cls(left, right, signs[data["operator"]])

    @property
    def _is_sum(self) -> bool:
        return self.operator in "+-"

    @property
    def _sign(self) -> float:
        return -1.0 if self.operator == "-" else 1.0

    def _with(self, changed: dict[str, Parameter]) -> Self:
        copy = super()._with(changed)
        values, count = list(copy._values.values()), len(self.left.names)
        copy.left = _own(self.left, values[:count])
        copy.right = _own(self.right, values[count:])
        return copy

    def __repr__(self) -> str:
        return f"({self.left!r} {self.operator} {self.right!r})"


def combine(left: SpectralModel, operator: str, right: SpectralModel | float) -> SpectralModel:
    """What the operators between spectra do; a number is a frozen factor."""
    if isinstance(right, int | float) and not isinstance(right, bool) and operator in "*/":
        right = PowerLawNorm(norm=right).freeze("norm")
    if not isinstance(right, SpectralModel):
        raise ArgumentError(
            f"{type(left).__name__} {operator} {right!r}: expected a spectral model, or * or / a number."
        )
    return CompoundSpectrum(left, right, operator)


def _unit(left: u.UnitBase, right: u.UnitBase, operator: str) -> u.UnitBase:
    if operator in "+-":
        if left != right:
            raise ArgumentError("A spectrum and a factor without unit cannot be added: multiply them with *.")
        return left
    if _NORM not in (left, right) or (operator == "/" and right != _NORM):
        raise ArgumentError(
            f"Two spectra cannot be joined with {operator}: one must be a factor, such as PowerLawNorm."
        )
    return left if right == _NORM else right


def _merged(left: Model, right: Model) -> dict[str, Parameter]:
    values = {item.name: item for item in left.parameters}
    for item in right.parameters:
        name, number = item.name, 2
        while name in values:
            name, number = f"{item.name}_{number}", number + 1
        values[name] = replace(item, name=name)
    return values


def _own(model: SpectralModel, parameters: list[Parameter]) -> SpectralModel:
    """The model with these parameters, under its own names of them."""
    pairs = zip(model.names, parameters, strict=True)
    return model._with({name: replace(item, name=name) for name, item in pairs})
