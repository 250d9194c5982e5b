"""How often ellipses hold the true place, and how often points seem extended: thousands of simulations, minutes."""

import numpy as np
import pytest
from made_cubes import cube_of, point
from scipy.stats import chi2

import gpnb

pytestmark = pytest.mark.slow

PLACES, SIZES = 2000, 5000
"""Simulations, each with the seed of its number."""

WIDTHS = [f"{size} deg" for size in (0.02, 0.04, 0.07, 0.12)]


def source():
    return point().replace(amplitude="2e-11 TeV-1 s-1 cm-2").freeze("index")


def test_ellipses_hold_the_true_place_as_often_as_they_say():
    cube, model = cube_of(width="1 deg"), source()
    away = np.array(
        [
            float(gpnb.localize(gpnb.fake(cube, model, seed=seed), model, check=False).distance(model.spatial.center))
            for seed in range(PLACES)
        ]
    )
    held = [(away < np.sqrt(-2 * np.log(1 - cl))).mean() for cl in (0.68, 0.95)]
    assert abs(held[0] - 0.68) < 0.03
    assert abs(held[1] - 0.95) < 0.015


def test_points_seem_extended_as_often_as_half_chi_square():
    cube, model = cube_of(width="1 deg"), source()
    ts = np.array([gpnb.extension(gpnb.fake(cube, model, seed=seed), model, sizes=WIDTHS).ts for seed in range(SIZES)])
    for level in (1.0, 2.7):
        wanted = chi2.sf(level, 1) / 2
        assert (ts > level).mean() == pytest.approx(wanted, rel=0.15)
