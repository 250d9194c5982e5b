"""Counts of cubes and spectra out of models: drawn, or as they are on average."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.joining import block_of
from gpnb.fitting.predictions import Predictions, noted
from gpnb.simulate.spectrum import simulate_spectrum

_NOISE = 1e-6
"""Counts: so far below zero is what a source's tables have far from it."""


@told
def fake(dataset: MapDataset | SpectrumDataset, models: Any, seed: int = 0) -> MapDataset | SpectrumDataset:
    """Draw counts from responses, background and models.

    Parameters
    ----------
    dataset : MapDataset or SpectrumDataset
        Its own counts are not used. Of a spectrum, OFF counts are drawn anew too: see `simulate_spectrum`.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        What is true; see `predict`.
    seed : int
        Of the random numbers.

    Returns
    -------
    MapDataset or SpectrumDataset
        With Poisson counts.

    Raises
    ------
    ArgumentError
        If fewer than no counts are expected, or the background of a cube was measured in OFF regions: these share
        their events, which counts alone do not tell.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.fake(cube, crab, seed=1)  # doctest: +SKIP
    """
    recipe = Recipe.of_call(fake, locals(), name="faked", models=noted(models))
    if isinstance(dataset, SpectrumDataset):
        found = simulate_spectrum(dataset, getattr(models, "models", models), seed)
        return _with(found, found.counts, recipe)
    if dataset.counts_off is not None:
        raise ArgumentError(
            f"The background of {dataset.name} was measured in OFF regions that share their events: "
            "reduce with background='field-of-view', or simulate events with gpnb.simulate_events."
        )
    return _with(dataset, np.random.default_rng(seed).poisson(_expected(dataset, models)), recipe)


@told
def asimov(dataset: MapDataset | SpectrumDataset, models: Any) -> MapDataset | SpectrumDataset:
    """The data as they would be on average: the counts expected, whole or not.

    Fits of such data give the models back, and the errors and significances to be expected; see `ts_asimov`.

    Parameters
    ----------
    dataset : MapDataset or SpectrumDataset
        Its own counts are not used; OFF counts stay as they are.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        What is true; see `predict`.

    Returns
    -------
    MapDataset or SpectrumDataset

    Raises
    ------
    ArgumentError
        If fewer than no counts are expected, or the dataset holds no counts.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(
    ...     energy, true, [0, 0], [1e13, 1e13], [[1, 0], [0, 1]], "1 h", background=[10, 1]
    ... )
    >>> gpnb.asimov(data, gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")).counts.round(3)
    array([19. ,  1.9])
    """
    recipe = Recipe.of_call(asimov, locals(), name="asimov", models=noted(models))
    return _with(dataset, _expected(dataset, models), recipe)


def _expected(dataset: Any, models: Any) -> np.ndarray:
    expected = Predictions(dataset, models).total()
    if (expected[dataset.usable] < -_NOISE).any():
        raise ArgumentError(f"Fewer than no counts are expected in {dataset.name}: limit amplitudes from below.")
    return np.asarray(np.where(np.isfinite(expected), np.maximum(expected, 0.0), 0.0))


def _with(dataset: Any, counts: np.ndarray, recipe: Recipe) -> Any:
    return replace(block_of(dataset).with_measured(dataset, counts), recipe=recipe)
