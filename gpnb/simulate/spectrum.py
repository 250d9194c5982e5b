"""Simulated counts of a spectrum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gpnb.core.binding import told
from gpnb.core.recipe import Recipe
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.given import as_sources
from gpnb.fitting.variation import mean_factor
from gpnb.models.member import Member
from gpnb.models.spectrum import SpectralModel


@told
def simulate_spectrum(
    dataset: SpectrumDataset, model: SpectralModel | Member | Iterable[Member], seed: int = 0
) -> SpectrumDataset:
    """Draw counts from the responses and the background of a spectrum and models of the source.

    Parameters
    ----------
    dataset : SpectrumDataset
        Its exposure, dispersion and background are used: OFF counts (whole or not) are taken as those expected, and
        drawn anew; a known background is drawn with the ON counts. Its own ON counts are not used.
    model : SpectralModel, SkyModel, Models, or sequence of SkyModel
        The sources; one that varies in time has its mean over the good time.
    seed : int
        Of the random numbers.

    Returns
    -------
    SpectrumDataset
        With Poisson counts.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(energy, true, [0, 0], [1e15, 1e15], np.eye(2), "1 h",
    ...                             counts_off=[20, 4], acceptance_off=10)
    >>> gpnb.simulate_spectrum(data, gpnb.PowerLaw(), seed=1).counts.sum() > 900
    np.True_
    """
    rng, edges = np.random.default_rng(seed), dataset.energy_true.edge_values
    models = as_sources(model, "a spectrum has its own").resolved()
    fluxes = [mean_factor(item, dataset) * item.spectral.integral_bins(edges) for item in models]
    signal = np.sum([dataset.predict(flux) for flux in fluxes], axis=0)
    counts = rng.poisson(np.maximum(signal + dataset.expected_background, 0.0))
    off = None if dataset.counts_off is None else rng.poisson(dataset.counts_off)
    recipe = Recipe.of_call(simulate_spectrum, locals(), name="spectrum")
    return replace(dataset, counts=counts, counts_off=off, recipe=recipe)
