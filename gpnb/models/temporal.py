"""Temporal models: the factor on a source's flux against time."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.time import Time
from scipy.special import erf, gamma, gammainc

from gpnb.models.base import Declared, Model

_DAY = 86400.0


class TemporalModel(Model):
    """Base: called with a Time, evaluated and integrated on plain seconds from a reference.

    Times among the parameters are MJD (TT) in days; where they belong to a subclass, `_origin` names the one that its
    formulae count from.
    """

    _origin = "start"

    def evaluate_at(self, seconds: np.ndarray, reference: Time) -> np.ndarray:
        """The factor at plain seconds from `reference`."""
        return np.asarray(self._factor(np.asarray(seconds, dtype=float) - self._zero(reference)))

    def integral_between(self, start: np.ndarray, stop: np.ndarray, reference: Time) -> np.ndarray:
        """Exact integral of the factor (s) between plain seconds from `reference`."""
        zero = self._zero(reference)
        low, high = (np.asarray(item, dtype=float) - zero for item in (start, stop))
        return np.asarray(self._integral(low, high))

    def mean(self, gti: Any) -> float:
        """Mean factor over good time intervals: what the flux of a run is, in parts of the spectral model.

        Parameters
        ----------
        gti : GTI
            The intervals.

        Returns
        -------
        float
            NaN if they have no length.
        """
        seconds = float(np.sum(gti.stop_values - gti.start_values))
        total = self.integral_between(gti.start_values, gti.stop_values, gti.reference).sum()
        return float(total / seconds) if seconds > 0 else np.nan

    @property
    def timescale(self) -> float:
        """Time (s) in which the factor may change by a good part of itself; infinity if it does not."""
        return np.inf

    def __call__(self, time: Time) -> np.ndarray:
        """The factor at times."""
        reference = Time(time.ravel()[0] if time.shape else time)
        return self.evaluate_at((time - reference).to_value("s"), reference)

    def _zero(self, reference: Time) -> float:
        """What the formulae count from, s from `reference`."""
        mjd = self._values[self._origin].value
        return float((Time(mjd, format="mjd", scale="tt") - reference).to_value("s"))

    def _factor(self, t: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class ConstantFlux(TemporalModel):
    """A constant factor.

    Parameters
    ----------
    factor : float
        The factor.
    """

    factor = Declared(1.0)

    def _zero(self, reference: Time) -> float:
        return 0.0

    def _factor(self, t: np.ndarray) -> np.ndarray:
        return np.full(t.shape, self.values[0])

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.asarray(self.values[0] * (high - low))


class LinearTrend(TemporalModel):
    """A straight line, level + slope (t − start).

    Parameters
    ----------
    level : float
        Factor at `start`.
    slope : Quantity or str
        Change of the factor with time.
    start : Quantity or str
        MJD (TT) in days.
    """

    level = Declared(1.0)
    slope = Declared(0.0, "d-1")
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """Time (s) in which the factor changes by `level`."""
        level, slope, _ = self.values
        return abs(level / slope) * _DAY if slope and level else _DAY

    def _factor(self, t: np.ndarray) -> np.ndarray:
        level, slope, _ = self.values
        return np.asarray(level + slope * t / _DAY)

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        level, slope, _ = self.values
        return np.asarray((high - low) * (level + slope / _DAY * (high + low) / 2))


class ExponentialDecay(TemporalModel):
    """An exponential, exp(−(t − start)/decay); before `start` it is larger than 1.

    Parameters
    ----------
    decay : Quantity or str
        Time in which the flux falls to 1/e; negative for a rise.
    start : Quantity or str
        Where the factor is 1, MJD (TT) in days.
    """

    decay = Declared(_DAY, "s")
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """The decay time, s."""
        return abs(self.values[0])

    def _factor(self, t: np.ndarray) -> np.ndarray:
        return np.exp(-t / self.values[0])

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        decay = self.values[0]
        return np.asarray(-decay * np.exp(-low / decay) * np.expm1((low - high) / decay))


class GaussianFlare(TemporalModel):
    """A constant plus one Gaussian flare, base + height exp(-(t - peak)²/2 width²).

    Parameters
    ----------
    base, height : float
        Level between flares and height of the flare, as factors on the spectral model.
    peak : Quantity or str
        Time of the peak, as MJD (TT) in days.
    width : Quantity or str
        Standard deviation of the flare.
    """

    base = Declared(1.0)
    height = Declared(1.0)
    peak = Declared(60000.0, "d", frozen=True)
    width = Declared(3600.0, "s", min=0.0)

    _origin = "peak"

    @property
    def timescale(self) -> float:
        """The width, s."""
        return self.values[3]

    def _factor(self, t: np.ndarray) -> np.ndarray:
        base, height, _, width = self.values
        return np.asarray(base + height * np.exp(-0.5 * (t / width) ** 2))

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        base, height, _, width = self.values
        scale = width * np.sqrt(2)
        return np.asarray(
            base * (high - low) + height * width * np.sqrt(np.pi / 2) * (erf(high / scale) - erf(low / scale))
        )


class GeneralizedFlare(TemporalModel):
    """A constant plus a flare that rises and decays differently, base + height exp(−½ (|t − peak|/τ)^(1/eta)).

    τ is `rise` before the peak and `decay` after it (Norris et al. 1996, ApJ 459, 393, in another notation).

    Parameters
    ----------
    base, height : float
        Level between flares and height of the flare.
    peak : Quantity or str
        Time of the peak, as MJD (TT) in days.
    rise, decay : Quantity or str
        Times of rise and of decay.
    eta : float
        Sharpness: ½ is Gaussian, 1 exponential on both sides.
    """

    base = Declared(0.0)
    height = Declared(1.0)
    peak = Declared(60000.0, "d", frozen=True)
    rise = Declared(3600.0, "s", min=0.0)
    decay = Declared(3600.0, "s", min=0.0)
    eta = Declared(0.5, min=0.0)

    _origin = "peak"

    @property
    def timescale(self) -> float:
        """The shorter of both times, s."""
        return min(self.values[3:5])

    def _factor(self, t: np.ndarray) -> np.ndarray:
        base, height, _, rise, decay, eta = self.values
        return np.asarray(base + height * np.exp(-0.5 * (np.abs(t) / np.where(t < 0, rise, decay)) ** (1 / eta)))

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        base, height = self.values[:2]
        return np.asarray(base * (high - low) + height * (self._from_peak(high) - self._from_peak(low)))

    def _from_peak(self, t: np.ndarray) -> np.ndarray:
        """Integral of the flare from its peak, by the incomplete gamma function."""
        _, _, _, rise, decay, eta = self.values
        scale = np.where(t < 0, rise, decay)
        part = gammainc(eta, 0.5 * (np.abs(t) / scale) ** (1 / eta))
        return np.asarray(np.sign(t) * scale * eta * 2**eta * gamma(eta) * part)


class PowerLawDecay(TemporalModel):
    """A power law in time, ((t − start)/scale)^(−index), as of an afterglow; nothing before `start`.

    Parameters
    ----------
    index : float
        Positive for a decay. From 1 on the integral from `start` is infinite.
    start : Quantity or str
        When it began, MJD (TT) in days.
    scale : Quantity or str
        Time after `start` at which the factor is 1.
    """

    index = Declared(1.0)
    start = Declared(60000.0, "d", frozen=True)
    scale = Declared(_DAY, "s", min=0.0, frozen=True)

    @property
    def timescale(self) -> float:
        """The scale, s: only good times about as late as that are resolved by fixed steps."""
        return self.values[2]

    def _factor(self, t: np.ndarray) -> np.ndarray:
        index, _, scale = self.values
        with np.errstate(divide="ignore"):
            return np.where(t >= 0, (np.maximum(t, 0.0) / scale) ** -index, 0.0)

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        index, _, scale = self.values
        low, high = np.maximum(low, 0.0) / scale, np.maximum(high, 0.0) / scale
        with np.errstate(divide="ignore", invalid="ignore"):
            if index == 1:
                total = np.log(high / low)
            else:
                total = (high ** (1 - index) - low ** (1 - index)) / (1 - index)
        return np.where(high > low, scale * total, 0.0)


class SineVariation(TemporalModel):
    """A sine about 1, 1 + amplitude sin(2π (t − start)/period).

    Parameters
    ----------
    amplitude : float
        At most 1, for a flux that is never negative.
    period : Quantity or str
        The period.
    start : Quantity or str
        Where it rises through 1, MJD (TT) in days.
    """

    amplitude = Declared(0.5)
    period = Declared(1.0, "d", min=0.0)
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """A radian, s."""
        return self.values[1] * _DAY / (2 * np.pi)

    def _factor(self, t: np.ndarray) -> np.ndarray:
        return np.asarray(1 + self.values[0] * np.sin(t / self.timescale))

    def _integral(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        radian = self.timescale
        # the difference of two cosines as a product: no cancellation in short intervals
        wave = 2 * np.sin((high + low) / (2 * radian)) * np.sin((high - low) / (2 * radian))
        return np.asarray(high - low + self.values[0] * radian * wave)
