"""The bins that norms are fitted in: from datasets and models to plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.datasets.map import MapDataset
from gpnb.datasets.off_groups import Rates
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.statistic import excess_variance
from gpnb.estimate.counted import Counted, has_spectra, used_energies
from gpnb.estimate.cube_bins import CubeCounts, Piece, Together
from gpnb.estimate.norm_profile import NormBins
from gpnb.fitting.given import as_models
from gpnb.fitting.members import check_spectrum
from gpnb.fitting.terms import Terms
from gpnb.fitting.variation import mean_factor
from gpnb.models.collection import Models
from gpnb.models.member import Member
from gpnb.models.reference import with_flux
from gpnb.models.sky import SkyModel


def models_of(
    result: Any, source: str | None, datasets: Sequence[Counted], steady: bool = False
) -> tuple[Models, SkyModel]:
    """The sources of a fit (or models as they are), links followed, and the one whose flux is wanted.

    A source without a flux, as from a fit without a detection, gets one: fluxes are measured in parts of it. Its place
    and shape on the sky are held.

    Parameters
    ----------
    result : FitResult, SkyModel, Models or SpectralModel
        What was given.
    source : str, optional
        Name of the source.
    datasets : sequence of datasets
        The data.
    steady : bool
        Leave out the light curve of the source, as where that is what is wanted.

    Raises
    ------
    ArgumentError
        If there are several sources and `source` names none of them.
    """
    models = as_models(getattr(result, "models", result)).resolved()
    target = models.source(source)
    if has_spectra(datasets):
        check_spectrum(target)
    bare = replace(
        target,
        spectral=with_flux(target.spectral),
        spatial=target.spatial and held(target.spatial),
        temporal=None if steady else target.temporal,
    )
    models = Models(models.sources)
    return Models([bare if model is target else model for model in models]), bare


def held(part: Any) -> Any:
    """A shape or light curve with nothing free or linked."""
    for name in part.names:
        part = part.link(name, "").freeze(name)
    return part


def norm_bins(
    datasets: Sequence[Counted],
    cells: Sequence[np.ndarray],
    models: Models,
    source: SkyModel,
    statistic: str | None = None,
    rates: Rates | None = None,
) -> tuple[NormBins | None, np.ndarray]:
    """Usable bins of all datasets.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset and MapDataset
        The data; backgrounds of cubes are taken as they are.
    cells : sequence of array of int
        For each dataset, the norm that each of its energies belongs to; negative for none.
    models : Models
        All sources.
    source : SkyModel
        The one whose norm is wanted; the others are held.
    statistic : str, optional
        By default what suits the background.
    rates : dict, optional
        The OFF counts to expect; see `off_groups`.

    Returns
    -------
    bins : NormBins or None
        The norms are numbered anew: those that have no signal in a usable bin are left out; None if none has.
    numbers : array of int
        Their old numbers.
    """
    flux = _Fluxes()
    cubes = {
        number: CubeCounts(item, source, models)
        for number, item in enumerate(datasets)
        if isinstance(item, MapDataset) and (used_energies(item) & (cells[number] >= 0)).any()
    }
    signals = [_signal(item, cubes.get(number), flux, source) for number, item in enumerate(datasets)]
    chosen, numbers = _numbered(datasets, cells, signals)
    pieces = [cube.piece(chosen[number], statistic) for number, cube in cubes.items() if (chosen[number] >= 0).any()]
    spectra = [number for number, item in enumerate(datasets) if isinstance(item, SpectrumDataset)]
    known = [(datasets[number], chosen[number], signals[number]) for number in spectra]
    if (piece := _of_spectra(known, flux, models, source, statistic, rates)) is not None:
        pieces.insert(0, piece)
    if not pieces:
        return None, numbers
    arrays = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name in ("cell", "signal", "other", "excess", "variance", "n_on", "n_off")
    }
    terms = pieces[0].terms if len(pieces) == 1 else Together(pieces)
    return NormBins(terms, count=len(numbers), lowest=terms.lowest, bends=terms.bends, **arrays), numbers


def _signal(item: Counted, cube: CubeCounts | None, flux: _Fluxes, source: SkyModel) -> np.ndarray:
    """Counts of the source in each energy."""
    if isinstance(item, SpectrumDataset):
        return item.predict(flux(source, item))
    return np.zeros(len(used_energies(item))) if cube is None else cube.by_energy(cube.signal)


def _of_spectra(
    given: Sequence[tuple[Any, np.ndarray, np.ndarray]],
    flux: _Fluxes,
    models: Models,
    source: SkyModel,
    statistic: str | None,
    rates: Rates | None,
) -> Piece | None:
    """The bins of spectra, each with the norms of its energies and the source's counts; None if none is used."""
    pairs = [
        (item if (cell >= 0)[item.usable].all() else item.masked(cell < 0), cell, own) for item, cell, own in given
    ]
    kept = [one for one in pairs if one[0].usable.any()]
    if not kept:
        return None
    used, own, signals = (list(column) for column in zip(*kept, strict=True))
    others = [sum((item.predict(flux(model, item)) for model in models if model is not source), 0.0) for item in used]
    terms = _terms(used, statistic, own, rates)

    def added(values: Sequence[np.ndarray | float]) -> np.ndarray:
        return terms.join(_usable(used, values))

    return Piece(
        terms=terms,
        cell=terms.first(_usable(used, own)),
        signal=added(signals),
        other=added(others),
        excess=added([item.excess for item in used]),
        variance=added([excess_variance(item) for item in used]),
        n_on=added([item.counts for item in used]),
        n_off=added([0.0 if item.counts_off is None else item.counts_off for item in used]),
    )


def _numbered(
    datasets: Sequence[Counted], cells: Sequence[np.ndarray], signals: Sequence[np.ndarray]
) -> tuple[list[np.ndarray], np.ndarray]:
    """The norm of each energy, numbered among those that have a signal (negative for none), and their old numbers."""
    used = [used_energies(item) for item in datasets]
    strength = np.zeros(1 + max(int(cell.max(initial=-1)) for cell in cells))
    for usable, cell, signal in zip(used, cells, signals, strict=True):
        inside = usable & (cell >= 0)
        np.add.at(strength, cell[inside], signal[inside])
    numbers = np.flatnonzero(strength > 0)
    new = np.full(len(strength) + 1, -1)  # the last one is for cells of -1
    new[numbers] = np.arange(len(numbers))
    return [new[np.where(usable, cell, -1)] for usable, cell in zip(used, cells, strict=True)], numbers


class _Fluxes:
    """Fluxes in bins of true energy, once for each model and axis, times the mean of what varies over the good time."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], np.ndarray] = {}

    def __call__(self, model: Member, dataset: SpectrumDataset) -> np.ndarray:
        edges = dataset.energy_true.edge_values
        key = (model.name, edges.tobytes())
        if key not in self._known:
            self._known[key] = model.spectral.integral_bins(edges)
        return self._known[key] if model.temporal is None else mean_factor(model, dataset) * self._known[key]


def _terms(
    datasets: Sequence[SpectrumDataset], statistic: str | None, cells: Sequence[np.ndarray], rates: Rates | None
) -> Terms:
    ends = np.cumsum([int(item.usable.sum()) for item in datasets]).tolist()
    places = [slice(start, stop) for start, stop in zip([0, *ends], ends, strict=False)]
    return Terms(datasets, places, statistic, cells, rates=rates)


def _usable(datasets: Sequence[SpectrumDataset], values: Sequence[np.ndarray | float]) -> np.ndarray:
    """Values of the usable bins of all."""
    whole = [np.broadcast_to(value, item.counts.shape) for item, value in zip(datasets, values, strict=True)]
    return np.concatenate([value[item.usable] for item, value in zip(datasets, whole, strict=True)])
