"""Hardness of a light curve in several bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import QTable

from gpnb.core.errors import SelectionError
from gpnb.products.sed import unit_of
from gpnb.stats.variability import hardness_ratio

if TYPE_CHECKING:
    from gpnb.products.light_curve import LightCurve


def hardness_of(curve: LightCurve, soft: int, hard: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hardness (H − S)/(H + S) of each bin, its error, and where it is an upper limit; NaN where not known.

    A limit of the hard band gives a limit of the hardness; with one of the soft band it is not known.
    """
    kind = curve.sed_type
    value, error, limit = (curve.column(f"{kind}{end}") for end in ("", "_err", "_ul"))
    known = curve.measured[:, soft] & ~curve.is_ul[:, soft]
    is_ul = known & curve.is_ul[:, hard] & np.isfinite(limit[:, hard])
    upper = np.where(is_ul, limit[:, hard], value[:, hard])
    ratio, side = hardness_ratio(value[:, soft], upper, error[:, soft], error[:, hard])
    good = known & (is_ul | (curve.measured[:, hard] & ~curve.is_ul[:, hard]))
    return np.where(good, ratio, np.nan), np.where(good & ~is_ul, side, np.nan), is_ul


def hardness_table(curve: LightCurve, soft: int, hard: int) -> QTable:
    """See `LightCurve.hardness`."""
    bands = len(curve.e_ref)
    if not all(-bands <= band < bands for band in (soft, hard)) or soft % bands == hard % bands:
        raise SelectionError(f"soft={soft} and hard={hard} must be two of {bands} bands: give energy_edges of several.")
    ratio, error, is_ul = hardness_of(curve, soft, hard)
    kind = curve.sed_type
    pair = [soft, hard]
    flux, side = curve.column(kind)[:, pair], curve.column(f"{kind}_err")[:, pair]
    columns = {
        "time_min": curve.time_min,
        "time_max": curve.time_max,
        kind: flux.sum(axis=1) * unit_of(kind),
        f"{kind}_err": np.hypot(side[:, 0], side[:, 1]) * unit_of(kind),
        "hardness": ratio,
        "hardness_err": error,
        "is_ul": is_ul,
    }
    return QTable(columns, meta={"soft": _words(curve, soft), "hard": _words(curve, hard)})


def _words(curve: LightCurve, band: int) -> str:
    return f"{curve.e_min[band]:.4g} to {curve.e_max[band]:.4g} TeV"
