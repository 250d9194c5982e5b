"""How much a flux varies: excess variance, constancy, hardness.

Series run along the last axis; points whose flux or error is not a number are skipped. Flux in any unit, plain floats.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri


class Constancy(NamedTuple):
    """A test of constant flux.

    Attributes
    ----------
    stat : float or array
        Chi square, or its likelihood form.
    dof : int or array
        Degrees of freedom.
    p_value : float or array
        Probability that a constant flux gives as much or more.
    mean : float or array
        The constant that fits best.
    """

    stat: Any
    dof: Any
    p_value: Any
    mean: Any


def excess_variance(flux: ArrayLike, error: ArrayLike) -> tuple[Any, Any]:
    """Normalised excess variance (S² − ⟨e²⟩)/x̄², with its error (Vaughan et al. 2003, MNRAS 345, 1271, eqs 8 and 11).

    Parameters
    ----------
    flux, error : array, shape (…, N)
        A series and its errors.

    Returns
    -------
    value, error : float or array
        Negative where the scatter is smaller than the errors tell; NaN for fewer than two points.

    Examples
    --------
    >>> value, error = excess_variance([1.0, 2.0, 3.0], 0.1)
    >>> round(value, 4), round(error, 4)
    (0.2475, 0.0288)
    """
    n, mean, noise, scatter = _moments(*_known(flux, error))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (scatter - noise) / mean**2
        # of the two terms the second vanishes where there is no variability
        spread = 2 / n * (noise / mean**2) ** 2 + 4 * np.maximum(value, 0) * noise / n / mean**2
        return _plain(value), _plain(np.sqrt(np.where(n > 1, spread, np.nan)))


def fvar(flux: ArrayLike, error: ArrayLike) -> tuple[Any, Any]:
    """Fractional variability F_var = √((S² − ⟨e²⟩)/x̄²), with its error (Vaughan et al. 2003, eqs 10 and B2).

    S² is the variance of the sample (N − 1), e are the errors. The error is that of the measurement alone: the scatter
    of red noise from one stretch of time to the next is not in it.

    Parameters
    ----------
    flux, error : array, shape (…, N)
        A series and its errors.

    Returns
    -------
    value, error : float or array
        NaN where S² is below ⟨e²⟩, so that noise is not taken for variability: `fvar_limit` says what is excluded.

    Examples
    --------
    >>> value, error = fvar([1.0, 2.0, 3.0], 0.1)
    >>> round(value, 4), round(error, 4)
    (0.4975, 0.0289)
    >>> fvar([1.0, 1.1, 0.9], 0.5)
    (nan, nan)
    """
    return _root(*excess_variance(flux, error))


def fvar_limit(flux: ArrayLike, error: ArrayLike, cl: float = 0.95) -> Any:
    """Upper limit of `fvar`, one-sided.

    For Gaussian fluxes (N − 1) S²/(σ² + ⟨e²⟩) follows chi square of N − 1 degrees of freedom. Where S² is below ⟨e²⟩,
    ⟨e²⟩ takes its place, as the lowest variance that is allowed: limits are never better than without variability.

    Parameters
    ----------
    flux, error : array, shape (…, N)
        A series and its errors; the law is exact for equal ones.
    cl : float
        Confidence.

    Examples
    --------
    >>> round(fvar_limit([1.0, 1.1, 0.9, 1.0], 0.2), 3)
    0.549
    """
    n, mean, noise, scatter = _moments(*_known(flux, error))
    with np.errstate(divide="ignore", invalid="ignore"):
        dof = np.where(n > 1, n - 1, np.nan)
        variance = np.maximum(scatter, noise) * dof / chdtri(dof, cl) - noise
        return _plain(np.sqrt(variance) / np.abs(mean))


def fpp(flux: ArrayLike, error: ArrayLike) -> tuple[Any, Any]:
    """Point-to-point variability F_pp = √(⟨(x_{i+1} − x_i)²⟩/2 − ⟨e²⟩)/x̄ (Edelson et al. 2002, ApJ 568, 610).

    The half makes it the same as `fvar` for white noise; for red noise it is smaller.

    Parameters
    ----------
    flux, error : array, shape (…, N)
        A series in order of time, and its errors; only neighbours that are both known are compared.

    Returns
    -------
    value, error : float or array
        NaN where the differences are smaller than the errors tell. The error is that of the measurement, by
        propagation: of half the mean squared difference of N points of noise it is √(3/N) ⟨e²⟩, plus the term that
        mixes noise and true differences.

    Examples
    --------
    >>> value, error = fpp([1.0, 2.0, 1.0, 2.0], 0.1)
    >>> round(value, 4), round(error, 4)
    (0.4667, 0.05)
    """
    x, e = _known(flux, error)
    _, mean, noise, _ = _moments(x, e)
    step = np.diff(x)
    n = np.isfinite(step).sum(axis=-1)
    bend = step[..., 1:] * step[..., :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.nansum(step**2, axis=-1)
        value = (squares / (2 * n) - noise) / mean**2
        # noise adds 2⟨e²⟩ to a squared step, and −⟨e²⟩ to the product of two that share a point
        mixed = squares - np.nansum(bend, axis=-1) - noise * (2 * n + np.isfinite(bend).sum(axis=-1))
        spread = (3 * n - 1) / n**2 * noise**2 + 2 * noise * np.maximum(mixed, 0) / n**2
        return _root(_plain(value), _plain(np.sqrt(spread) / mean**2))


def chi2_constant(flux: ArrayLike, error: ArrayLike) -> Constancy:
    """Chi square against a constant flux, Σ((x − x̄_w)/e)², x̄_w the mean weighted by 1/e².

    Parameters
    ----------
    flux, error : array, shape (…, N)
        A series and its errors. Points whose error is zero have none, and no weight: they are left out.

    Returns
    -------
    Constancy

    Examples
    --------
    >>> found = chi2_constant([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    >>> found.stat, found.dof, round(found.p_value, 4), found.mean
    (2.0, 2, 0.3679, 2.0)
    """
    given = np.asarray(error, dtype=float)
    x, e = _known(flux, np.where(given > 0, given, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(np.isfinite(x), 1 / e**2, 0.0)
        mean = np.nansum(weight * x, axis=-1) / weight.sum(axis=-1)
        stat = np.nansum(weight * (x - mean[..., None]) ** 2, axis=-1)
    return constancy(stat, np.isfinite(x).sum(axis=-1), mean)


def constancy(stat: Any, n: Any, mean: Any) -> Constancy:
    """The test that a statistic of `n` points against one constant stands for; NaN for fewer than two."""
    dof = np.maximum(np.asarray(n) - 1, 0)
    stat = np.where(dof > 0, stat, np.nan)
    p_value = chdtrc(np.where(dof > 0, dof, np.nan), stat)
    return Constancy(_plain(stat), dof if dof.ndim else int(dof), _plain(p_value), _plain(mean))


def hardness_ratio(
    soft: ArrayLike, hard: ArrayLike, soft_error: ArrayLike, hard_error: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Hardness (hard − soft)/(hard + soft) of the fluxes of two bands, with its error to first order.

    Parameters
    ----------
    soft, hard : array
        Fluxes in the band of lower and of higher energies.
    soft_error, hard_error : array
        Their errors, taken as independent.

    Examples
    --------
    >>> value, error = hardness_ratio(1.0, 3.0, 0.1, 0.2)
    >>> float(value), round(float(error), 5)
    (0.5, 0.04507)
    """
    s, h, es, eh = (np.asarray(item, dtype=float) for item in (soft, hard, soft_error, hard_error))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((h - s) / (h + s)), np.asarray(2 * np.hypot(h * es, s * eh) / (h + s) ** 2)


def _known(flux: ArrayLike, error: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays of one shape, NaN where either is not finite."""
    x, e = np.broadcast_arrays(np.asarray(flux, dtype=float), np.asarray(error, dtype=float))
    known = np.isfinite(x) & np.isfinite(e)
    return np.where(known, x, np.nan), np.where(known, e, np.nan)


def _moments(x: np.ndarray, e: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Number of points, their mean, mean squared error and variance."""
    n = np.isfinite(x).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nansum(x, axis=-1) / n
        noise = np.nansum(e**2, axis=-1) / n
        scatter = np.nansum((x - mean[..., None]) ** 2, axis=-1) / (n - 1)
    return n, mean, noise, scatter


def _root(value: Any, error: Any) -> tuple[Any, Any]:
    """Square root of an excess variance, with its error; NaN unless it is positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.where(np.asarray(value) > 0, value, np.nan))
        return _plain(root), _plain(error / (2 * root))


def _plain(value: Any) -> Any:
    """A float for one series."""
    return np.asarray(value) if np.ndim(value) else float(value)
