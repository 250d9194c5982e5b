"""Exposure, containment and energy dispersion of an ON region."""

from __future__ import annotations

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.data.observation import Observation
from gpnb.maps.axis import Axis
from gpnb.maps.sphere import separation
from gpnb.reduce.exposure import lookup_linear
from gpnb.reduce.shape import Circle, Shape

_STEP = 0.01
"""Spacing in offset (deg) of the table over which the effective area of a region is averaged."""


def region_exposure(obs: Observation, energy_true: Axis, on: Shape, containment: bool) -> np.ndarray:
    """Effective area times live time (cm2 s) in an ON region, at the centres of true-energy bins.

    Parameters
    ----------
    obs : Observation
        The run.
    energy_true : Axis
        True energy.
    on : Circle or Drawn
        The ON region.
    containment : bool
        A source that is a point in the middle of a circle: the area there, times the part of the point spread
        function within the circle. Else the mean area of the region, and no correction. Point-like responses are
        taken at the middle, and hold the cut on direction already.
    """
    centers = energy_true.center_values
    livetime = obs.livetime.to_value("s")
    in_middle = corrects(obs, on, containment) or obs.aeff.is_pointlike
    if in_middle or (isinstance(on, Circle) and on.radius == 0):
        area = obs.aeff.table(centers, np.array([on.offset]))[:, 0]
    else:
        area = _mean_area(obs, centers, on)
    if corrects(obs, on, containment) and isinstance(on, Circle):
        area = area * _contained(obs, centers, on)
    return np.asarray(area * livetime)


def corrects(obs: Observation, on: Shape, containment: bool) -> bool:
    """Whether the exposure is corrected for containment: full-enclosure responses and a circle."""
    return containment and not obs.aeff.is_pointlike and isinstance(on, Circle) and on.radius > 0


def dispersion(obs: Observation, energy_true: Axis, energy: Axis, on: Shape) -> np.ndarray:
    """Probability (n_true, n) to reconstruct each true-energy bin in each bin, in the middle of the region.

    Without an energy dispersion, energies are taken as they are.
    """
    if obs.has("edisp"):
        return np.asarray(obs.edisp.kernel(energy_true, energy, on.offset))
    return perfect_dispersion(energy_true, energy)


def perfect_dispersion(energy_true: Axis, energy: Axis) -> np.ndarray:
    """The kernel of a perfect instrument: the part of each true bin (in log energy) in each bin."""
    low, high = np.log(energy_true.low_values)[:, None], np.log(energy_true.high_values)[:, None]
    shared = np.minimum(high, np.log(energy.high_values)) - np.maximum(low, np.log(energy.low_values))
    return np.asarray(np.clip(shared, 0.0, None) / (high - low))


def _mean_area(obs: Observation, energy: np.ndarray, on: Shape) -> np.ndarray:
    """Effective area averaged over the solid angle of a region."""
    cells, solid_angle = on.cells
    offset = separation(cells, np.array([1.0, 0.0, 0.0])[:, None])
    first = float(offset.min())
    nodes = np.arange(first, float(offset.max()) + 2 * _STEP, _STEP)
    table = obs.aeff.table(energy, nodes)
    return np.asarray(lookup_linear(table, (offset - first) / _STEP) @ (solid_angle / solid_angle.sum()))


def _contained(obs: Observation, energy: np.ndarray, on: Circle) -> np.ndarray:
    """Part of a point source in the middle that is reconstructed in a circle or annulus."""
    if not obs.has("psf"):
        raise SelectionError(
            f"Run {obs.obs_id} has no point spread function for the containment correction: use containment=False."
        )
    radii = np.array([on.radius, on.inner])
    table = obs.psf.containment_table(energy, np.array([on.offset]), radii)[:, 0]
    return np.asarray(table[:, 0] - table[:, 1])
