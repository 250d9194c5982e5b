"""Five instruments that see the Crab: how large, how sharp, how long; closed formulae, for spectra alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from gpnb.maps.axis import Axis

ENERGY = Axis.energy("0.01 TeV", "100 TeV", per_decade=20)
ENERGY_TRUE = Axis.energy("0.005 TeV", "200 TeV", per_decade=20, name="energy_true")

_M2 = 1e4
"""cm2."""


@dataclass(frozen=True)
class Array:
    """What a spectrum needs to know of an instrument.

    Attributes
    ----------
    name : str
        The instrument it is modelled on; the folder of its files.
    area : float
        Effective area far above the threshold, m2.
    threshold : float
        True energy at which half of that area is reached, TeV.
    slope : float
        How fast it is reached: the area is ``area / (1 + (threshold / E)^slope)``.
    resolution : float
        Standard deviation of ln(E_reco / E_true).
    energy : tuple of float
        Safe range of reconstructed energy, TeV.
    background : float
        What of the background is left in the ON region at 1 TeV, cm-2 s-1 TeV-1, as a flux of index 2.7.
    hours : tuple of float
        Live time of each run, h.
    alpha : tuple of float
        Ratio of ON to OFF acceptance of each run.
    first_id : int
        Number of the first run.
    """

    name: str
    area: float
    threshold: float
    slope: float
    resolution: float
    energy: tuple[float, float]
    background: float
    hours: tuple[float, ...]
    alpha: tuple[float, ...]
    first_id: int

    def effective_area(self, energy: np.ndarray) -> np.ndarray:
        """Effective area (cm2) at true energies (TeV)."""
        return np.asarray(self.area * _M2 / (1 + (self.threshold / energy) ** self.slope))

    def energy_dispersion(self) -> np.ndarray:
        """Probability of each bin of energy, for true energies at the centre of each bin of them; log-normal."""
        shift = np.log(ENERGY.edge_values / ENERGY_TRUE.center_values[:, None])
        return np.asarray(np.diff(ndtr(shift / self.resolution), axis=1))


ARRAYS = (
    Array("fermi", 0.8, 0.001, 1.0, 0.08, (0.03, 2.0), 5e-14, (9700.0,), (0.03,), 1001),
    Array("magic", 1.45e5, 0.35, 1.7, 0.18, (0.08, 30.0), 6e-12, (0.33, 0.33), (1 / 7, 1 / 7), 2001),
    Array("veritas", 1.0e5, 0.35, 3.0, 0.17, (0.15, 30.0), 2e-12, (0.30, 0.30), (1 / 14, 1 / 14), 3001),
    Array("fact", 7.5e4, 1.6, 2.3, 0.22, (0.4, 30.0), 2.5e-11, (10.1,), (1 / 9,), 4001),
    Array("hess", 4.0e5, 1.4, 2.0, 0.14, (0.66, 30.0), 3e-12, (0.44,) * 4, (1 / 12, 1 / 12, 1 / 40, 1 / 40), 5001),
)
"""In the spirit of the public joint Crab data (Nigro et al. 2019, A&A 625, A10), within a factor of two; the LAT's area
is the mean over the time in which the Crab is far off axis or not in view."""
