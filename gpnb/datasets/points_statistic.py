"""−2 ln L of fluxes that have no Gaussian errors: upper limits, and stored likelihood scans."""

from __future__ import annotations

import numpy as np
from scipy.special import erfc, erfcx

from gpnb.stats.scans import Scan


class Parabolas:
    """Upper limits of known confidence: no flux is best, and −2 ln L rises as a parabola through the limit.

    Parameters
    ----------
    limit : array
        The limits u, positive.
    delta : float
        Rise at the limit.
    """

    def __init__(self, limit: np.ndarray, delta: float):
        self._bend = delta / limit**2

    def stat(self, x: np.ndarray) -> np.ndarray:
        """−2 ln L."""
        return np.asarray(self._bend * x**2)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Its derivative."""
        return np.asarray(2 * self._bend * x)

    def weight(self, x: np.ndarray) -> np.ndarray:
        """Its second derivative."""
        return np.asarray(2 * self._bend * np.ones_like(x))


class Steps:
    """Upper limits known by their value alone, as Gammapy takes them: 2 ln [erfc(1 − x/u) / erfc(1)].

    A soft step at the limit, crude: it is 3.7 there, whatever the confidence, and 5.1 far above.

    Parameters
    ----------
    limit : array
        The limits u, positive.
    """

    def __init__(self, limit: np.ndarray):
        self.limit = limit

    def stat(self, x: np.ndarray) -> np.ndarray:
        """−2 ln L."""
        return np.asarray(2 * (_log_erfc(1 - x / self.limit) - _log_erfc(np.ones(1))))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Its derivative."""
        with np.errstate(over="ignore"):  # erfcx is infinite far above the limit, where the slope is zero
            return np.asarray(4 / np.sqrt(np.pi) / erfcx(1 - x / self.limit) / self.limit)

    def weight(self, x: np.ndarray) -> np.ndarray:
        """Half the squared slope, the information of one observation: the second derivative itself is negative."""
        return np.asarray(0.5 * self.gradient(x) ** 2)


def _log_erfc(z: np.ndarray) -> np.ndarray:
    """Logarithm of erfc, which itself underflows."""
    far = np.maximum(z, 0)
    return np.asarray(np.where(z > 0, np.log(erfcx(far)) - far**2, np.log(erfc(np.minimum(z, 0)))))


class Scans:
    """Likelihood scans, interpolated without overshoot and continued as parabolas.

    Parameters
    ----------
    norm, stat : array, shape (n, m)
        Norms in rising order, and −2 ln L there.
    """

    def __init__(self, norm: np.ndarray, stat: np.ndarray):
        self.curves = [Scan(*pair) for pair in zip(norm, stat, strict=True)]

    def stat(self, x: np.ndarray) -> np.ndarray:
        """−2 ln L, from the lowest of the scan."""
        return self._each(x, 0)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Its derivative."""
        return self._each(x, 1)

    def weight(self, x: np.ndarray) -> np.ndarray:
        """Its second derivative, at least zero."""
        return np.asarray(np.maximum(self._each(x, 2), 0.0))

    def _each(self, x: np.ndarray, order: int) -> np.ndarray:
        return np.array([float(curve(value, order)) for curve, value in zip(self.curves, x, strict=True)])
