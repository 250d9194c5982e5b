"""Columns of spectral energy distributions: their units, and a reference spectrum for those that have none."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_units import unit_factor, without_counts
from gpnb.core.units import DNDE, ENERGY

SED_TYPES = ("dnde", "e2dnde", "flux", "eflux", "norm")
"""What fluxes can be given as: differential, E² times that, integral, integral of the energy, relative."""

SUFFIXES = ("", "_err", "_errn", "_errp", "_ul")

UNITS = {
    "dnde": DNDE,
    "e2dnde": u.Unit("TeV s-1 cm-2"),
    "flux": u.Unit("s-1 cm-2"),
    "eflux": u.Unit("TeV s-1 cm-2"),
    "norm": u.dimensionless_unscaled,
}

_TRUE = ("true", "t", "yes", "y", "1", "1.0", "<", "ul")
_FALSE = ("false", "f", "no", "n", "0", "0.0", "", "-", "nan", "none", ">", "=")

REFERENCES = ("ref_dnde", "ref_flux", "ref_eflux")

PARAMETER = "par_"
"""How columns of fitted parameters begin in tables."""


class Spectrum(Protocol):
    """What a reference must do: every spectral model does."""

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE."""


class FlatSpectrum:
    """A power law of index 2, 1e-12 cm-2 s-1 TeV-1 at 1 TeV: the reference of points that come without one."""

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1)."""
        return 1e-12 * energy**-2.0

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE for order 1 and 2."""
        return 1e-12 * (np.log(high / low) if order == 2 else 1 / low - 1 / high)


def reference_columns(spectrum: Spectrum, e_ref: np.ndarray, e_min: np.ndarray, e_max: np.ndarray) -> dict[str, Any]:
    """The reference spectrum at the energies of points; integrals are NaN where the bin is not known."""
    known = np.isfinite(e_min) & np.isfinite(e_max) & (e_min > 0) & (e_max > e_min)
    flux, eflux = np.full((2, *known.shape), np.nan)
    if known.any():
        flux[known] = spectrum.moment_between(e_min[known], e_max[known], 1)
        eflux[known] = spectrum.moment_between(e_min[known], e_max[known], 2)
    return {"ref_dnde": spectrum.evaluate_at(e_ref), "ref_flux": flux, "ref_eflux": eflux}


def unit_of(name: str) -> u.UnitBase:
    """The unit inside gpnb of a column, by its name in the SED format."""
    stem = name.removeprefix("ref_").split("_")[0]
    return ENERGY if stem == "e" else UNITS.get(stem, u.dimensionless_unscaled)


def plain_column(table: Table, name: str, where: str) -> np.ndarray:
    """A column as floats in house units; what is masked is NaN. Photons are counted without a unit."""
    column = table[name]
    try:
        values: np.ndarray = np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
    except (TypeError, ValueError) as error:
        raise DataFormatError(f"{where}, column {name}, holds something else than numbers.") from error
    unit = getattr(column, "unit", None)
    if unit is None:
        return np.asarray(values)
    wanted = unit_of(name)
    return np.asarray(values * unit_factor(_without_photons(unit), wanted, f"{where}, column {name}"))


def truth_values(column: Any, where: str) -> np.ndarray:
    """A column of flags as bool: numbers, logical values, or words for them; what is masked is False.

    Raises
    ------
    DataFormatError
        If a word is not known.

    Examples
    --------
    >>> truth_values(np.array(["True", "n", "<", ""]), "here").tolist()
    [True, False, True, False]
    """
    if column.dtype.kind not in "USO":
        return np.asarray(np.nan_to_num(np.ma.filled(np.ma.asarray(column, dtype=float), 0.0)) != 0)
    words = np.char.lower(np.char.strip(np.asarray(np.ma.filled(column, "")).astype(str)))
    unknown = words[~np.isin(words, _TRUE + _FALSE)]
    if unknown.size:
        raise DataFormatError(f"{where} holds {str(unknown[0])!r}; expected true or false.")
    return np.asarray(np.isin(words, _TRUE))


def sed_type_of(table: Table, where: str) -> str:
    """The kind of flux in a table: as its header says, else by its columns.

    Raises
    ------
    DataFormatError
        If it holds no flux.
    """
    if "norm" in table.colnames and "ref_dnde" in table.colnames:
        return "norm"
    said = str({str(key).upper(): value for key, value in table.meta.items()}.get("SED_TYPE", "")).strip().lower()
    if said in table.colnames and said in SED_TYPES:
        return said
    found = [kind for kind in SED_TYPES[:-1] if kind in table.colnames]
    if not found:
        raise DataFormatError(
            f"{where} holds no flux points: expected a column dnde, e2dnde, flux or eflux, or norm with ref_dnde; "
            f"there are: {', '.join(table.colnames)}."
        )
    return found[0]


def _without_photons(unit: Any) -> str:
    return str(without_counts(u.Unit(unit, parse_strict="silent")).to_string())
