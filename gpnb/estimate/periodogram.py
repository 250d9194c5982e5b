"""Periodogram of a light curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.timeseries import LombScargle

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.estimate.variability import check_curve
from gpnb.products.light_curve import LightCurve


@unchanging
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


@told
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
    check_curve(curve)
    if not 0 <= band < len(curve.e_ref):
        raise ArgumentError(f"band={band} must be from 0 to {len(curve.e_ref) - 1}.")
    flux, error = (curve.column(f"{curve.sed_type}{end}")[:, band] for end in ("", "_err"))
    known = curve.measured[:, band]
    if known.sum() < 4:
        raise SelectionError(f"{known.sum()} bins have a flux and an error; a periodogram needs at least 4.")
    days = (curve.time[known] - curve.time[known][0]).to_value("d")
    scale = np.abs(flux[known]).max() or 1.0
    method = LombScargle(days, flux[known] / scale, error[known] / scale, nterms=harmonics)
    grid = method.autofrequency() if frequency is None else np.atleast_1d(to_array(frequency, "d-1", "frequency"))
    power = np.asarray(method.power(grid))
    best = int(np.argmax(power))
    # alone frequencies below the highest one asked for were looked at
    chance = method.false_alarm_probability(power[best], maximum_frequency=grid.max()) if harmonics == 1 else np.nan
    recipe = Recipe.of_call(periodogram, locals(), name="periodogram")
    return Periodogram(grid / u.d, power, 1 / grid[best] * u.d, float(chance), recipe)
