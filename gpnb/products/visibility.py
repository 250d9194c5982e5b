"""When a target can be observed, as tables that show themselves."""

from __future__ import annotations

import json
from typing import ClassVar

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe


class Visibility(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.visibility` gives: a night, a Table with a picture.

    Columns ``time`` (UTC), ``altitude``, ``sun`` and ``moon`` (altitudes, deg), ``usable``; in ``meta`` ``hours``,
    ``target``, ``site``, ``night``, ``zenith_max`` (deg), and the recipe.
    """

    panel: ClassVar[str] = "visibility"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("night")

    @property
    def hours(self) -> u.Quantity:
        """How long the target can be observed."""
        return float(self.meta["hours"]) * u.h

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        meta = self.meta
        return f"<Visibility: {meta['target']} from {meta['site']}, {meta['night']}, {meta['hours']:.1f} h>"


class VisibleHours(Displayed, Table):  # type: ignore[misc]  # astropy is not typed
    """What `gpnb.visible_hours` gives: the hours of a year by month and zenith angle, a Table with a picture.

    Columns ``month`` (1 to 12), ``hours`` in bands of zenith angle, and their ``total``; in ``meta`` the edges of the
    bands ``zenith`` (deg), ``target``, ``site``, ``year``, and the recipe.
    """

    panel: ClassVar[str] = "visiblehours"

    @property
    def recipe(self) -> Recipe:  # type: ignore[override]
        """How it was made."""
        text = self.meta.get("recipe")
        return Recipe.from_dict(json.loads(text)) if text else Recipe.memory("year")

    @property
    def hours(self) -> u.Quantity:
        """Of the whole year."""
        return float(np.sum(self["total"])) * u.h

    @property
    def table(self) -> Table:
        """The plain table."""
        return Table(self, copy=False)

    def __repr__(self) -> str:
        meta = self.meta
        return f"<VisibleHours: {meta['target']} from {meta['site']}, {meta['year']}, {self.hours.value:.0f} h>"
