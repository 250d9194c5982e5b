"""The spectra behind a panel: those of an object, or extracted anew from another region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.replay import step
from gpnb.core.sky_regions import to_regions
from gpnb.data.observations import Observations
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.panels.work import Kept
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.stats.counts import cstat
from gpnb.stats.onoff import wstat

_EXTRACTION = "gpnb.reduce_spectrum()"

_WIDEST = 2.2
"""Ratio of the ends of bins that are drawn as one."""


@dataclass(frozen=True, eq=False)
class Spectra:
    """Spectra that are fitted together.

    Parameters
    ----------
    source : SpectrumDataset, Datasets or list of SpectrumDataset
        As `gpnb.fit` takes them.
    items : tuple of SpectrumDataset
        The spectra, one by one.
    points : tuple of FluxPointsDataset
        Flux points that are fitted with them.
    """

    source: Any
    items: tuple[SpectrumDataset, ...]
    points: tuple[FluxPointsDataset, ...] = ()

    @cached_property
    def usable(self) -> tuple[SpectrumDataset, ...]:
        """Those with a usable bin."""
        return tuple(item for item in self.items if item.usable.any())

    @cached_property
    def fitted(self) -> tuple[Any, ...]:
        """All with something to fit, the spectra first."""
        return (*self.usable, *(item for item in self.points if item.usable.any()))

    @cached_property
    def span(self) -> tuple[float, float]:
        """From the least to the largest energy of usable bins, TeV; of all bins if none is usable."""
        axes = [(item.energy.low_values, item.energy.high_values, item.usable) for item in self.items]
        if self.usable:
            lows = [float(low[used].min()) for low, _, used in axes if used.any()]
            highs = [float(high[used].max()) for _, high, used in axes if used.any()]
            return min(lows), max(highs)
        if self.points:
            energies = np.concatenate([item.energy for item in self.points])
            return 0.8 * float(energies.min()), 1.25 * float(energies.max())
        return min(float(low[0]) for low, *_ in axes), max(float(high[-1]) for _, high, _ in axes)

    @property
    def region(self) -> str:
        """Where they were extracted, as DS9 text; empty if it is not known."""
        return next((item.on_region for item in self.items if item.on_region), "")

    @cached_property
    def facts(self) -> str:
        """How many spectra, of what, and the statistic: one line."""
        count = len(self.items)
        if not count:
            return ", ".join(item.name for item in self.points)
        names = self.items[0].name if count == 1 else f"{count} spectra, joint"
        kinds = {"Cash" if item.counts_off is None else "WStat": True for item in self.items}
        hours = sum(item.livetime.to_value("h") for item in self.items)
        return f"{names} · {hours:.2f} h live · {' and '.join(sorted(kinds, reverse=True))}"

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What deserves attention: what each notes, and bins without OFF counts."""
        notes = [note for item in self.items for note in item.notes]
        measured = [(item.counts_off, item.usable) for item in self.items]
        empty = sum(int((off[usable] == 0).sum()) for off, usable in measured if off is not None)
        if empty:
            notes.append(f"{empty} bin{'s' * (empty != 1)} with n_off = 0")
        return tuple(notes)

    def restricted(self, energy: Span | None) -> Spectra:
        """Only bins wholly inside an energy range are used."""
        if energy is None:
            return self
        cut = [item.restrict(doors.energies.write(energy)) for item in self.items]
        points = tuple(item.restrict(doors.energies.write(energy)) for item in self.points)
        return Spectra(cut[0] if isinstance(self.source, SpectrumDataset) else [*cut, *points], tuple(cut), points)


def spectra_of(obj: Any) -> Spectra:
    """The spectra of a dataset, of several, or of a fit result; what is no spectrum is left out."""
    datasets = getattr(obj, "datasets", obj)
    if isinstance(datasets, SpectrumDataset):
        return Spectra(datasets, (datasets,))
    items = tuple(item for item in datasets if isinstance(item, SpectrumDataset))
    return Spectra(datasets, items, tuple(item for item in datasets if isinstance(item, FluxPointsDataset)))


class Extraction:
    """Extracts the spectra of an object again from another region, with the same settings.

    What does not depend on the region (the runs, the axes) is made once.

    Parameters
    ----------
    recipe : Recipe
        Of the spectra.
    """

    def __init__(self, recipe: Recipe):
        self._recipe = recipe
        self._kept = Kept()

    @property
    def possible(self) -> bool:
        """Whether the recipe knows the runs."""
        steps = list(self._recipe.walk())
        return any(item.call == _EXTRACTION for item in steps) and all(item.call[0] != "$" for item in steps)

    def at(self, region: str, **work: Any) -> Any:
        """The same from a region, as DS9 text; `work` is ``progress`` and ``cancel``.

        Raises
        ------
        SelectionError
            If the runs are not known.
        """
        if not self.possible:
            raise SelectionError(
                "These spectra do not tell of which runs they were extracted: make them with gpnb.reduce_spectrum() "
                "from a store, and another region gives new ones."
            )
        return self._make(self._recipe, region, work)

    def runs(self) -> dict[int, Any]:
        """The runs that the spectra were extracted from, by number; empty if they are not known."""
        if not self.possible:
            return {}
        steps = [item for item in self._recipe.walk() if item.call == _EXTRACTION]
        made = [self._make(item, "", {}) for step in steps for item in step.inputs]
        return {run.obs_id: run for group in made if isinstance(group, Observations) for run in group}

    def _make(self, recipe: Recipe, region: str, work: dict[str, Any]) -> Any:
        if not any(item.call == _EXTRACTION for item in recipe.walk()):
            return self._kept.once(id(recipe), lambda: self._step(recipe, region, work))
        return self._step(recipe, region, work)

    def _step(self, recipe: Recipe, region: str, work: dict[str, Any]) -> Any:
        inputs = [self._make(item, region, work) for item in recipe.inputs]
        moved = {"on_region": region, **work} if recipe.call == _EXTRACTION else {}
        return step(recipe, inputs, **moved)


@lru_cache(maxsize=64)
def same_region(one: str, other: str) -> bool:
    """Whether two DS9 texts are of one region."""
    if not one or not other:
        return one == other
    first, second = (to_regions(text)[0] for text in (one, other))
    return bool(type(first) is type(second) and first == second)


@dataclass(frozen=True, eq=False)
class Bins:
    """Bins of reconstructed energy as they are drawn: summed over spectra of one axis, neighbours joined.

    Parameters
    ----------
    numbers : tuple of int
        The spectra, by their places.
    starts : array of int
        The first bin of each group.
    weight : array, shape (spectra, bins)
        1 where a bin of a spectrum is usable.
    low, high : array
        Ends of the groups that are used, TeV.
    used : array of bool
        Which groups have a usable bin.
    counts, background, off : array
        Sums over a group; `off` is NaN where the background is not measured.
    variance : array
        Of the excess.
    alpha : array
        Ratio of ON to OFF that gives the summed background.
    """

    numbers: tuple[int, ...]
    starts: np.ndarray
    weight: np.ndarray
    used: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    background: np.ndarray
    off: np.ndarray
    variance: np.ndarray
    alpha: np.ndarray

    @property
    def center(self) -> np.ndarray:
        """Middle of the groups on a logarithmic axis, TeV."""
        return np.asarray(np.sqrt(self.low * self.high))

    @property
    def joins(self) -> np.ndarray:
        """How many bins of the spectra each group joins."""
        return np.asarray(np.diff(np.append(self.starts, self.weight.shape[1]))[self.used])

    @property
    def excess(self) -> np.ndarray:
        """Counts less background."""
        return np.asarray(self.counts - self.background)

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Values a bin and spectrum, summed over the groups."""
        whole = _joined(np.asarray([values[number] for number in self.numbers]) * self.weight, self.starts)
        return np.asarray(whole[self.used])

    def deviance(self, signal: np.ndarray) -> np.ndarray:
        """Signed square root of the fit statistic of each group, in standard deviations."""
        known = ~np.isfinite(self.off)
        with np.errstate(all="ignore"):
            measured = wstat(self.counts, np.nan_to_num(self.off), np.where(known, 1.0, self.alpha), signal)
            total = cstat(self.counts, signal + self.background)
        size = np.sqrt(np.maximum(np.where(known, total, measured), 0.0))
        return np.asarray(np.sign(self.excess - signal) * size)


def display_bins(items: Sequence[SpectrumDataset], min_counts: float) -> list[Bins]:
    """How spectra are drawn: those with one axis are summed, neighbouring bins joined until they hold enough counts."""
    axes: dict[bytes, list[int]] = {}
    for number, item in enumerate(items):
        if item.usable.any():
            axes.setdefault(item.energy.edge_values.tobytes(), []).append(number)
    return [_bins(items, numbers, min_counts) for numbers in axes.values()]


def _bins(items: Sequence[SpectrumDataset], numbers: list[int], min_counts: float) -> Bins:
    parts = [items[number] for number in numbers]
    weight = np.array([part.usable for part in parts], dtype=float)
    counts = _sum(parts, weight, "counts")
    starts = _starts(np.asarray(weight.any(axis=0)), counts, parts[0].energy.edge_values, min_counts)
    measured = all(part.counts_off is not None for part in parts)
    background = _joined(_each(parts, "expected_background") * weight, starts)
    alphas = np.array(
        [np.zeros(weight.shape[1]) if part.alpha is None else np.nan_to_num(part.alpha) for part in parts]
    )
    off = _joined(_each(parts, "counts_off") * weight, starts) if measured else np.full(starts.size, np.nan)
    spread = _joined(alphas**2 * _each(parts, "counts_off") * weight, starts) if measured else 0.0
    bare = _joined(alphas * weight, starts) / np.maximum(_joined(weight, starts), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(off > 0, background / off, bare)
    edges = parts[0].energy.edge_values
    used = _joined(weight, starts) > 0
    joined = np.add.reduceat(counts, starts)
    low, high = edges[starts], edges[np.append(starts[1:], edges.size - 1)]
    kept = [values[used] for values in (low, high, joined, background, off, joined + spread, alpha)]
    return Bins(tuple(numbers), starts, weight, used, *kept)


def _each(parts: Sequence[SpectrumDataset], name: str) -> np.ndarray:
    return np.array([np.nan_to_num(getattr(part, name)) for part in parts])


def _sum(parts: Sequence[SpectrumDataset], weight: np.ndarray, name: str) -> np.ndarray:
    return np.asarray((_each(parts, name) * weight).sum(axis=0))


def _joined(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.asarray(np.add.reduceat(values.sum(axis=0), starts))


def _starts(used: np.ndarray, counts: np.ndarray, energies: np.ndarray, least: float) -> np.ndarray:
    """First bins of the groups; a stretch of bins that are not used is one of its own."""
    starts = [0]
    for place in range(1, used.size):
        begin = starts[-1]
        wide = energies[place + 1] > _WIDEST * energies[begin]
        full = counts[begin:place].sum() >= least and (wide or counts[place:].sum() >= least)
        if used[place] != used[place - 1] or full or wide:
            starts.append(place)
    return np.array(starts)
