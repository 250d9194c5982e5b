"""Test statistics against chi square, its mixtures, and themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import gpnb
from gpnb.stats import sigma_to_ts, ts_p_value, ts_to_sigma

TS = np.array([1e-6, 0.3, 2.706, 4.0, 25.0, 100.0, 700.0])
DOFS = range(1, 10)


@pytest.mark.parametrize("dof", DOFS)
def test_probabilities_are_those_of_chi_square(dof):
    assert ts_p_value(TS, dof) == pytest.approx(stats.chi2.sf(TS, dof), rel=1e-12)


def test_a_limit_gives_half_of_two_chi_squares():
    assert ts_p_value(TS, bounded=1) == pytest.approx(stats.chi2.sf(TS, 1) / 2, rel=1e-12)
    assert ts_p_value(TS, 4, 1) == pytest.approx((stats.chi2.sf(TS, 3) + stats.chi2.sf(TS, 4)) / 2, rel=1e-12)
    both = stats.chi2.sf(TS, 1) / 2 + stats.chi2.sf(TS, 2) / 4
    assert ts_p_value(TS, 2, 2) == pytest.approx(both, rel=1e-12)


def test_nothing_gained_is_no_surprise():
    """Half of the probability of a parameter at its limit lies at 0."""
    for bounded in (0, 1):
        assert ts_p_value([0.0, -1e-9], bounded=bounded).tolist() == [1.0, 1.0]
        assert ts_to_sigma([0.0, -1e-9], bounded=bounded).tolist() == [0.0, 0.0]
    assert float(ts_p_value(1e-12, bounded=1)) == pytest.approx(0.5, abs=1e-6)
    assert np.isnan(ts_p_value(np.nan, 3, 1))
    assert np.isnan(ts_to_sigma(np.nan))


def test_bright_sources_have_a_finite_significance():
    """Their probability is below what a float can hold."""
    assert ts_p_value(1e4) == 0
    assert ts_to_sigma([1e4, 1e6]) == pytest.approx([1e2, 1e3], rel=1e-12)
    assert ts_to_sigma(1e6, bounded=1, sided=1) == pytest.approx(1e3, rel=1e-12)
    assert 999.9 < ts_to_sigma(1e6, dof=5) < 1000
    assert np.isinf(ts_to_sigma(np.inf, dof=[1, 4])).all()


def test_known_numbers():
    assert sigma_to_ts([1, 2, 3]) == pytest.approx([1, 4, 9], rel=1e-9)
    assert sigma_to_ts(5, bounded=1, sided=1) == pytest.approx(25, rel=1e-9)
    assert ts_to_sigma(9.0, sided=1) == pytest.approx(stats.norm.isf(stats.chi2.sf(9, 1)), rel=1e-9)
    p = stats.norm.sf(3) * 2
    assert sigma_to_ts(3, dof=4) == pytest.approx(stats.chi2.isf(p, 4), rel=1e-9)
    assert np.array_equal(sigma_to_ts([0, -1], dof=6), [0, np.nan], equal_nan=True)


@given(
    sigma=st.floats(0.7, 200),
    dof=st.integers(1, 9),
    bounded=st.integers(0, 9),
    sided=st.sampled_from([1, 2]),
)
def test_there_and_back(sigma, dof, bounded, sided):
    bounded = min(dof, bounded)
    ts = sigma_to_ts(sigma, dof, bounded, sided)
    if ts > 0:  # with several limits, all may stay more often than that
        assert ts_to_sigma(ts, dof, bounded, sided) == pytest.approx(sigma, rel=1e-6)


@given(ts=st.floats(0, 1e4), dof=st.integers(1, 9), bounded=st.integers(1, 9))
def test_limits_make_it_more_significant(ts, dof, bounded):
    bounded = min(dof, bounded)
    assert ts_p_value(ts, dof, bounded) <= ts_p_value(ts, dof, bounded - 1) * (1 + 1e-12)
    assert ts_to_sigma(ts, dof, bounded) >= ts_to_sigma(ts, dof + 1, bounded) - 1e-9


@pytest.mark.parametrize("given", [{"dof": 0}, {"dof": 2, "bounded": 3}, {"bounded": -1}])
def test_impossible_tests_are_refused(given):
    with pytest.raises(gpnb.ArgumentError, match="must be at least 1"):
        ts_p_value(4.0, **given)
    with pytest.raises(gpnb.ArgumentError, match="must be 1 or 2"):
        sigma_to_ts(3.0, sided=3)


def test_simulated_counts_follow_the_mixture():
    """A known background of 100 counts, and a source that cannot be negative: half of the test statistics are 0."""
    n = np.random.default_rng(3).poisson(100, size=200_000).astype(float)
    ts = np.where(n > 100, gpnb.stats.cash(n, 100) - gpnb.stats.cash(n, n), 0)
    assert np.mean(ts > 0) == pytest.approx(0.5, abs=0.03)
    for height in (1.0, 2.706, 4.0, 9.0):
        expected = float(ts_p_value(height, bounded=1))
        assert np.mean(ts > height) == pytest.approx(expected, rel=0.2)
