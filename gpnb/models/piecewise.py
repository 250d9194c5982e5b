"""A factor given by norms at node energies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.models.log_log import TINY, energy_nodes, quantity_from_dict
from gpnb.models.parameter import Parameter
from gpnb.models.spectrum import NormModel


class PiecewiseNorm(NormModel):
    """A factor that is a power law between nodes, and constant beyond the outer ones.

    Parameters
    ----------
    energy : Quantity or list of str
        The nodes, in rising order.
    norms : sequence of float, optional
        The factor there, positive: the parameters ``norm_0``, ``norm_1`` …; 1 if not given.

    Examples
    --------
    >>> model = PiecewiseNorm([1, 100] * u.TeV, norms=[1, 4])
    >>> model.names, float(model("10 TeV").value.round(12))
    (('norm_0', 'norm_1'), 2.0)
    """

    def __init__(self, energy: Any, norms: Sequence[float] | None = None, **given: Any):
        super().__init__()
        self._energy = energy_nodes(energy)
        norms = [1.0] * self._energy.size if norms is None else norms
        if len(norms) != self._energy.size:
            raise ArgumentError(f"norms must be {self._energy.size} numbers, one an energy, not {len(norms)}.")
        defaults = [Parameter(f"norm_{place}", float(value), min=0.0) for place, value in enumerate(norms)]
        self._values = {item.name: item for item in defaults}
        self._values |= {name: self._known(name).to(value) for name, value in given.items()}

    @property
    def energy(self) -> u.Quantity:
        """The nodes."""
        return self._energy * u.TeV

    @property
    def recipe(self) -> Recipe:
        """The constructor call, with nodes and norms."""
        return Recipe.of("gpnb.PiecewiseNorm()", energy=self.energy, norms=list(self.values))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the nodes."""
        return {**super().to_dict(), "energy": {"data": self._energy.tolist(), "unit": "TeV"}}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"energy": quantity_from_dict(data["energy"], "energy")}

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """The factor at plain energies (TeV)."""
        return np.asarray(np.exp(np.tensordot(np.log(self._norms), self._hats(energy), axes=1)))

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivatives with the norms: each acts between its neighbours."""
        hats = self._hats(energy)
        factor = np.exp(np.tensordot(np.log(self._norms), hats, axes=1))
        return np.asarray(factor * hats / self._norms.reshape(-1, *[1] * np.ndim(energy)))

    @property
    def _norms(self) -> np.ndarray:
        return np.maximum(self.values, TINY)

    def _hats(self, energy: np.ndarray) -> np.ndarray:
        """Weight of each node's logarithm at the energies; shape (n nodes, …)."""
        x, nodes = np.log(np.asarray(energy, dtype=float)), np.log(self._energy)
        return np.stack([np.interp(x, nodes, row) for row in np.eye(nodes.size)])
