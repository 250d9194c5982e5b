"""A source that is an image, such as a template or emission from everywhere, in a cube: convolved once."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.sparse import csr_array

from gpnb.core.errors import ArgumentError
from gpnb.fitting.block import Source
from gpnb.fitting.cube.part import Component, Part, chained
from gpnb.fitting.cube.responses import Instrument, instrument_at
from gpnb.fitting.cube.voxels import Voxels
from gpnb.maps.geometry import WcsGeometry

_RARE = 1e-8
"""Chance to be measured in an energy: less is left out."""


class ImageSource(Component):
    """See `Component`.

    Parameters
    ----------
    voxels : Voxels
        The data.
    model : SkyModel
        The source; its shape stays as it is.

    Raises
    ------
    ArgumentError
        If a parameter of its shape is free.
    """

    def __init__(self, voxels: Voxels, model: Any):
        if model.spatial.free:
            raise ArgumentError(
                f"{model.name}: {', '.join(model.spatial.free)} of a {type(model.spatial).__name__} cannot be fitted; "
                "freeze it."
            )
        self._voxels = voxels
        instrument = instrument_at(voxels.dataset, model)
        self.asks = instrument.asks
        _check_covered(voxels, model)
        seen = convolved(voxels, instrument, model.spatial.extended())
        self._seen, self._matrix = seen.reshape(len(seen), -1), instrument.matrix
        self._at_photons = self._rows()
        planes, which = voxels.planes
        inside = planes.astype(float) @ self._seen.T
        self._totals = np.einsum("jk,kj->j", self._matrix, inside[which])

    def _rows(self) -> csr_array:
        """Counts of each voxel with photons per flux in each true energy; shape (n_photon, n_true)."""
        photons, (n_true, n_energy) = self._voxels.energy.size, self._matrix.shape
        kept = self._matrix > _RARE
        row, column, value = [], [], []
        for number in range(n_energy):
            own = np.flatnonzero(self._voxels.energy == number)
            band = np.flatnonzero(kept[:, number])
            row.append(np.repeat(own, band.size))
            column.append(np.tile(band, own.size))
            seen = self._seen[np.ix_(band, self._voxels.pixel[own])].T
            value.append((seen * self._matrix[band, number]).ravel())
        parts = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
        return csr_array(parts, shape=(photons, n_true))

    def reaches(self) -> np.ndarray:
        """See `Component`."""
        return np.asarray((self._seen > 0).any(axis=0))

    def strays(self, source: Source) -> bool:
        """See `Component`."""
        return False

    def at(self, source: Source) -> Part:
        """See `Component`."""
        flux = source.flux.values
        rows = np.concatenate([flux[None], source.flux.slopes.reshape(-1, flux.size)])
        columns = np.asarray((self._at_photons @ rows.T).T)
        return chained(np.arange(self._voxels.energy.size), columns, rows @ self._totals, source, ())

    def cube(self, source: Source) -> np.ndarray:
        """See `Component`."""
        mean = 1.0 if source.mean is None else float(source.mean.values[0])
        return np.asarray(mean * (self._matrix.T * source.flux.values) @ self._seen)


def _check_covered(voxels: Voxels, model: Any) -> None:
    missing = voxels.usable.any(axis=0) & ~model.spatial.covers(voxels.dataset.geom.image())
    if missing.any():
        raise ArgumentError(
            f"{model.name}: its map does not cover {missing.sum()} usable pixels of {voxels.dataset.name}: "
            "give a larger map, or leave them out with .masked()."
        )


def convolved(voxels: Voxels, instrument: Instrument, spatial: Any) -> np.ndarray:
    """Counts per flux in each true energy and pixel: exposure first, then the point spread function.

    Beyond the map all is taken to go on as at its edge.
    """
    geom = voxels.dataset.geom.image()
    image = np.nan_to_num(instrument.exposure * spatial.on(geom.cube([instrument.axis])))
    if instrument.psf is None:
        return np.asarray(image)
    lon, lat = geom.center.spherical.lon.deg, geom.center.spherical.lat.deg
    sides = voxels.pixel_sides(float(lon), float(lat), geom.frame)
    room_y, room_x = (int(np.ceil(float(instrument.psf.rad[-1]) / side)) for side in reversed(sides))
    image = np.pad(image, ((0, 0), (room_y, room_y), (room_x, room_x)), mode="edge")
    around = WcsGeometry.create(
        geom.center, npix=(2 * room_x + 1, 2 * room_y + 1), binsz=sides * u.deg, frame=geom.frame
    )
    kernel = instrument.psf.kernel(around).data
    shape = [next_fast_len(size, real=True) for size in image.shape[1:]]  # what wraps around stays in the rim
    found = np.empty((len(image), geom.ny, geom.nx))
    for number, (plane, own) in enumerate(zip(image, kernel, strict=True)):  # one by one: memory
        both = irfft2(rfft2(plane, shape) * rfft2(own, shape), shape)
        found[number] = both[2 * room_y : 2 * room_y + geom.ny, 2 * room_x : 2 * room_x + geom.nx]
    return np.maximum(found, 0.0)
