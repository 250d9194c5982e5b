"""The test vectors of the reference, and what must hold beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpnb.stats import cash, cash_significance, cstat, lima, wstat, wstat_background

CASH = [(3, 3.3, -0.5635348108), (0, 2, 4.0), (5, 1e-25, 575.6462732)]
W = [
    (5, 10, 0.2, 2, 10.46389349, 0.2085717650),
    (0, 10, 0.2, 2, 8.33333333, 7.646431136),
    (5, 0, 0.2, 2, 0, 3.162907319),
    (5, 0, 0.2, 0.5, 1.66666667, 12.91759469),
    (0, 0, 0.2, 1, 0, 2),
    (0, 10, 0.2, 0, 8.33333333, 3.646431136),
]
LIMA = [
    (13, 11, 0.5, 2.092832368),
    (1, 0, 0.1, 2.189929347),
    (0, 20, 0.1, -1.952538653),
    (5, 0, 1, 2.632768848),
    (100, 500, 0.1, 5.849425931),
]


@pytest.mark.parametrize(("n", "mu", "expected"), CASH)
def test_cash(n, mu, expected):
    assert cash(n, mu) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("n", "m", "alpha", "s", "background", "expected"), W)
def test_wstat(n, m, alpha, s, background, expected):
    assert wstat_background(n, m, alpha, s) == pytest.approx(background, abs=1e-8)
    assert wstat(n, m, alpha, s) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("n", "m", "alpha", "expected"), LIMA)
def test_lima(n, m, alpha, expected):
    assert lima(n, m, alpha) == pytest.approx(expected, abs=1e-8)


def test_nothing_seen_is_no_significance():
    assert lima(0, 0, 0.1) == 0
    assert np.isnan(lima(3, 2, 0))
    assert np.isnan(cash_significance(3, 0))
    assert np.isnan(wstat(3, 2, np.nan, 1))
    assert wstat(0, 2, 0.5, -5) == np.inf


counts = st.integers(0, 300)


@given(counts, counts, st.floats(0.01, 5))
def test_lima_is_the_w_test_of_no_signal(n, m, alpha):
    # with its constant terms W is 0 at the best signal, so the test statistic is W(0)
    assert lima(n, m, alpha) ** 2 == pytest.approx(wstat(n, m, alpha, 0), abs=1e-6)


@given(counts, st.floats(0.01, 400))
def test_cstat_is_cash_from_the_perfect_fit(n, mu):
    assert cstat(n, mu) == pytest.approx(cash(n, mu) - cash(n, n), abs=1e-7)
    assert cstat(n, mu) >= -1e-9


@given(counts, counts, st.floats(0.01, 5), st.floats(0, 300))
def test_profiled_background_is_the_minimum(n, m, alpha, s):
    def full(background):
        return cstat(n, s + alpha * background) + cstat(m, background)

    best = wstat_background(n, m, alpha, s)
    assert wstat(n, m, alpha, s) == pytest.approx(full(best), abs=1e-6)
    for factor in (0.99, 1.01):
        assert full(best * factor + 1e-9) >= full(best) - 1e-6
