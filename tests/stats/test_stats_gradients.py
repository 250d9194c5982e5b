"""Slopes and Fisher weights of the statistics: finite differences, simulations, and the seams of W's special cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpnb.stats import (
    asymmetric_error,
    cash,
    cash_gradient,
    cash_weight,
    chi2,
    chi2_gradient,
    chi2_weight,
    cstat,
    wstat,
    wstat_background,
    wstat_gradient,
    wstat_usable,
    wstat_weight,
)

counts = st.integers(0, 300)
ratios = st.floats(0.01, 5)


def slope(function, x, step):
    """Central difference, of fourth order."""
    near = function(x + step) - function(x - step)
    far = function(x + 2 * step) - function(x - 2 * step)
    return (8 * near - far) / (12 * step)


@given(counts, st.floats(0.5, 400))
def test_cash_and_cstat_have_one_slope(n, mu):
    for function in (cash, cstat):
        assert slope(lambda x, f=function: f(n, x), mu, 1e-3 * mu) == pytest.approx(
            float(cash_gradient(n, mu)), rel=1e-6, abs=1e-6
        )


def test_slopes_stay_finite_without_prediction():
    assert np.isfinite(cash_gradient([0, 3], [0.0, -1.0])).all()
    assert np.isfinite(cash_weight([0.0, -1.0])).all()
    assert wstat_gradient(0, 0, 0.2, 0) == 2
    assert np.isfinite(wstat_weight(0, 0, 0.2, 0))


@given(counts, counts, ratios, st.floats(0.5, 300))
def test_slope_of_w(n, m, alpha, s):
    seam = n * alpha / (1 + alpha)  # where the background without OFF counts becomes zero
    if m == 0 and abs(s - seam) < 0.01 * s:
        s = 1.1 * s
    numeric = slope(lambda x: wstat(n, m, alpha, x), s, 1e-3 * s)
    assert numeric == pytest.approx(float(wstat_gradient(n, m, alpha, s)), rel=1e-6, abs=1e-6)


@given(st.integers(1, 300), st.integers(1, 300), ratios, st.floats(-1000, -0.5))
def test_slope_of_w_for_a_negative_signal(n, m, alpha, s):
    numeric = slope(lambda x: wstat(n, m, alpha, x), s, -1e-3 * s)
    assert np.isfinite(numeric)
    assert numeric == pytest.approx(float(wstat_gradient(n, m, alpha, s)), rel=1e-5, abs=1e-6)


@given(counts, counts, ratios, st.floats(0, 500))
def test_w_is_never_negative(n, m, alpha, s):
    assert wstat(n, m, alpha, s) >= -1e-9


@given(counts, counts, ratios)
def test_the_minimum_of_w_is_the_excess(n, m, alpha):
    if n == 0:  # the lowest signal that some background explains
        assert wstat_gradient(n, m, alpha, -alpha * m / (1 + alpha) * (1 - 1e-9)) == 2
        return
    best = n - alpha * m
    assert wstat(n, m, alpha, best) == pytest.approx(0, abs=1e-8)
    assert wstat_background(n, m, alpha, best) == pytest.approx(m, rel=1e-6, abs=1e-6)
    assert wstat_gradient(n, m, alpha, best) == pytest.approx(0, abs=1e-6)


@given(counts, ratios, st.floats(0, 300))
def test_w_is_continuous_at_no_off_counts(n, alpha, s):
    assert wstat(n, 1e-12, alpha, s) == pytest.approx(float(wstat(n, 0, alpha, s)), abs=1e-6)
    assert wstat(1e-12, n, alpha, s) == pytest.approx(float(wstat(0, n, alpha, s)), abs=1e-6)


@given(st.integers(1, 300), ratios)
def test_w_is_smooth_where_the_background_vanishes(n, alpha):
    seam = n * alpha / (1 + alpha)
    below, above = (np.array(f(n, 0, alpha, seam * np.array([1 - 1e-9, 1 + 1e-9]))) for f in (wstat, wstat_gradient))
    assert below[0] == pytest.approx(below[1], rel=1e-6)
    assert above[0] == pytest.approx(above[1], rel=1e-6)


def test_w_at_the_bound_and_without_exposure():
    lowest = -0.2 * 10 / 1.2
    assert np.isfinite(wstat(0, 10, 0.2, lowest + 1e-12))
    assert wstat(0, 10, 0.2, lowest - 1e-6) == np.inf
    assert np.isnan(wstat_gradient(0, 10, 0.2, lowest - 1e-6))
    alpha = np.array([0.2, 0.0, -1.0, np.nan, np.inf])
    usable = [True, False, False, False, False]
    assert wstat_usable(alpha).tolist() == usable
    for function in (wstat, wstat_gradient, wstat_weight, wstat_background):
        assert np.isfinite(function(3, 2, alpha, 1.0)).tolist() == usable


def test_weights_are_the_mean_curvature():
    rng = np.random.default_rng(1)
    s, b, alpha = 300.0, 2000.0, 0.3
    n, m = rng.poisson(s + alpha * b, 40_000), rng.poisson(b, 40_000)
    curvature = np.mean((wstat_gradient(n, m, alpha, s + 1) - wstat_gradient(n, m, alpha, s - 1)) / 2)
    assert float(wstat_weight(s + alpha * b, b, alpha, s)) == pytest.approx(curvature, rel=0.01)
    assert float(wstat_weight(n[0], m[0], alpha, n[0] - alpha * m[0])) == pytest.approx(2 / (n[0] + alpha**2 * m[0]))
    curvature = np.mean((cash_gradient(n, 901) - cash_gradient(n, 899)) / 2)
    assert float(cash_weight(900.0)) == pytest.approx(curvature, rel=0.01)


def test_many_bins_at_once():
    n, m, s = np.array([5, 0, 5, 5, 0, 0]), np.array([10, 10, 0, 0, 0, 10]), np.array([2, 2, 2, 0.5, 1, 0])
    stat = wstat(n, m, 0.2, s)
    one_by_one = [float(wstat(*item[:2], 0.2, item[2])) for item in zip(n, m, s, strict=True)]
    assert stat == pytest.approx(one_by_one, rel=1e-12)


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0.1, 5), st.floats(0.1, 5))
def test_chi_square(value, model, lower, upper):
    error = asymmetric_error(value, model, lower, upper)
    assert error == (upper if model > value else lower)
    assert slope(lambda x: chi2(value, x, error), model, 1e-2) == pytest.approx(
        float(chi2_gradient(value, model, error)), abs=1e-7
    )
    assert slope(lambda x: chi2_gradient(value, x, error), model, 1e-2) == pytest.approx(float(chi2_weight(error)))
