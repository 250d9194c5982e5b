"""How much and how fast a light curve varies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.warn import warn
from gpnb.products.light_curve import LightCurve
from gpnb.products.variability import Variability
from gpnb.stats.constancy import ts_constant
from gpnb.stats.doubling import doubling_limits, doubling_times
from gpnb.stats.variability import chi2_constant, fpp, fvar, fvar_limit

_ROUNDING = 1e-3
"""Seconds that bins may overlap, as their ends are rounded in files."""


@told
def variability(curve: LightCurve, sigma: float = 3.0, cl: float = 0.95) -> Variability:
    """How much and how fast a light curve varies, in each energy band.

    Bins count where flux and error are known, upper limits too: to leave out what is weak would make a source look
    steadier. Bins without are passed over, and neighbours are the next ones that count, in order of time. Bins that
    overlap in time count as independent measurements, as those of telescopes that point at once are; they are no
    neighbours, so neither F_pp nor doubling times compare them.

    Parameters
    ----------
    curve : LightCurve
        With errors; with likelihood scans, for the test of constancy that needs no errors.
    sigma : float
        Least significance of a change for doubling and halving times, which no upper limit takes part in.
    cl : float
        Confidence of the upper limit of F_var and of the lower limits of doubling and halving times.

    Returns
    -------
    Variability

    Warns
    -----
    DataWarning
        If bins overlap that may hold the same events: then they are not independent.

    Raises
    ------
    ArgumentError
        If it is no light curve.

    Examples
    --------
    >>> import gpnb
    >>> from astropy import units as u
    >>> from astropy.time import Time
    >>> one = {name: [1.0] for name in ("e_ref", "e_min", "e_max", "ref_dnde", "ref_flux", "ref_eflux")}
    >>> start = Time([60000.0, 60000.5, 60001.0], format="mjd", scale="tt")
    >>> norm = np.array([[1.0], [2.0], [1.9]])
    >>> curve = gpnb.LightCurve(**one, norm=norm, norm_err=0.1, time_min=start, time_max=start + 0.1 * u.d)
    >>> found = gpnb.variability(curve)
    >>> found.fvar.round(3).tolist(), (found.doubling / 3600).tolist(), found.doubling_pair.tolist()
    ([0.332], [12.0], [[0, 1]])
    """
    check_curve(curve)
    found = measures(curve, sigma=sigma, cl=cl)
    if twice := _shared(curve):
        warn(
            f"{twice} of the bins begin before others end and may hold the same events, yet all count as independent: "
            "do not trust F_var, F_pp and tests of constancy, or choose bins apart."
        )
    recipe = Recipe.of_call(variability, locals(), name="variability")
    return replace(found, recipe=recipe)


def measures(curve: LightCurve, kept: np.ndarray | None = None, sigma: float = 3.0, cl: float = 0.95) -> Variability:
    """What `variability` finds, of all bins or of those with True in `kept`; nothing is warned of."""
    rows = _in_order(curve, kept)
    start, stop = _seconds(curve, rows)
    bands = [_band(curve, rows, band, start, stop, sigma, cl) for band in range(len(curve.e_ref))]
    columns: dict[str, Any] = {name: np.array([found[name] for found in bands]) for name in bands[0]}
    columns |= {"e_min": curve.e_min, "e_max": curve.e_max, "overlaps": int(_overlap(start, stop).sum())}
    return Variability(**columns, kind=curve.sed_type, name=curve.name)


def check_curve(curve: Any) -> None:
    """Refuse what is no light curve."""
    if not isinstance(curve, LightCurve):
        raise ArgumentError(f"curve={curve!r} must be a LightCurve: gpnb.light_curve(…) or gpnb.LightCurve.read(…).")


def _band(
    curve: LightCurve, rows: np.ndarray, band: int, start: np.ndarray, stop: np.ndarray, sigma: float, cl: float
) -> dict[str, Any]:
    factor = np.broadcast_to(curve.factor(curve.sed_type), curve.norm.shape)[:, band]
    unit = next(iter(factor[rows][np.isfinite(factor[rows])]), np.nan)
    parts = factor / unit  # ones where all bins have the same reference spectrum
    stat, dof, chance = _from_scans(curve, rows, band, parts)
    known = curve.measured[rows, band]
    rows, start, stop = rows[known], start[known], stop[known]
    flux, error = curve.norm[rows, band] * parts[rows], curve.norm_err[rows, band] * parts[rows]
    found: dict[str, Any] = {"points": len(rows)}
    found["mean_flux"] = flux.mean() * unit if len(rows) else np.nan
    found["mean_flux_err"] = np.sqrt((error**2).sum()) / len(rows) * unit if len(rows) else np.nan
    found["fvar"], found["fvar_err"] = fvar(flux, error)
    found["fvar_ul"] = fvar_limit(flux, error, cl)
    apart = np.flatnonzero(_overlap(start, stop)) + 1  # a gap here, so that F_pp does not compare across it
    found["fpp"], found["fpp_err"] = fpp(np.insert(flux, apart, np.nan), np.insert(error, apart, np.nan))
    found["chi2"], found["dof"], found["p_value"], _ = chi2_constant(flux, error)
    found |= {"ts": stat, "ts_dof": dof, "ts_p_value": chance}
    return found | _speed(rows, start, stop, flux, error, curve.is_ul[rows, band], sigma, cl)


def _speed(
    rows: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    flux: np.ndarray,
    error: np.ndarray,
    limit: np.ndarray,
    sigma: float,
    cl: float,
) -> dict[str, Any]:
    """Shortest times of doubling and halving, their lower limits, and the bins that they are between."""
    middle, apart = (start + stop) / 2, ~_overlap(start, stop)
    times, errors = doubling_times(middle, flux, error, limit, sigma)
    rises = doubling_limits(middle, flux, error, limit, cl)
    falls = doubling_limits(-middle[::-1], flux[::-1], error[::-1], limit[::-1], cl)[::-1]
    found: dict[str, Any] = {}
    for name, value, least in (("doubling", times, rises), ("halving", -times, falls)):
        best, bound = (_shortest(np.where(apart, item, np.nan)) for item in (value, least))
        found[name], found[f"{name}_err"] = (value[best], errors[best]) if best >= 0 else (np.nan, np.nan)
        found[f"{name}_ll"] = least[bound] if bound >= 0 else np.nan
        pair = best if best >= 0 else bound
        found[f"{name}_pair"] = rows[pair : pair + 2] if pair >= 0 else np.array([-1, -1])
    return found


def _shortest(value: np.ndarray) -> int:
    """Where the least of the positive values is; −1 if there is none."""
    positive = np.where(value > 0, value, np.nan)
    return -1 if np.isnan(positive).all() else int(np.nanargmin(positive))


def _from_scans(curve: LightCurve, rows: np.ndarray, band: int, parts: np.ndarray) -> tuple[float, int, float]:
    if curve.norm_scan is None or curve.stat_scan is None:
        return np.nan, 0, np.nan
    stat, dof, p_value, _ = ts_constant(curve.norm_scan[rows, band] * parts[rows, None], curve.stat_scan[rows, band])
    return stat, dof, p_value


def _in_order(curve: LightCurve, kept: np.ndarray | None) -> np.ndarray:
    """Numbers of the bins in order of their starts."""
    rows = np.arange(len(curve)) if kept is None else np.flatnonzero(kept)
    return rows[np.argsort(_seconds(curve, rows)[0], kind="stable")]


def _seconds(curve: LightCurve, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Starts and stops of bins, s from the start of the first."""
    if not len(rows):
        return np.empty(0), np.empty(0)
    start, stop = ((ends[rows] - curve.time_min[:1]).to_value("s") for ends in (curve.time_min, curve.time_max))
    return start, stop


def _overlap(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Which bins, from the second on, begin before one of those before has ended."""
    return np.asarray(start[1:] < np.maximum.accumulate(stop)[:-1] - _ROUNDING)


def _shared(curve: LightCurve) -> int:
    """How many bins overlap an earlier one of the same run, or of one that is not known."""
    rows = _in_order(curve, None)
    start, stop = _seconds(curve, rows)
    runs = [set(curve.obs_ids[row]) if curve.obs_ids else set() for row in rows]
    count = 0
    for place in np.flatnonzero(_overlap(start, stop)) + 1:
        earlier = np.flatnonzero(stop[:place] > start[place] + _ROUNDING)
        count += any(not runs[place] or not runs[other] or runs[place] & runs[other] for other in earlier)
    return count
