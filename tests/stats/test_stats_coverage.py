"""What limits of few counts cover."""

import numpy as np
import pytest
from scipy.stats import poisson

from gpnb.stats import limit_coverage
from gpnb.stats.intervals import upper_limit

pytestmark = pytest.mark.long

COUNTS = np.arange(200)


def covered(signal, background):
    """Part of all experiments whose limit lies above the signal."""
    limits = upper_limit(COUNTS, background)
    return poisson.pmf(COUNTS, signal + background)[limits >= signal].sum()


@pytest.mark.parametrize("background", [0.0, 0.05, 1.0, 6.0, 30.0])
@pytest.mark.parametrize("n", [0, 1, 4, 9, 33])
def test_it_is_the_coverage_just_above_the_limit(n, background):
    limit = upper_limit(n, background)
    found = limit_coverage([n], [limit], [background])
    assert found == pytest.approx(covered(limit * (1 + 1e-9), background), abs=1e-6)


def test_the_numbers_that_were_found_by_simulation():
    signals = np.linspace(0.01, 30, 3000)
    for background, worst in ((0.05, 0.76), (1.0, 0.88)):
        least = limit_coverage(COUNTS[:30, None], upper_limit(COUNTS[:30], background)[:, None], [background]).min()
        assert least == pytest.approx(min(covered(one, background) for one in signals), abs=0.01)
        assert least == pytest.approx(worst, abs=0.01)


def test_bins_count_by_their_signal():
    alone = limit_coverage([2.0], [4.0], [0.5])
    split = limit_coverage([1.5, 0.5], [3.0, 1.0], [0.375, 0.125])
    assert split == pytest.approx(alone)
    hidden = limit_coverage([2.0, 10000.0], [4.0, 0.001], [0.5, 10000.0])
    assert hidden == pytest.approx(alone, rel=1e-3)


def test_without_a_signal_nothing_is_known():
    assert np.isnan(limit_coverage([2.0, 3.0], [0.0, 0.0], [1.0, 1.0]))
    assert np.isnan(limit_coverage([2.0], [np.nan], [1.0]))
