"""What `fit` and its kin accept as datasets and as models."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, DataWarning, FitError
from gpnb.datasets.container import Datasets
from gpnb.datasets.flags import reasons
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.light_curve import LightCurveDataset
from gpnb.datasets.spectrum import SpectrumDataset, names_of
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.models.spectrum import SpectralModel
from gpnb.products.light_curve import LightCurve

Fitted = SpectrumDataset | FluxPointsDataset
"""What can be fitted; a `LightCurve` is taken as a `LightCurveDataset`."""


def as_datasets(datasets: Any) -> tuple[SpectrumDataset, ...]:
    """One spectrum, or several.

    Raises
    ------
    ArgumentError
        If there is none, or something else.
    """
    return _several(datasets, SpectrumDataset, "SpectrumDataset")


def as_fitted(datasets: Any) -> tuple[Fitted, ...]:
    """One dataset that can be fitted, or several, of whatever kind; see `as_datasets`."""
    found = _several(datasets, SpectrumDataset | FluxPointsDataset | LightCurve, "SpectrumDataset or FluxPointsDataset")
    return tuple(LightCurveDataset.from_curve(item) if isinstance(item, LightCurve) else item for item in found)


def _several(datasets: Any, kind: Any, words: str) -> tuple[Any, ...]:
    items = (datasets,) if isinstance(datasets, kind) else datasets
    found = tuple(items) if isinstance(items, Iterable) and not isinstance(items, str) else (datasets,)
    others = [item for item in found if not isinstance(item, kind)]
    if others or not found:
        given = f"a {type(others[0]).__name__} among them" if others else "none"
        raise ArgumentError(f"datasets must be one {words} or several, but there is {given}.")
    return found


def as_models(models: Any) -> Models:
    """A bare spectrum, one source, or several.

    Parameters
    ----------
    models : SpectralModel, SkyModel, or iterable of SkyModel
        What was given.

    Raises
    ------
    ArgumentError
        If there is none, or something else.
    """
    if isinstance(models, SpectralModel):
        models = SkyModel(models)
    items = (models,) if isinstance(models, SkyModel) else models
    found = tuple(items) if isinstance(items, Iterable) and not isinstance(items, str) else (models,)
    if not found or not all(isinstance(item, SkyModel) for item in found):
        raise ArgumentError(f"model={models!r} must be a spectral model, a SkyModel, or several SkyModels.")
    return models if isinstance(models, Models) else Models(found)


def usable_ones(datasets: Sequence[Fitted]) -> tuple[Fitted, ...]:
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
        warnings.warn(
            f"Left out, without a usable bin ({_reasons(empty)}): {names_of(empty)}.", DataWarning, stacklevel=2
        )
    return found


def recipe_input(datasets: Any) -> Any:
    """What a recipe notes of datasets: one object, or a list."""
    single = SpectrumDataset | FluxPointsDataset | LightCurve | Datasets
    return datasets if isinstance(datasets, single) else list(datasets)


def _reasons(datasets: Sequence[Fitted]) -> str:
    flags = np.bitwise_or.reduce([np.bitwise_or.reduce(item.flags) for item in datasets])
    return ", ".join(reasons(int(flags)))
