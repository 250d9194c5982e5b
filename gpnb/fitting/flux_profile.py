"""Profile likelihood of a flux: the norm of a source is given by its flux in a band, its shape fitted anew."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gpnb.core.errors import FitError
from gpnb.fitting.confidence import end_of
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.held import HeldFit
from gpnb.fitting.likelihood import Likelihood, Point


class FluxLikelihood:
    """A likelihood whose vector holds a source's flux in a band in place of its norm, over a reference flux.

    Parameters
    ----------
    likelihood : Likelihood
        Of the source's own parameters.
    number : int
        Entry of the vector that the source's flux is proportional to.
    source : str
        Its name.
    band : pair of float
        Lower and upper energy, TeV.
    reference : float
        Flux in the band that counts as 1, cm-2 s-1.
    """

    def __init__(self, likelihood: Likelihood, number: int, source: str, band: tuple[float, float], reference: float):
        place = likelihood.models.names.index(source)
        self._inner, self._number, self._reference = likelihood, number, reference
        self._slots = likelihood.parameters.slots[place]
        low, high = np.array(band[:1]), np.array(band[1:])
        self._flux = BinFlux(likelihood.models[place].spectral, low, high)
        self.names = tuple(f"{source}.flux" if n == number else name for n, name in enumerate(likelihood.names))
        self.scale, self.bounds = np.array(likelihood.scale), np.array(likelihood.bounds)
        self.scale[number] = 1.0
        self.bounds[number] = 0.0 if likelihood.bounds[number, 0] >= 0 else -np.inf, np.inf
        self.start = likelihood.start.copy()
        self.start[number] *= self._of_one(likelihood.start)[0] / reference

    def _of_one(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Flux for a norm of one, and its slope with each entry of the vector."""
        theta, slope = theta.copy(), np.zeros(len(theta))
        theta[self._number] = 1.0
        rows = self._flux.both(self._slots.values(theta), self._slots.places)[:, 0]
        np.add.at(slope, self._slots.numbers, self._slots.factors * rows[1:])
        slope[self._number] = 0.0
        return float(rows[0]), slope

    def _moved(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The vector of the own parameters, and its derivatives with this one."""
        one, slope = self._of_one(theta)
        inner, jacobian = theta.copy(), np.eye(len(theta))
        inner[self._number] = theta[self._number] * self._reference / one
        jacobian[self._number] = -inner[self._number] * slope / one
        jacobian[self._number, self._number] = self._reference / one
        return inner, jacobian

    def at(self, theta: np.ndarray) -> Point:
        """Statistic, slope and expected second derivatives."""
        theta = np.array(theta, dtype=float)
        with np.errstate(all="ignore"):  # what is not finite is told, not warned of
            inner, jacobian = self._moved(theta)
            point = self._inner.at(inner)
            fisher = jacobian.T @ point.fisher @ jacobian
            stat = point.stat if np.isfinite(jacobian).all() else np.inf
            return Point(theta, stat, point.gradient @ jacobian, fisher)

    def stat(self, theta: np.ndarray) -> float:
        """−2 ln L, priors included."""
        return self.at(theta).stat

    @property
    def on_sky(self) -> np.ndarray:
        """True for the entries that move sources or change their shapes."""
        return self._inner.on_sky

    def is_norm(self, theta: np.ndarray) -> np.ndarray:
        """True for the entries that a source's flux is proportional to."""
        with np.errstate(all="ignore"):
            return self._inner.is_norm(self._moved(theta)[0])

    def lowest(self, theta: np.ndarray) -> np.ndarray:
        """The least value of each norm for which −2 ln L is defined."""
        with np.errstate(all="ignore"):
            found = self._inner.lowest(self._moved(theta)[0])
            found[self._number] *= self._of_one(theta)[0] / self._reference
        return found

    def bent(self, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """See `Likelihood.bent`."""
        inner, jacobian = self._moved(theta)
        return np.asarray(jacobian.T @ self._inner.bent(inner, jacobian @ covariance @ jacobian.T) @ jacobian)

    def guess(self, theta: np.ndarray, moving: np.ndarray) -> np.ndarray:
        """The same: profiles start at a minimum."""
        return theta


class FluxProfile:
    """Least −2 ln L for each flux in a band.

    Parameters
    ----------
    likelihood : FluxLikelihood
        At its minimum.
    number : int
        The entry of the flux.
    error : float
        Of the flux, about: a step to start with.
    """

    def __init__(self, likelihood: FluxLikelihood, number: int, error: float):
        self._fit, self._number, self._error = HeldFit(likelihood, likelihood.start), number, error
        self.best, self.least = float(likelihood.start[number]), self._fit.stat
        self.low, self._high = likelihood.bounds[number].tolist()

    def at(self, flux: float) -> float:
        """−2 ln L; NaN where no minimum is found."""
        return self._known(lambda: self._fit.at({self._number: flux})[0])

    def end(self, side: int, rise: float) -> float:
        """The flux on one side at which −2 ln L has risen from its minimum; NaN if there is none."""
        step = side * self._error * math.sqrt(rise)
        limit = self._high if side > 0 else self.low
        return self._known(lambda: end_of(self._fit, self._number, step, rise, limit))

    def _known(self, value: Callable[[], float]) -> float:
        try:
            return value()
        except FitError:  # beyond, no background explains the counts, or the shape is not bound
            return np.nan

    def scan(self, fluxes: np.ndarray) -> np.ndarray:
        """−2 ln L at rising fluxes, outward from the best: each fit starts near the one before."""
        found = np.full(len(fluxes), np.nan)
        middle = int(np.searchsorted(fluxes, self.best))
        for side in (range(middle, len(fluxes)), range(middle - 1, -1, -1)):
            self._fit.at({self._number: self.best}, self._fit.best)
            for place in side:
                found[place] = self.at(float(fluxes[place]))
                if np.isnan(found[place]):
                    break  # nor is there any further out
        return found
