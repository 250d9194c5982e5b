"""Units at the door."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from gpnb import ArgumentError
from gpnb.core.frames import fov_coordinates, from_fov, separation, to_frame
from gpnb.core.sky_regions import region_text, to_regions
from gpnb.core.units import skycoord_text, time_text, to_array, to_float, to_range, to_skycoord, to_time

lons, lats = st.floats(0, 359.999), st.floats(-89.9, 89.9)


def test_values():
    assert to_float("500 GeV", "TeV", "energy") == pytest.approx(0.5)
    assert to_float(3, "", "index") == 3
    assert to_float(0, "deg", "width") == 0
    assert to_array(["1 TeV", "2000 GeV"], "TeV", "edges").tolist() == [1, 2]
    assert to_range((None, 2 * u.TeV), "TeV", "energy") == (-np.inf, 2)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("5", "energy='5' has no unit"),
        (5, "energy=5 has no unit; expected something like '5 TeV'"),
        ("5 deg", "energy='5 deg' is in deg, which is not convertible to TeV"),
        ("five TeV", "energy='five TeV' is not a value with a unit"),
        (None, "energy=None is not a value with a unit"),
    ],
)
def test_wrong_values(value, says):
    with pytest.raises(ArgumentError, match=says):
        to_float(value, "TeV", "energy")


def test_wrong_ranges():
    with pytest.raises(ArgumentError, match="lower end must be below"):
        to_range(("2 TeV", "1 TeV"), "TeV", "energy")
    with pytest.raises(ArgumentError, match=r"must be a pair \(low, high\)"):
        to_range("1 TeV", "TeV", "energy")


@given(lons, lats, st.sampled_from(["icrs", "galactic", "fk5"]))
def test_position_text_round_trip(lon, lat, frame):
    coord = SkyCoord(lon, lat, unit="deg", frame=frame)
    again = to_skycoord(skycoord_text(coord))
    assert again.frame.name == frame
    assert separation(again.spherical.lon.deg, again.spherical.lat.deg, lon, lat) < 1e-9


def test_positions():
    assert to_skycoord("05h34m32s +22d00m52s").ra.deg == pytest.approx(83.6333, abs=1e-3)
    with pytest.raises(ArgumentError, match="is not a sky position"):
        to_skycoord("Crab")
    with pytest.raises(ArgumentError, match="is not a sky position"):
        to_skycoord(83.6)


@pytest.mark.parametrize("text", ["2006-07-30T00:10:00 tt", "2006-07-30", "MJD 53946.01 tdb"])
def test_time_text_round_trip(text):
    time = to_time(text)
    again = to_time(time_text(time))
    assert again.scale == time.scale
    assert abs((again - time).to_value("s")) < 1e-8
    with pytest.raises(ArgumentError, match="is not a time"):
        to_time("yesterday")


@given(lons, lats)
def test_frames_agree_with_astropy(lon, lat):
    expected = SkyCoord(lon, lat, unit="deg", frame="icrs").galactic
    galactic = to_frame(lon, lat, "icrs", "galactic")
    assert separation(*galactic, expected.l.deg, expected.b.deg) < 1e-9
    back = to_frame(*galactic, "galactic", "icrs")
    assert separation(*back, lon, lat) < 1e-9


@given(lons, st.floats(-85, 85), st.floats(-5, 5), st.floats(-5, 5))
def test_field_of_view_round_trip(lon0, lat0, x, y):
    lon, lat = from_fov(x, y, lon0, lat0)
    again = fov_coordinates(lon, lat, lon0, lat0)
    assert again == pytest.approx((x, y), abs=1e-9)


def test_field_of_view_runs_against_right_ascension():
    lon, lat = fov_coordinates(84.0, 22.5, 83.6, 22.0)
    assert lon < 0 < lat


@pytest.mark.parametrize(
    "text",
    ["icrs; circle(83.63, 22.01, 0.2)", "galactic; ellipse(0.1, 0, 1, 0.5, 20)", "galactic; box(0, 0, 20, 1, 0)"],
)
def test_region_text_round_trip(text):
    region = to_regions(text)[0]
    again = to_regions(region_text(region))[0]
    assert type(again) is type(region)
    assert again.center.separation(region.center).deg < 1e-9
    for name in ("radius", "width", "height", "angle"):
        if hasattr(region, name):
            assert getattr(again, name).to_value("deg") == pytest.approx(getattr(region, name).to_value("deg"))


@pytest.mark.parametrize("value", ["circle", "image; circle(1, 2, 3)", 5])
def test_wrong_regions(value):
    with pytest.raises(ArgumentError, match="region"):
        to_regions(value)


def test_times_pass_through():
    now = Time.now()
    assert to_time(now) is now


@pytest.mark.parametrize(
    "text",
    [
        "icrs; circle(83, 22, 0.5)\nkreis(83, 22, 0.4)",
        "icrs; circle(83, 22, 0.5)\npanda(83, 22, 0, 90, 1, 0.1, 0.5, 1)",
        "icrs; circle(83, 22, 0.5)\nwcs; circle(1, 2, 3)",
        "circle(83, 22, 0.5)",
    ],
)
def test_a_region_that_is_read_in_part_is_refused(text):
    with pytest.raises(ArgumentError, match=r"cannot be read in full .* mend or remove that line|not DS9 region text"):
        to_regions(text)


def test_colours_of_regions_do_not_matter():
    (region,) = to_regions("global color=green dashlist=8 3\nicrs; circle(83, 22, 0.5) # color=red color=blue width=x")
    assert region.radius.value == 0.5
