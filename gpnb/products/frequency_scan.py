"""Pulsation at trial frequencies, as a table that shows itself."""

from __future__ import annotations

import json

import numpy as np
from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe


class FrequencyScan(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.frequency_scan` gives: a Table with a picture.

    Columns ``offset`` (Hz, from the frequency of the phases), ``stat``, ``p_value`` (of one trial); in ``meta`` the
    test, the number of events, the independent ``step`` of frequency (Hz), and the recipe.
    """

    panel = "frequencyscan"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("scan")

    @property
    def peak(self) -> Table.Row:
        """The row of the largest statistic."""
        return self[int(np.nanargmax(np.asarray(self["stat"])))]

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        return f"<FrequencyScan of {len(self)} frequencies>"
