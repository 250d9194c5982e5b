"""Maps of the flux in a circle around each pixel."""

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
from gpnb.products.coverage import coverage_notes


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class FluxMaps(Displayed):
    """Integral flux in a circle around each pixel, with errors and upper limits.

    Parameters
    ----------
    flux, flux_err, flux_errn, flux_errp, flux_ul : SkyMap
        2-D, cm-2 s-1: the flux, its error from the counts, its lower and upper error, its upper limit.
    significance : SkyMap
        In standard deviations.
    energy : tuple of float
        The range, TeV.
    radius : float
        Radius of the circle, deg.
    cl : float
        Confidence of the upper limit.
    sided : int
        1 for a one-sided limit, 2 for the upper end of a two-sided interval.
    recipe : Recipe
        How they were made.
    containment : float
        Part of a source's photons that the circle holds, for which the fluxes are corrected; 1 for none.
    coverage : SkyMap, optional
        How often each upper limit holds at worst; see `gpnb.stats.limit_coverage`.
    """

    panel = "sky"

    flux: SkyMap
    flux_err: SkyMap
    flux_errn: SkyMap
    flux_errp: SkyMap
    flux_ul: SkyMap
    significance: SkyMap
    energy: tuple[float, float]
    radius: float
    cl: float
    sided: int
    recipe: Recipe
    containment: float = 1.0
    coverage: SkyMap | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the fluxes mean, and what to know of their upper limits."""
        lost = "of a point source they lack what the point spread function carries out, if containment= is not given"
        meaning = f"fluxes are of what lies within {self.radius:g} deg: {lost}"
        if self.containment < 1:
            meaning = f"fluxes are corrected for a circle that holds {100 * self.containment:.3g} % of a source"
        few = () if self.coverage is None else coverage_notes(self.coverage.data, self.cl, self.sided, "bounded")
        return meaning, *few

    @property
    def maps(self) -> Mapping[str, SkyMap]:
        """The maps by name."""
        names = ("flux", "significance", "flux_err", "flux_errn", "flux_errp", "flux_ul")
        return {name: getattr(self, name) for name in names}

    def write(self, folder: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write each map into a folder, as ``flux.fits`` and so on: all of them or nothing."""
        with atomic_set(folder, overwrite) as made:
            for name, sky_map in self.maps.items():
                sky_map.write(made / f"{name}.fits")

    def __repr__(self) -> str:
        highest = float(np.nanmax(self.flux.data, initial=-np.inf))
        low, high = self.energy
        return f"FluxMaps({low:.3g} to {high:.3g} TeV, radius {self.radius:g} deg, highest {highest:.3g} cm-2 s-1)"
