"""The responses that apply to one source of a cube, at its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import SelectionError
from gpnb.datasets.map import MapDataset
from gpnb.fitting.block import Bins
from gpnb.fitting.cube.waves import WaveTables
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.axis import Axis
from gpnb.models.spatial import SpatialModel


@dataclass(frozen=True, eq=False)
class Instrument:
    """What lies between a source and a cube.

    Parameters
    ----------
    axis : Axis
        True energy; of a source without dispersion, the energy that is measured.
    exposure : array, shape (n_true, ny, nx)
        cm2 s.
    psf : RadialPsf or None
        At the source; None where it is seen as it is.
    variance : array, shape (n_true,)
        Of the point spread function along each axis, deg2.
    matrix : array, shape (n_true, n_energy)
        Chances to be measured in each energy.
    """

    axis: Axis
    exposure: np.ndarray
    psf: RadialPsf | None
    variance: np.ndarray
    matrix: np.ndarray

    @property
    def asks(self) -> Bins:
        """The bins, TeV."""
        return Bins(self.axis.edge_values[:-1], self.axis.edge_values[1:])

    def tables(self, pixel: tuple[float, float], reach: float, harmonics: int) -> WaveTables:
        """What turns shapes into what is seen."""
        return WaveTables(self.psf, len(self.matrix), pixel, reach, harmonics)


def instrument_at(dataset: MapDataset, model: Any) -> Instrument:
    """The responses of a cube at the centre of a source.

    Raises
    ------
    SelectionError
        If the cube lacks one that the source asks for.
    """
    applies, centre = model.responses, _centre(dataset, model)
    true, energy = dataset.exposure.geom.axes[0], dataset.geom.axis("energy")
    axis = true if applies.dispersion else energy
    if applies.psf and dataset.psf is None:
        raise SelectionError(
            f"{dataset.name} has no point spread function, which {model.name} needs: reduce with gpnb.reduce_map, "
            "or give the source responses=gpnb.Responses(psf=False)."
        )
    psf = _on(dataset.psf.at(centre), axis) if applies.psf and dataset.psf is not None else None
    exposure = _resampled(dataset, axis) if applies.exposure else np.ones((axis.n, *dataset.geom.shape[1:]))
    return Instrument(
        axis,
        exposure,
        psf,
        np.zeros(axis.n) if psf is None else psf.variance,
        _matrix(dataset, model, centre) if applies.dispersion else np.eye(energy.n),
    )


def _centre(dataset: MapDataset, model: Any) -> SkyCoord:
    """Where the responses are taken: at the source, and for emission from everywhere in the middle of the map."""
    return model.spatial.center if isinstance(model.spatial, SpatialModel) else dataset.geom.center


def _matrix(dataset: MapDataset, model: Any, centre: SkyCoord) -> np.ndarray:
    if dataset.edisp is None:
        raise SelectionError(
            f"{dataset.name} has no energy dispersion, which {model.name} needs: reduce with gpnb.reduce_map, "
            "or give the source responses=gpnb.Responses(dispersion=False)."
        )
    return np.asarray(dataset.edisp.at(centre), dtype=float)


def _resampled(dataset: MapDataset, axis: Axis) -> np.ndarray:
    """Exposure at the centres of an axis."""
    true, data = dataset.exposure.geom.axes[0], dataset.exposure.data
    if true == axis:
        return np.asarray(data)
    place = np.interp(np.log(axis.center_values), np.log(true.center_values), np.arange(true.n))
    low = np.minimum(place.astype(int), true.n - 2)
    part = (place - low)[:, None, None]
    return np.asarray((1 - part) * data[low] + part * data[low + 1])


def _on(psf: RadialPsf, axis: Axis) -> RadialPsf:
    """A point spread function at the energies of an axis."""
    if psf.energy_true == axis:
        return psf
    nearest = np.abs(np.log(axis.center_values[:, None] / psf.energy_true.center_values)).argmin(axis=1)
    return RadialPsf.from_table(axis, psf.rad, psf.density[nearest])
