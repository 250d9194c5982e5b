"""How much and how fast a light curve varies: one number of each kind an energy band."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY

_UNITS = {
    **dict.fromkeys(("e_min", "e_max"), ENERGY),
    "mean_flux": u.Unit("cm-2 s-1"),
    **dict.fromkeys(("doubling", "doubling_err", "halving", "halving_err"), u.s),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Variability:
    """Measures of variability, plain floats, one an energy band; NaN where not known.

    Parameters
    ----------
    e_min, e_max : array
        Energy bands, TeV.
    points : array of int
        Bins of time with a flux and its error.
    mean_flux : array
        Plain mean of their fluxes, cm-2 s-1.
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
    overlaps : int
        Bins that begin before the last one ended: no doubling time is taken between those.
    name : str
        Of the source.
    recipe : Recipe
        How they were made.
    """

    e_min: np.ndarray
    e_max: np.ndarray
    points: np.ndarray
    mean_flux: np.ndarray
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
    overlaps: int = 0
    name: str = ""
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("variability"))

    @property
    def table(self) -> QTable:
        """One row an energy band, with units."""
        columns = {item.name: getattr(self, item.name) for item in fields(self)}
        arrays = {name: value for name, value in columns.items() if isinstance(value, np.ndarray)}
        made = {name: value * _UNITS[name] if name in _UNITS else value for name, value in arrays.items()}
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
        html: str = self.table._repr_html_()
        return html
