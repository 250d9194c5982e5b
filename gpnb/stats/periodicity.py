"""Tests for pulsation in phases of single events."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

_HARMONICS = 20


def z2n(phase: ArrayLike, harmonics: int = 2) -> tuple[float, float]:
    """Z²_n test, (2/N) Σ_k ((Σ cos 2πkφ)² + (Σ sin 2πkφ)²) (Buccheri et al. 1983, A&A 128, 245), with its p-value.

    Parameters
    ----------
    phase : array, shape (N,)
        Phases in turns.
    harmonics : int
        Number n of harmonics; 1 is the Rayleigh test.

    Returns
    -------
    stat, p_value : float
        Without pulsation chi square of 2n degrees of freedom, for many events; NaN without events.

    Examples
    --------
    >>> z2n([0.25, 0.25, 0.25, 0.25], 1)[0]
    8.0
    """
    stat = float(_powers(phase, harmonics).sum())
    return stat, float(chdtrc(2 * harmonics, stat))


def h_test(phase: ArrayLike, harmonics: int = _HARMONICS) -> tuple[float, float]:
    """H test, the maximum over m of Z²_m − 4m + 4 (de Jager et al. 1989, A&A 221, 180), with its p-value.

    Parameters
    ----------
    phase : array, shape (N,)
        Phases in turns.
    harmonics : int
        Largest m; the p-value exp(−0.4 H) holds for 20 (de Jager & Büsching 2010, A&A 517, L9).

    Returns
    -------
    stat, p_value : float
        NaN without events.

    Examples
    --------
    >>> stat, p_value = h_test(np.full(10, 0.3))  # all at one phase: each harmonic has all the power
    >>> round(stat, 6), p_value < 1e-56
    (324.0, True)
    """
    m = np.arange(1, harmonics + 1)
    stat = float(np.max(np.cumsum(_powers(phase, harmonics)) - 4 * m + 4))
    return stat, float(np.exp(-0.4 * stat))


def _powers(phase: ArrayLike, harmonics: int) -> np.ndarray:
    """Power in each harmonic; one at a time, so that memory stays that of the events."""
    angle = np.exp(2j * np.pi * np.asarray(phase, dtype=float))
    turned, found = np.ones_like(angle), np.empty(harmonics)
    for k in range(harmonics):
        turned = turned * angle
        found[k] = 2 * abs(turned.sum()) ** 2 / len(angle) if len(angle) else np.nan
    return found
