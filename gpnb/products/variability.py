"""How much and how fast a light curve varies: one number of each kind an energy band."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.frozen import unchanging
from gpnb.core.html_table import html_table
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY
from gpnb.products.sed import UNITS

_TIMES = ("doubling", "doubling_err", "doubling_ll", "halving", "halving_err", "halving_ll")


@unchanging
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Variability:
    """Measures of variability, plain floats, one an energy band; NaN where not known.

    Parameters
    ----------
    e_min, e_max : array
        Energy bands, TeV.
    points : array of int
        Bins of time with a flux and its error.
    mean_flux, mean_flux_err : array
        Plain mean of their fluxes, which F_var and F_pp are in parts of, and its error from those of the fluxes.
    fvar, fvar_err, fvar_ul : array
        Fractional variability, its error, and its one-sided upper limit: see `gpnb.stats.fvar`.
    fpp, fpp_err : array
        The same from point to point: see `gpnb.stats.fpp`.
    chi2, dof, p_value : array
        Against a constant flux: see `gpnb.stats.chi2_constant`.
    ts, ts_dof, ts_p_value : array
        The same from the stored likelihood scans, with limits and few counts as they are: see `gpnb.stats.ts_constant`.
    doubling, doubling_err, halving, halving_err : array
        Shortest times between neighbours whose fluxes differ significantly, s.
    doubling_ll, halving_ll : array
        Lower limits of the shortest times, s, whether the fluxes differ significantly or not: see
        `gpnb.stats.doubling_limits`. Neighbours allow no shorter one; those that allow any tell nothing.
    doubling_pair, halving_pair : array of int, shape (n, 2)
        Numbers of the two bins of the shortest time, or of its limit where that is not known; −1 for none.
    kind : {"flux", "dnde"}
        What the mean flux is: integral (cm-2 s-1), or differential (TeV-1 cm-2 s-1) where the bands are not known.
    overlaps : int
        Bins that begin before an earlier one has ended: those are not compared as neighbours.
    name : str
        Of the source.
    recipe : Recipe
        How they were made.
    """

    e_min: np.ndarray
    e_max: np.ndarray
    points: np.ndarray
    mean_flux: np.ndarray
    mean_flux_err: np.ndarray
    fvar: np.ndarray
    fvar_err: np.ndarray
    fvar_ul: np.ndarray
    fpp: np.ndarray
    fpp_err: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    p_value: np.ndarray
    ts: np.ndarray
    ts_dof: np.ndarray
    ts_p_value: np.ndarray
    doubling: np.ndarray
    doubling_err: np.ndarray
    halving: np.ndarray
    halving_err: np.ndarray
    doubling_ll: np.ndarray
    halving_ll: np.ndarray
    doubling_pair: np.ndarray
    halving_pair: np.ndarray
    kind: str = "flux"
    overlaps: int = 0
    name: str = ""
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("variability"))

    def quantity(self, name: str) -> u.Quantity:
        """A measure with its unit: ``"doubling"``, ``"mean_flux"`` and so on."""
        return u.Quantity(self.table[name])

    @property
    def table(self) -> QTable:
        """One row an energy band, with units."""
        columns = {item.name: getattr(self, item.name) for item in fields(self)}
        arrays = {name: value for name, value in columns.items() if isinstance(value, np.ndarray)}
        units = {"e_min": ENERGY, "e_max": ENERGY, **dict.fromkeys(_TIMES, u.s)}
        units |= dict.fromkeys(("mean_flux", "mean_flux_err"), UNITS[self.kind])
        made = {name: value * units[name] if name in units else value for name, value in arrays.items()}
        return QTable(made, meta={"SOURCE": self.name, "OVERLAPS": self.overlaps})

    def __len__(self) -> int:
        return len(self.e_min)

    def __repr__(self) -> str:
        bands = [
            f"{low:.3g}–{high:.3g} TeV: F_var = "
            + (f"{value:.3f} ± {error:.3f}" if np.isfinite(value) else f"less than {limit:.3f}")
            for low, high, value, error, limit in zip(
                self.e_min, self.e_max, self.fvar, self.fvar_err, self.fvar_ul, strict=True
            )
        ]
        name = f"{self.name}, " if self.name else ""
        return f"Variability({name}{'; '.join(bands)})"

    def _repr_html_(self) -> str:
        return html_table(self.table)
