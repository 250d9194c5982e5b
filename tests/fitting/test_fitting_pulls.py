"""A thousand simulated spectra: fitted values scatter about the truth as their errors say."""

import numpy as np
import pytest

import gpnb

TRUTH = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")


def pulls(make, count, **given):
    found = np.empty((count, 2))
    for seed in range(count):
        result = gpnb.fit(make(TRUTH, seed=1000 + seed, **given), TRUTH)
        assert result.success, result.message
        found[seed] = (result.values - (2.6, 4e-11)) / result.errors
    return found


@pytest.mark.slow
def test_pulls_of_a_thousand_spectra(make):
    found = pulls(make, 1000, hours=20)
    assert np.abs(found.mean(axis=0)).max() < 0.1
    assert np.abs(found.std(axis=0) - 1).max() < 0.05


def test_pulls_of_some_spectra(make):
    found = pulls(make, 60, hours=20)
    assert np.abs(found.mean(axis=0)).max() < 0.4
    assert np.abs(found.std(axis=0) - 1).max() < 0.3
