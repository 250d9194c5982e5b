"""Sizes of sources: true ones come back, points are points with a limit, and far minima are told of."""

import numpy as np
import pytest
from made_cubes import cube_of, gauss, point

import gpnb
from gpnb.core.replay import step
from gpnb.estimate.extension import valleys

CLOUD = ("g.amplitude", "g.lon", "g.lat", "g.sigma")


def bright():
    return point().replace(amplitude="3e-11 TeV-1 s-1 cm-2").freeze("index")


def wide(**shape):
    return gauss(**shape).replace(amplitude="1e-10 TeV-1 s-1 cm-2").freeze("index")


@pytest.fixture(scope="module")
def cube():
    return gpnb.fake(cube_of(width="1.6 deg"), wide(sigma="0.12 deg"), seed=6)


@pytest.fixture(scope="module")
def found(cube):
    return gpnb.extension(cube, wide())


def test_a_gaussian_has_the_size_of_its_fit(cube, found):
    result = gpnb.fit(cube, wide())
    sigma = result.models["g"].parameter("sigma")
    assert found.size == pytest.approx(sigma.value, rel=1e-3)
    interval = result.confidence("g.sigma")
    assert found.errn == pytest.approx(interval.errn, rel=0.02)
    assert found.errp == pytest.approx(interval.errp, rel=0.02)
    assert abs(found.size - 0.12) < 4 * found.errp
    assert found.ts == pytest.approx(found.point.stat - result.stat, abs=1e-3)
    assert found.size + found.errp < found.ul < found.size + 3 * found.errp
    assert found.significance > 5
    assert found.notes == ()


def test_the_profile_is_of_all_else_fitted_anew(cube, found):
    place = int(np.argmin(found.table["stat"]))
    size = found.table["size"][place]
    held = gpnb.fit(cube, wide(sigma=size).freeze("sigma"))
    assert found.table["stat"][place] == pytest.approx(held.stat, abs=1e-3)
    assert found.table["ts"] == pytest.approx(found.point.stat - np.array(found.table["stat"]))


def test_a_point_has_a_limit():
    cube = gpnb.asimov(cube_of(width="1.6 deg"), bright())
    found = gpnb.extension(cube, bright())
    assert found.size == found.errn == found.ts == 0
    assert found.p == 1
    assert found.result is found.point
    rise = gpnb.fit(cube, wide(sigma=found.upper_limit).freeze("sigma")).stat - found.point.stat
    assert rise == pytest.approx(2.7055, rel=2e-2)
    assert "none is better than a point" in repr(found)


def test_a_disk_is_measured_by_its_radius():
    disk = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.3, amplitude="3e-11 TeV-1 s-1 cm-2"),
        gpnb.DiskSource("83.63d 22.01d", radius="0.25 deg"),
        name="d",
    ).freeze("index")
    found = gpnb.extension(gpnb.asimov(cube_of(width="1.6 deg"), disk), disk, shape="disk")
    assert found.size == pytest.approx(0.25, rel=1e-2)
    assert found.ts > 30


def test_minima_beside_the_best_and_at_the_end_are_told():
    sizes, stats = np.array([0.1, 0.2, 0.3, 0.4]), np.array([3.0, 5.0, 2.0, 4.0])
    assert valleys(sizes, stats, 6.0, 0.3)[0].startswith("−2 ln L has several minima, near 0.1 deg, 0.3 deg")
    assert valleys(sizes, np.array([5.0, 4.0, 3.0, 2.0]), 6.0, 0.5)[0].startswith("the best size lies beyond")
    assert valleys(sizes, np.array([5.0, 4.0, 3.0, 3.5]), 6.0, 0.3) == []
    assert valleys(sizes, np.array([6.0, 7.0, 8.0, 9.0]), 6.0, 0.0) == []


def test_a_cloud_around_a_point_is_not_taken_for_one():
    cloud = gauss(sigma="0.4 deg").replace(amplitude="3e-10 TeV-1 s-1 cm-2").freeze("index")
    small = point().replace(amplitude="2.5e-11 TeV-1 s-1 cm-2")
    cube = gpnb.asimov(cube_of(width="3 deg", background=1.0), [small, cloud])
    found = gpnb.extension(cube, gpnb.Models([small, cloud]).freeze("p.lon", "p.lat", *CLOUD), "p")
    assert found.ts == pytest.approx(0, abs=0.01)
    assert found.ul < 0.1


def test_recipe_and_refusals(cube, found):
    again = step(found.recipe, [wide() if "Model" in item.call else cube for item in found.recipe.inputs])
    assert again.size == pytest.approx(found.size, rel=1e-3)
    with pytest.raises(gpnb.ArgumentError, match="shape='ring'"):
        gpnb.extension(cube, wide(), shape="ring")
    with pytest.raises(gpnb.ArgumentError, match="sizes="):
        gpnb.extension(cube, wide(), sizes=["0.2 deg", "0.1 deg", "0.3 deg"])
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.extension(cube, wide(), cancel=token)
