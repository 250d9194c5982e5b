"""Temporal models: the factor on a source's flux against time."""

from __future__ import annotations

import numpy as np
from astropy.time import Time

from gpnb.models.base import Declared, Model


class TemporalModel(Model):
    """Base: called with a Time, evaluated on seconds from a reference."""

    def evaluate_at(self, seconds: np.ndarray, reference: Time) -> np.ndarray:
        """The factor at plain seconds from `reference`."""
        raise NotImplementedError

    def __call__(self, time: Time) -> np.ndarray:
        """The factor at times."""
        reference = Time(time.ravel()[0] if time.shape else time)
        return self.evaluate_at((time - reference).to_value("s"), reference)


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

    def evaluate_at(self, seconds: np.ndarray, reference: Time) -> np.ndarray:
        """The factor at plain seconds from `reference`."""
        base, height, peak, width = self.values
        center = (Time(peak, format="mjd", scale="tt") - reference).to_value("s")
        return np.asarray(base + height * np.exp(-0.5 * ((np.asarray(seconds) - center) / width) ** 2))
