"""How the exposure changes over an extended source."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.fitting.cube.exposure import Course, Spot
from gpnb.fitting.cube.patch import at_place
from gpnb.fitting.cube.responses import Instrument
from gpnb.fitting.cube.voxels import Voxels
from gpnb.fitting.flux import BinFlux

_LONG = 0.02
"""Of the inverse reach: a wave number so small that a transform tells the width."""


def course_of(voxels: Voxels, model: Any, instrument: Instrument, place: Spot) -> tuple[Course, np.ndarray]:
    """The relative exposure of each energy, and the exposure (cm2 s, shape (n_true,)) that it is relative to.

    Parameters
    ----------
    voxels : Voxels
        The data.
    model : SkyModel
        The source.
    instrument : Instrument
        Its responses.
    place : Spot
        Its centre.
    """
    planes = instrument.exposure
    centre = np.clip(np.nan_to_num(place.pixel), 0, np.array(planes.shape[:0:-1]) - 1)
    reference = at_place(planes, *centre.tolist())[0]
    if not (reference > 0).any():
        best = int(planes.sum(axis=0).argmax())
        reference = planes.reshape(len(planes), -1)[:, best].astype(float)
    flux = BinFlux(model.spectral, *instrument.asks).value(list(model.spectral.values))
    weight = (np.abs(flux) * reference)[:, None] * instrument.matrix
    total = weight.sum(axis=0)
    weight = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    share = np.divide(weight, reference[:, None], out=np.zeros(weight.shape), where=reference[:, None] > 0)
    relative = np.tensordot(share.T, planes, axes=1)
    relative[total <= 0] = 1.0
    return Course(relative, _parts(model.spatial, instrument.variance @ weight, place, voxels)), reference


def _parts(spatial: Any, variance: np.ndarray, place: Spot, voxels: Voxels) -> np.ndarray:  # noqa: ARG001
    """Of the way to a pixel, in pixels, by the width of the shape beside that of the point spread function."""
    widths = mean_squares(spatial)
    phi = np.radians(spatial.values[spatial.names.index("phi")] if "phi" in spatial.names else 0.0)
    major, minor = np.array([np.sin(phi), np.cos(phi)]), np.array([np.cos(phi), -np.sin(phi)])
    shape = widths[0] * np.outer(major, major) + widths[1] * np.outer(minor, minor)
    cos_lat = np.cos(np.radians(spatial.values[1]))
    jacobian = place.slope / np.array([max(cos_lat, 1e-6), 1.0])  # pixels per deg to the east and to the north
    parts = [jacobian @ shape @ np.linalg.pinv(shape + own * np.eye(2)) @ np.linalg.inv(jacobian) for own in variance]
    return np.array(parts)


def mean_squares(spatial: Any) -> tuple[float, float]:
    """Of the way from the centre (deg2): along the major axis of a shape, and across it; zero without extent."""
    values = spatial.values[2:]
    reach = spatial.reach(values)
    if not reach > 0:
        return 0.0, 0.0
    q = _LONG / reach
    ends = (spatial.waves(np.array(u), np.array(v), values)[0] for u, v in ((q, 0.0), (0.0, q)))
    along, across = (max(2 * (1 - float(end)) / q**2, 0.0) for end in ends)
    return along, across
