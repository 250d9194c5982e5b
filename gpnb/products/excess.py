"""Maps of an excess of counts and its significance."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gpnb.core.atomic import atomic_set
from gpnb.core.display import Displayed
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.maps.sky_map import SkyMap


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class ExcessMaps(Displayed):
    """Counts in a circle around each pixel, against the background there.

    Parameters
    ----------
    counts, background, excess : SkyMap
        2-D; NaN where there is no usable bin or no background.
    significance : SkyMap
        In standard deviations, signed by the excess.
    radius : float
        Radius of the circle, deg.
    recipe : Recipe
        How they were made.
    """

    panel = "sky"

    counts: SkyMap
    background: SkyMap
    excess: SkyMap
    significance: SkyMap
    radius: float
    recipe: Recipe

    @property
    def maps(self) -> Mapping[str, SkyMap]:
        """The maps by name."""
        return {name: getattr(self, name) for name in ("significance", "excess", "counts", "background")}

    def write(self, folder: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write each map into a folder, as ``significance.fits`` and so on: all of them or nothing."""
        with atomic_set(folder, overwrite) as made:
            for name, sky_map in self.maps.items():
                sky_map.write(made / f"{name}.fits")

    def __repr__(self) -> str:
        highest = float(np.nanmax(self.significance.data, initial=-np.inf))
        ny, nx = self.significance.data.shape
        return f"ExcessMaps({nx} × {ny} pixels, radius {self.radius:g} deg, highest {highest:.2f} σ)"
