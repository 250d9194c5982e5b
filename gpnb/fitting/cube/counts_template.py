"""Predicted counts in a cube, as they are: on its pixels and energies, without responses."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import to_frame
from gpnb.fitting.block import Bins, Source
from gpnb.fitting.cube.part import Component, Part, chained, moved_places
from gpnb.fitting.cube.voxels import Voxels
from gpnb.irf.energy_bins import EnergyBins
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.overlap import contents_on
from gpnb.maps.sky_map import SkyMap

_WHOLE = 1e-6
"""Part of a bin that may lie beyond a map by rounding."""


class CountsTemplate(Component):
    """See `Component`.

    Parameters
    ----------
    voxels : Voxels
        The data.
    model : TemplateCounts
        The counts.

    Raises
    ------
    ArgumentError
        If there are none in usable bins.
    """

    is_background = True

    def __init__(self, voxels: Voxels, model: Any):
        geom = voxels.dataset.geom
        counts, covered = counts_on(model.map, geom)
        if not (counts[voxels.usable] > 0).any():
            raise ArgumentError(
                f"{model.name}: its map predicts no counts in usable bins of {voxels.dataset.name}: leave it out, "
                "or give dataset= the name of the cube that it belongs to."
            )
        centre = geom.axis("energy").center_values
        self.asks = Bins(centre, centre)
        self._dataset, self._name = voxels.dataset.name, model.name
        self._n_beyond = int((voxels.usable & ~covered).sum())
        self.rows = np.flatnonzero(voxels.at_photons(counts) > 0)
        self._energy = voxels.energy[self.rows]
        self._counts, self._weights = counts, _weights(model.spatial, geom.image())
        self._at_rows = voxels.at_photons(counts)[self.rows] * self._flat[:, voxels.pixel[self.rows]]
        self._totals = np.array([voxels.totals(counts * weight) for weight in self._weights])

    @property
    def _flat(self) -> np.ndarray:
        return self._weights.reshape(len(self._weights), -1)

    def reaches(self) -> np.ndarray:
        """See `Component`."""
        return np.asarray((self._counts > 0).any(axis=0).ravel())

    def strays(self, source: Source) -> bool:
        """See `Component`."""
        return False

    def at(self, source: Source) -> Part:
        """See `Component`."""
        norms, places = self._norms(source), moved_places(source)
        flux = np.concatenate([source.flux.values[None], source.flux.slopes.reshape(-1, source.flux.values.size)])
        columns = [flux[:, self._energy] * (norms @ self._at_rows)]
        columns += [flux[:1, self._energy] * self._at_rows[place] for place in places]
        totals = [flux @ (norms @ self._totals), *(flux[:1] @ self._totals[place] for place in places)]
        return chained(self.rows, np.concatenate(columns), np.concatenate(totals), source, places)

    def cube(self, source: Source) -> np.ndarray:
        """See `Component`."""
        factor = np.tensordot(self._norms(source), self._weights, axes=1)
        found = self._counts * source.flux.values[:, None, None] * factor
        return np.asarray(found.reshape(len(found), -1))

    def remarks(self) -> list[str]:
        """See `Component`."""
        if not self._n_beyond:
            return []
        return [f"the map of {self._name} does not reach {self._n_beyond} usable bins of {self._dataset}: none there"]

    def _norms(self, source: Source) -> np.ndarray:
        """What the weights are multiplied with."""
        moves = len(self._weights) > 1
        return source.shape.values if moves and source.shape is not None else np.ones(1)


def counts_on(skymap: SkyMap, geom: WcsGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Counts on the bins of another geometry, and which of these lie on the map altogether.

    Parameters
    ----------
    skymap : SkyMap
        With the axis ``energy``, nowhere negative.
    geom : WcsGeometry
        The same.

    Returns
    -------
    counts, covered : array, shape (n_energy, ny, nx)
    """
    own = skymap.geom
    counts = skymap.data.astype(float)
    covered = np.ones(geom.shape[1:])
    if own.image() != geom.image():
        x, y = own.pixel(*to_frame(*_corners(geom), geom.frame, own.frame))
        counts, covered = contents_on(counts, x, y, np.abs(180 / own.plane.scales).min())
    counts, within = _in_energy(np.maximum(counts, 0.0), own.axis("energy"), geom.axis("energy"))
    return counts, (covered > 1 - _WHOLE) & within[:, None, None]


def _corners(geom: WcsGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Directions of the corners of pixels, shape (ny + 1, nx + 1)."""
    y, x = np.indices((geom.ny + 1, geom.nx + 1)) - 0.5
    return geom.plane.sky(x, y)


def _in_energy(counts: np.ndarray, own: Axis, axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Counts in other bins, of which each is a power law; and whether these lie within the first ones."""
    if own == axis:
        return counts, np.ones(axis.n, dtype=bool)
    low, high = own.edge_values[0] * (1 - _WHOLE), own.edge_values[-1] * (1 + _WHOLE)
    found = EnergyBins.of(own, counts / own.width_values[:, None, None]).integrate(axis.edge_values)
    return found, (axis.edge_values[:-1] >= low) & (axis.edge_values[1:] <= high)


def _weights(spatial: Any, image: WcsGeometry) -> np.ndarray:
    """Factors on the sky, one for each norm that a fit moves, shape (n, ny, nx)."""
    if spatial is None:
        return np.ones((1, *image.shape))
    slopes = np.asarray(spatial.on_slopes(image))
    return slopes if spatial.free else np.tensordot(spatial.values, slopes, axes=1)[None]
