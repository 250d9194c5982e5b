"""Curves through stored scans."""

import numpy as np
import pytest

from gpnb.stats.scans import Scan


def test_a_parabola_is_followed_and_continued():
    norm = np.linspace(0, 4, 81)
    scan = Scan(norm, 3 + 5 * (norm - 1.5) ** 2)
    at = np.array([-1.0, 0.33, 1.5, 3.21, 4.0, 6.0])
    assert scan(at) == pytest.approx(5 * (at - 1.5) ** 2, rel=0.03, abs=1e-3)
    assert scan(at, order=1) == pytest.approx(10 * (at - 1.5), rel=0.03, abs=0.05)
    assert np.all(scan(at, order=2) >= 0)


def test_derivatives_are_those_of_the_curve():
    rng = np.random.default_rng(2)
    norm = np.sort(rng.uniform(0, 3, 12))
    scan, step = Scan(norm, np.abs(norm - 1) ** 1.7), 1e-5
    at = np.array([-0.7, 0.4321, 1.2345, 2.2, 3.5])
    for order in (0, 1):
        slope = (scan(at + step, order) - scan(at - step, order)) / (2 * step)
        assert scan(at, order + 1) == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_order_and_repeated_points_do_not_matter():
    norm, stat = np.array([0.0, 1.0, 2.0, 3.0]), np.array([4.0, 1.0, 0.0, 1.0])
    scan, mixed = Scan(norm, stat), Scan([3, 1, 2, 0, 1], [1, 1, 0, 4, 1])
    at = np.linspace(-1, 4, 23)
    assert scan(at) == pytest.approx(mixed(at))


def test_limits_lie_where_the_curve_has_risen():
    norm = np.linspace(0, 4, 401)
    scan = Scan(norm, 7 + 9 * (norm - 1) ** 2)
    assert scan.above(1.0, 2.7055) == pytest.approx(1 + np.sqrt(2.7055) / 3, rel=1e-4)
    assert np.isnan(scan.above(1.0, 100.0))
    assert np.isnan(scan.above(5.0, 1.0))
