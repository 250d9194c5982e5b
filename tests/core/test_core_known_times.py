"""Times far from leap seconds and calendars: on TT without a warning, or refused in a sentence."""

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.core.known_times import known_time, later
from gpnb.core.units import to_time

FAR = [12_000.0, 100_000.0]
"""MJD of 1891 and 2132, before and after all leap seconds that are known."""


@pytest.mark.parametrize("scale", ["utc", "tt", "tdb", "tai"])
def test_times_in_reach_are_left_alone(scale):
    times = Time([50000.0, 60000.25], format="mjd", scale=scale)
    assert known_time(times, "here") is times


@pytest.mark.parametrize("mjd", FAR)
@pytest.mark.parametrize("scale", ["utc", "tt", "tdb", "tai"])
def test_times_beyond_leap_seconds_are_put_on_tt(mjd, scale):
    found = known_time(Time([mjd, 55000.0], format="mjd", scale=scale), "here")
    assert found.scale == "tt"
    np.testing.assert_allclose(found.mjd, [mjd, 55000.0], atol=0.001)
    assert (found - found[1]).to_value("d")[0] == pytest.approx(mjd - 55000, abs=0.001)  # and nothing warns later


@pytest.mark.parametrize("text", ["1891-09-28", "2132-08-31T00:00:00", "MJD 100000"])
def test_text_too(text):
    assert to_time(text).scale == "tt"
    assert to_time(f"{text} utc").scale == "tt"


@pytest.mark.parametrize("mjd", [1e9, -3e6])
def test_damaged_times_are_refused(mjd):
    with pytest.raises(gpnb.DataFormatError, match="here holds times that are in no calendar, or no numbers"):
        known_time(Time([mjd], format="mjd", scale="tt"), "here")


@pytest.mark.parametrize("seconds", [np.nan, np.inf, 1e300, -1e12])
def test_damaged_seconds_are_refused(seconds):
    with pytest.raises(gpnb.DataFormatError, match="here holds times that are in no calendar, or no numbers"):
        later(Time(51544.0, format="mjd", scale="tt"), np.array([0.0, seconds]), "here")


def test_seconds_are_counted_on_tt():
    zero = Time("2016-12-31T23:59:59", scale="utc")
    found = later(zero, np.array([0.0, 2.0]), "here")
    assert [item.isot for item in found] == [
        "2016-12-31T23:59:59.000",
        "2017-01-01T00:00:00.000",
    ]  # a leap second between
    assert later(Time(FAR[1], format="mjd", scale="tt"), np.array([1.0]), "here").scale == "tt"


def test_a_series_without_rows_has_text():
    table = Table({"TIME": [1.0], "RATE": [1.0]}, meta={"MJDREF": 57000.0, "TIMESYS": "TDB"})
    series = gpnb.Series.from_table(table, "TIME", "RATE")
    none = gpnb.Series(time_min=series.time_min[:0], time_max=series.time_max[:0], value=np.zeros(0))
    assert len(gpnb.Series.from_text(none.to_text())) == 0
