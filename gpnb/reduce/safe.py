"""The safe energy range of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.data.observation import Observation
from gpnb.maps.axis import Axis
from gpnb.reduce.methods import SafeRange

_NODES_PER_DECADE = 100
_TOLERANCE = 1e-6
"""Relative; an edge on the threshold is inside."""

_OFFSETS = 5

_LOST = 0.2001
"""Decades of safe energies in bins that are left out, from which on that is told: a bin of five a decade is not."""


@dataclass(frozen=True)
class SafeEnergies:
    """The safe energies of a run.

    Parameters
    ----------
    low, high : float
        TeV.
    """

    low: float
    high: float

    def holds(self, energy: Axis) -> np.ndarray:
        """True for bins that lie wholly inside."""
        above = energy.low_values >= self.low * (1 - _TOLERANCE)
        return np.asarray(above & (energy.high_values <= self.high * (1 + _TOLERANCE)))

    def lost(self, obs: Observation, energy: Axis) -> list[str]:
        """A note where bins are left out with many safe energies, or all are."""
        inside = self.holds(energy)
        low, high = np.maximum(energy.low_values, self.low), np.minimum(energy.high_values, self.high)
        with np.errstate(divide="ignore"):
            decades = np.where(inside, 0.0, np.log10(np.maximum(high / low, 1.0)))
        bins = [f"{energy.low_values[n]:.3g}–{energy.high_values[n]:.3g} TeV" for n in np.flatnonzero(decades > _LOST)]
        run = f"run {obs.obs_id} ({self})"
        if bins:
            remedy = "begin the axis at the threshold, gpnb.SafeRange().threshold(runs)"
            return [f"{run}: bins are left out that lie only partly in the safe range ({', '.join(bins)}); {remedy}"]
        return [] if inside.any() else [f"{run}: no energy bin lies in the safe range"]

    def __str__(self) -> str:
        if np.isinf(self.high):
            return f"safe from {self.low:.3g} TeV"
        return f"safe from {self.low:.3g} to {self.high:.3g} TeV"


def safe_threshold(runs: Iterable[Observation], safe: SafeRange, offset: float) -> float:
    """Energy (TeV) from which all runs are safe, up to an angle (deg) from the pointing."""
    judged_at = np.linspace(0.0, offset, _OFFSETS).tolist()
    return max((safe_energies(obs, safe, angle).low for obs in runs for angle in judged_at), default=0.0)


def safe_energies(obs: Observation, safe: SafeRange, offset: float) -> SafeEnergies:
    """The energies in which the responses of a run can be trusted.

    Thresholds found on true energy are carried to reconstructed energy by the energy bias.

    Parameters
    ----------
    obs : Observation
        The run.
    safe : SafeRange
        What to ask for.
    offset : float
        Angle from the pointing (deg) at which responses are judged.
    """
    low, high = _thresholds(obs, safe)
    if safe.aeff_max is not None:
        low = max(low, _reconstructed(obs, _aeff_threshold(obs.aeff, safe.aeff_max, offset), offset))
    if safe.edisp_bias is not None:
        low = max(low, _reconstructed(obs, _bias_threshold(obs, safe.edisp_bias, offset), offset))
    return SafeEnergies(low, high)


def background_peak(energy: Axis, background: np.ndarray) -> np.ndarray:
    """Bins from the one with the highest predicted background counts on.

    Parameters
    ----------
    background : array, shape (n,)
        Predicted counts a bin.
    """
    return np.arange(energy.n) >= int(np.argmax(background))


def _thresholds(obs: Observation, safe: SafeRange) -> tuple[float, float]:
    low, high = obs.aeff.threshold if safe.thresholds else (None, None)
    return (0.0 if low is None else low), (np.inf if high is None else high)


def _aeff_threshold(aeff: Any, fraction: float, offset: float) -> float:
    """Energy (TeV) where the effective area first reaches a fraction of its maximum."""
    energy = _fine(aeff.energy_axis)
    area = aeff.evaluate(energy, np.full(energy.shape, offset))
    above = np.flatnonzero(area >= fraction * area.max())
    if not area.max() > 0:
        raise SelectionError(f"The effective area is zero at {offset:.2f} deg from the pointing: no safe energy range.")
    first = int(above[0])
    if first == 0:
        return float(energy[0])
    x, y = np.log(energy[first - 1 : first + 1]), area[first - 1 : first + 1] / area.max()
    return float(np.exp(np.interp(fraction, y, x)))


def _bias_threshold(obs: Observation, limit: float, offset: float) -> float:
    """Energy (TeV) from which the energy bias stays below a limit on the way to its first good value."""
    energy = _fine(obs.edisp.energy_axis)
    bias = np.abs(obs.edisp.bias(energy, np.full(energy.shape, offset)))
    good = np.flatnonzero(bias < limit)
    if not len(good):
        raise SelectionError(f"Run {obs.obs_id}: the energy bias is nowhere below {limit}: no safe energy range.")
    return float(energy[good[0]])


def _reconstructed(obs: Observation, energy_true: float, offset: float) -> float:
    """The reconstructed energy that belongs to a true one, by the mean of the dispersion."""
    if not obs.has("edisp"):
        return energy_true
    bias = float(np.asarray(obs.edisp.bias(np.array([energy_true]), np.array([offset]))).ravel()[0])
    return energy_true * (1 + bias) if np.isfinite(bias) else energy_true


def _fine(axis: Axis) -> np.ndarray:
    low, high = float(axis.center_values[0]), float(axis.center_values[-1])
    return np.geomspace(low, high, int(np.ceil(np.log10(high / low) * _NODES_PER_DECADE)) + 1)
