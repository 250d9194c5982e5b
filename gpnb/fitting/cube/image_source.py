"""A source that is an image, such as a template or emission from everywhere, in a cube.

It is convolved once, and anew where a fit moves it or changes its shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from gpnb.core.errors import ArgumentError
from gpnb.fitting.block import Source
from gpnb.fitting.cube.part import Component, Part, chained, moved_places
from gpnb.fitting.cube.responses import instrument_at
from gpnb.fitting.cube.smearing import Smearing
from gpnb.fitting.cube.voxels import Voxels

_RARE = 1e-8
"""Chance to be measured in an energy: less is left out."""


class _Image:
    """What is seen of an image, or of its derivative.

    Parameters
    ----------
    voxels : Voxels
        The data.
    photons : array of int, shape (n_photon,)
        Voxels with photons.
    seen : array, shape (n_true, n_pixel)
        Counts per flux in each true energy and pixel.
    matrix : array, shape (n_true, n_energy)
        The dispersion.
    rows : array of int
        The voxels with photons that are looked at.
    """

    def __init__(self, voxels: Voxels, seen: np.ndarray, matrix: np.ndarray, rows: np.ndarray):
        self.seen, self.matrix = seen, matrix
        self._at_photons = self._rows(voxels, rows)
        planes, which = voxels.planes
        inside = planes.astype(float) @ seen.T
        self._totals = np.einsum("jk,kj->j", matrix, inside[which])

    def of(self, flux: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Counts where photons landed, shape (n, n_row), and in all usable voxels, of rows of flux (n, n_true)."""
        return np.asarray((self._at_photons @ flux.T).T), flux @ self._totals

    def _rows(self, voxels: Voxels, rows: np.ndarray) -> csr_array:
        """Counts of each of these voxels per flux in each true energy; shape (n_row, n_true)."""
        energy, pixel, (n_true, n_energy) = voxels.energy[rows], voxels.pixel[rows], self.matrix.shape
        kept = self.matrix > _RARE
        row, column, value = [], [], []
        for number in range(n_energy):
            own = np.flatnonzero(energy == number)
            band = np.flatnonzero(kept[:, number])
            row.append(np.repeat(own, band.size))
            column.append(np.tile(band, own.size))
            seen = self.seen[np.ix_(band, pixel[own])].T
            value.append((seen * self.matrix[band, number]).ravel())
        parts = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
        return csr_array(parts, shape=(rows.size, n_true))


class ImageSource(Component):
    """See `Component`.

    The point spread function and the dispersion are those where a fit starts.

    Parameters
    ----------
    voxels : Voxels
        The data.
    model : SkyModel
        The source.

    Raises
    ------
    ArgumentError
        If its map does not cover what is usable.
    """

    def __init__(self, voxels: Voxels, model: Any):
        _check_covered(voxels, model)
        self._voxels, self._moves = voxels, bool(model.spatial.free)
        instrument = instrument_at(voxels.dataset, model)
        self.asks, self._matrix = instrument.asks, instrument.matrix
        self._spatial = model.spatial.extended()
        self._geom = voxels.dataset.geom.image().cube([instrument.axis])
        smearing = Smearing(voxels, instrument)
        self._key = np.array(self._spatial.values)
        self._slopes: list[_Image] | None = None
        seen = np.maximum(smearing(self._spatial.on(self._geom)), 0.0)
        self._touched = np.asarray(self._moves | (seen > 0).any(axis=0).ravel())
        self.rows = np.flatnonzero(self._touched[voxels.pixel])
        self._value = self._image(seen)
        self._smearing = smearing if self._moves else None

    def _image(self, seen: np.ndarray) -> _Image:
        return _Image(self._voxels, seen.reshape(len(seen), -1), self._matrix, self.rows)

    def reaches(self) -> np.ndarray:
        """See `Component`."""
        return self._touched

    def strays(self, source: Source) -> bool:
        """See `Component`."""
        return False

    def at(self, source: Source) -> Part:
        """See `Component`."""
        self._take(source)
        flux, places = source.flux.values, moved_places(source)
        rows = np.concatenate([flux[None], source.flux.slopes.reshape(-1, flux.size)])
        found = [self._value.of(rows), *(self._slope_images()[place].of(flux[None]) for place in places)]
        columns, totals = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return chained(self.rows, columns, totals, source, places)

    def cube(self, source: Source) -> np.ndarray:
        """See `Component`."""
        self._take(source)
        mean = 1.0 if source.mean is None else float(source.mean.values[0])
        return np.asarray(mean * (self._matrix.T * source.flux.values) @ self._value.seen)

    def _take(self, source: Source) -> None:
        """The image as it is for a source, made anew if its shape is another."""
        if self._smearing is None or source.shape is None or np.array_equal(source.shape.values, self._key):
            return
        self._key, self._slopes = np.array(source.shape.values), None
        self._spatial = self._spatial.with_values(self._key.tolist())
        self._value = self._image(np.maximum(self._smearing(self._spatial.on(self._geom)), 0.0))

    def _slope_images(self) -> list[_Image]:
        """Derivatives of what is seen with each parameter of the shape."""
        assert self._smearing is not None
        if self._slopes is None:
            self._slopes = [self._image(self._smearing(slope)) for slope in self._spatial.on_slopes(self._geom)]
        return self._slopes


def _check_covered(voxels: Voxels, model: Any) -> None:
    missing = voxels.usable.any(axis=0) & ~model.spatial.covers(voxels.dataset.geom.image())
    if missing.any():
        raise ArgumentError(
            f"{model.name}: its map does not cover {missing.sum()} usable pixels of {voxels.dataset.name}: "
            "give a larger map, or leave them out with .masked()."
        )
