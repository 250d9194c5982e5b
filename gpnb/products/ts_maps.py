"""Maps of a test statistic: how much a source at each pixel adds to a model."""

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

_NAMES = ("sqrt_ts", "flux", "flux_err", "flux_errn", "flux_errp", "flux_ul")


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class TsMaps(Displayed):
    """A source at each pixel: its significance, flux, errors and upper limits; made by `gpnb.ts_map`.

    Parameters
    ----------
    sqrt_ts : SkyMap
        Root of the test statistic, with the sign of the flux; 2-D, or with an axis ``energy``.
    flux, flux_err : SkyMap
        Integral flux, and its error from the curvature of −2 ln L (cm-2 s-1).
    model : str
        Name of the source.
    energy : tuple of float
        Edges of the ranges, TeV.
    reference : tuple of float
        Flux of the model in each range, for norm one (cm-2 s-1).
    cl : float
        Confidence of the upper limits.
    sided : int
        1 for one-sided limits, 2 for upper ends of two-sided intervals.
    recipe : Recipe
        How they were made.
    flux_errn, flux_errp, flux_ul : SkyMap, optional
        Lower and upper error, upper limit (cm-2 s-1).
    preview : bool
        Whether this is the quick look of one step, see `gpnb.ts_map`.
    notes : tuple of str
        What deserves attention.
    """

    panel = "sky"

    sqrt_ts: SkyMap
    flux: SkyMap
    flux_err: SkyMap
    model: str
    energy: tuple[float, ...]
    reference: tuple[float, ...]
    cl: float
    sided: int
    recipe: Recipe
    flux_errn: SkyMap | None = None
    flux_errp: SkyMap | None = None
    flux_ul: SkyMap | None = None
    preview: bool = False
    notes: tuple[str, ...] = ()

    @property
    def ts(self) -> SkyMap:
        """The test statistic, with the sign of the flux."""
        values = self.sqrt_ts.data
        return SkyMap(self.sqrt_ts.geom, values * np.abs(values), "", Recipe.of(".ts", on=self, name="ts"))

    @property
    def norm(self) -> SkyMap:
        """Flux over that of the model."""
        reference = np.array(self.reference)[:, None, None]
        values = (self.flux.data / reference).reshape(self.flux.data.shape)
        return SkyMap(self.flux.geom, values, "", Recipe.of(".norm", on=self, name="norm"))

    @property
    def maps(self) -> Mapping[str, SkyMap]:
        """The maps by name."""
        return {name: item for name in _NAMES if (item := getattr(self, name)) is not None}

    def write(self, folder: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write each map into a folder, as ``sqrt_ts.fits`` and so on: all of them or nothing."""
        with atomic_set(folder, overwrite) as made:
            for name, sky_map in self.maps.items():
                sky_map.write(made / f"{name}.fits")

    def __repr__(self) -> str:
        highest = float(np.nanmax(self.sqrt_ts.data, initial=-np.inf))
        ny, nx = self.sqrt_ts.data.shape[-2:]
        kind = ", a preview" if self.preview else ""
        energies = f"{self.energy[0]:.3g} to {self.energy[-1]:.3g} TeV"
        return f"TsMaps({self.model}, {nx} × {ny} pixels, {energies}, highest √TS {highest:.2f}{kind})"
