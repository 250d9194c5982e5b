"""How faint a source may be, energy by energy, as a table that shows itself."""

from __future__ import annotations

import json
from typing import ClassVar

from astropy.table import QTable, Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe


class Sensitivity(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.sensitivity` gives: a Table with a picture.

    Columns ``e_ref e_min e_max`` (TeV), ``norm`` (in parts of the spectrum that was given), ``e2dnde`` (erg cm-2 s-1),
    ``dnde``, ``flux`` (integral from ``e_min`` to ``e_max``), ``excess`` and ``background`` counts, and ``criterion``,
    what rules there; in ``meta`` what was demanded, ``livetime`` (s), ``integral``, and the recipe.
    """

    panel: ClassVar[str] = "sensitivity"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("sensitivity")

    @property
    def curve(self) -> QTable:
        """Energy and differential flux alone: for `gpnb.Sed`, beside spectra."""
        return QTable({"energy": self["e_ref"].quantity, "dnde": self["dnde"].quantity})

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        hours = self.meta.get("livetime", float("nan")) / 3600
        kind = "Integral" if self.meta.get("integral") else "Differential"
        return f"<Sensitivity: {kind.lower()}, {len(self)} energies, {hours:.4g} h>"
