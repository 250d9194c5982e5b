"""Regions to lines on the sky and back, against what `regions` itself says is inside."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from regions import (
    CircleAnnulusSkyRegion,
    CircleSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipseSkyRegion,
    PointSkyRegion,
    PolygonSkyRegion,
    RectangleAnnulusSkyRegion,
    RectangleSkyRegion,
)

from gpnb.core.errors import ArgumentError
from gpnb.widgets.aladin.shapes import drawn_region, outlines

CENTERS = [SkyCoord(83.6, 22.0, unit="deg"), SkyCoord(0.1, -0.2, unit="deg", frame="galactic")]
SIZE = (1.0 * u.deg, 0.4 * u.deg)


def wcs_about(center):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["GLON-TAN", "GLAT-TAN"] if center.name == "galactic" else ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [center.spherical.lon.deg, center.spherical.lat.deg]
    wcs.wcs.cdelt = [-0.001, 0.001]
    return wcs


def scaled(line, center, factor):
    places = SkyCoord(np.array(line), unit="deg")
    at = center.icrs
    return at.directional_offset_by(at.position_angle(places), at.separation(places) * factor)


@pytest.mark.parametrize("center", CENTERS, ids=["icrs", "galactic"])
@pytest.mark.parametrize(
    "make",
    [
        lambda at: CircleSkyRegion(at, 0.5 * u.deg),
        lambda at: EllipseSkyRegion(at, *SIZE, angle=30 * u.deg),
        lambda at: RectangleSkyRegion(at, *SIZE, angle=-20 * u.deg),
        lambda at: PolygonSkyRegion(at.directional_offset_by([0, 120, 240] * u.deg, 0.5 * u.deg)),
    ],
    ids=["circle", "ellipse", "rectangle", "polygon"],
)
def test_just_inside_the_line_is_inside(make, center):
    region, wcs = make(center), wcs_about(center)
    (line,) = outlines(region)
    assert region.contains(scaled(line, center, 0.995), wcs).all()
    assert not region.contains(scaled(line, center, 1.005), wcs).any()


@pytest.mark.parametrize(
    "region",
    [
        CircleAnnulusSkyRegion(CENTERS[0], 0.2 * u.deg, 0.5 * u.deg),
        EllipseAnnulusSkyRegion(CENTERS[0], 0.2 * u.deg, 1 * u.deg, 0.1 * u.deg, 0.5 * u.deg, angle=50 * u.deg),
        RectangleAnnulusSkyRegion(CENTERS[0], 0.2 * u.deg, 1 * u.deg, 0.1 * u.deg, 0.5 * u.deg, angle=50 * u.deg),
    ],
    ids=["circle", "ellipse", "rectangle"],
)
def test_an_annulus_has_two_lines(region):
    outer, inner = outlines(region)
    wcs = wcs_about(CENTERS[0])
    assert region.contains(scaled(outer, CENTERS[0], 0.995), wcs).all()
    assert region.contains(scaled(inner, CENTERS[0], 1.005), wcs).all()
    assert not region.contains(scaled(inner, CENTERS[0], 0.995), wcs).any()


def test_parts_of_a_compound_are_drawn():
    first, second = CircleSkyRegion(CENTERS[0], 1 * u.deg), CircleSkyRegion(CENTERS[0], 0.5 * u.deg)
    assert len(outlines(first | second)) == 2


def test_a_place_has_no_outline():
    with pytest.raises(ArgumentError, match="PointSkyRegion"):
        outlines(PointSkyRegion(CENTERS[0]))


@pytest.mark.parametrize("kind", ["ellipse", "rectangle"])
@pytest.mark.parametrize("turn", [0, 30, -60])
def test_a_box_drawn_on_a_turned_view_keeps_its_sides(kind, turn):
    center = CENTERS[0]
    right = center.directional_offset_by((270 + turn) * u.deg, 0.5 * u.deg)  # west is to the right
    above = center.directional_offset_by(turn * u.deg, 0.2 * u.deg)
    places = [[place.ra.deg, place.dec.deg] for place in (center, right, above)]
    region = drawn_region({"kind": kind, "places": places})
    assert (region.width.to_value("deg"), region.height.to_value("deg")) == pytest.approx((1.0, 0.4))
    assert region.angle.to_value("deg") == pytest.approx(turn, abs=1e-9)
    wcs = wcs_about(center)
    assert region.contains(scaled(places[1:], center, 0.99), wcs).all()
    assert not region.contains(scaled(places[1:], center, 1.01), wcs).any()


def test_corners_of_a_polygon_come_back():
    places = [[83.0, 22.0], [84.0, 22.0], [83.5, 23.0]]
    vertices = drawn_region({"kind": "polygon", "places": places}).vertices
    np.testing.assert_allclose([vertices.ra.deg, vertices.dec.deg], np.transpose(places))
