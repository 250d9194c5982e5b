"""Which part of a source is reconstructed in an ON region."""

from __future__ import annotations

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.data.observation import Observation
from gpnb.models.point import PointSource
from gpnb.models.spatial import SpatialModel
from gpnb.reduce.shape import Circle, Shape, View

_POSITIONS = 4000
"""Directions that stand for an extended source: the part is known to 0.5 %."""

_CHUNK = 250
_RINGS = 600
"""Bins of the angle between source and reconstructed direction."""

Source = np.ndarray
"""Directions of a source in the view of a run, shape (3, n), all of one weight."""


def source_of(containment: bool | SpatialModel, on: Shape, view: View) -> Source | None:
    """The source for which the exposure is corrected; None for no correction.

    Parameters
    ----------
    containment : bool or SpatialModel
        True: a point in the middle of the region; a model: that shape; False: none.
    on : Circle or Drawn
        The ON region.
    view : View
        The view.
    """
    if isinstance(containment, SpatialModel):
        size = 1 if isinstance(containment, PointSource) else _POSITIONS
        return view.vectors(*containment.sample(size, np.random.default_rng(0)))
    return on.center[:, None] if containment else None


def contained(obs: Observation, energy: np.ndarray, on: Shape, source: Source) -> np.ndarray:
    """Part of a source that is reconstructed in a region, at true energies (TeV); shape (n,).

    The integral over the region of the point spread function at the source's mean offset, averaged over the
    source; closed for a circle about a point.

    Raises
    ------
    SelectionError
        If the run has no point spread function.
    """
    if not obs.has("psf"):
        raise SelectionError(
            f"Run {obs.obs_id} has no point spread function for the containment correction: use containment=False."
        )
    offset = float(np.mean(np.degrees(np.arctan2(np.hypot(source[1], source[2]), source[0]))))
    if isinstance(on, Circle) and source.shape[1] == 1 and np.allclose(source[:, 0], on.center, rtol=0, atol=1e-9):
        table = obs.psf.containment_table(energy, np.array([offset]), np.array([on.radius, on.inner]))[:, 0]
        return np.asarray(table[:, 0] - table[:, 1])
    rad, solid_angle = _rings(on, source)
    return np.asarray(obs.psf.evaluate(energy[:, None], np.array(offset), rad[None, :]) @ solid_angle)


def _rings(on: Shape, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """Mean solid angle (sr) of the region at each angle (deg) from the directions of the source."""
    cells, area = on.cells
    away = np.sqrt(((on.center[:, None] - source) ** 2).sum(axis=0)).max()
    size = np.sqrt(((on.center[:, None] - cells) ** 2).sum(axis=0)).max()
    edges = np.linspace(0.0, (away + size) * (1 + 1e-9), _RINGS + 1)
    total = np.zeros(_RINGS)
    for start in range(0, source.shape[1], _CHUNK):
        cosines = source[:, start : start + _CHUNK].T @ cells
        chord = np.sqrt(np.maximum(2 - 2 * cosines, 0.0))
        place = np.minimum((chord / edges[1]).astype(np.intp), _RINGS - 1)
        weight = np.broadcast_to(area, place.shape)
        total += np.bincount(place.ravel(), weights=weight.ravel(), minlength=_RINGS)
    middle = (edges[1:] + edges[:-1]) / 2
    return np.degrees(2 * np.arcsin(middle / 2)), total / source.shape[1]
