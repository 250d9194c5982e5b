"""Bayesian blocks: against Astropy's, and how often they find a change that is none."""

import numpy as np
import pytest
from astropy.stats import bayesian_blocks

from gpnb.stats.blocks import measured_blocks


@pytest.mark.parametrize("seed", range(20))
def test_blocks_are_those_of_astropy(seed):
    """In any order; Astropy 7 is given them in order of time, as it does not sort the errors."""
    rng = np.random.default_rng(seed)
    time, error = np.cumsum(rng.exponential(1, 60)), rng.uniform(0.5, 1.5, 60)
    value = rng.normal(np.repeat([1, 4, 2], 20), error)
    mixed = rng.permutation(60)
    found = measured_blocks(time[mixed], value[mixed], error[mixed], 0.05)
    assert len(found) > 3
    assert found == pytest.approx(bayesian_blocks(time, value, error, fitness="measures", p0=0.05))


def test_two_measurements():
    assert measured_blocks([1, 3], [1, 1], [0.1, 0.1]).tolist() == [1, 3]
    assert measured_blocks([1, 3], [1, 9], [0.1, 0.1]).tolist() == [1, 2, 3]


def test_what_is_simultaneous_stays_together():
    """Two telescopes that disagree at one time: their mean counts, and no edge lies between them."""
    edges = measured_blocks([0, 1, 2, 2, 3, 4], [1, 1, 1, 9, 9, 9], [0.1] * 6)
    assert edges.tolist() == [0, 1.5, 2.5, 4]
    assert measured_blocks([2, 2], [1, 9], [0.1] * 2).tolist() == [2, 2]


def test_a_steady_flux_has_seldom_an_edge():
    rng = np.random.default_rng(1)
    edges = [len(measured_blocks(np.arange(50), rng.normal(1, 0.2, 50), np.full(50, 0.2))) > 2 for _ in range(400)]
    assert np.mean(edges) < 0.08
