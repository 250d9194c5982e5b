"""Ellipses of positions: beside profiles and contours, in other frames, and where there is none."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from made_cubes import cube_of, gauss, masked_edge, point

import gpnb
from gpnb.core.replay import step
from gpnb.products.localization import sigmas


def bright(center="83.63d 22.01d"):
    return gpnb.SkyModel(gpnb.PowerLaw(index=2.3, amplitude="3e-11 TeV-1 s-1 cm-2"), gpnb.PointSource(center), name="p")


@pytest.fixture(scope="module")
def cube():
    return gpnb.fake(cube_of(width="1.6 deg"), bright(), seed=2)


@pytest.fixture(scope="module")
def result(cube):
    return gpnb.fit(cube, bright())


@pytest.fixture(scope="module")
def found(cube, result):
    return gpnb.localize(cube, result)


def test_the_ellipse_is_that_of_the_covariance(result, found):
    numbers = [result.names.index(f"p.{name}") for name in ("lon", "lat")]
    lon, lat = result.values[numbers]
    error = result.errors[numbers] * [np.cos(np.radians(lat)), 1]
    assert found.position.separation(SkyCoord(lon, lat, unit="deg")).arcsec < 1e-3
    assert np.hypot(found.semimajor, found.semiminor) == pytest.approx(np.hypot(*error))
    assert found.semiminor <= found.semimajor
    turned = np.radians(found.angle)
    north = np.hypot(found.semimajor * np.cos(turned), found.semiminor * np.sin(turned))
    assert north == pytest.approx(error[1])
    assert found.notes == ()


def test_likelihood_rises_on_the_ellipses_as_it_should(found):
    table = found.table
    assert table["rise_expected"] == pytest.approx([2.279, 5.991, 9.210], abs=1e-3)
    assert table["rise_min"][:2] == pytest.approx(table["rise_expected"][:2], rel=0.1)
    assert table["rise_max"][:2] == pytest.approx(table["rise_expected"][:2], rel=0.1)
    assert table["semimajor"].to_value("deg") == pytest.approx(sigmas([0.68, 0.95, 0.99]) * found.semimajor)


def test_a_contour_lies_on_the_ellipse(result, found):
    contour = result.contour("p.lon", "p.lat", cl=0.68, n=12)
    places = SkyCoord(contour["p.lon"], contour["p.lat"])
    assert found.distance(places) == pytest.approx(np.full(len(places), sigmas(0.68)), rel=0.05)


def test_a_held_position_is_set_free(cube, result, found):
    held = result.models.freeze("p.lon", "p.lat")
    again = gpnb.localize(cube, held, "p")
    assert again.position.separation(found.position).arcsec < 0.1
    assert again.semimajor == pytest.approx(found.semimajor, rel=1e-2)
    assert again.moved < 1e-4
    elsewhere = held.replace({"p.lat": 22.02})
    assert gpnb.localize(cube, elsewhere, "p").moved == pytest.approx(abs(22.02 - found.position.dec.deg), rel=0.2)


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
def test_angles_are_from_north_to_east_in_any_frame(frame):
    """A source seen through a point spread function that is round, in a field cut in half along a line of ICRS."""
    cube = cube_of(width="1.6 deg", background=3.0)
    center = SkyCoord("83.63d 22.01d").transform_to(frame)
    source = gauss(center, sigma="0.15 deg", e=0.9, phi="0 deg").freeze("sigma", "e", "phi")
    lon, lat = center.spherical.lon, center.spherical.lat
    if frame == "galactic":  # elongated along north of ICRS
        pole = center.position_angle(SkyCoord("83.63d 23.01d").galactic)
        source = source.replace(phi=pole.deg)
    faked = gpnb.asimov(cube, source)
    found = gpnb.localize(faked, gpnb.fit(faked, source))
    assert found.semimajor > 1.3 * found.semiminor
    assert min(found.angle, 180 - found.angle) < 1
    ellipse = found.regions[1]
    assert ellipse.height > ellipse.width
    assert found.distance(SkyCoord(lon, lat, frame=frame)) < 0.01


def test_an_ellipse_that_is_none_is_told():
    """Half of the source lies in pixels that do not count: the place is not where an ellipse has it."""
    few = point().replace(amplitude="1.5e-12 TeV-1 s-1 cm-2")
    cube = gpnb.fake(masked_edge(cube_of(width="1.2 deg", background=0.02), slice(0, 15)), few, seed=4)
    found = gpnb.localize(cube, few.freeze("index"))
    assert found.notes
    assert any("no ellipse" in words or "the fit" in words or "scan" in words for words in found.notes)
    assert "see .notes" in repr(found)


def test_regions_and_recipe(cube, result, found, tmp_path):
    found.write(tmp_path / "p.reg")
    text = (tmp_path / "p.reg").read_text()
    assert text.count("ellipse(") == 3
    again = step(found.recipe, [result if item.call == "gpnb.fit()" else cube for item in found.recipe.inputs])
    assert again.semimajor == pytest.approx(found.semimajor)
    assert repr(found).startswith("Localization(p: 83.6")
    with gpnb.set_options(display="static"):
        assert "rise" in found._repr_mimebundle_()["text/html"].casefold()


def test_what_has_no_place(cube, result):
    everywhere = gpnb.SkyModel(gpnb.PowerLaw(), gpnb.ConstantSource(), name="all")
    with pytest.raises(gpnb.ArgumentError, match="has no position of its own"):
        gpnb.localize(cube, [everywhere])
    with pytest.raises(gpnb.ArgumentError, match="nobody"):
        gpnb.localize(cube, result, "nobody")
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.localize(cube, result, cancel=token)
