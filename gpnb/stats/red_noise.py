"""Simulated series with a given power spectrum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def timmer_koenig(
    power: Callable[[np.ndarray], np.ndarray],
    n: int,
    spacing: float = 1.0,
    seed: int = 0,
    mean: float = 0.0,
    rms: float | None = None,
    stretch: int = 10,
) -> np.ndarray:
    """A Gaussian series with a given power spectrum (Timmer & König 1995, A&A 300, 707).

    Real and imaginary part of the Fourier transform are drawn at each frequency from Gaussians of variance P(f)/2, so
    that both amplitudes and phases are random.

    Parameters
    ----------
    power : callable
        One-sided power spectrum P(f) of an array of positive frequencies, such as ``lambda f: f**-2``; its integral is
        the variance.
    n : int
        Number of points.
    spacing : float
        Time between them; frequencies are in its inverse.
    seed : int
        Of the random numbers.
    mean : float
        Mean of the process; that of the series scatters about it.
    rms : float, optional
        Scale the series to this standard deviation about this mean, exactly; by default as `power` says.
    stretch : int
        A series so many times longer is made, and its beginning taken: else the series would be periodic, and power at
        lower frequencies missing.

    Returns
    -------
    array, shape (n,)

    Examples
    --------
    >>> x = timmer_koenig(lambda f: f**-2, n=1000, seed=1, mean=5.0, rms=0.5)
    >>> round(float(x.mean()), 6), round(float(x.std()), 6)
    (5.0, 0.5)
    """
    long = n * stretch
    step = 1 / (long * spacing)
    frequency = np.arange(1, long // 2 + 1) * step
    rng = np.random.default_rng(seed)
    amplitude = long * np.sqrt(power(frequency) * step / 4)
    transform = np.zeros(long // 2 + 1, dtype=complex)
    transform[1:] = amplitude * (rng.standard_normal(len(frequency)) + 1j * rng.standard_normal(len(frequency)))
    if long % 2 == 0:  # the highest frequency has no twin: it is real, and holds its power alone
        transform[-1] = transform[-1].real * 2
    series = np.asarray(np.fft.irfft(transform, long)[:n])
    if rms is None:
        return mean + series
    return np.asarray(mean + rms * (series - series.mean()) / series.std())
