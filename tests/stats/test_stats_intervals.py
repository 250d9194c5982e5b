"""Errors and limits: closed forms, and the likelihood itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import lambertw

from gpnb.stats import wstat
from gpnb.stats.intervals import delta_stat, excess_error, upper_limit
from gpnb.stats.roots import rising_root


def test_reference_vector():
    lower, upper = excess_error(20, 0, delta=4)
    assert 20 - lower == pytest.approx(12.33633664, abs=1e-8)
    assert 20 + upper == pytest.approx(30.32442323, abs=1e-8)


@pytest.mark.parametrize("background", [0.0, 3.0])
def test_closed_form_of_known_background(background):
    n = np.array([1.0, 5, 20, 100, 1e5])
    lower, upper = excess_error(n, background)
    assert lower == pytest.approx(n + n * lambertw(-np.exp(-1 - 0.5 / n), 0).real, rel=1e-6)
    assert upper == pytest.approx(-n * (1 + lambertw(-np.exp(-1 - 0.5 / n), -1).real), rel=1e-6)


def test_no_counts():
    assert excess_error(0, 3) == (0, pytest.approx(0.5))
    lower, upper = excess_error(0, 0.1, 20)
    assert lower == 0
    lowest = -0.1 * 20 / 1.1
    assert upper == pytest.approx(lowest + 0.5 + 2)
    assert upper_limit(0, 100) == pytest.approx(2.7055 / 2, abs=1e-4)


def test_confidence():
    assert delta_stat(0.95, sided=1) == pytest.approx(2.7055, abs=1e-4)
    assert delta_stat(0.95, sided=2) == pytest.approx(3.8415, abs=1e-4)
    assert delta_stat(0.6826895, sided=2) == pytest.approx(1, abs=1e-5)


@given(st.integers(1, 500), st.integers(0, 500), st.floats(0.02, 2))
def test_on_off_bounds_lie_where_the_likelihood_says(n, m, alpha):
    best = n - alpha * m
    lower, upper = excess_error(n, alpha, m)
    assert wstat(n, m, alpha, best + upper) == pytest.approx(1, abs=1e-5)
    assert wstat(n, m, alpha, best - lower) == pytest.approx(1, abs=1e-5)
    limit = upper_limit(n, alpha, m)
    assert limit >= max(best, 0)
    assert wstat(n, m, alpha, limit) - wstat(n, m, alpha, max(best, 0)) == pytest.approx(2.7055, abs=1e-3)


def test_limits_cover_as_often_as_they_say():
    rng = np.random.default_rng(0)
    background, signal = 20.0, 15.0
    limits = upper_limit(rng.poisson(background + signal, 20_000), background, cl=0.95, sided=1)
    assert np.mean(limits > signal) == pytest.approx(0.95, abs=0.02)


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0.01, 100)), min_size=1, max_size=20))
def test_roots_of_many_cubics(cases):
    root, slope = np.array(cases).T
    found = rising_root(
        lambda x: slope * (x - root) + (x - root) ** 3, np.full(len(root), -11.0), np.full(len(root), -10.5)
    )
    assert found == pytest.approx(root, abs=1e-6)


@pytest.mark.parametrize("alpha", [0.052, 0.1, 0.2, 1 / 3])
def test_without_on_counts_the_upper_error_is_known_whatever_the_off_counts(alpha):
    lower, upper = excess_error(0, alpha, np.arange(300))
    lowest = -alpha * np.arange(300) / (1 + alpha)
    assert (lower == 0).all()
    assert upper == pytest.approx(0.5 + lowest + alpha * np.arange(300), abs=1e-5)  # −2 ln L is 2 (s − lowest)
