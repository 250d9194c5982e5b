"""Phases of a rotation or an orbit: folding, and histograms over a turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def fold(seconds: ArrayLike, f0: float, f1: float = 0.0, f2: float = 0.0, phi0: float = 0.0) -> np.ndarray:
    """Phase f0 t + f1 t²/2 + f2 t³/6 + phi0 of times, in turns from 0 (included) to 1.

    Parameters
    ----------
    seconds : array
        Times from the epoch, s.
    f0, f1, f2 : float
        Frequency at the epoch and its derivatives, Hz, Hz s-1, Hz s-2.
    phi0 : float
        Phase at the epoch.

    Examples
    --------
    >>> fold([0.0, 0.5, 2.25, -0.5], f0=0.5).tolist()
    [0.0, 0.25, 0.125, 0.75]
    """
    t = np.asarray(seconds, dtype=float)
    turns = t * (f0 + t * (f1 / 2 + t * f2 / 6)) + phi0
    return wrapped(turns)


def wrapped(turns: ArrayLike) -> np.ndarray:
    """Phases from 0 (included) to 1 of phases beyond."""
    phase = np.asarray(turns, dtype=float) % 1.0
    return np.where(phase == 1.0, 0.0, phase)  # a tiny negative number is rounded up


def phase_histogram(phase: ArrayLike, bins: int | ArrayLike = 20) -> tuple[np.ndarray, np.ndarray]:
    """Counts in bins of phase, with their errors √n.

    Parameters
    ----------
    phase : array
        Phases in turns, any number of them.
    bins : int or array
        Number of bins of one width, or their edges from 0 to 1.

    Returns
    -------
    counts, error : array, shape (n,)

    Examples
    --------
    >>> phase_histogram([0.1, 0.15, 0.9, 1.2], 4)[0].tolist()
    [3.0, 0.0, 0.0, 1.0]
    """
    counts = np.histogram(wrapped(phase), bins, range=(0.0, 1.0))[0].astype(float)
    return counts, np.sqrt(counts)
