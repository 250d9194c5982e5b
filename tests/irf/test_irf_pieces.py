"""Piecewise polynomials, against scipy's."""

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline, PPoly

from gpnb.irf.pieces import Pieces, hermite, rising_or_falling

X = np.array([0.0, 0.1, 0.35, 0.4, 1.0, 2.5])


@pytest.fixture
def pieces():
    return Pieces(X, np.random.default_rng(1).normal(size=(4, 5, 3)))


AT = np.concatenate([np.linspace(-0.5, 3.0, 57), X])


def test_values_slopes_and_integrals_are_those_of_scipy(pieces):
    other = PPoly(pieces.c, pieces.x)
    assert pieces(AT) == pytest.approx(other(AT), abs=1e-12)
    assert pieces.slope()(AT) == pytest.approx(other.derivative()(AT), abs=1e-12)
    assert pieces.integral()(AT) == pytest.approx(other.antiderivative()(AT), abs=1e-12)
    assert pieces(AT.reshape(3, 3, 7)).shape == (3, 3, 7, 3)
    assert pieces(np.array(0.2)).shape == (3,)


def test_times_a_power(pieces):
    assert pieces.times_power(0) is not pieces
    for power in (0, 1, 3):
        assert pieces.times_power(power)(AT) == pytest.approx(pieces(AT) * AT[:, None] ** power, abs=1e-10)


def test_cubics_with_given_slopes():
    y, slope = np.random.default_rng(2).normal(size=(2, 6, 4))
    assert hermite(X, y, slope)(AT) == pytest.approx(CubicHermiteSpline(X, y, slope)(AT), abs=1e-11)


def test_parabolas_are_right_from_their_top_on():
    x = np.linspace(0, 1, 21)
    at = np.linspace(0, 0.95, 400)
    assert rising_or_falling(x, (1 - x**2)[:, None])(at)[:, 0] == pytest.approx(1 - at**2, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_overshoots(seed):
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.01, 1.0, 30))
    y = rng.choice([0.0, 0.0, 1.0, 5.0], size=(30, 8)) * rng.uniform(size=(30, 8))
    at = np.linspace(x[0], x[-1], 3001)
    found, index = rising_or_falling(x, y)(at), np.clip(np.searchsorted(x, at, side="right") - 1, 0, 28)
    assert (found >= np.minimum(y[index], y[index + 1]) - 1e-9).all()
    assert (found <= np.maximum(y[index], y[index + 1]) + 1e-9).all()
