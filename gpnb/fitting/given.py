"""What `fit` and its kin accept as datasets and as models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.warn import warn
from gpnb.datasets.container import Datasets
from gpnb.datasets.flags import reasons
from gpnb.datasets.spectrum import SpectrumDataset, names_of
from gpnb.fitting.block import Dataset
from gpnb.fitting.joining import can_join, dataset_of, kinds_in_words
from gpnb.models.collection import Models
from gpnb.models.member import Member
from gpnb.models.sky import SkyModel
from gpnb.models.spectrum import SpectralModel


def as_datasets(datasets: Any) -> tuple[SpectrumDataset, ...]:
    """One spectrum, or several.

    Raises
    ------
    ArgumentError
        If there is none, or something else.
    """
    return _several(datasets, lambda item: isinstance(item, SpectrumDataset), "SpectrumDataset")


def as_fitted(datasets: Any) -> tuple[Dataset, ...]:
    """One dataset that can be fitted, or several, of whatever kind; see `as_datasets`."""
    return tuple(dataset_of(item) for item in _several(datasets, can_join, kinds_in_words()))


def _several(datasets: Any, is_one: Callable[[Any], bool], words: str) -> tuple[Any, ...]:
    items = (datasets,) if is_one(datasets) else datasets
    found = tuple(items) if isinstance(items, Iterable) and not isinstance(items, str) else (datasets,)
    others = [item for item in found if not is_one(item)]
    if others or not found:
        given = f"a {type(others[0]).__name__} among them" if others else "none"
        raise ArgumentError(f"datasets must be one {words} or several, but there is {given}.")
    return found


def as_models(models: Any) -> Models:
    """A bare spectrum, one source or background, or several.

    Parameters
    ----------
    models : SpectralModel, SkyModel, BackgroundModel, or iterable of the latter
        What was given.

    Raises
    ------
    ArgumentError
        If there is none, or something else.
    """
    if isinstance(models, SpectralModel):
        models = SkyModel(models)
    items = (models,) if isinstance(models, Member) else models
    found = tuple(items) if isinstance(items, Iterable) and not isinstance(items, str) else (models,)
    if not found or not all(isinstance(item, Member) for item in found):
        raise ArgumentError(f"model={models!r} must be a spectral model, a SkyModel, or several SkyModels.")
    return models if isinstance(models, Models) else Models(found)


def as_sources(models: Any, what: str) -> Models:
    """As `as_models`, refusing backgrounds.

    Parameters
    ----------
    models : SpectralModel, SkyModel, or iterable of SkyModel
        What was given.
    what : str
        What is done with them, for the sentence.
    """
    found = as_models(models)
    if found.backgrounds:
        raise ArgumentError(f"{found.backgrounds[0].name!r} is a background, and {what}: leave it out.")
    return found


def usable_ones(datasets: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """Those with a usable bin; the others are told of.

    Raises
    ------
    FitError
        If there is none.
    """
    found = tuple(item for item in datasets if item.usable.any())
    empty = [item for item in datasets if not item.usable.any()]
    if not found:
        raise FitError(f"There is nothing to fit: no bin of {names_of(datasets)} is usable ({_reasons(empty)}).")
    if empty:
        warn(f"Left out, without a usable bin ({_reasons(empty)}): {names_of(empty)}.")
    return found


def recipe_input(datasets: Any) -> Any:
    """What a recipe notes of datasets: one object, or a list."""
    return datasets if can_join(datasets) or isinstance(datasets, Datasets) else list(datasets)


def _reasons(datasets: Sequence[Dataset]) -> str:
    flags = np.bitwise_or.reduce([np.bitwise_or.reduce(item.flags, axis=None) for item in datasets])
    return ", ".join(reasons(int(flags)))
