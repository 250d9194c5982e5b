"""What models predict in a dataset, as they are: nothing has to be free."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.fitting.given import as_models
from gpnb.fitting.joining import block_of
from gpnb.fitting.members import check_backgrounds
from gpnb.fitting.sources import Sources
from gpnb.fitting.vector import FreeParameters
from gpnb.models.background import Background
from gpnb.models.collection import Models
from gpnb.models.template_counts import TemplateCounts


class Predictions:
    """Counts that models predict in every bin of a dataset, usable or not.

    Parameters
    ----------
    dataset : MapDataset, SpectrumDataset
        The data; a predicted background without a model of its own counts as it is.
    models : FitResult, SpectralModel, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        The models, with the values that they have; none: the background alone.

    Attributes
    ----------
    models : Models
        With nothing free or linked.
    """

    def __init__(self, dataset: Any, models: Any):
        given = getattr(models, "models", models)
        self._dataset, self._block = dataset, block_of(dataset)
        none = isinstance(given, list | tuple | Models) and not len(given)
        self.models = _seen(Models([]) if none else at_values(as_models(given)), dataset)

    def total(self) -> np.ndarray:
        """Of all sources and the background."""
        signal, background = self._both(self.models)
        return np.asarray(signal + background)

    def background(self) -> np.ndarray:
        """Without the sources on the sky."""
        return self._both(Models(self.models.backgrounds))[1]

    def of(self, name: str) -> np.ndarray:
        """Of one source; of a background, all background that it scales, or what it adds.

        Raises
        ------
        ArgumentError
            If there is no such model.
        """
        if name not in self.models.names:
            raise ArgumentError(f"source={name!r} must be one of {', '.join(self.models.names) or 'no models'}.")
        model = self.models[name]
        signal, background = self._both(Models([model]))
        if not isinstance(model, Background):
            return signal
        return background - (self._both(Models([]))[1] if isinstance(model, TemplateCounts) else 0.0)

    def _both(self, models: Models) -> tuple[np.ndarray, np.ndarray]:
        """Counts of the sources, and of the background."""
        (block,) = self._block.made_of([self._dataset], list(models), None)
        whole, parameters = block.whole, FreeParameters(models, block.parts)
        with np.errstate(all="ignore"):  # what is not finite is told, not warned of
            (signal,) = whole.predict(Sources(models, parameters, [whole]).values(parameters.start)[0])
            (background,) = block.backgrounds(Sources(models, parameters, [block]).values(parameters.start)[0])
        for values in (signal, background):
            if not np.isfinite(values[self._dataset.usable]).all():
                raise ArgumentError(
                    f"{', '.join(models.names)}: no finite counts are predicted in {self._dataset.name}."
                )
        return np.asarray(signal, dtype=float), np.asarray(background, dtype=float)


def at_values(models: Models) -> Models:
    """The models with their values alone: links followed and taken off, nothing free."""
    found = models.resolved()
    for name, item in models.parameters.items():
        if item.link:
            found = found.link(name, "")
    return found.freeze(*found.free)


def _seen(models: Models, dataset: Any) -> Models:
    """The models without backgrounds of other datasets, which a joint fit has.

    Raises
    ------
    ArgumentError
        If all of them are of others: a name is wrong.
    """
    found = Models([item for item in models if not isinstance(item, Background) or item.dataset in ("", dataset.name)])
    if isinstance(dataset, MapDataset) and dataset.counts_off is None and not found.backgrounds:
        check_backgrounds(models, [dataset])
    return found


def noted(models: Any) -> Any:
    """Models as a recipe holds them: one object, or a list."""
    return list(models) if isinstance(models, tuple | list) else models
