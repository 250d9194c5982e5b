"""Regions of any frame, anywhere on the sky: one answer in maps, events, runs and outlines."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from regions import (
    CircleSkyRegion,
    EllipseSkyRegion,
    PixCoord,
    PointSkyRegion,
    PolygonPixelRegion,
    RectanglePixelRegion,
    RectangleSkyRegion,
)

import gpnb
from gpnb import ArgumentError, EventList, WcsGeometry
from gpnb.core.frames import to_vectors
from gpnb.core.sky_regions import to_regions
from gpnb.draw.sky_axes import draw_regions, sky_axes
from gpnb.maps.inside import cap_of, in_sky, inside_test
from gpnb.maps.sphere import separation
from gpnb.panels.observations.filter import points_into
from gpnb.panels.observations.pointings import Pointings
from gpnb.panels.sky.shapes import shapes_of
from gpnb.reduce.shape import View, shape_of

RNG = np.random.default_rng(5)
EVERYWHERE = SkyCoord(RNG.uniform(0, 360, 200_000), np.degrees(np.arcsin(RNG.uniform(-1, 1, 200_000))), unit="deg")


def events_at(coord):
    icrs = coord.icrs
    table = Table({"TIME": np.zeros(len(coord)), "RA": icrs.ra.deg, "DEC": icrs.dec.deg, "ENERGY": np.ones(len(coord))})
    return EventList(table, {"MJDREFI": 51544, "MJDREFF": 0.0, "TIMESYS": "TT"})


def around(center, half=3.0, n=20_000):
    return center.directional_offset_by(RNG.uniform(0, 360, n) * u.deg, half * np.sqrt(RNG.random(n)) * u.deg)


def rooms(text, coord):
    """What each room says of places: events, runs, the view of a run that is near, and that of one that is not."""
    (region,) = to_regions(text)
    icrs = coord.icrs
    middle = SkyCoord(coord.icrs.cartesian.mean(), frame="icrs")
    near = View(float(middle.spherical.lon.deg), float(middle.spherical.lat.deg) + 1)
    far = View((near.ra + 180) % 360, -near.dec)
    found = [events_at(coord).inside(text), points_into(Pointings(icrs.ra.deg, icrs.dec.deg), text)]
    return found + [shape_of(region, view).contains(view.vectors(icrs.ra.deg, icrs.dec.deg)) for view in (near, far)]


PLACES = [(0.0, 0.0), (180.0, 0.5), (179.9, -1.0), (122.9, 27.1), (10.0, 89.8), (40.0, -90.0), (300.0, 60.0)]
"""Galactic: the centre, both sides of the far edge, the poles of both frames."""


@pytest.mark.parametrize(("lon", "lat"), PLACES)
@pytest.mark.parametrize("turn", [0.0, 35.0])
def test_a_galactic_rectangle_is_the_same_everywhere(lon, lat, turn):
    center = SkyCoord(lon, lat, unit="deg", frame="galactic")
    coord = around(center)
    text = f"galactic; box({lon}, {lat}, 4, 1, {turn})"
    offset = coord.galactic.transform_to(center.skyoffset_frame())
    west, north = -offset.lon.wrap_at("180d").deg, offset.lat.deg
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    along, across = west * cos + north * sin, north * cos - west * sin
    sure = (np.abs(np.abs(along) - 2) > 0.005) & (np.abs(np.abs(across) - 0.5) > 0.005)
    expected = (np.abs(along) < 2) & (np.abs(across) < 0.5)
    for found in rooms(text, coord):
        np.testing.assert_array_equal(found[sure], expected[sure])


@pytest.mark.parametrize("frame", ["icrs", "galactic", "fk5"])
@pytest.mark.parametrize("proj", ["TAN", "CAR", "AIT"])
@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (179.8, 1.0), (122.9, 27.1)])
@pytest.mark.parametrize("shape", ["box({}, {}, 4, 1, 20)", "ellipse({}, {}, 2, 0.5, 20)", "polygon"])
def test_maps_agree_with_events(frame, proj, lon, lat, shape):
    text = f"galactic; {shape.format(lon, lat)}"
    if shape == "polygon":
        text = f"galactic; polygon({lon - 2}, {lat - 1}, {lon + 2}, {lat - 1}, {lon + 1}, {lat + 1.5})"
    center = SkyCoord(lon, lat, unit="deg", frame="galactic")
    width = ("360 deg", "180 deg") if proj != "TAN" else "6 deg"
    size = "0.1 deg" if proj == "TAN" else "0.5 deg"
    middle = center if proj == "TAN" else SkyCoord(0, 0, unit="deg", frame=frame)
    geom = WcsGeometry.create(middle, width=width, binsz=size, frame=frame, proj=proj)
    seen = np.isfinite(geom.plane.lonlat[0])
    mask = geom.region_mask(text).data
    np.testing.assert_array_equal(mask[seen], events_at(geom.coords[seen]).inside(text))
    assert not mask[~seen].any()
    area = 4.0 if "box" in shape else np.pi if "ellipse" in shape else 5.0
    assert float(geom.solid_angle[mask].sum()) == pytest.approx(np.radians(1) ** 2 * area, rel=0.4)


def test_what_is_far_away_holds_nothing():
    near = events_at(around(SkyCoord("83.63d 22.01d")))
    for text in (
        "icrs; box(263.6, -22, 1, 1, 0)",
        "icrs; ellipse(263.6, -22, 1, 1, 0)",
        "icrs; polygon(263, -21, 264, -21, 264, -22)",
        "icrs; annulus(263.6, -22, 0.5, 1)",
        "icrs; box(173.6, 0, 1, 1, 0)",
    ):
        assert len(near.select(region=text)) == 0
        assert not any(found.any() for found in rooms(text, near.radec)[:2])


def test_an_exclusion_on_the_other_half_of_the_sky(demo):
    runs = demo.select(target="Crab")[:1]
    energy = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=4)
    on = "icrs; circle(83.63, 22.01, 0.1)"
    far = [
        "icrs; box(263.6, -22, 1, 1, 0)",
        "galactic; ellipse(4, 5, 2, 1, 30)",
        "icrs; polygon(263,-21,264,-21,264,-22)",
    ]
    plain, excluded = (gpnb.reduce_spectrum(runs, on, energy, exclusion=item)[0] for item in (None, far))
    np.testing.assert_array_equal(plain.counts_off, excluded.counts_off)
    geom = WcsGeometry.create("83.63d 22.01d", width="4 deg", binsz="0.2 deg", axes=[energy])
    maps = [gpnb.reduce_map(runs, geom, background="ring", exclusion=item).background.data for item in (None, far)]
    np.testing.assert_array_equal(*maps)


def test_a_strip_around_the_whole_sky():
    for region in (
        RectangleSkyRegion(SkyCoord(0, 0, unit="deg", frame="galactic"), 360 * u.deg, 10 * u.deg),
        RectangleSkyRegion(SkyCoord(77, 0, unit="deg", frame="galactic"), 400 * u.deg, 10 * u.deg),
    ):
        np.testing.assert_array_equal(events_at(EVERYWHERE).inside(region), np.abs(EVERYWHERE.galactic.b.deg) <= 5)


def test_rims_areas_and_holes():
    vectors = to_vectors(EVERYWHERE.ra.deg, EVERYWHERE.dec.deg)
    center = SkyCoord("150d -40d")
    assert in_sky(vectors, CircleSkyRegion(center, 180 * u.deg)).all()
    cap = in_sky(vectors, CircleSkyRegion(center, 60 * u.deg)).mean()
    assert cap == pytest.approx(0.25, abs=0.005)
    ring = "icrs; ellipse(150, -40, 10, 5, 20, 10, 30)"
    outer, inner = "icrs; ellipse(150, -40, 20, 10, 30)", "icrs; ellipse(150, -40, 10, 5, 30)"
    events = events_at(around(center, 25))
    np.testing.assert_array_equal(events.inside(ring), events.inside(outer) & ~events.inside(inner))
    assert inside_test(to_regions("icrs; circle(0, 0, 1) || circle(5, 0, 1)")[0]) is not None


def test_a_cap_holds_its_region():
    vectors = to_vectors(EVERYWHERE.ra.deg, EVERYWHERE.dec.deg)
    for text in (
        "galactic; box(10, 40, 30, 10, 20)",
        "icrs; ellipse(10, 80, 20, 5, 70)",
        "icrs; polygon(0, 0, 30, 5, 9, 40)",
    ):
        (region,) = to_regions(text)
        middle, radius = cap_of(region)
        assert separation(vectors[:, in_sky(vectors, region)], middle[:, None]).max() <= radius + 0.5


def test_old_frames_have_a_north_of_their_own():
    center = SkyCoord(83.0, 21.0, unit="deg", frame="fk4", equinox="B1950")
    offsets = around(center.icrs)
    region = EllipseSkyRegion(center, 4 * u.deg, 1 * u.deg, 0 * u.deg)
    own = offsets.transform_to(center.frame).transform_to(center.skyoffset_frame())
    west, north = -own.lon.wrap_at("180d").deg, own.lat.deg
    expected = (west / 2) ** 2 + (north / 0.5) ** 2 <= 1
    assert (events_at(offsets).inside(region) != expected).sum() <= 0.001 * expected.sum() + 2


@pytest.mark.parametrize("text", ["icrs; point(83.63, 22.01)", "icrs; line(83, 22, 84, 22)"])
def test_what_has_no_inside_says_so(text):
    with pytest.raises(ArgumentError, match="no inside"):
        events_at(EVERYWHERE[:10]).inside(text)


@pytest.mark.parametrize(
    "taken", ["icrs; circle(83.63, 22.5, 1)\nicrs; -circle(83.63, 22.5, 0.5)", "icrs; -box(0, 0, 1, 1)"]
)
def test_regions_that_are_taken_away_are_refused(taken):
    geom = WcsGeometry.create("83.63d 22.5d", width="3 deg", binsz="0.1 deg")
    for ask in (events_at(EVERYWHERE[:10]).inside, geom.region_mask, lambda text: geom.region_mask(to_regions(text))):
        with pytest.raises(ArgumentError, match=r"taken away \(-\)"):
            ask(taken)


def drawn(shape, geom):
    if shape["type"] == "polygon":
        return PolygonPixelRegion(PixCoord(*np.array(shape["points"]).T))
    return RectanglePixelRegion(PixCoord(shape["x"], shape["y"]), shape["w"], shape["h"], shape["angle"] * u.deg)


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
@pytest.mark.parametrize("kind", ["box", "ellipse"])
def test_outlines_lie_where_masks_do(frame, kind):
    geom = WcsGeometry.create("galactic 0d 0d", width="6 deg", binsz="0.05 deg", frame=frame)
    text = f"galactic; {kind}(0.5, 0.2, 2, 0.5, 10)"
    (region,), mask = to_regions(text), geom.region_mask(text).data
    (shape,) = shapes_of(region, geom)
    rows, columns = np.nonzero(mask)
    cos, sin = np.cos(np.radians(shape["angle"])), np.sin(np.radians(shape["angle"]))
    along = (columns - shape["x"]) * cos + (rows - shape["y"]) * sin
    across = (rows - shape["y"]) * cos - (columns - shape["x"]) * sin
    assert 2 * np.abs(along).max() == pytest.approx(shape["w"], abs=2)
    assert 2 * np.abs(across).max() == pytest.approx(shape["h"], abs=2)


def test_pictures_are_drawn_where_masks_lie():
    from matplotlib.figure import Figure

    geom = WcsGeometry.create("galactic 0d 0d", width="6 deg", binsz="0.05 deg", frame="icrs")
    figure = Figure()
    axes = sky_axes(figure, 111, geom.wcs, "icrs")
    text = "galactic; box(0, 0, 4, 1, 0)"
    draw_regions(axes, text, "regions")
    path = axes.patches[-1]
    rows, columns = np.nonzero(geom.region_mask(text).data)
    held = (
        path.get_patch_transform()
        .transform_path(path.get_path())
        .contains_points(np.stack([columns, rows], 1), radius=1)
    )
    assert held.mean() > 0.97


def test_points_still_mark_their_pixel():
    geom = WcsGeometry.create("83.63d 22.5d", width="3 deg", binsz="0.1 deg")
    assert geom.region_mask(PointSkyRegion(SkyCoord("83.6d 22.52d"))).data.sum() == 1
