"""Simulated spectra are Poisson's about what the responses predict."""

import numpy as np
import pytest

import gpnb
from gpnb.models.collection import Models


def empty(**background):
    energy, true = (gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4, name=name) for name in ("energy", "energy_true"))
    return gpnb.SpectrumDataset(energy, true, np.zeros(4), np.full(4, 1e13), np.eye(4), "1 h", **background)


MODEL = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")


def test_counts_scatter_about_the_prediction():
    data = empty(counts_off=[30.0, 12.5, 4, 0], acceptance_off=5)
    draws = [gpnb.simulate_spectrum(data, MODEL, seed) for seed in range(2000)]
    on, off = (np.array([getattr(item, name) for item in draws]) for name in ("counts", "counts_off"))
    expected = data.predict(MODEL.integral_bins(data.energy_true.edge_values)) + data.expected_background
    assert on.mean(axis=0) == pytest.approx(expected, abs=4 * np.sqrt(expected.max() / 2000))
    assert on.var(axis=0) == pytest.approx(expected, rel=0.15)
    assert off.mean(axis=0) == pytest.approx(data.counts_off, abs=0.5)
    assert np.all(on == np.rint(on))


def test_a_known_background_is_kept():
    found = gpnb.simulate_spectrum(empty(background=[5, 4, 3, 2]), MODEL, 3)
    assert found.counts_off is None
    assert found.background.tolist() == [5, 4, 3, 2]


def test_one_seed_one_spectrum_and_several_sources():
    data = empty(background=[5, 4, 3, 2])
    assert np.array_equal(gpnb.simulate_spectrum(data, MODEL, 7).counts, gpnb.simulate_spectrum(data, MODEL, 7).counts)
    two = Models([gpnb.SkyModel(MODEL, name=name) for name in "ab"])
    assert gpnb.simulate_spectrum(data, two, 1).counts.sum() > gpnb.simulate_spectrum(data, MODEL, 1).counts.sum()


def test_the_recipe_tells_model_and_seed():
    code = gpnb.simulate_spectrum(empty(), MODEL, 5).recipe.to_code()
    assert "gpnb.simulate_spectrum(dataset=spectrum, model=power_law, seed=5)" in code
