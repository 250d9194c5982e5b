"""Effective area and energy dispersion of an ON region."""

from __future__ import annotations

import numpy as np

from gpnb.data.observation import Observation
from gpnb.irf.edisp import perfect_dispersion
from gpnb.maps.axis import Axis
from gpnb.models.spatial import SpatialModel
from gpnb.reduce.containment import contained, source_of
from gpnb.reduce.exposure import lookup_linear
from gpnb.reduce.shape import Circle, Shape, View, distance

_STEP = 0.01
"""Spacing in offset (deg) of the table over which the effective area of a region is averaged."""

_AHEAD = np.array([1.0, 0.0, 0.0])


def region_area(
    obs: Observation, energy_true: Axis, on: Shape, containment: bool | SpatialModel, view: View
) -> np.ndarray:
    """Effective area (cm2) in an ON region, at the centres of true-energy bins.

    Parameters
    ----------
    obs : Observation
        The run.
    energy_true : Axis
        True energy.
    on : Circle or Drawn
        The ON region.
    containment : bool or SpatialModel
        True: the source is a point in the middle of the region, a model: it has that shape. The area is that at the
        source, times the part of it that is reconstructed in the region. False: the mean area of the region. Point-like
        responses are taken in the middle, and hold the cut on direction already.
    view : View
        The sky from the pointing of the run.
    """
    centers = energy_true.center_values
    if obs.aeff.is_pointlike or (isinstance(on, Circle) and on.radius == 0):
        return np.asarray(obs.aeff.evaluate_grid(centers, np.array([on.offset]))[:, 0])
    source = source_of(containment, on, view)
    if source is None:
        return np.asarray(_mean_area(obs, centers, *on.cells))
    area = _mean_area(obs, centers, source, np.ones(source.shape[1]))
    return np.asarray(area * contained(obs, centers, on, source))


def dispersion(obs: Observation, energy_true: Axis, energy: Axis, on: Shape) -> np.ndarray:
    """Probability (n_true, n) to reconstruct each true-energy bin in each bin, in the middle of the region.

    Without an energy dispersion, energies are taken as they are.
    """
    if obs.has("edisp"):
        return np.asarray(obs.edisp.kernel(energy_true, energy, on.offset))
    return perfect_dispersion(energy_true, energy)


def _mean_area(obs: Observation, energy: np.ndarray, directions: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Effective area averaged over directions."""
    offset = distance(directions, _AHEAD)
    if len(offset) == 1:
        return np.asarray(obs.aeff.evaluate_grid(energy, offset)[:, 0])
    first = float(offset.min())
    table = obs.aeff.evaluate_grid(energy, np.arange(first, float(offset.max()) + 2 * _STEP, _STEP))
    return np.asarray(lookup_linear(table, (offset - first) / _STEP) @ (weight / weight.sum()))
