"""How long a source takes to be detected, as a table that shows itself."""

from __future__ import annotations

import json
import math
from typing import ClassVar

from astropy import units as u
from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe
from gpnb.core.words import number


class DetectionTime(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.time_to_detection` gives: significance against live time, a Table with a picture.

    Columns ``livetime`` (h), ``sqrt_ts`` (the median to be expected) and ``excess`` counts; in ``meta`` ``hours`` until
    the detection (infinite for never), ``criterion``, what rules, what was demanded, and the recipe.
    """

    panel: ClassVar[str] = "detectiontime"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("detection")

    @property
    def livetime(self) -> u.Quantity:
        """Live time until the source is detected; infinite if it never is."""
        return float(self.meta["hours"]) * u.h

    @property
    def criterion(self) -> str:
        """What rules: ``"significance"``, ``"counts"`` or ``"systematics"``."""
        return str(self.meta["criterion"])

    @property
    def words(self) -> str:
        """The answer in one sentence."""
        sigma, hours = f"{self.meta['significance']:g} σ", float(self.meta["hours"])
        if math.isinf(hours):
            share, least = (f"{100 * self.meta[name]:.2g} %" for name in ("share", "systematics"))
            return f"never detected: the source is {share} of the background beneath it, of which {least} is uncertain"
        after = f"{number(float(f'{hours:.3g}'))} h"
        if self.criterion == "counts":
            return f"{self.meta['min_counts']:g} counts, and more than {sigma}, after {after}"
        return f"{sigma} after {after}"

    def sqrt_ts(self, livetime: u.Quantity | str) -> float:
        """Significance to be expected after another live time.

        Parameters
        ----------
        livetime : Quantity or str
            Such as ``"20 h"``.
        """
        return float(self.meta["sqrt_ts_1h"] * math.sqrt(u.Quantity(livetime).to_value("h")))

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        return f"<DetectionTime: {self.words}>"
