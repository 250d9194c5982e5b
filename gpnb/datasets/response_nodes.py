"""Responses of a cube at nodes on the sky, as files hold them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.irf.node_sums import NodeSums
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

_STEP = 0.5
"""deg between nodes, if there are not too many then."""

_MOST = 14
"""Nodes along a side."""


def at_nodes(made: NodeSums | None, exposure: SkyMap, value_at: Callable[[SkyCoord], np.ndarray]) -> NodeSums:
    """What stands at nodes, times the exposure there, and that exposure.

    Parameters
    ----------
    made : NodeSums or None
        What is at nodes already.
    exposure : SkyMap
        Of the cube.
    value_at : callable
        Gives the values at a position, shape (n_true, n).
    """
    if made is not None:
        return _everywhere(made) if made.geom.nx == made.geom.ny == 1 else made
    geom = _grid(exposure.geom)
    weight, places = _exposure(exposure, geom), geom.coords
    known = np.argwhere(weight.any(axis=0)).tolist()
    values = [value_at(places[row, column]) for row, column in known]
    total = np.zeros((len(weight), values[0].shape[1] if values else 1, *geom.shape))
    for (row, column), value in zip(known, values, strict=True):
        total[..., row, column] = weight[:, row, column, None] * value
    return NodeSums(geom, total, weight)


def _everywhere(made: NodeSums) -> NodeSums:
    """One node as two that cover the sky, since Gammapy takes a node for its own pixel alone."""
    geom = WcsGeometry.create("0d 0d", npix=(2, 1), binsz=180 * u.deg, frame=made.geom.frame, proj="CAR")
    return NodeSums(geom, np.repeat(made.total, 2, axis=-1), np.repeat(made.weight, 2, axis=-1))


def _grid(geom: WcsGeometry) -> WcsGeometry:
    """Nodes that cover a map, the outermost beyond its rim."""
    size = geom.width.to_value("deg")
    step = max(_STEP, float(size.max()) / _MOST)
    count = np.ceil(size / step).astype(int) + 1
    return WcsGeometry.create(
        geom.center, binsz=step * u.deg, frame=geom.frame, proj=geom.projection, npix=(int(count[0]), int(count[1]))
    )


def _exposure(exposure: SkyMap, geom: WcsGeometry) -> np.ndarray:
    """The exposure at the nodes, that of the rim where a node lies beyond it."""
    own = exposure.geom
    x, y = (np.nan_to_num(np.asarray(pixel)) for pixel in own.coord_pixel(geom.coords))
    column, row = (np.clip(np.rint(at), 0, size - 1).astype(int) for at, size in ((x, own.nx), (y, own.ny)))
    return np.asarray(exposure.data[:, row, column], dtype=float)
