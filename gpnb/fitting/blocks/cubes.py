"""Cubes in a likelihood: one block each, looked at only where photons landed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.fitting.block import Bins, Block, Period, Rows, Share, Source
from gpnb.fitting.cube.backgrounds import Background, reduced_background, varies_on_sky
from gpnb.fitting.cube.components import component_of
from gpnb.fitting.cube.part import Component, Part
from gpnb.fitting.cube.photon_terms import Measured, PhotonTerm, Predicted
from gpnb.fitting.cube.voxels import Voxels
from gpnb.fitting.cube.waves import TooWideError
from gpnb.maps.sky_map import SkyMap
from gpnb.models.background import Background as DatasetModel
from gpnb.models.background import BackgroundModel

_FEW = 10.0
"""Photons within reach of a source: with fewer, they do not tell how sure the data are."""

Places = np.ndarray | slice


class Cubes(Block):
    """The block of one cube; see `Block`.

    Parameters
    ----------
    dataset : MapDataset
        The data.
    models : sequence
        Sources and backgrounds.
    statistic : {"cash", "wstat"} or None
        By default W where OFF counts were measured.
    """

    parts: ClassVar[tuple[str, ...]] = ("spectral", "spatial", "temporal")

    def __init__(self, dataset: MapDataset, models: Sequence[Any], statistic: str | None):
        self.datasets = (dataset,)
        self._voxels = Voxels(dataset)
        self._measured = _is_measured(dataset, statistic)
        _check_backgrounds(dataset, models, measured=self._measured)
        self._parts_of = [self._component(model) for model in models]
        own = [isinstance(model, BackgroundModel) and model.dataset == dataset.name for model in models]
        self._scaled_by = next((model for model, is_own in zip(models, own, strict=True) if is_own), None)
        centre = dataset.geom.axis("energy").center_values
        factors = Bins(centre, centre)
        self.asks = tuple(
            factors if is_own else (part.asks if part is not None else None)
            for part, is_own in zip(self._parts_of, own, strict=True)
        )
        self._kinds = [part for part, asks in zip(self._parts_of, self.asks, strict=True) if asks is not None]
        self.periods = (Period(dataset.name, dataset.gti),)
        self.statistics = ("wstat" if self._measured else "cash",)
        self.n = int(self._voxels.usable.sum())
        self._compile()

    @classmethod
    def made_of(cls, datasets: Sequence[MapDataset], models: Sequence[Any], statistic: str | None) -> list[Self]:
        """See `Block`."""
        return [cls(dataset, models, statistic) for dataset in datasets]

    @staticmethod
    def measured(dataset: MapDataset) -> np.ndarray:
        """See `Block`."""
        maps = (dataset.counts, dataset.counts_off, dataset.background)
        return np.stack([np.nan_to_num(item.data) for item in maps if item is not None])

    @staticmethod
    def with_measured(dataset: MapDataset, counts: np.ndarray) -> MapDataset:
        """See `Block`."""
        return replace(dataset, counts=SkyMap(dataset.geom, counts), recipe=Recipe.memory("counts"))

    @cached_property
    def whole(self) -> Block:
        """See `Block`: predictions are for all bins anyway."""
        return self

    def predict(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """See `Predictor`: counts of all sources, without the background."""
        shape = self.datasets[0].geom.shape
        found = np.zeros((shape[0], shape[1] * shape[2]))
        for part, source in zip(self._kinds, sources, strict=True):
            if part is not None and not part.is_background:
                found += part.cube(source)
        return [found.reshape(shape)]

    def backgrounds(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """See `Block`."""
        return [self._predicted_background(sources).reshape(self.datasets[0].geom.shape)]

    def at(self, sources: Sequence[Source], size: int) -> Share:
        """See `Block`."""
        signal, total, rows = self._evaluate(sources)
        if np.isnan(total):
            return Share(np.inf, np.zeros(size), np.zeros((size, size)))
        stat, slope, weight = self._term(signal)
        gradient = np.zeros(size)
        for part, places in rows:
            np.add.at(gradient, part.numbers, 2 * part.total_slopes + part.slopes @ slope[places])
        fisher = self._products(rows, weight, size)
        self._add_expected(fisher, sources, rows)
        return Share(2 * total + float(stat.sum()) + self._constant, gradient, fisher)

    def stat(self, sources: Sequence[Source]) -> np.ndarray:
        """See `Block`."""
        lead = np.broadcast_shapes(*(_lead(source) for source in sources)) if sources else ()
        if lead:
            found = [self.stat([_row(source, number) for source in sources]) for number in range(lead[0])]
            return np.array(found)
        signal, total, _ = self._evaluate(sources)
        return np.asarray(2 * total + self._term(signal)[0].sum() + self._constant)

    def bad(self, sources: Sequence[Source]) -> str:
        """See `Block`."""
        if np.isfinite(self.stat(sources)).all():
            return ""
        return "fewer than no counts are predicted where photons were seen: limit amplitudes from below"

    def settle(self, sources: Sequence[Source]) -> bool:
        """See `Block`."""
        pairs = zip(self._kinds, sources, strict=True)
        moved = [part.settle(source) for part, source in pairs if part is not None]
        if any(moved):
            self._compile()
        return any(moved)

    def remarks(self) -> list[str]:
        """See `Block`."""
        name, found = self.datasets[0].name, []
        if not self._measured and self._scaled_by is None and self.datasets[0].background is not None:
            found.append(f"the background of {name} was held: gpnb.BackgroundModel({name!r}) fits it")
        if not self._measured and self._background.n_lost:
            found.append(f"{self._background.n_lost:.0f} counts of {name} lie where nothing is predicted: left out")
        return found + [words for part in self._kinds if part is not None for words in part.remarks()]

    def _component(self, model: Any) -> Component | None:
        elsewhere = isinstance(model, DatasetModel) and model.dataset not in ("", self.datasets[0].name)
        if elsewhere or isinstance(model, BackgroundModel):
            return None
        part = component_of(self._voxels, model)
        return part if (part.reaches() & self._voxels.usable.reshape(self._n_energy, -1).any(axis=0)).any() else None

    @property
    def _n_energy(self) -> int:
        return len(self._voxels.usable)

    def _compile(self) -> None:
        """Which photons may be reached."""
        reached = np.zeros(self._voxels.pixel.size, dtype=bool)
        touched = [part.rows for part in self._kinds if part is not None]
        for own in touched:
            reached[own] = True
        self._shared = _touching(touched, reached.size, self._measured)
        if varies_on_sky(self._scaled_by):
            reached |= self._voxels.at_photons(reduced_background(self._voxels, self._scaled_by)) > 0
        rows = np.flatnonzero(reached)
        self._place = np.full(self._voxels.pixel.size, -1)
        self._place[rows] = np.arange(rows.size)
        self._term: PhotonTerm
        if self._measured:
            self._term = Measured(self._voxels, rows)
            self._n_rows, self._constant = rows.size, self._term.constant
            return
        self._background = Background(self._voxels, rows, self._scaled_by)
        self._term = Predicted(self._background.counts)
        self._n_rows, self._constant = self._background.counts.size, self._background.constant

    def _evaluate(self, sources: Sequence[Source]) -> tuple[np.ndarray, float, list[tuple[Part, Places]]]:
        """Predicted counts at the photons, in all, and the parts with their places among the photons.

        Where a step has made a source wider than can be looked at, the counts are not defined.
        """
        pairs = list(zip(self._kinds, sources, strict=True))
        try:
            strayed = [part.strays(source) for part, source in pairs if part is not None]
        except TooWideError:
            self._compile()
            return np.full(self._n_rows, np.nan), np.nan, []
        if any(strayed):
            self._compile()
        parts = [part.at(source) for part, source in pairs if part is not None]
        rows = [(part, self._places(part.rows)) for part in parts]
        signal, total = np.zeros(self._n_rows), 0.0
        if not self._measured:
            base = self._background.part([source for part, source in pairs if part is None])
            signal, total = base.values.copy(), base.total
            rows.append((base, slice(None)))
        for part, places in rows[: len(parts)]:
            signal[places] += part.values
            total += part.total
        return signal, total, rows

    def _places(self, rows: np.ndarray) -> Places:
        """Where voxels with photons are among those within reach: a slice where they lie side by side."""
        if not rows.size:
            return slice(0, 0)
        first, last = self._place[rows[0]], self._place[rows[-1]]
        return slice(first, last + 1) if last - first == rows.size - 1 else self._place[rows]

    def _products(self, rows: Sequence[tuple[Part, Places]], weight: np.ndarray, size: int) -> np.ndarray:
        """Σ weight ∂μ ∂μ: each part with itself and with those that share photons with it."""
        found = np.zeros((size, size))
        wide = np.zeros((max((part.numbers.size for part, _ in rows), default=0), weight.size))
        for first, (part, places) in enumerate(rows):
            here = wide[: part.numbers.size]
            here[:, places] = part.slopes * weight[places]
            _add(found, part, part, part.slopes @ here[:, places].T)
            for second in self._shared[first]:
                other, others = rows[second]
                product = other.slopes @ here[:, others].T
                _add(found, other, part, product)
                _add(found, part, other, product.T)
            here[:, places] = 0.0
        return found

    def _add_expected(self, fisher: np.ndarray, sources: Sequence[Source], rows: Sequence[tuple[Part, Any]]) -> None:
        """Where hardly a photon is within reach, what the data would say on average."""
        parts = [(part, own) for part, own in zip(self._kinds, sources, strict=True) if part is not None]
        for (part, source), (found, _) in zip(parts, rows, strict=False):
            photons = self._voxels.counts[found.rows].sum()
            if photons >= _FEW or not found.numbers.size:
                continue
            counts = part.cube(source)
            background = self._predicted_background(sources) - (counts if part.is_background else 0)
            usable = self._voxels.usable.reshape(counts.shape)
            with np.errstate(divide="ignore", invalid="ignore"):
                each = np.where(usable & (counts > 0), counts**2 / (counts + background), 0.0).sum()
            if not (found.total > 0 and each > 0):
                continue
            relative = found.total_slopes / found.total
            np.add.at(fisher, (found.numbers[:, None], found.numbers), 2 * each * np.outer(relative, relative))

    def _predicted_background(self, sources: Sequence[Source]) -> np.ndarray:
        if self._measured:
            return reduced_background(self._voxels, None).reshape(self._n_energy, -1)
        pairs = list(zip(self._kinds, sources, strict=True))
        found = self._background.cube([source for part, source in pairs if part is None])
        for part, source in pairs:
            if part is not None and part.is_background:
                found = found + part.cube(source)
        return found


def _touching(rows: Sequence[np.ndarray], size: int, measured: bool) -> list[list[int]]:
    """For each source, which of the later ones share photons with it, and the background, which has them all."""
    found, others = [], [] if measured else [len(rows)]
    for first, own in enumerate(rows):
        seen = np.zeros(size, dtype=bool)
        seen[own] = True
        found.append([later for later in range(first + 1, len(rows)) if seen[rows[later]].any()] + others)
    return [*found, []]


def _add(matrix: np.ndarray, one: Part, other: Part, product: np.ndarray) -> None:
    np.add.at(matrix, (one.numbers[:, None], other.numbers), product)


def _is_measured(dataset: MapDataset, statistic: str | None) -> bool:
    if statistic not in (None, "cash", "wstat"):
        raise ArgumentError(f"statistic={statistic!r} is not known for cubes: give 'cash' or 'wstat'.")
    return dataset.counts_off is not None if statistic is None else statistic == "wstat"


def _check_backgrounds(dataset: MapDataset, models: Sequence[Any], *, measured: bool) -> None:
    own = [model.name for model in models if isinstance(model, DatasetModel) and model.dataset in ("", dataset.name)]
    if measured and own:
        raise ArgumentError(
            f"{own[0]}: the background of {dataset.name} is measured in OFF regions, so that none is predicted; "
            "leave the model out, or give statistic='cash'."
        )


def _lead(source: Source) -> tuple[int, ...]:
    shape = () if source.shape is None else source.shape.values.shape[:-1]
    mean = () if source.mean is None else source.mean.values.shape[:-1]
    return np.broadcast_shapes(source.flux.values.shape[:-1], shape, mean)


def _row(source: Source, number: int) -> Source:
    """One of many vectors."""

    def one(rows: Rows | None) -> Rows | None:
        if rows is None or rows.values.ndim == 1:
            return rows
        return Rows(rows.values[number % len(rows.values)], rows.slopes, rows.numbers)

    flux = one(source.flux)
    assert flux is not None
    return Source(flux, one(source.mean), one(source.shape))
