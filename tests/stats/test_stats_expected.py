"""Significances to be expected, and the excess that has one."""

import numpy as np
import pytest

from gpnb.stats import cash_significance, expected_ts, expected_variance, lima, matching_excess, wstat

BACKGROUND = np.array([1e-3, 0.5, 10.0, 3e4])


def test_it_is_the_significance_of_these_counts():
    signal = np.array([2.0, 5.0, 9.0, 800.0])
    assert np.sqrt(expected_ts(signal, BACKGROUND)) == pytest.approx(cash_significance(BACKGROUND + signal, BACKGROUND))
    for alpha in (0.05, 1.0, 3.0):
        li_ma = lima(BACKGROUND + signal, BACKGROUND / alpha, alpha)
        assert np.sqrt(expected_ts(signal, BACKGROUND, alpha)) == pytest.approx(li_ma)


def test_what_is_known_of_the_background_is_not_measured():
    """Of 10 counts 4 are another source's: W of the counts with those 4 alone."""
    assert expected_ts(7, 10, 0.2, 4) == pytest.approx(wstat(17, 30, 0.2, 4).item())
    assert expected_ts(7, 10) > expected_ts(7, 10, 0.2, 4) > expected_ts(7, 10, 0.2)


def test_nothing_is_nothing():
    assert expected_ts(0, [0.0, 5.0]).tolist() == [0, 0]
    assert expected_ts(1, 0) == np.inf
    assert expected_ts(3, 0, 0.2) == pytest.approx(lima(3, 0, 0.2).item() ** 2)  # measured: no OFF count


def test_many_small_signals_keep_their_digits():
    """s²/b where that is tiny, which the difference of large numbers would lose."""
    assert expected_ts(1e-5, 10.0) == pytest.approx(1e-11, rel=1e-4)


def test_the_excess_that_has_a_significance():
    assert matching_excess(5, 10) == pytest.approx(19.58008731)
    assert np.sqrt(expected_ts(matching_excess(3, BACKGROUND, 0.1), BACKGROUND, 0.1)) == pytest.approx(np.full(4, 3.0))
    assert matching_excess(5, 0) == 0
    assert lima(matching_excess(5, 0, 0.2), 0, 0.2) == pytest.approx(5)


@pytest.mark.parametrize("alpha", [0.0, 0.2, 1.0])
@pytest.mark.parametrize(("signal", "background"), [(40.0, 100.0), (20.0, 5.0), (300.0, 1e4)])
def test_the_spread_of_the_significance_is_that_of_simulations(signal, background, alpha):
    """To first order: within 6 % of it."""
    rng = np.random.default_rng(8)
    on = rng.poisson(signal + background, 40_000)
    off = rng.poisson(background / alpha, 40_000) if alpha else np.full(40_000, background)
    found = lima(on, off, alpha) if alpha else cash_significance(on, off)
    ts, variance = (function(signal, background, alpha) for function in (expected_ts, expected_variance))
    assert np.sqrt(variance / ts) / 2 == pytest.approx(np.std(found), rel=0.06)


def test_variances_of_nothing():
    assert expected_variance(0, [0.0, 5.0]).tolist() == [0, 0]
    assert np.isfinite(expected_variance(3, 0, 0.2))  # measured: no OFF count
    assert expected_variance(7, 10, 0.2, 0) == pytest.approx(expected_variance(7, 10, 0.2, 1e-9).item())
    assert expected_variance(7, 10) > expected_variance(7, 10, 0.2)
