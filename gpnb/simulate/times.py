"""Arrival times over good time intervals, steady or following a light curve."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from gpnb.data.gti import GTI
from gpnb.models.temporal import TemporalModel
from gpnb.models.temporal_template import PhaseCurve
from gpnb.simulate.sampling import sorted_uniform

_STEP = 2.0
_PART = 0.05
"""Within a step (s), and this part of the time in which it changes, a light curve is taken as constant."""

_ENDS = (slice(None, -1), slice(1, None))
_TURNS = 100
"""So many turns in the good time, and times are drawn from the phase curve itself."""


class Arrivals:
    """The light curve of a source over the good time of a run; float class.

    Parameters
    ----------
    gti : GTI
        When photons can be seen.
    temporal : TemporalModel, optional
        How the flux varies; none for a steady source.

    Attributes
    ----------
    seconds : float
        Integral of the factor on the flux over the good time.
    """

    def __init__(self, gti: GTI, temporal: TemporalModel | None = None):
        self._gti, self._pulse = gti, temporal if _is_fast(temporal, gti) else None
        steady = temporal is None or self._pulse is not None
        step = np.inf if temporal is None or steady else min(_STEP, _PART * temporal.timescale)
        edges = [_steps(*pair, step) for pair in zip(gti.start_values, gti.stop_values, strict=True)]
        low, high = (np.concatenate([np.empty(0), *(item[part] for item in edges)]) for part in _ENDS)
        width = high - low
        factor = np.ones(len(low))
        if temporal is not None and not steady:
            factor = np.maximum(temporal.evaluate_at(low + width / 2, gti.reference), 0.0)
        passed = np.concatenate([[0.0], np.cumsum(factor * width)])
        self.seconds = float(passed[-1])
        self._passed = np.stack([passed[:-1], passed[1:]], axis=1).ravel()
        self._times = np.stack([low, high], axis=1).ravel()
        if self._pulse is not None:
            self.seconds *= self._pulse.mean(gti)

    def draw(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """Random times (s from the reference of the intervals), growing."""
        if self._pulse is None or not self.seconds:
            return self._at(sorted_uniform(size, rng))
        found, missing = [np.empty(0)], size
        while missing > 0:  # as often as the flux has of its largest, exact for any curve
            tries = int(2 * missing * self._pulse.maximum / self._pulse.mean(self._gti)) + 16
            time = self._at(rng.random(tries))
            factor = self._pulse.evaluate_at(time, self._gti.reference)
            found.append(time[rng.random(len(time)) * self._pulse.maximum < factor])
            missing -= len(found[-1])
        return np.sort(np.concatenate(found)[:size])

    def _at(self, parts: np.ndarray) -> np.ndarray:
        """The times before which `parts` of what is to come have come; NaN without good time."""
        if not len(self._times):
            return np.full(len(parts), np.nan)
        return np.asarray(np.interp(parts * self._passed[-1], self._passed, self._times))


def _is_fast(temporal: TemporalModel | None, gti: GTI) -> TypeGuard[PhaseCurve]:
    return isinstance(temporal, PhaseCurve) and temporal.f0.value * gti.seconds > _TURNS


def _steps(start: float, stop: float, step: float) -> np.ndarray:
    return np.linspace(start, stop, max(1, int(np.ceil((stop - start) / step))) + 1)
