"""The background of a cube: as it was reduced, times the factors of the models that are bound to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.fitting.block import Source
from gpnb.fitting.cube.voxels import Voxels


class Background:
    """The reduced background where photons landed, and in all.

    Photons that no source can reach differ by their energy alone: they are added up, one row an energy.

    Parameters
    ----------
    voxels : Voxels
        The data, with a predicted background.
    rows : array of int
        Voxels with photons that a source may reach.
    models : sequence of BackgroundModel
        Those bound to the dataset; none: it is held.
    """

    def __init__(self, voxels: Voxels, rows: np.ndarray, models: Sequence[Any]):
        cube = background_cube(voxels, models)
        self.total = voxels.totals(cube)
        n_energy, energy = len(self.total), voxels.energy
        here = voxels.at_photons(cube)
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

    def factors(self, sources: Sequence[Source]) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        """The factor of each energy, and its derivatives: rows and the entries they belong to."""
        factor = np.ones_like(self.total)
        for source in sources:
            factor = factor * source.flux.values
        slopes = []
        for source in sources:
            with np.errstate(divide="ignore", invalid="ignore"):
                others = np.where(source.flux.values != 0, factor / source.flux.values, 0.0)
            slopes.append((others * source.flux.slopes.reshape(-1, factor.size), source.flux.numbers))
        return factor, slopes


def background_cube(voxels: Voxels, models: Sequence[Any]) -> np.ndarray:
    """The reduced background, times the factors on the sky of models; zero where there is none."""
    dataset = voxels.dataset
    if dataset.background is None:
        if models:
            raise SelectionError(f"{dataset.name} has no predicted background that {models[0].name} could scale.")
        return np.zeros(dataset.geom.shape)
    cube = np.asarray(dataset.background.data, dtype=float)
    for model in models:
        if model.spatial is not None:
            if any(item.free for item in model.spatial.parameters):
                raise SelectionError(
                    f"{model.name}: the parameters of a factor on the sky cannot be fitted: freeze "
                    f"{', '.join(model.spatial.free)}."
                )
            cube = cube * model.spatial.on(dataset.geom.image())
    return cube
