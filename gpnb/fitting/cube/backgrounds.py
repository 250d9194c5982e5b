"""The background of a cube: as it was reduced, times the factors of the models that are bound to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.fitting.block import Source
from gpnb.fitting.cube.part import Part
from gpnb.fitting.cube.voxels import Voxels

_NONE = np.zeros(0)


class Background:
    """The reduced background where photons landed, and in all.

    Photons that no source can reach differ by their energy alone: they are added up, one row an energy.

    Parameters
    ----------
    voxels : Voxels
        The data, with a predicted background.
    rows : array of int
        Voxels with photons that a source may reach; all with a background where a fit moves its factor on the sky.
    model : BackgroundModel or None
        That bound to the dataset; none: it is held.
    """

    def __init__(self, voxels: Voxels, rows: np.ndarray, model: Any):
        self._cube = reduced_background(voxels, model)
        self._geom = voxels.dataset.geom.image()
        self.total = voxels.totals(self._cube)
        n_energy, energy = len(self.total), voxels.energy
        here = voxels.at_photons(self._cube)
        far = np.ones(here.size, dtype=bool)
        far[rows] = False
        lost = far & (here <= 0)
        self.n_lost = float(voxels.counts[lost].sum())
        seen = far & ~lost
        out_of_reach = np.bincount(energy[seen], voxels.counts[seen], n_energy)
        self.counts = np.concatenate([voxels.counts[rows], out_of_reach])
        self.energy = np.concatenate([energy[rows], np.arange(n_energy)])
        self.values = np.concatenate([here[rows], np.ones(n_energy)])
        self.constant = float(-2 * voxels.counts[seen] @ np.log(here[seen]))
        self._weights: np.ndarray | None = None
        if varies_on_sky(model):
            self._weights = model.spatial.on_slopes(self._geom)
            at_rows = self._weights.reshape(len(self._weights), -1)[:, voxels.pixel[rows]]
            self._at_rows = np.concatenate([at_rows, np.zeros((len(at_rows), n_energy))], axis=1)
            self._totals = np.array([voxels.totals(self._cube * weight) for weight in self._weights])

    def part(self, sources: Sequence[Source]) -> Part:
        """What it predicts, with slopes."""
        places = np.arange(self.counts.size)
        if not sources:
            held = np.zeros((0, places.size))
            return Part(places, self.values, held, _NONE.astype(int), float(self.total.sum()), _NONE)
        (source,) = sources
        factor, rates = source.flux.values, source.flux.slopes.reshape(-1, self.total.size)
        values, total = self.values, self.total
        numbers, slopes, sums = [source.flux.numbers], [], []
        if self._weights is not None and source.shape is not None:
            values, total = self.values * (source.shape.values @ self._at_rows), source.shape.values @ self._totals
            chain = source.shape.slopes.reshape(-1, len(self._totals))
            slopes.append(self.values * factor[self.energy] * (chain @ self._at_rows))
            sums.append(chain @ self._totals @ factor)
            numbers.append(source.shape.numbers)
        return Part(
            places,
            values * factor[self.energy],
            np.concatenate([values * rates[:, self.energy], *slopes]),
            np.concatenate(numbers),
            float(total @ factor),
            np.concatenate([rates @ total, *sums]),
        )

    def cube(self, sources: Sequence[Source]) -> np.ndarray:
        """What it predicts in every voxel, shape (n_energy, n_pixel)."""
        found = self._cube
        for source in sources:
            found = found * source.flux.values[:, None, None]
            if self._weights is not None and source.shape is not None:
                found = found * np.tensordot(source.shape.values, self._weights, axes=1)
        return np.asarray(found.reshape(len(found), -1))


def varies_on_sky(model: Any) -> bool:
    """Whether a fit moves the factor on the sky of a background."""
    return model is not None and model.spatial is not None and bool(model.spatial.free)


def reduced_background(voxels: Voxels, model: Any) -> np.ndarray:
    """The reduced background, times the factor on the sky of a model unless a fit moves it; zero where there is none.

    Raises
    ------
    SelectionError
        If there is none that the model could scale.
    """
    dataset = voxels.dataset
    if dataset.background is None:
        if model is not None:
            raise SelectionError(f"{dataset.name} has no predicted background that {model.name} could scale.")
        return np.zeros(dataset.geom.shape)
    cube = np.asarray(dataset.background.data, dtype=float)
    if model is None or model.spatial is None or varies_on_sky(model):
        return cube
    return np.asarray(cube * model.spatial.on(dataset.geom.image()))
