"""Few counts of a cube are those within a source's reach, not those of the whole sky around it."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import ENERGY, cube_of, point

import gpnb
from gpnb.estimate.norm_profile import effective_counts

EFFECTIVE = ("effective_on", "effective_background", "effective_npred")


def faint():
    return point().replace(amplitude="1e-14 TeV-1 s-1 cm-2")


def with_background(cube, factor, seed=5):
    background = factor * cube.background.data
    counts = np.random.default_rng(seed).poisson(background)
    return replace(cube, background=gpnb.SkyMap(cube.geom, background), counts=gpnb.SkyMap(cube.geom, counts))


@pytest.fixture(scope="module")
def cube():
    return cube_of(width="1.6 deg")


def test_sky_far_from_the_source_changes_nothing(cube):
    many = with_background(cube, 10)
    whole = gpnb.flux_points(many, faint(), ENERGY)
    near = gpnb.flux_points(many.cutout("83.63d 22.01d", "0.6 deg"), faint(), ENERGY)
    assert (whole.extra["n_on"] > 1.2 * near.extra["n_on"]).all()
    for name in EFFECTIVE:
        assert whole.extra[name] == pytest.approx(near.extra[name], rel=0.02)
    assert whole.coverage == pytest.approx(near.coverage, abs=0.01)
    assert (whole.extra["effective_background"] < 0.2 * whole.extra["background"]).all()


def test_many_counts_around_the_source_say_nothing_and_few_do(cube):
    many, few = with_background(cube, 300), with_background(cube, 1e-3)
    assert gpnb.flux_points(many, faint(), ENERGY).notes == ()
    (note,) = gpnb.flux_points(few, faint(), ENERGY).notes
    assert note.startswith("few counts: ")


def test_no_counts_and_a_masked_energy(cube):
    bins = np.zeros(cube.geom.shape, dtype=bool)
    bins[1] = True
    empty = replace(cube, counts=gpnb.SkyMap(cube.geom, np.zeros(cube.geom.shape))).masked(bins)
    points = gpnb.flux_points(empty, faint(), ENERGY)
    assert points.extra["effective_on"][[0, 2, 3]].tolist() == [0, 0, 0]
    assert np.isnan(points.coverage[1])


def test_files_and_other_limits_keep_it(cube, tmp_path):
    points = gpnb.flux_points(with_background(cube, 1), faint(), ENERGY)
    points.write(tmp_path / "points.fits")
    assert gpnb.FluxPoints.read(tmp_path / "points.fits").coverage == pytest.approx(points.coverage)
    assert (points.with_limits(cl=0.9).coverage < points.coverage).all()


def test_refitted_and_free_points_know_it_too(cube):
    models = [point(), gpnb.BackgroundModel("cube")]
    data = gpnb.fake(cube, point(), seed=2)
    plain, anew = (gpnb.flux_points(data, models, ENERGY, refit=refit, n_scan=3) for refit in (False, True))
    assert anew.extra["effective_background"] == pytest.approx(plain.extra["effective_background"], rel=0.2)


def test_one_bin_is_itself_and_bins_alike_add_up():
    zero, two = np.zeros(1, dtype=int), np.zeros(2, dtype=int)
    one = effective_counts(zero, np.array([7.0]), np.array([5.0]), np.array([2.0]), np.array([3.0]))
    assert [float(item[0]) for item in one] == pytest.approx([7, 5, 2])
    both = effective_counts(two, np.array([7.0, 1]), np.full(2, 5.0), np.full(2, 2.0), np.array([3.0]))
    assert [float(item[0]) for item in both] == pytest.approx([8, 10, 4])
    nothing = effective_counts(zero, np.zeros(1), np.zeros(1), np.zeros(1), np.array([np.nan]))
    assert np.isnan(nothing).all()


@pytest.mark.slow
def test_limits_of_cubes_cover_as_often_as_is_told(cube):
    """Sources at 1.1 times the limit of an empty sky: how often limits lie above them."""
    model = faint()
    bare = with_background(cube, 0.05)
    edges = ENERGY.edges[[0, 4]]
    expected = gpnb.asimov(bare, model)
    point_ = gpnb.flux_points(expected, model, edges)
    truth = 1.001 * float(point_.norm_ul[0])
    rng = np.random.default_rng(8)
    signal = np.maximum(gpnb.predict(bare, model, "p").data, 0)
    mean = bare.background.data + truth * signal
    limits, told = [], []
    for _ in range(400):
        toy = replace(bare, counts=gpnb.SkyMap(cube.geom, rng.poisson(mean)))
        found = gpnb.flux_points(toy, model, edges, n_scan=3)
        limits.append(float(found.norm_ul[0]))
        told.append(float(found.coverage[0]))
    covered = np.mean(np.array(limits) > truth)
    assert covered > np.min(told) - 0.03
    assert covered < 0.99
