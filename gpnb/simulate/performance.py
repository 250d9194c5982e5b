"""How well a CTA-like array sees gamma rays: closed formulae in energy and offset.

Each formula is chosen to follow the public performance figures of the southern array of the Cherenkov
Telescope Array, those of its first data challenge (1DC, "South_z20_50h") and of the fifth production
("Prod5-South-20deg", Zenodo, doi:10.5281/zenodo.5499840), within a factor of about two (background: three)
between 0.1 and 30 TeV and out to three degrees. No number is taken from their tables. All functions are float methods:
energies in TeV, offsets in deg, both broadcast.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

AREA_G1, AREA_G2, AREA_G3 = 1.07e6, -0.65, 4.7e4
"""cm2, none, MeV: parameters of the effective area on axis."""

AREA_CAP = 4.5e10
"""cm2: where the area stops growing, about that of the ground covered by the telescopes."""

TAIL_FRACTION, TAIL_WIDTH = 0.15, 2.0
"""Of the point spread function: part of the events in the wide Gaussian, and its width in those of the narrow one."""


def effective_area(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Effective area (cm2) against true energy and offset.

    On axis g1 (E/MeV)^-g2 exp(-g3/E), the form of Abramowski et al. 2010 (arXiv:1008.3703, appendix) for
    arrays of the H.E.S.S. and CTA class, here with a rising power law that bends to `AREA_CAP`;
    off axis it falls as exp(-(theta/s)^4 / 2), with s growing by 0.65 deg a decade.
    """
    energy, offset = np.asarray(energy, dtype=float), np.asarray(offset, dtype=float)
    mev = energy * 1e6
    rising = AREA_G1 * mev**-AREA_G2 * np.exp(-AREA_G3 / mev)
    on_axis = rising / np.sqrt(1 + (rising / AREA_CAP) ** 2)
    return np.asarray(on_axis * _falloff(offset, 3.3 + 0.65 * np.log10(energy)))


def angular_resolution(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Radius (deg) that holds 68 % of the events: a statistical part that shrinks as E^-1/2, and a floor."""
    energy, offset = np.asarray(energy, dtype=float), np.asarray(offset, dtype=float)
    return np.asarray(np.hypot(0.042 * energy**-0.5, 0.03) * (1 + (offset / 4.5) ** 4))


def energy_resolution(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Standard deviation of E_reco / E_true: a statistical part that shrinks as E^-1/2, and a floor."""
    energy, offset = np.asarray(energy, dtype=float), np.asarray(offset, dtype=float)
    return np.asarray(np.hypot(0.04 * energy**-0.5, 0.06) * (1 + 0.5 * (offset / 5) ** 2))


def energy_bias(energy: np.ndarray) -> np.ndarray:
    """Mean of E_reco / E_true less one: events at the threshold are selected for looking bright."""
    return np.asarray(0.5 * np.exp(-np.asarray(energy, dtype=float) / 0.03))


def background_rate(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Residual cosmic-ray rate (s-1 TeV-1 sr-1) against reconstructed energy and offset.

    A power law softened at the threshold, and flatter above 20 TeV, where shower images saturate; off axis
    with the fall-off of the effective area, a little wider.
    """
    energy, offset = np.asarray(energy, dtype=float), np.asarray(offset, dtype=float)
    on_axis = 100.0 * energy**-2.5 * np.exp(-0.01 / energy) * (1 + energy / 20)
    return np.asarray(on_axis * _falloff(offset, 3.8 + 1.0 * np.log10(energy)))


def core_width(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Standard deviation (deg) of the narrow Gaussian of the point spread function that gives its 68 % radius."""
    return angular_resolution(energy, offset) / _CONTAINMENT_RADIUS


def _falloff(offset: np.ndarray, width: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-0.5 * (offset / width) ** 4))


def _outside(radius: float) -> float:
    """Part of the events outside a radius given in widths of the narrow Gaussian, less 32 %."""
    narrow, wide = np.exp(-0.5 * radius**2), np.exp(-0.5 * (radius / TAIL_WIDTH) ** 2)
    return float((1 - TAIL_FRACTION) * narrow + TAIL_FRACTION * wide - 0.32)


_CONTAINMENT_RADIUS: float = brentq(_outside, 0.1, 10.0)
"""68 % radius in widths of the narrow Gaussian."""
