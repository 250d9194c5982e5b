"""Arrival times over good time intervals, steady or following a light curve."""

from __future__ import annotations

import numpy as np

from gpnb.data.gti import GTI
from gpnb.models.temporal import TemporalModel
from gpnb.simulate.sampling import Distributions

_STEP = 2.0
"""s: within a step a light curve is taken as constant."""


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
        step = _STEP if temporal is not None else np.inf
        edges = [_steps(*pair, step) for pair in zip(gti.start_values, gti.stop_values, strict=True)]
        low = np.concatenate([item[:-1] for item in edges])
        width = np.concatenate([np.diff(item) for item in edges])
        factor = np.ones(len(low))
        if temporal is not None:
            factor = np.maximum(temporal.evaluate_at(low + width / 2, gti.reference), 0.0)
        self._low, self._width = low, width
        self._bins = Distributions(factor * width, np.arange(len(low) + 1))
        self.seconds = float(self._bins.totals[0])

    def draw(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """Random times (s from the reference of the intervals)."""
        place = self._bins.draw(np.zeros(size, dtype=np.intp), rng)
        index = np.minimum(place.astype(np.intp), len(self._low) - 1)
        return np.asarray(self._low[index] + (place - index) * self._width[index])


def _steps(start: float, stop: float, step: float) -> np.ndarray:
    return np.linspace(start, stop, max(1, int(np.ceil((stop - start) / step))) + 1)
