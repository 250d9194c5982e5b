"""Variability of a light curve, and its periodogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.timeseries import LombScargle

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.products.light_curve import LightCurve
from gpnb.products.variability import Variability
from gpnb.stats.constancy import ts_constant
from gpnb.stats.doubling import doubling_times, shortest
from gpnb.stats.variability import chi2_constant, fpp, fvar, fvar_limit

_ROUNDING = 1e-3
"""Seconds that bins may overlap, as their ends are rounded in files."""


def variability(curve: LightCurve, sigma: float = 3.0, cl: float = 0.95) -> Variability:
    """How much and how fast a light curve varies, in each energy band.

    Bins count where flux and error are known, upper limits too: to leave out what is weak would make a source look
    steadier. Bins without are passed over, and neighbours are the next ones that count, in order of time.

    Parameters
    ----------
    curve : LightCurve
        With errors; with likelihood scans, for the test of constancy that needs no errors.
    sigma : float
        Least significance of a change for doubling and halving times, which no upper limit takes part in.
    cl : float
        Confidence of the upper limit of F_var.

    Returns
    -------
    Variability

    Raises
    ------
    ArgumentError
        If it is no light curve.

    Examples
    --------
    >>> import gpnb
    >>> from astropy.time import Time
    >>> one = {name: [1.0] for name in ("e_ref", "e_min", "e_max", "ref_dnde", "ref_flux", "ref_eflux")}
    >>> start = Time([60000.0, 60000.5, 60001.0], format="mjd", scale="tt")
    >>> norm = np.array([[1.0], [2.0], [1.9]])
    >>> curve = gpnb.LightCurve(**one, norm=norm, norm_err=0.1, time_min=start, time_max=start + 0.1 * u.d)
    >>> found = gpnb.variability(curve)
    >>> found.fvar.round(3).tolist(), (found.doubling / 3600).tolist()
    ([0.332], [12.0])
    """
    _check(curve)
    order = np.argsort((curve.time - curve.time[:1]).to_value("s") if len(curve) else [], kind="stable")
    start, stop = (
        (ends[order] - curve.time_min[:1]).to_value("s") if len(curve) else np.empty(0)
        for ends in (curve.time_min, curve.time_max)
    )
    rows = [_band(curve, order, band, start, stop, sigma, cl) for band in range(len(curve.e_ref))]
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    recipe = Recipe.of("gpnb.variability()", name="variability", curve=curve, sigma=sigma, cl=cl)
    overlaps = int(np.sum(start[1:] < np.maximum.accumulate(stop)[:-1] - _ROUNDING))
    ends = {"e_min": curve.e_min, "e_max": curve.e_max}
    return Variability(**ends, **columns, overlaps=overlaps, name=curve.name, recipe=recipe)


def _band(
    curve: LightCurve, order: np.ndarray, band: int, start: np.ndarray, stop: np.ndarray, sigma: float, cl: float
) -> dict[str, Any]:
    norm, error, limit = (item[order, band] for item in (curve.norm, curve.norm_err, curve.is_ul))
    known = np.isfinite(norm) & np.isfinite(error)
    norm, error, limit, start, stop = (item[known] for item in (norm, error, limit, start, stop))
    found = {"points": len(norm), "mean_flux": norm.mean() * curve.ref_flux[band] if len(norm) else np.nan}
    found["fvar"], found["fvar_err"] = fvar(norm, error)
    found["fvar_ul"] = fvar_limit(norm, error, cl)
    found["fpp"], found["fpp_err"] = fpp(norm, error)
    found["chi2"], found["dof"], found["p_value"], _ = chi2_constant(norm, error)
    found["ts"], found["ts_dof"], found["ts_p_value"] = _from_scans(curve, band)
    times, errors = doubling_times((start + stop) / 2, norm, error, limit, sigma)
    times = np.where(start[1:] >= stop[:-1] - _ROUNDING, times, np.nan)
    found["doubling"], found["doubling_err"] = shortest(times, errors)
    found["halving"], found["halving_err"] = shortest(-times, errors)
    return found


def _from_scans(curve: LightCurve, band: int) -> tuple[float, int, float]:
    if curve.norm_scan is None or curve.stat_scan is None:
        return np.nan, 0, np.nan
    stat, dof, p_value, _ = ts_constant(curve.norm_scan[:, band], curve.stat_scan[:, band])
    return stat, dof, p_value


@dataclass(frozen=True, eq=False)
class Periodogram:
    """Power of a light curve against frequency.

    Parameters
    ----------
    frequency : Quantity
        Frequencies, d-1.
    power : array
        Between 0 and 1: the part of chi square that a sine of that frequency explains.
    best_period : Quantity
        Of the highest peak, d.
    false_alarm : float
        Probability that noise without any memory gives a peak as high somewhere (Baluev 2008, MNRAS 385, 1279).
    recipe : Recipe
        How it was made.
    """

    frequency: u.Quantity
    power: np.ndarray
    best_period: u.Quantity
    false_alarm: float
    recipe: Recipe


def periodogram(curve: LightCurve, frequency: Any = None, band: int = 0, harmonics: int = 1) -> Periodogram:
    """Lomb-Scargle periodogram of a light curve, by astropy: a sine and a floating mean, weighted by errors.

    Parameters
    ----------
    curve : LightCurve
        With errors; upper limits count where flux and error are known.
    frequency : Quantity or list of str, optional
        Where to look, such as ``np.linspace(0.1, 1, 500) / u.d``; by default as the spacing of the bins suggests.
    band : int
        Number of the energy band.
    harmonics : int
        Terms of the Fourier series; `false_alarm` is known for 1 only, else NaN.

    Returns
    -------
    Periodogram
        Red noise makes peaks at low frequencies that `false_alarm` knows nothing of: `gpnb.stats.timmer_koenig`
        simulates it.

    Raises
    ------
    SelectionError
        If fewer than four bins have a flux with its error.
    ArgumentError
        If an argument does not fit.
    """
    _check(curve)
    if not 0 <= band < len(curve.e_ref):
        raise ArgumentError(f"band={band} must be from 0 to {len(curve.e_ref) - 1}.")
    norm, error = curve.norm[:, band], curve.norm_err[:, band]
    known = np.isfinite(norm) & (error > 0)
    if known.sum() < 4:
        raise SelectionError(f"{known.sum()} bins have a flux and an error; a periodogram needs at least 4.")
    days = (curve.time[known] - curve.time[known][0]).to_value("d")
    method = LombScargle(days, norm[known], error[known], nterms=harmonics)
    grid = method.autofrequency() if frequency is None else np.atleast_1d(to_array(frequency, "d-1", "frequency"))
    power = np.asarray(method.power(grid))
    best = int(np.argmax(power))
    # alone frequencies below the highest one asked for were looked at
    chance = method.false_alarm_probability(power[best], maximum_frequency=grid.max()) if harmonics == 1 else np.nan
    recipe = Recipe.of(
        "gpnb.periodogram()", name="periodogram", curve=curve, frequency=frequency, band=band, harmonics=harmonics
    )
    return Periodogram(grid / u.d, power, 1 / grid[best] * u.d, float(chance), recipe)


def _check(curve: Any) -> None:
    if not isinstance(curve, LightCurve):
        raise ArgumentError(f"curve={curve!r} must be a LightCurve: gpnb.light_curve(…) or gpnb.LightCurve.read(…).")
