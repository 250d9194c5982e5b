"""Counts against the squared angle from a source, as a table that shows itself."""

from __future__ import annotations

import json

from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe


class Theta2Table(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.theta2_table` gives: a Table with a picture.

    Columns ``theta2_min theta2_max`` (deg2), ``counts counts_off alpha background excess excess_error significance``;
    in ``meta`` position, sums, and the recipe.
    """

    panel = "theta2"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("theta2")

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        excess = self.meta.get("excess", float("nan"))
        return f"<Theta2Table of {len(self)} bins, excess {excess:.0f}>"
