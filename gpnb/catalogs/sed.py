"""Flux points of a catalogue row as a table in the SED format of GADF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.units import DNDE, ENERGY
from gpnb.models.spectral import SpectralModel

_REQUIRED = ("e_ref", "e_min", "e_max", "dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul")
_UNITS = {"e": ENERGY, "dnde": DNDE, "flux": u.Unit("cm-2 s-1"), "sqrt": u.dimensionless_unscaled}
"""By the first word of a column's name."""


def sed_table(columns: Mapping[str, np.ndarray], **meta: Any) -> QTable:
    """A table with one row an energy, from plain floats in house units.

    Parameters
    ----------
    columns : mapping of array
        By SED name; what is required and missing is NaN. Rows without a reference energy are left out.
    **meta
        Further entries of the table's ``meta``.

    Returns
    -------
    QTable
        With ``SED_TYPE`` in its ``meta``, and a column ``is_ul``.
    """
    values = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    known = np.isfinite(values["e_ref"])
    empty = np.full(known.shape, np.nan)
    values = {**{name: values.get(name, empty) for name in _REQUIRED}, **values}
    _complete_errors(values)
    table = QTable({name: column[known] * _UNITS[name.split("_")[0]] for name, column in values.items()})
    table["is_ul"] = np.isfinite(values["dnde_ul"][known])
    table.meta.update({"SED_TYPE": "dnde", **meta})
    return table


def from_band_fluxes(
    edges: tuple[np.ndarray, np.ndarray],
    flux: np.ndarray,
    errors: np.ndarray,
    sqrt_ts: np.ndarray,
    spectrum: SpectralModel,
    **meta: Any,
) -> QTable:
    """Flux points from integral fluxes in bands, as the LAT catalogues have them.

    The differential flux at the geometric mean of a band is its flux times that ratio for the source's own spectrum.
    A band without a lower error holds an upper limit, the flux plus two upper errors (Acero et al. 2015, ApJS 218, 23).

    Parameters
    ----------
    edges : (array, array)
        Lower and upper ends of the bands, TeV.
    flux : array, shape (n,)
        Integral fluxes, cm-2 s-1.
    errors : array, shape (n, 2)
        Lower (negative) and upper errors of one standard deviation.
    sqrt_ts : array, shape (n,)
        Significances.
    spectrum : SpectralModel
        Gives the shape inside a band.
    **meta
        Further entries of the table's ``meta``.
    """
    low, high = edges
    center = np.sqrt(low * high)
    ratio = spectrum.evaluate_at(center) / spectrum.integral_between(low, high)
    limited = ~np.isfinite(errors[:, 0])
    integral = {
        "flux": np.where(limited, np.nan, flux),
        "flux_errn": np.where(limited, np.nan, -errors[:, 0]),
        "flux_errp": np.where(limited, np.nan, errors[:, 1]),
        "flux_ul": np.where(limited, flux + 2 * errors[:, 1], np.nan),
    }
    differential = {name.replace("flux", "dnde"): column * ratio for name, column in integral.items()}
    energies = {"e_ref": center, "e_min": low, "e_max": high}
    return sed_table({**energies, **differential, **integral, "sqrt_ts": sqrt_ts}, UL_CONF=0.95, **meta)


def _complete_errors(values: dict[str, np.ndarray]) -> None:
    """The symmetric error from the two sides, and each side from it, where one is missing."""
    mean = 0.5 * (values["dnde_errn"] + values["dnde_errp"])
    values["dnde_err"] = np.where(np.isfinite(values["dnde_err"]), values["dnde_err"], mean)
    for side in ("dnde_errn", "dnde_errp"):
        values[side] = np.where(np.isfinite(values[side]), values[side], values["dnde_err"])
