"""A generalised Gaussian on the sky."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import digamma, gamma, gammaincinv, gammaln, loggamma

from gpnb.models.base import Declared
from gpnb.models.radial import SMALLEST, RadialSource

_PERIOD = 32.0
"""Of the logarithm of the wave number: what the Fourier sum repeats lies a factor of 1e7 outside the table."""

_FIRST, _LAST = np.log(1e-3), np.log(1e4)
_DECAY = 21.0
"""Its Mellin transform falls as exp(-π eta t / 2): to 1e-14 at t = 21 / eta."""

_FINER = 8
"""Nodes over what the highest frequency needs, for cubics between them."""


class GeneralGaussianSource(RadialSource):
    """A generalised Gaussian, exp(-(r/r_0)^(1/eta)): a disk as eta goes to 0, a Gaussian at 0.5, pointed at 1.

    Parameters
    ----------
    center : SkyCoord or str
        Its centre.
    r_0 : Quantity or str
        Its size along the major axis; sqrt(2) standard deviations of the Gaussian at eta = 0.5.
    eta : float
        Its shape, 0.01 to 1.
    e : float
        Eccentricity; the minor axis is r_0 sqrt(1 - e²).
    phi : Quantity or str
        Direction of the major axis, from north (of its frame) to east.

    Examples
    --------
    >>> GeneralGaussianSource("83.63d 22.01d", r_0="0.2 deg", eta=0.8)
    GeneralGaussianSource(lon=83.63 deg, lat=22.01 deg, r_0=0.2 deg, eta=0.8, e=0, phi=0 deg)
    """

    r_0 = Declared(0.1, "deg", min=0.0)
    eta = Declared(0.5, min=0.01, max=1.0)
    e = Declared(0.0, min=0.0, max=1.0, frozen=True)
    phi = Declared(0.0, "deg", frozen=True)

    @staticmethod
    def profile(radius: np.ndarray, r_0: float, eta: float) -> np.ndarray:  # type: ignore[override]
        """exp(-(r/r_0)^(1/η)) / 2π r_0² η Γ(2η)."""
        r_0 = max(r_0, SMALLEST)
        with np.errstate(over="ignore"):
            found = np.exp(-((np.asarray(radius) / r_0) ** (1 / eta)))
        return np.asarray(found / (2 * np.pi * r_0**2 * eta * gamma(2 * eta)))

    @staticmethod
    def wave(squared: np.ndarray, r_0: float, eta: float) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Its Hankel transform, from a table for this eta."""
        square = r_0**2 * np.asarray(squared, dtype=float)
        value, by_square, by_eta = _table(eta)(square)
        return value, r_0**2 * by_square, 2 * r_0 * squared * by_square, by_eta

    @staticmethod
    def draw_radius(  # type: ignore[override]
        size: int, rng: np.random.Generator, r_0: float, eta: float
    ) -> np.ndarray:
        """Radii of the round shape: (r/r_0)^(1/η) has a gamma distribution."""
        return np.asarray(r_0 * rng.gamma(2 * eta, size=size) ** eta)

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """From the inverse of the incomplete gamma function."""
        return float(values[0] * gammaincinv(2 * values[1], 1 - 1e-4) ** values[1])


class _Hankel:
    """The transform H(x) of the shape with r_0 = 1, and its slopes with x² and eta.

    The Mellin transform of H is closed, G(s) = 2^(s-1) Γ(s/2) Γ(η(2 - s)) / (Γ(1 - s/2) Γ(2η)): H is its inverse, a
    Fourier integral in ln x along Re s = 1, which the sum over evenly spaced points gives to all digits.
    """

    def __init__(self, eta: float):
        n = 2 ** int(np.ceil(np.log2(2 * _FINER * _DECAY / eta * _PERIOD / (2 * np.pi))))
        t = 2 * np.pi / _PERIOD * np.arange(int(_DECAY / eta * _PERIOD / (2 * np.pi)) + 1)
        s = 1 + 1j * t
        log_g = (s - 1) * np.log(2) + loggamma(s / 2) - loggamma(1 - s / 2) + loggamma(eta * (2 - s)) - gammaln(2 * eta)
        g = np.exp(log_g)
        by_eta = ((2 - s) * digamma(eta * (2 - s)) - 2 * digamma(2 * eta)) * g
        self._start, self._step = _FIRST, _PERIOD / n
        kept = int((_LAST - _FIRST) / self._step) + 2
        # H = (1/2π) ∫ x^(-s) G dt; its slope with ln x brings a factor of -s
        rows = np.stack([g, -s * g, by_eta, -s * by_eta]) * np.exp(-1j * t * self._start)
        rows[:, 0] /= 2
        padded = np.zeros((4, n), dtype=complex)
        padded[:, : t.size] = rows
        x = np.exp(self._start + self._step * np.arange(kept))
        self._rows = 2 / _PERIOD * np.fft.fft(padded, axis=1).real[:, :kept] / x
        self._moments = [gamma(2 * eta * k) / gamma(2 * eta) for k in (2, 3)]
        growth = [2 * (k * digamma(2 * eta * k) - digamma(2 * eta)) for k in (2, 3)]
        self._by_eta = [moment * by for moment, by in zip(self._moments, growth, strict=True)]

    def __call__(self, square: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Value, slope with x², slope with eta, by x²."""
        small = square < 4 * np.exp(2 * _FIRST)
        x = np.where(small, 1.0, square)
        place = (0.5 * np.log(x) - self._start) / self._step
        beyond = place >= self._rows.shape[1] - 1
        place = np.where(beyond, 0.0, place)
        index = place.astype(int)
        part = place - index
        value, by_log = self._between(self._rows[0], self._rows[1], index, part)
        by_eta, _ = self._between(self._rows[2], self._rows[3], index, part)
        value, by_square, by_eta = (np.where(beyond, 0.0, row) for row in (value, by_log / (2 * x), by_eta))
        first, second = self._moments
        by_first, by_second = self._by_eta
        return (
            np.where(small, 1 - first * square / 4 + second * square**2 / 64, value),
            np.where(small, -first / 4 + second * square / 32, by_square),
            np.where(small, -by_first * square / 4 + by_second * square**2 / 64, by_eta),
        )

    def _between(
        self, value: np.ndarray, slope: np.ndarray, index: np.ndarray, part: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The cubic between nodes, and its slope with ln x."""
        low, high = value[index], value[index + 1]
        left, right = self._step * slope[index], self._step * slope[index + 1]
        rise = high - low
        second, third = 3 * rise - 2 * left - right, left + right - 2 * rise
        found = low + part * (left + part * (second + part * third))
        return found, (left + part * (2 * second + 3 * part * third)) / self._step


@lru_cache(maxsize=32)
def _table(eta: float) -> _Hankel:
    return _Hankel(eta)
