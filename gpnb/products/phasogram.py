"""Counts or flux against the phase of a turn, as a table that shows itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe


class Phasogram(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.phasogram` and `gpnb.phase_flux` give: a Table with a picture.

    Columns ``phase_min phase_max`` and either ``counts counts_err`` or ``flux flux_err flux_errn flux_errp flux_ul
    sqrt_ts``; in ``meta`` the phases that are ON and OFF, sums, and the recipe.

    Examples
    --------
    >>> columns = {"phase_min": [0.0, 0.5], "phase_max": [0.5, 1.0], "counts": [7.0, 3.0]}
    >>> Phasogram.of(columns, {}, Recipe.memory("pulse"))
    <Phasogram of counts in 2 bins>
    """

    panel = "phasogram"

    @classmethod
    def of(cls, columns: Mapping[str, Any], meta: Mapping[str, Any], recipe: Recipe) -> Phasogram:
        """A table of these columns and facts."""
        return cls(dict(columns), meta={**meta, "recipe": recipe.to_json()})

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("phasogram")

    @property
    def quantity(self) -> str:
        """What is given against phase: ``"counts"`` or ``"flux"``."""
        return "flux" if "flux" in self.colnames else "counts"

    @property
    def phase(self) -> np.ndarray:
        """Middles of the bins."""
        return np.asarray(0.5 * (np.asarray(self["phase_min"]) + np.asarray(self["phase_max"])))

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        return f"<Phasogram of {self.quantity} in {len(self)} bins>"
