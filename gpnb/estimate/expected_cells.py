"""What is expected in each bin that a source reaches: its counts, and those of all else; as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.counted import Counted
from gpnb.estimate.cube_bins import CubeCounts
from gpnb.fitting.given import as_models
from gpnb.fitting.members import check_spectrum
from gpnb.fitting.predictions import Predictions
from gpnb.fitting.variation import mean_factor
from gpnb.models.collection import Models
from gpnb.models.point import PointSource
from gpnb.models.sky import SkyModel
from gpnb.models.spectrum import SpectralModel


@dataclass(frozen=True, eq=False)
class ExpectedCells:
    """Bins of energy (and pixels) that a source reaches.

    Parameters
    ----------
    number : array of int, shape (n,)
        Which result each counts for.
    signal, background : array, shape (n,)
        Expected counts of the source, and of all else.
    alpha : array, shape (n,)
        Ratio of ON to OFF exposure; 0 where the background is known.
    known : array, shape (n,)
        The part of the background that is known where the rest is measured.
    """

    number: np.ndarray
    signal: np.ndarray
    background: np.ndarray
    alpha: np.ndarray
    known: np.ndarray

    @classmethod
    def of(
        cls, datasets: Sequence[Counted], numbers: Sequence[np.ndarray], source: SkyModel, models: Any
    ) -> ExpectedCells:
        """Of datasets.

        Parameters
        ----------
        datasets : sequence of SpectrumDataset and MapDataset
            Their counts are not used.
        numbers : sequence of array of int
            For each dataset, the result that each of its energies counts for; negative for none.
        source : SkyModel
            What is looked for.
        models : Models or None
            All else beside the background.

        Raises
        ------
        ArgumentError
            If a dataset has no background, or the source does not lie on a cube.
        """
        others = Models([]) if models is None else as_models(getattr(models, "models", models)).resolved()
        parts = [_part(item, number, source, others) for item, number in zip(datasets, numbers, strict=True)]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def above(self, number: int) -> ExpectedCells:
        """Those of a result and all after it, as one result."""
        kept = self.number >= number
        return ExpectedCells(
            np.zeros(int(kept.sum()), dtype=int), *(part[kept] for part in (self.signal, *self._others))
        )

    @property
    def _others(self) -> tuple[np.ndarray, ...]:
        return self.background, self.alpha, self.known


def source_of(spectrum: Any, position: Any, datasets: Sequence[Counted]) -> SkyModel:
    """What is looked for: a source as it is, or a spectrum, which is that of a point where there are cubes.

    Parameters
    ----------
    spectrum : SpectralModel or SkyModel
        What was given.
    position : SkyCoord, str or None
        Of the point; the middle of the first cube for None.
    datasets : sequence of datasets
        The data.

    Raises
    ------
    ArgumentError
        If it is something else, or has a place already.
    """
    cubes = [item for item in datasets if isinstance(item, MapDataset)]
    if isinstance(spectrum, SpectralModel):
        place = cubes[0].geom.center if cubes and position is None else position
        return SkyModel(spectrum, None if place is None else PointSource(place), name="looked for")
    if not isinstance(spectrum, SkyModel):
        raise ArgumentError(f"spectrum={spectrum!r} must be a spectral model or a SkyModel.")
    if position is not None:
        raise ArgumentError(f"{spectrum.name} has a place of its own: leave position out.")
    return spectrum


def _part(item: Counted, number: np.ndarray, source: SkyModel, others: Models) -> tuple[np.ndarray, ...]:
    if isinstance(item, SpectrumDataset):
        return _of_spectrum(item, number, source, others)
    return _of_cube(item, number, source, others)


def _of_spectrum(item: SpectrumDataset, number: np.ndarray, source: SkyModel, others: Models) -> tuple[Any, ...]:
    if item.background is None and item.counts_off is None:
        raise ArgumentError(f"{item.name} has no background: give background counts, or OFF counts with acceptances.")
    check_spectrum(source)
    edges = item.energy_true.edge_values
    signal, *rest = (
        mean_factor(model, item) * item.predict(model.spectral.integral_bins(edges))
        for model in (source, *others.sources)
    )
    known = np.sum(rest, axis=0) if rest else np.zeros(item.energy.n)
    alpha = np.zeros(item.energy.n) if item.alpha is None or item.background is not None else item.alpha
    kept = item.usable & (number >= 0) & (signal > 0)
    return tuple(part[kept] for part in (number, signal, item.expected_background + known, alpha, known))


def _of_cube(cube: MapDataset, number: np.ndarray, source: SkyModel, others: Models) -> tuple[Any, ...]:
    if cube.counts_off is not None:
        raise ArgumentError(
            f"The background of {cube.name} was measured in OFF regions that share their events: "
            "reduce with background='field-of-view' or None, or take its spectrum with gpnb.to_spectrum."
        )
    if source.spatial is None:
        raise ArgumentError(f"{source.name} has no place on the sky, which a cube needs: give a spatial model.")
    if hasattr(source.spatial, "center") and not cube.geom.contains(source.spatial.center):
        raise ArgumentError(f"{source.name} lies outside the map of {cube.name}: give a position on it.")
    found = CubeCounts(cube, source, Models([source]))
    background = Predictions(cube, others).total()
    if not (background[cube.usable] > 0).any():
        raise ArgumentError(f"{cube.name} has no background: reduce it with one, or give models= that predict it.")
    kept = found.reached & (number >= 0)[:, None, None] & (background > 0)
    numbers = np.broadcast_to(number[:, None, None], kept.shape)
    zero = np.zeros(int(kept.sum()))
    return numbers[kept], found.signal[kept], background[kept], zero, zero
