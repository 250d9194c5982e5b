"""Flux points in the tables of GADF, Gammapy and fermipy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import QTable, Table
from scipy.special import ndtr, ndtri

from gpnb.core.errors import DataFormatError
from gpnb.core.header_keys import keyword_number
from gpnb.products.estimates import EFFECTIVE, NORMS, SCANS, STATS
from gpnb.products.sed import (
    REFERENCES,
    SED_TYPES,
    SUFFIXES,
    FlatSpectrum,
    Spectrum,
    plain_column,
    reference_columns,
    sed_type_of,
    truth_values,
)

_ENERGIES = ("e_ref", "e_min", "e_max")
_EXTRA = (
    *("n_on", "n_off", "excess", "background", "signal", "ref_npred"),
    *EFFECTIVE,
    *("counts", "npred", "npred_excess", "success", "n_dof"),
)
"""Columns that are kept as they are: our own (without those that Gammapy expects once a dataset), and Gammapy's."""

_SIZES = ("norm_err", "norm_errn", "norm_errp")

_WHERE = "The table of flux points"
_UL_BELOW = 2.0
"""Significance under which a point is drawn as a limit, if the file has both and says nothing."""


def fields_of(table: Table, sed_type: str | None = None, reference: Spectrum | None = None) -> dict[str, Any]:
    """The fields of `FluxPoints` (or, for tables of vectors, of a light curve) in a table.

    Parameters
    ----------
    table : Table
        In the SED format.
    sed_type, reference
        See `FluxPoints.from_table`.

    Raises
    ------
    DataFormatError
        If it holds no fluxes, or a unit is of another kind.
    """
    table = Table(table)  # quantities become columns with a unit
    energies = _energies(table)
    kind = sed_type or sed_type_of(table, _WHERE)
    if kind not in table.colnames or kind not in SED_TYPES:
        raise DataFormatError(f"{_WHERE} has no column {kind!r}; there are: {', '.join(table.colnames)}.")
    keep = np.isfinite(energies["e_ref"])
    axes = {name: values[keep] for name, values in energies.items()}
    arrays = _arrays(table, keep)
    fields = {**axes, **_references(table, axes, keep, reference)}
    scale = _factor(kind, fields)
    for norm, suffix in zip(NORMS, SUFFIXES, strict=True):
        if f"{kind}{suffix}" in arrays:
            fields[norm] = arrays[f"{kind}{suffix}"] / scale
        if norm in _SIZES and norm in fields:  # GADF: what is negative is not known
            fields[norm] = np.where(fields[norm] < 0, np.nan, fields[norm])
    if kind != "norm" and reference is None and "ref_dnde" not in table.colnames:
        arrays = {
            name: values for name, values in arrays.items() if not name.endswith("_scan")
        }  # of an unknown spectrum
    fields |= _likelihood(arrays)
    fields["extra"] = {name: arrays[name] for name in _EXTRA if name in arrays}
    return {**fields, "is_ul": _is_limit(arrays, fields), **limits_of(table.meta), "name": _name(table.meta)}


def with_gadf_scan(table: QTable) -> QTable:
    """Add the likelihoods under the names of GADF, where those of Gammapy are there."""
    if "stat" in table.colnames:
        table["loglike"], table["loglike_null"] = -0.5 * table["stat"], -0.5 * table["stat_null"]
    if "stat_scan" in table.colnames:
        table["dloglike_scan"] = -0.5 * (table["stat_scan"] - np.asarray(table["stat_null"])[..., None])
    return table


def limits_of(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Confidence and sides of the upper limits in a header.

    GADF does not define the sides. Our own key tells them; Gammapy's limits are upper ends of intervals of a round
    number of standard deviations.
    """
    header = {str(key).upper(): value for key, value in meta.items()}
    sigma, cl, sides = (
        keyword_number(header, key, _WHERE) if header.get(key) is not None else None
        for key in ("N_SIGMA_UL", "UL_CONF", "UL_SIDES")
    )
    if cl is None and sigma is not None:
        cl = 2 * float(ndtr(sigma)) - 1
    if cl is not None and not 0 < cl < 1:
        raise DataFormatError(f"{_WHERE}: the confidence of its limits is {cl:g}; expected one between 0 and 1.")
    if sides is None and cl is not None and _is_round(float(ndtri(0.5 * (1 + cl)))):
        sides = 2
    if sides not in (None, 1, 2):
        raise DataFormatError(f"{_WHERE}: UL_SIDES={sides:g}; expected 1 or 2.")
    known = {"cl": cl, "sided": None if sides is None else int(sides)}
    return {**known, "limits": str(header.get("UL_METH", ""))}


def _first(values: np.ndarray) -> np.ndarray:
    """Of a light curve every row has the energies: those of the first."""
    return values[0] if values.ndim > 1 else values


def _once(values: np.ndarray) -> np.ndarray:
    """One row for all bins of time, if they are the same."""
    return (
        values[0]
        if values.ndim > 1 and np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True)
        else values
    )


def _is_round(sigma: float) -> bool:
    return abs(sigma - round(sigma, 1)) < 1e-4


def _name(meta: Mapping[str, Any]) -> str:
    header = {str(key).upper(): value for key, value in meta.items()}
    return str(header.get("SOURCE", ""))


def _energies(table: Table) -> dict[str, np.ndarray]:
    """Reference, lower and upper energies; the reference is the geometric mean of the ends if it is not given."""
    found = {name: _first(plain_column(table, name, _WHERE)) for name in _ENERGIES if name in table.colnames}
    if "e_ref" not in found:
        if not {"e_min", "e_max"} <= set(found):
            raise DataFormatError(f"{_WHERE} has no energies: expected e_ref, or e_min and e_max.")
        found["e_ref"] = np.sqrt(found["e_min"] * found["e_max"])
    empty = np.full(found["e_ref"].shape, np.nan)
    made = {name: found.get(name, empty) for name in _ENERGIES}
    if (made["e_ref"] <= 0).any() or (made["e_min"] >= made["e_max"]).any():
        raise DataFormatError(f"{_WHERE} has energies of zero or less, or bins that end before they begin.")
    return made


def _arrays(table: Table, keep: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of fluxes and statistics, those energies that are kept."""
    single = table["e_ref" if "e_ref" in table.colnames else "e_min"].ndim == 1
    names = [f"{kind}{suffix}" for kind in SED_TYPES for suffix in SUFFIXES]
    names += [*STATS, *SCANS, *_EXTRA, "sqrt_ts", "loglike", "loglike_null", "dloglike_scan"]
    found = {name: plain_column(table, name, _WHERE) for name in names if name in table.colnames}
    if "is_ul" in table.colnames:
        found["is_ul"] = truth_values(table["is_ul"], f"{_WHERE}, column is_ul,")
    if single:
        return {name: values[keep] for name, values in found.items()}
    for name, values in found.items():
        if values.shape[1:2] != keep.shape:
            said = f"{_WHERE}, column {name}, has rows of shape {values.shape[1:]}"
            raise DataFormatError(f"{said}; expected a value for each of {keep.size} energies.")
    return {name: values[:, keep] for name, values in found.items()}


def _references(
    table: Table, axes: dict[str, np.ndarray], keep: np.ndarray, reference: Spectrum | None
) -> dict[str, np.ndarray]:
    """The reference spectrum: as given, else the table's own, else one of index 2."""
    if reference is not None and "norm" not in table.colnames:
        return reference_columns(reference, **axes)
    made = reference_columns(FlatSpectrum(), **axes)
    if "ref_dnde" not in table.colnames:
        return made
    own = {name: _once(plain_column(table, name, _WHERE))[..., keep] for name in REFERENCES if name in table.colnames}
    return {name: own.get(name, np.full(axes["e_ref"].shape, np.nan)) for name in REFERENCES}


def _factor(kind: str, fields: dict[str, np.ndarray]) -> np.ndarray:
    """What a norm is multiplied by to give a kind of flux."""
    if kind == "norm":
        return np.ones(fields["e_ref"].shape)
    return fields["e_ref"] ** 2 * fields["ref_dnde"] if kind == "e2dnde" else fields[f"ref_{kind}"]


def _likelihood(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """−2 ln L at the norm, at zero and along the scan, from either set of names."""
    found = {name: arrays[name] for name in (*STATS, *SCANS) if name in arrays}
    if "ts" not in found and "sqrt_ts" in arrays:
        found["ts"] = arrays["sqrt_ts"] ** 2
    for name, other in {"stat": "loglike", "stat_null": "loglike_null"}.items():
        if name not in found and other in arrays:
            found[name] = -2 * arrays[other]
    if "stat_scan" not in found and "dloglike_scan" in arrays:
        null = found.get("stat_null", np.zeros(arrays["dloglike_scan"].shape[:-1]))
        found["stat_scan"] = null[..., None] - 2 * arrays["dloglike_scan"]
    if not set(SCANS) <= set(found):
        found = {name: values for name, values in found.items() if name not in SCANS}
    return found


def _is_limit(arrays: dict[str, np.ndarray], fields: dict[str, Any]) -> np.ndarray | None:
    """As the table says; else where a limit stands (GADF), or, if every point has one, where it is not significant."""
    if "is_ul" in arrays:
        return arrays["is_ul"]
    limit: np.ndarray = np.isfinite(fields.get("norm_ul", np.full(fields["norm"].shape, np.nan)))
    if "ts" in fields:
        weak = ~(fields["ts"] >= _UL_BELOW**2)
        return np.asarray(limit & (weak | np.isnan(fields["norm"])))
    return limit
