"""The facts of an observation that a simulation needs, as plain floats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.frames import separation
from gpnb.data.gti import GTI


@dataclass(frozen=True)
class Run:
    """Pointing and times of an observation; float class.

    Attributes
    ----------
    obs_id : int
        Its number.
    ra, dec : float
        Pointing, deg (ICRS).
    gti : GTI
        Good time intervals.
    live_fraction : float
        Live time over good time.
    """

    obs_id: int
    ra: float
    dec: float
    gti: GTI
    live_fraction: float

    @classmethod
    def of(cls, observation: Any) -> Self:
        """Take them from anything that looks like an `Observation`."""
        pointing = observation.pointing.icrs
        gti = observation.gti
        live = float(observation.livetime.to_value(u.s)) / gti.seconds if gti.seconds > 0 else 0.0
        return cls(int(observation.obs_id), float(pointing.ra.deg), float(pointing.dec.deg), gti, live)

    @property
    def ontime(self) -> float:
        """Good time, s."""
        return self.gti.seconds

    def offset(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Angle (deg) of directions from the pointing."""
        return separation(ra, dec, self.ra, self.dec)
