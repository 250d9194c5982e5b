"""Region masks against areas on the sphere and against the masks of `regions`."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipseSkyRegion,
    LineSkyRegion,
    PointSkyRegion,
    PolygonSkyRegion,
    RectangleSkyRegion,
)

from gpnb.core.errors import ArgumentError
from gpnb.maps import Axis, WcsGeometry
from gpnb.maps.masks import dilate

CENTER = SkyCoord("83.9d 22.3d")
GEOM = WcsGeometry.create("83.6d 22d", width="4 deg", binsz="0.01 deg")


def _area(mask):
    return float((mask.geom.solid_angle * mask.data).sum())


def test_circle_area():
    mask = GEOM.region_mask(CircleSkyRegion(CENTER, 1 * u.deg))
    assert mask.data.dtype == bool
    assert mask.data.shape == (400, 400)
    assert _area(mask) == pytest.approx(2 * np.pi * (1 - np.cos(np.radians(1))), rel=1e-3)
    np.testing.assert_array_equal(mask.data, GEOM.separation(CENTER) <= 1)


def test_circle_on_the_pole_and_everywhere():
    geom = WcsGeometry.create("0d 0d", ("360 deg", "180 deg"), "0.5 deg", proj="CAR")
    mask = geom.region_mask(CircleSkyRegion(SkyCoord("40d 85d"), 10 * u.deg))
    assert _area(mask) == pytest.approx(2 * np.pi * (1 - np.cos(np.radians(10))), rel=3e-3)
    assert geom.region_mask(CircleSkyRegion(SkyCoord("40d 85d"), 180 * u.deg)).data.all()


def test_ellipse_and_annulus_area():
    ellipse = EllipseSkyRegion(CENTER, 1.6 * u.deg, 0.8 * u.deg, 30 * u.deg)
    assert _area(GEOM.region_mask(ellipse)) == pytest.approx(np.pi * np.radians(0.8) * np.radians(0.4), rel=2e-3)
    ring = CircleAnnulusSkyRegion(CENTER, 0.5 * u.deg, 0.8 * u.deg)
    assert _area(GEOM.region_mask(ring)) == pytest.approx(np.pi * np.radians(1) ** 2 * (0.64 - 0.25), rel=2e-3)


@pytest.mark.parametrize(
    "region",
    [
        CircleSkyRegion(CENTER, 0.5 * u.deg),
        CircleAnnulusSkyRegion(CENTER, 0.3 * u.deg, 0.6 * u.deg),
        EllipseSkyRegion(CENTER, 1.5 * u.deg, 0.4 * u.deg, 30 * u.deg),
        EllipseAnnulusSkyRegion(CENTER, 0.3 * u.deg, 1 * u.deg, 0.2 * u.deg, 0.6 * u.deg, 70 * u.deg),
        RectangleSkyRegion(CENTER, 1 * u.deg, 0.3 * u.deg, 20 * u.deg),
        PolygonSkyRegion(SkyCoord([83, 84, 83.7], [21.5, 21.7, 22.8], unit="deg")),
    ],
)
def test_agrees_with_regions(region):
    mine = GEOM.region_mask(region).data
    theirs = region.to_pixel(GEOM.wcs).to_mask("center").to_image(mine.shape) > 0
    assert (mine != theirs).sum() <= 0.001 * theirs.sum()


@pytest.mark.parametrize("shape", ["ellipse", "rectangle"])
def test_angle_is_about_the_regions_own_north(shape):
    center = CENTER.galactic
    make = EllipseSkyRegion if shape == "ellipse" else RectangleSkyRegion
    region = make(center, 1.5 * u.deg, 0.4 * u.deg, 30 * u.deg)
    mask = GEOM.region_mask(region).data
    offsets = GEOM.coords.galactic.transform_to(center.skyoffset_frame())
    west, north = -offsets.lon.wrap_at("180d").deg, offsets.lat.deg
    cos, sin = np.cos(np.radians(30)), np.sin(np.radians(30))
    along, across = west * cos + north * sin, north * cos - west * sin
    if shape == "ellipse":
        expected = (along / 0.75) ** 2 + (across / 0.2) ** 2 <= 1
    else:
        expected = (np.abs(along) <= 0.75) & (np.abs(across) <= 0.2)
    assert (mask != expected).sum() <= 0.005 * expected.sum()


def test_text_lists_and_inside():
    text = ["icrs; circle(83.6, 22, 0.2)", "galactic; circle(184.5, -5.8, 0.1)"]
    both = GEOM.region_mask(text)
    parts = [GEOM.region_mask(item).data for item in text]
    np.testing.assert_array_equal(both.data, parts[0] | parts[1])
    np.testing.assert_array_equal(GEOM.region_mask(text, inside=False).data, ~both.data)
    assert not GEOM.region_mask([]).data.any()
    space = {}
    exec(both.recipe.to_code(), space)
    np.testing.assert_array_equal(space["mask"].data, both.data)


def test_compound_and_point():
    left, right = CircleSkyRegion(CENTER, 0.5 * u.deg), CircleSkyRegion(SkyCoord("84.2d 22.3d"), 0.5 * u.deg)
    expected = GEOM.region_mask(left).data & GEOM.region_mask(right).data
    np.testing.assert_array_equal(GEOM.region_mask(left & right).data, expected)
    point = GEOM.region_mask(PointSkyRegion(CENTER)).data
    x, y = GEOM.coord_pixel(CENTER)
    assert point.sum() == 1
    assert point[round(float(y)), round(float(x))]


def test_far_regions_mark_nothing():
    opposite = SkyCoord("263.6d -22d")
    for region in (
        CircleSkyRegion(opposite, 1 * u.deg),
        EllipseSkyRegion(opposite, 2 * u.deg, 1 * u.deg),
        RectangleSkyRegion(opposite, 2 * u.deg, 1 * u.deg),
        PolygonSkyRegion(SkyCoord([263, 264, 263.7], [-21.5, -21.7, -22.8], unit="deg")),
    ):
        assert not GEOM.region_mask(region).data.any()


def test_what_cannot_be_marked_says_so():
    with pytest.raises(ArgumentError, match="no inside"):
        GEOM.region_mask(LineSkyRegion(CENTER, SkyCoord("84d 22d")))
    with pytest.raises(ArgumentError, match="over half of the sky"):
        GEOM.region_mask(PolygonSkyRegion(SkyCoord([83, 84, 263], [21.5, 21.7, -22], unit="deg")))
    with pytest.raises(ArgumentError, match="not a region"):
        GEOM.region_mask(5)


def test_cube_geometry_gives_a_plane():
    geom = GEOM.cube([Axis.labels(["a", "b"])])
    assert geom.region_mask(CircleSkyRegion(CENTER, 1 * u.deg)).data.shape == (400, 400)


def test_dilate():
    mask = GEOM.region_mask(CircleSkyRegion(CENTER, 0.3 * u.deg))
    grown = dilate(mask, "0.2 deg")
    assert _area(grown) == pytest.approx(np.pi * np.radians(0.5) ** 2, rel=0.01)
    assert (grown.data | ~mask.data).all()
    assert not dilate(GEOM.region_mask([]), "0.2 deg").data.any()
    with pytest.raises(ArgumentError, match="not a mask"):
        dilate(mask * 1.0, "0.2 deg")
