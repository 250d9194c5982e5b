"""Which members of the models which data see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.fitting.block import Bins
from gpnb.models.background import Background, BackgroundModel
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel


def asks_of(models: Sequence[Any], bins: Bins) -> tuple[Bins | None, ...]:
    """What spectra and points ask for: the flux of each source in the same bins, nothing of a background of cubes.

    Raises
    ------
    ArgumentError
        See `check_spectrum`.
    """
    for model in models:
        check_spectrum(model)
    return tuple(None if isinstance(model, Background) else bins for model in models)


def check_spectrum(model: Any) -> None:
    """Refuse a source whose spectrum is not what spectra and points see.

    Raises
    ------
    ArgumentError
        If it is a factor on a map, which has no flux without positions, or the responses of spectra do not apply to it.
    """
    if not isinstance(model, SkyModel):
        return
    if model.spatial is not None and model.spatial.carries_flux:
        raise ArgumentError(
            f"{model.name} is a map of flux, which only cubes see: leave it out where spectra or points are fitted."
        )
    if not (model.responses.exposure and model.responses.dispersion):
        raise ArgumentError(
            f"{model.name} has {model.responses}, but spectra have exposure and dispersion for all sources: "
            "leave it out where they are fitted."
        )


def check_backgrounds(models: Models, datasets: Iterable[Any]) -> None:
    """Refuse a background of a dataset that is not there or has none of its own, and two of one dataset."""
    cubes = [item.name for item in datasets if isinstance(item, MapDataset)]
    seen: set[str] = set()
    for model in models.backgrounds:
        if (model.dataset or not cubes) and model.dataset not in cubes:
            there = f"the cubes are called {', '.join(cubes)}" if cubes else "there is no cube among the data"
            raise ArgumentError(
                f"The background {model.name!r} is that of the dataset {model.dataset!r}, but {there}: "
                "name one of these, or leave it out."
            )
        if not isinstance(model, BackgroundModel):
            continue
        if model.dataset in seen:
            raise ArgumentError(f"There are two backgrounds of the dataset {model.dataset!r}: leave one out.")
        seen.add(model.dataset)
