"""Geometry: pixels ↔ sky, solid angles, frames, cutouts."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.maps import Axis, WcsGeometry

PROJECTIONS = ("TAN", "CAR", "AIT", "SIN", "ZEA")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(PROJECTIONS),
    st.sampled_from(["icrs", "galactic"]),
    st.floats(0, 359.9),
    st.floats(-60, 60),
    st.floats(0, 49),
    st.floats(0, 49),
)
def test_pixel_sky_round_trip(proj, frame, lon, lat, x, y):
    center = SkyCoord(lon, lat, unit="deg", frame=frame)
    geom = WcsGeometry.create(center, width="5 deg", binsz="0.1 deg", frame=frame, proj=proj)
    back = geom.pixel(*geom.plane.sky(x, y))
    np.testing.assert_allclose(back, (x, y), atol=1e-7)
    coord = SkyCoord(*geom.plane.sky(x, y), unit="deg", frame=frame)
    np.testing.assert_allclose(geom.pixel_icrs(coord.icrs.ra.deg, coord.icrs.dec.deg), (x, y), atol=1e-7)
    assert geom.center.separation(center).deg < 1e-8


@pytest.mark.parametrize("proj", ["TAN", "SIN", "STG", "ZEA", "ARC", "CAR", "AIT"])
@pytest.mark.parametrize("frame", ["icrs", "galactic", "fk5"])
def test_pixel_icrs_equals_astropy(proj, frame):
    rng = np.random.default_rng(1)
    geom = WcsGeometry.create("83.63d 22.01d", width="10 deg", binsz="0.02 deg", frame=frame, proj=proj)
    ra, dec = rng.uniform(78, 89, 500), rng.uniform(17, 27, 500)
    x, y = geom.pixel_icrs(ra, dec)
    expected = SkyCoord(ra, dec, unit="deg").to_pixel(geom.wcs)
    np.testing.assert_allclose((x, y), expected, atol=1e-7)


@pytest.mark.parametrize("proj", ["TAN", "SIN"])
def test_other_hemisphere_is_not_on_the_map(proj):
    geom = WcsGeometry.create("10d 20d", width="10 deg", binsz="0.1 deg", proj=proj)
    x, y = geom.pixel_icrs(np.array([190.0]), np.array([-20.0]))
    assert np.isnan(x).all()
    assert np.isnan(y).all()
    assert not geom.contains(SkyCoord("190d -20d"))


def test_all_sky_solid_angle():
    geom = WcsGeometry.create("0d 0d", width=("360 deg", "180 deg"), binsz="1 deg", proj="CAR")
    assert geom.solid_angle.sum() == pytest.approx(4 * np.pi, rel=1e-6)
    rows = np.radians(np.arange(-90, 91))
    expected = np.radians(1) * np.diff(np.sin(rows))
    # great circles instead of parallels as upper and lower sides: second order in the pixel size
    np.testing.assert_allclose(geom.solid_angle[5:-5, 7], expected[5:-5], rtol=1e-4)
    aitoff = WcsGeometry.create("0d 0d", width=("360 deg", "180 deg"), binsz="1 deg", proj="AIT")
    assert np.isnan(aitoff.lonlat[0][0, 0])
    assert np.isnan(aitoff.solid_angle[0, 0])
    assert np.nansum(aitoff.solid_angle) == pytest.approx(4 * np.pi, rel=1e-3)


def test_tangential_solid_angle():
    geom = WcsGeometry.create("83d 22d", width="10 deg", binsz="0.05 deg")
    theta = np.radians(geom.separation(geom.center))
    # dΩ = cos³θ dx dy on the tangent plane
    np.testing.assert_allclose(geom.solid_angle, np.radians(0.05) ** 2 * np.cos(theta) ** 3, rtol=1e-6)


def test_equal_area_projection_has_equal_areas():
    geom = WcsGeometry.create("83d 22d", width="20 deg", binsz="0.2 deg", proj="ZEA")
    np.testing.assert_allclose(geom.solid_angle, np.radians(0.2) ** 2, rtol=1e-4)


def test_shape_and_axes_order():
    energy, rad = Axis.energy("1 TeV", "10 TeV", nbin=3), Axis.from_edges([0, 1, 2], "rad", "deg")
    geom = WcsGeometry.create("0d 0d", width=("5 deg", "4 deg"), binsz="0.1 deg", axes=[energy, rad])
    assert geom.shape == (2, 3, 40, 50)
    assert (geom.ny, geom.nx) == (40, 50)
    assert geom.axis("rad") is rad
    assert geom.image().shape == (40, 50)
    assert geom.cube([energy]).shape == (3, 40, 50)
    assert geom.squash("energy").shape == (2, 1, 40, 50)
    np.testing.assert_allclose(geom.width.to_value("deg"), [5, 4])
    np.testing.assert_allclose(geom.binsz.to_value("deg"), [0.1, 0.1])
    with pytest.raises(SelectionError, match="energy, rad"):
        geom.axis("time")


def test_equal_geometries_share_their_cache():
    make = lambda: WcsGeometry.create("83d 22d", width="3 deg", binsz="0.1 deg")  # noqa: E731
    first, second = make(), make()
    assert first == second
    assert first.lonlat[0] is second.lonlat[0]
    assert first.cube([Axis.labels(["a"])]).solid_angle is first.solid_angle
    assert first != WcsGeometry.create("83.01d 22d", width="3 deg", binsz="0.1 deg")
    assert hash(first) == hash(second)


def test_separation():
    geom = WcsGeometry.create("galactic 10d 5d", width="4 deg", binsz="0.1 deg", frame="galactic")
    coord = SkyCoord("83d 22d")
    np.testing.assert_allclose(geom.separation(coord), geom.coords.separation(coord).deg, rtol=1e-9)


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
def test_fov_is_the_gadf_frame(frame):
    pointing = SkyCoord("83.63d 21.51d")
    geom = WcsGeometry.create("83.63d 22.01d", width="5 deg", binsz="0.1 deg", frame=frame)
    lon, lat = geom.fov(pointing)
    offsets = geom.coords.icrs.transform_to(pointing.skyoffset_frame())
    np.testing.assert_allclose(lon, -offsets.lon.wrap_at("180d").deg, atol=1e-9)
    np.testing.assert_allclose(lat, offsets.lat.deg, atol=1e-9)


def test_fov_signs():
    pointing = SkyCoord("83d 22d")
    geom = WcsGeometry.create("84d 23d", width="0.1 deg", binsz="0.1 deg")
    lon, lat = geom.fov(pointing)
    assert lon[0, 0] < 0  # higher right ascension
    assert lat[0, 0] > 0


def test_cutout_is_the_same_sky():
    geom = WcsGeometry.create("83d 22d", width="5 deg", binsz="0.05 deg", axes=[Axis.labels(["a", "b"])])
    part, (rows, columns) = geom.cutout("84d 22.5d", ("1 deg", "2 deg"))
    assert part.shape == (2, 40, 20)
    np.testing.assert_allclose(part.lonlat[0], geom.lonlat[0][rows, columns], atol=1e-10)
    np.testing.assert_allclose(part.lonlat[1], geom.lonlat[1][rows, columns], atol=1e-10)
    assert part.center.separation(SkyCoord("84d 22.5d")).deg < 0.05


def test_cutout_is_clipped():
    geom = WcsGeometry.create("83d 22d", width="5 deg", binsz="0.05 deg")
    part, (rows, _) = geom.cutout("83d 24.5d", "1 deg")
    assert (part.ny, part.nx) == (10, 20)
    assert rows == slice(90, 100)
    whole, _ = geom.cutout("83d 22d", "20 deg")
    assert whole == geom
    for outside in ("93d 22d", "263d -22d"):
        with pytest.raises(SelectionError, match="outside"):
            geom.cutout(outside, "1 deg")


def test_downsample_keeps_the_sky():
    geom = WcsGeometry.create("83d 22d", width="4 deg", binsz="0.05 deg")
    coarse = geom.downsample(4)
    assert coarse.shape == (20, 20)
    assert coarse.center.separation(geom.center).deg < 1e-10
    np.testing.assert_allclose(coarse.binsz.value, 0.2)
    with pytest.raises(ArgumentError, match="evenly"):
        geom.downsample(3)


def test_car_reference_is_on_the_equator():
    geom = WcsGeometry.create("galactic 10d 40d", width="4 deg", binsz="0.1 deg", frame="galactic", proj="CAR")
    assert geom.wcs.wcs.crval[1] == 0
    assert np.ptp(geom.lonlat[1], axis=1).max() < 1e-10


def test_from_wcs():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["GLON-CAR", "GLAT-CAR"]
    wcs.wcs.cdelt = [-0.1, 0.1]
    geom = WcsGeometry.from_wcs(wcs, (30, 40))
    assert geom.frame == "galactic"
    assert (geom.ny, geom.nx) == (30, 40)
    wcs.wcs.ctype = ["ELON-CAR", "ELAT-CAR"]
    with pytest.raises(ArgumentError, match="GLON/GLAT"):
        WcsGeometry.from_wcs(wcs, (30, 40))
    wcs.wcs.ctype = ["RA---CAR", "DEC--CAR"]
    wcs.wcs.radesys = "FK4"
    with pytest.raises(ArgumentError, match="fk4"):
        WcsGeometry.from_wcs(wcs, (30, 40))
    with pytest.raises(ArgumentError, match="not of the sky"):
        WcsGeometry.from_wcs(WCS(naxis=2), (30, 40))


def test_rotated_wcs_is_projected_right():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [83, 22]
    wcs.wcs.crpix = [20, 25]
    wcs.wcs.cdelt = [-0.05, 0.08]
    angle = np.radians(30)
    wcs.wcs.pc = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    geom = WcsGeometry.from_wcs(wcs, (40, 50))
    coord = SkyCoord([82.8, 83.4], [22.3, 21.9], unit="deg")
    np.testing.assert_allclose(geom.pixel_icrs(coord.ra.deg, coord.dec.deg), coord.to_pixel(wcs), atol=1e-9)


def test_recipe_makes_it_again():
    energy = Axis.energy("1 TeV", "10 TeV", nbin=3)
    geom = WcsGeometry.create("galactic 0d 0d", "5 deg", ("0.1 deg", "0.2 deg"), frame="galactic", axes=[energy])
    for item in (geom, geom.cutout("galactic 1d 0d", "1 deg")[0], geom.image().downsample(5), geom.squash("energy")):
        space = {}
        exec(item.recipe.to_code(), space)
        assert list(space.values())[-1] == item


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"width": "1 TeV"}, "convertible"),
        ({"width": None}, "either width"),
        ({"npix": 5}, "either width"),
        ({"width": None, "npix": (0, 5)}, "positive"),
        ({"width": "-1 deg"}, "positive"),
        ({"frame": "altaz"}, "icrs"),
        ({"proj": "XYZ"}, "TAN"),
        ({"binsz": "1e-4 deg"}, "smaller width"),
        ({"axes": [Axis.labels(["a"]), Axis.labels(["b"])]}, "differ"),
        ({"center": "nowhere"}, "not a sky position"),
    ],
)
def test_errors_say_what_is_wrong(changes, words):
    arguments = {"center": "83d 22d", "width": "5 deg", "binsz": "0.1 deg", **changes}
    with pytest.raises(ArgumentError, match=words):
        WcsGeometry.create(**arguments)


def test_huge_geometry_is_refused_before_memory_is_taken():
    with pytest.raises(ArgumentError, match="2e\\+09"):
        WcsGeometry.create("0d 0d", ("360 deg", "180 deg"), "0.005 deg", proj="CAR")


def test_contains():
    geom = WcsGeometry.create("83d 22d", width="4 deg", binsz="0.1 deg")
    coords = SkyCoord([83, 83, 90] * u.deg, [22, 23.99, 22] * u.deg)
    np.testing.assert_array_equal(geom.contains(coords), [True, True, False])
