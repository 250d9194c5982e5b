"""Temporal models: the factor on a source's flux against time, its integrals and their exact derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.time import Time
from scipy.special import erf, gamma, gammainc

from gpnb.models.base import Declared, Model
from gpnb.models.derivative import complex_step, growth

DAY = 86400.0
_MJD_ZERO = 2400000.5
"""As a Julian date."""

_ETA_STEP = 1e-3
"""Part of a sharpness, for differences of fourth order: right to 1e-9 or so."""


class TemporalModel(Model):
    """Base: called with a Time, evaluated and integrated on plain seconds from a reference.

    Times among the parameters are MJD (TT) in days; where they belong to a subclass, `_origin` names the one that its
    formulae count from. A float holds such a time to a microsecond.

    A fit changes those parameters that are free, as it does with a spectrum's: times that something happened at, and
    levels, are frozen until they are thawed. A model's level and the amplitude of the spectrum say the same
    thing: at most one of them can be free.

    A subclass writes `_factor` and `_integral` as formulae of the time and of its parameters' values, these for complex
    numbers too: derivatives follow. One that cannot overrides `_slopes`.
    """

    _origin = "start"

    def evaluate_at(self, seconds: np.ndarray, reference: Time) -> np.ndarray:
        """The factor at plain seconds from `reference`."""
        return np.asarray(self._factor(np.asarray(seconds, dtype=float) - self._zero(reference), *self.values))

    def integral_between(self, start: np.ndarray, stop: np.ndarray, reference: Time) -> np.ndarray:
        """Exact integral of the factor (s) between plain seconds from `reference`."""
        return np.asarray(self._integral(*self._ends(start, stop, reference), *self.values))

    def integral_gradient_between(self, start: np.ndarray, stop: np.ndarray, reference: Time) -> np.ndarray:
        """Its derivatives with all parameters, in their units; shape (n parameters, …)."""
        return np.asarray(self._slopes(*self._ends(start, stop, reference)))

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

    def mean_gradient(self, gti: Any) -> np.ndarray:
        """Derivatives of `mean` with all parameters, in their units; shape (n parameters,)."""
        seconds = float(np.sum(gti.stop_values - gti.start_values))
        total = self.integral_gradient_between(gti.start_values, gti.stop_values, gti.reference).sum(axis=-1)
        return np.asarray(total / seconds) if seconds > 0 else np.full(len(self.names), np.nan)

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
        tt = reference.tt  # whole days first: nothing is lost
        return float((self._values[self._origin].value - (tt.jd1 - _MJD_ZERO) - tt.jd2) * DAY)

    def _ends(self, start: np.ndarray, stop: np.ndarray, reference: Time) -> tuple[np.ndarray, np.ndarray]:
        zero = self._zero(reference)
        return np.asarray(start, dtype=float) - zero, np.asarray(stop, dtype=float) - zero

    def _factor(self, t: np.ndarray, *values: Any) -> np.ndarray:
        raise NotImplementedError

    def _integral(self, low: np.ndarray, high: np.ndarray, *values: Any) -> np.ndarray:
        raise NotImplementedError

    def _slopes(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Derivatives of the integral: complex steps, but for the time that the formulae count from."""
        rows = complex_step(
            lambda *values: np.broadcast_arrays(self._integral(low, high, *values), low)[0], self.values
        )
        if self._origin in self.names:
            rows[self.names.index(self._origin)] = self._origin_slope(low, high)
        return rows

    def _origin_slope(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Per day: as it grows, both ends of the integral move back."""
        return np.asarray(DAY * (self._factor(low, *self.values) - self._factor(high, *self.values)))


class ConstantFlux(TemporalModel):
    """A constant factor.

    Parameters
    ----------
    factor : float
        The factor; frozen, for the spectrum has an amplitude.
    """

    factor = Declared(1.0, frozen=True)

    _origin = ""

    def _zero(self, reference: Time) -> float:
        return 0.0

    def _factor(self, t: np.ndarray, factor: Any) -> np.ndarray:
        return np.full(t.shape, factor)

    def _integral(self, low: np.ndarray, high: np.ndarray, factor: Any) -> np.ndarray:
        return np.asarray(factor * (high - low))


class LinearTrend(TemporalModel):
    """A straight line, level + slope (t − start).

    Parameters
    ----------
    level : float
        Factor at `start`; frozen, for the spectrum has an amplitude.
    slope : Quantity or str
        Change of the factor with time.
    start : Quantity or str
        MJD (TT) in days; frozen, for `level` says the same.
    """

    level = Declared(1.0, frozen=True)
    slope = Declared(0.0, "d-1")
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """Time (s) in which the factor changes by `level`."""
        level, slope, _ = self.values
        return abs(level / slope) * DAY if slope and level else DAY

    def _factor(self, t: np.ndarray, level: Any, slope: Any, _: Any) -> np.ndarray:
        return np.asarray(level + slope * t / DAY)

    def _integral(self, low: np.ndarray, high: np.ndarray, level: Any, slope: Any, _: Any) -> np.ndarray:
        return np.asarray((high - low) * (level + slope / DAY * (high + low) / 2))


class ExponentialDecay(TemporalModel):
    """An exponential, exp(−(t − start)/decay); before `start` it is larger than 1.

    Parameters
    ----------
    decay : Quantity or str
        Time in which the flux falls to 1/e; negative for a rise.
    start : Quantity or str
        Where the factor is 1, MJD (TT) in days; frozen, for the amplitude of the spectrum says the same.
    """

    decay = Declared(DAY, "s")
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """The decay time, s."""
        return abs(self.values[0])

    def _factor(self, t: np.ndarray, decay: Any, _: Any) -> np.ndarray:
        return np.asarray(np.exp(-t / decay))

    def _integral(self, low: np.ndarray, high: np.ndarray, decay: Any, _: Any) -> np.ndarray:
        return np.asarray(-decay * np.exp(-low / decay) * np.expm1((low - high) / decay))


class GaussianFlare(TemporalModel):
    """A constant plus one Gaussian flare, base + height exp(-(t - peak)²/2 width²).

    Parameters
    ----------
    base, height : float
        Level between flares (frozen) and height of the flare, as factors on the spectral model. With a `base` of 0,
        freeze `height` too: the spectrum has an amplitude.
    peak : Quantity or str
        Time of the peak, as MJD (TT) in days; thaw it to fit it.
    width : Quantity or str
        Standard deviation of the flare.
    """

    base = Declared(1.0, frozen=True)
    height = Declared(1.0)
    peak = Declared(60000.0, "d", frozen=True)
    width = Declared(3600.0, "s", min=0.0)

    _origin = "peak"

    @property
    def timescale(self) -> float:
        """The width, s."""
        return self.values[3]

    def _factor(self, t: np.ndarray, base: Any, height: Any, _: Any, width: Any) -> np.ndarray:
        return np.asarray(base + height * np.exp(-0.5 * (t / width) ** 2))

    def _integral(self, low: np.ndarray, high: np.ndarray, base: Any, height: Any, _: Any, width: Any) -> np.ndarray:
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
        Level between flares and height of the flare; frozen: thaw `height` where there is a `base`.
    peak : Quantity or str
        Time of the peak, as MJD (TT) in days; thaw it to fit it.
    rise, decay : Quantity or str
        Times of rise and of decay.
    eta : float
        Sharpness: ½ is Gaussian, 1 exponential on both sides.
    """

    base = Declared(0.0, frozen=True)
    height = Declared(1.0, frozen=True)
    peak = Declared(60000.0, "d", frozen=True)
    rise = Declared(3600.0, "s", min=0.0)
    decay = Declared(3600.0, "s", min=0.0)
    eta = Declared(0.5, min=0.0)

    _origin = "peak"

    @property
    def timescale(self) -> float:
        """The shorter of both times, s."""
        return min(self.values[3:5])

    def _factor(self, t: np.ndarray, *values: Any) -> np.ndarray:
        base, height = values[:2]
        return np.asarray(base + height * self._pulse(t, *values[3:]))

    def _integral(self, low: np.ndarray, high: np.ndarray, *values: Any) -> np.ndarray:
        base, height, _, *shape = values
        return np.asarray(base * (high - low) + height * (self._from_peak(high, *shape) - self._from_peak(low, *shape)))

    def _pulse(self, t: np.ndarray, rise: float, decay: float, eta: float) -> np.ndarray:
        return np.asarray(np.exp(-0.5 * (np.abs(t) / np.where(t < 0, rise, decay)) ** (1 / eta)))

    def _from_peak(self, t: np.ndarray, rise: float, decay: float, eta: float) -> np.ndarray:
        """Integral of the pulse from its peak, by the incomplete gamma function."""
        scale = np.where(t < 0, rise, decay)
        part = gammainc(eta, 0.5 * (np.abs(t) / scale) ** (1 / eta))
        return np.asarray(np.sign(t) * scale * eta * 2**eta * gamma(eta) * part)

    def _slopes(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Exact but for that with `eta`, which the incomplete gamma function has no formula for."""
        height, shape = self.values[1], self.values[3:]
        whole = self._from_peak(high, *shape) - self._from_peak(low, *shape)
        before, after = np.minimum(low, 0.0), np.minimum(high, 0.0)
        rise = self._width_slope(after) - self._width_slope(before)
        decay = self._width_slope(np.maximum(high, 0.0)) - self._width_slope(np.maximum(low, 0.0))
        eta = self._eta_slope(high) - self._eta_slope(low)
        peak = self._origin_slope(low, high)
        return np.stack([high - low, whole, peak, height * rise, height * decay, height * eta])

    def _width_slope(self, t: np.ndarray) -> np.ndarray:
        """Of the integral from the peak, with the time of rise or of decay: a pulse twice as wide is one of half t."""
        shape = self.values[3:]
        return np.asarray((self._from_peak(t, *shape) - t * self._pulse(t, *shape)) / np.where(t < 0, *shape[:2]))

    def _eta_slope(self, t: np.ndarray) -> np.ndarray:
        rise, decay, eta = self.values[3:]
        steps = [eta * (1 + k * _ETA_STEP) for k in (1, -1, 2, -2)]
        up, down, far_up, far_down = (self._from_peak(t, rise, decay, step) for step in steps)
        return np.asarray((8 * (up - down) - (far_up - far_down)) / (12 * _ETA_STEP * eta))


class PowerLawDecay(TemporalModel):
    """A power law in time, ((t − start)/scale)^(−index), as of an afterglow; nothing before `start`.

    Parameters
    ----------
    index : float
        Positive for a decay. From 1 on the integral from `start` is infinite.
    start : Quantity or str
        When it began, MJD (TT) in days; thaw it to fit it, with limits before the first data.
    scale : Quantity or str
        Time after `start` at which the factor is 1.
    """

    index = Declared(1.0)
    start = Declared(60000.0, "d", frozen=True)
    scale = Declared(DAY, "s", min=0.0, frozen=True)

    @property
    def timescale(self) -> float:
        """The scale, s: only good times about as late as that are resolved by fixed steps."""
        return self.values[2]

    def _factor(self, t: np.ndarray, index: Any, _: Any, scale: Any) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return np.where(t >= 0, (np.maximum(t, 0.0) / scale) ** -index, 0.0)

    def _integral(self, low: np.ndarray, high: np.ndarray, index: Any, _: Any, scale: Any) -> np.ndarray:
        low, high, power = np.maximum(low, 0.0), np.maximum(high, 0.0), 1 - index
        with np.errstate(all="ignore"):  # each formula is taken where it holds
            ratio = np.log(high / low)
            inside = (low / scale) ** power * ratio * growth(power * ratio)
            from_start = (high / scale) ** power / power if np.real(power) > 0 else np.inf
        return np.where(high > low, scale * np.where(low > 0, inside, from_start), 0.0)


class SineVariation(TemporalModel):
    """A sine about 1, 1 + amplitude sin(2π (t − start)/period).

    Parameters
    ----------
    amplitude : float
        At most 1, for a flux that is never negative.
    period : Quantity or str
        The period.
    start : Quantity or str
        Where it rises through 1, MJD (TT) in days: the phase; thaw it to fit it, from within a third of a period.
    """

    amplitude = Declared(0.5)
    period = Declared(1.0, "d", min=0.0)
    start = Declared(60000.0, "d", frozen=True)

    @property
    def timescale(self) -> float:
        """A radian, s."""
        return self.values[1] * DAY / (2 * np.pi)

    def _factor(self, t: np.ndarray, amplitude: Any, period: Any, _: Any) -> np.ndarray:
        return np.asarray(1 + amplitude * np.sin(2 * np.pi * t / (period * DAY)))

    def _integral(self, low: np.ndarray, high: np.ndarray, amplitude: Any, period: Any, _: Any) -> np.ndarray:
        radian = period * DAY / (2 * np.pi)
        # the difference of two cosines as a product: no cancellation in short intervals
        wave = 2 * np.sin((high + low) / (2 * radian)) * np.sin((high - low) / (2 * radian))
        return np.asarray(high - low + amplitude * radian * wave)
