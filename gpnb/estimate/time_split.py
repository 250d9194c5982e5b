"""Spectra of parts of runs: what made a dataset is known, and its events are counted again in a shorter time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from astropy.time import Time

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.replay import arguments, replay, step
from gpnb.core.warn import warn
from gpnb.data.gti import GTI
from gpnb.data.observation import Observation
from gpnb.data.timeref import seconds_from
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.counted import Counted
from gpnb.reduce.spectrum import reduce_spectrum, spectrum_plan
from gpnb.reduce.spectrum_run import events_of_run

_REDUCE = "gpnb.reduce_spectrum()"


@dataclass(frozen=True, eq=False)
class _Cut:
    """One run, ready to be cut.

    Parameters
    ----------
    whole : SpectrumDataset
        The run as extracted.
    reference : Time
        Seconds count from here.
    gti : array, shape (2, n)
        Starts and stops of its good times.
    on, off : pair of arrays
        Times and energy bins of the events ON and OFF, in order of time.
    later : list of Recipe
        What was done to the run after it was extracted.
    """

    whole: SpectrumDataset
    reference: Time
    gti: np.ndarray
    on: tuple[np.ndarray, np.ndarray]
    off: tuple[np.ndarray, np.ndarray]
    later: list[Recipe]

    def between(self, start: float, stop: float) -> SpectrumDataset | None:
        """The dataset of a shorter time; None if it holds no good time."""
        low, high = np.maximum(self.gti[0], start), np.minimum(self.gti[1], stop)
        good = high > low
        if not good.any():
            return None
        whole = self.whole
        share = float((high - low)[good].sum() / (self.gti[1] - self.gti[0]).sum())
        changed: dict[str, Any] = {"counts": self._counts(self.on, start, stop), "exposure": share * whole.exposure}
        if whole.counts_off is not None and whole.acceptance_off is not None:
            changed["counts_off"] = np.where(whole.acceptance_off > 0, self._counts(self.off, start, stop), 0.0)
        if whole.background is not None:
            changed["background"] = share * whole.background
        gti = GTI(low[good], high[good], self.reference)
        part = replace(whole, livetime=share * whole.livetime, gti=gti, recipe=Recipe.memory("part"), **changed)
        for recipe in self.later:
            part = step(recipe, [part, *(replay(item) for item in recipe.inputs[1:])])
        return part

    def _counts(self, events: tuple[np.ndarray, np.ndarray], start: float, stop: float) -> np.ndarray:
        times, bins = events
        first, last = np.searchsorted(times, [start, stop])
        return np.bincount(bins[first:last], minlength=self.whole.energy.n).astype(float)


class Splitter:
    """Cuts datasets in time, by the runs that their recipes know; each run is extracted once.

    The responses of a run do not change within it: exposure and known background are shared out by live time.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Recipe, dict[int, list[Observation]], dict[str, Any]]] = {}
        self._cuts: dict[int, tuple[SpectrumDataset, _Cut | None]] = {}
        self._shifts: dict[tuple[int, int], tuple[Time, float]] = {}  # keys are of objects that are kept here

    def part(self, dataset: Counted, reference: Time, start: float, stop: float) -> SpectrumDataset | None:
        """The dataset of a shorter time (s from a reference); None if it has no good time, or no background.

        Raises
        ------
        SelectionError
            If the dataset is not one run from `reduce_spectrum`.
        """
        if not isinstance(dataset, SpectrumDataset):
            raise SelectionError(
                f"{dataset.name} lies across an edge of the bins of time, and cubes are not cut: give bins='run', or "
                "reduce Observations.split(…) with stack=False."
            )
        cut = self._prepared(dataset)
        if cut is None:
            return None
        key = id(reference), id(dataset)
        if key not in self._shifts:
            self._shifts[key] = reference, float(seconds_from(reference, cut.reference))
        shift = self._shifts[key][1]
        return cut.between(start + shift, stop + shift)

    def _prepared(self, dataset: SpectrumDataset) -> _Cut | None:
        if id(dataset) not in self._cuts:
            self._cuts[id(dataset)] = dataset, self._cut(dataset)
        return self._cuts[id(dataset)][1]

    def _cut(self, dataset: SpectrumDataset) -> _Cut | None:
        made, later = _steps(dataset)
        runs, given = self._runs(made)
        found = [obs for obs in runs.get(dataset.obs_ids[0], []) if obs.name == dataset.name]
        if not found:
            raise SelectionError(f"{dataset.name} cannot be cut in time: its run is not among those it was made from.")
        obs = found[0]
        try:
            (whole,) = reduce_spectrum([obs], **given)
            plan = spectrum_plan([obs], **{name: value for name, value in given.items() if name != "stack"})
            bins, *chosen = events_of_run(obs, plan)
        except SelectionError as error:
            warn(f"{dataset.name} is left out: {error}")
            return None
        times = obs.events.time_values + float(seconds_from(obs.events.time_reference, obs.gti.reference))
        on, off = (_sorted(times, bins, side) for side in chosen)
        gti = np.array([obs.gti.start_values, obs.gti.stop_values])
        return _Cut(whole, obs.gti.reference, gti, on, off, later)

    def _runs(self, made: Recipe) -> tuple[dict[int, list[Observation]], dict[str, Any]]:
        if id(made) not in self._known:
            given = arguments(made, [replay(item) for item in made.inputs])
            runs = given.pop("runs")
            by_id: dict[int, list[Observation]] = {}
            for obs in [runs] if isinstance(runs, Observation) else runs:
                by_id.setdefault(obs.obs_id, []).append(obs)
            self._known[id(made)] = made, by_id, given
        return self._known[id(made)][1:]


def can_be_cut(dataset: Counted) -> bool:
    """Whether a dataset is the spectrum of one run, which can be extracted again."""
    if not isinstance(dataset, SpectrumDataset):
        return False
    try:
        made, _ = _steps(dataset)
    except SelectionError:
        return False
    return all(item.made is not None for item in made.walk() if item.call.startswith("$"))


def _sorted(times: np.ndarray, bins: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times and bins of chosen events, in order of time."""
    kept = chosen & (bins >= 0)
    order = np.argsort(times[kept], kind="stable")
    return times[kept][order], bins[kept][order]


def _steps(dataset: SpectrumDataset) -> tuple[Recipe, list[Recipe]]:
    """The reduction that made a dataset, and what was done to it later, in that order."""
    later: list[Recipe] = []
    recipe = dataset.recipe
    while recipe.call.startswith(".") and recipe.inputs:
        later.insert(0, recipe)
        recipe = recipe.inputs[0]
    made = recipe.inputs[0] if recipe.call.startswith("[") and recipe.inputs else None
    if made is None or made.call != _REDUCE or made.kwargs.get("stack") or len(dataset.obs_ids) != 1:
        raise SelectionError(
            f"{dataset.name} lies across an edge of the bins of time and cannot be cut there, as it is not one run "
            "from gpnb.reduce_spectrum(): give bins='run', or extract the runs without stacking."
        )
    return made, later
