"""Spectra of parts of runs: what made a dataset is done again for a shorter time."""

from __future__ import annotations

import warnings
from typing import Any

from astropy.time import Time

from gpnb.core.errors import DataWarning, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.replay import arguments, replay, step
from gpnb.data.observation import Observation
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.reduce.spectrum import reduce_spectrum

_REDUCE = "gpnb.reduce_spectrum()"


class Splitter:
    """Cuts datasets in time, by the runs that their recipes know; runs and arguments are made once."""

    def __init__(self) -> None:
        self._known: dict[Recipe, tuple[dict[int, list[Observation]], dict[str, Any]]] = {}

    def part(self, dataset: SpectrumDataset, start: Time, stop: Time) -> SpectrumDataset | None:
        """The dataset of the time between `start` and `stop`; None if there is no good time, or no background.

        Raises
        ------
        SelectionError
            If the dataset is not one run from `reduce_spectrum`.
        """
        made, later = _steps(dataset)
        runs, given = self._runs(made)
        found = [obs for obs in runs.get(dataset.obs_ids[0], []) if f"run-{obs.obs_id}{obs.event_type}" == dataset.name]
        if not found:
            raise SelectionError(f"{dataset.name} cannot be cut in time: its run is not among those it was made from.")
        gti = found[0].gti
        if not any(first < stop and last > start for first, last in gti.intervals):
            return None
        try:
            (made_part,) = reduce_spectrum([found[0].between(start, stop)], **given)
        except SelectionError as error:
            warnings.warn(f"{dataset.name} from {start.iso[:19]} is left out: {error}", DataWarning, stacklevel=4)
            return None
        part: SpectrumDataset = made_part
        for recipe in later:
            part = step(recipe, [part, *(replay(item) for item in recipe.inputs[1:])])
        return part

    def _runs(self, made: Recipe) -> tuple[dict[int, list[Observation]], dict[str, Any]]:
        if made not in self._known:
            given = arguments(made, [replay(item) for item in made.inputs])
            runs = given.pop("runs")
            by_id: dict[int, list[Observation]] = {}
            for obs in [runs] if isinstance(runs, Observation) else runs:
                by_id.setdefault(obs.obs_id, []).append(obs)
            self._known[made] = by_id, given
        return self._known[made]


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
