"""When a target can be observed: altitudes against astropy's, hours against counting."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, SkyCoord, get_body, get_sun
from astropy.time import Time

import gpnb
from gpnb.core.horizon import Horizon
from gpnb.core.replay import replay
from gpnb.data.sites import to_location

SGR_A = "galactic 359.944d -0.046d"
NIGHT = {"target": SGR_A, "site": "CTAO South", "night": "2024-06-08"}


@pytest.mark.parametrize("site", ["CTAO South", "VERITAS", "H.E.S.S."])
@pytest.mark.parametrize("year", [2006, 2024])
def test_altitudes_are_those_of_astropy(site, year):
    """Tables of the Earth's rotation, aberration and all: within 0.02 deg, of the Moon too."""
    place = to_location(site)
    times = Time(f"{year}-01-01") + np.linspace(0, 365, 700) * u.day
    frame = AltAz(obstime=times, location=place)
    horizon = Horizon(place, times)
    target = SkyCoord(83.63, 22.01, unit="deg")
    assert np.abs(horizon.altitude(83.63, 22.01) - target.transform_to(frame).alt.deg).max() < 0.02
    assert np.abs(horizon.sun() - get_sun(times).transform_to(frame).alt.deg).max() < 0.02
    assert np.abs(horizon.moon() - get_body("moon", times, place).transform_to(frame).alt.deg).max() < 0.03


def test_a_night_has_its_usable_hours():
    night = gpnb.visibility(**NIGHT, zenith_max="45 deg")
    good = (night["altitude"] >= 45 * u.deg) & (night["sun"] < -18 * u.deg) & (night["moon"] < 0 * u.deg)
    assert np.array_equal(night["usable"], good)
    assert night.hours.value == pytest.approx(good.sum() / 30)
    assert 4 < night.hours.value < 8
    lit = gpnb.visibility(**NIGHT, moonlight=True)
    assert lit.hours >= night.hours
    assert night["sun"].max() > 0
    assert night["time"][0].iso[:10] == "2024-06-08"
    middle = night["time"][np.argmin(night["sun"])]
    assert abs((middle - Time("2024-06-09T04:41")).to_value("h")) < 0.1  # local midnight


def test_the_year_is_the_sum_of_its_nights():
    year = gpnb.visible_hours(SGR_A, "CTAO South", 2024, "45 deg")
    june = [gpnb.visibility(SGR_A, "CTAO South", f"2024-06-{day:02d}").hours.value for day in range(1, 31)]
    assert year["total"][5] == pytest.approx(sum(june), abs=6)  # the first night has begun in May
    assert np.asarray(year["hours"]).sum(axis=1) == pytest.approx(np.asarray(year["total"]))
    assert year["total"][11] == 0  # behind the Sun
    assert np.argmax(year["total"]) in (5, 6)
    wider = gpnb.visible_hours(SGR_A, "CTAO South", 2024, "60 deg")
    assert np.asarray(wider["hours"])[:, :9] == pytest.approx(np.asarray(year["hours"]))


def test_half_of_the_time_the_moon_is_up():
    pole = "0d -80d"
    dark, lit = (gpnb.visible_hours(pole, "H.E.S.S.", 2024, "80 deg", moonlight=moon).hours for moon in (False, True))
    assert 0.4 < dark / lit < 0.6


def test_recipes_and_sites():
    night = gpnb.visibility(**NIGHT)
    again = replay(night.recipe)
    assert np.array_equal(again["usable"], night["usable"])
    place = to_location("h.e.s.s.")
    other = gpnb.visibility(SkyCoord(266.4, -29.0, unit="deg"), place, Time("2024-06-08T12:00:00"))
    assert other.meta["site"] == "16.50° −23.27°"
    assert replay(other.recipe).hours == other.hours
    year = gpnb.visible_hours(SGR_A, (-70.3 * u.deg, -24.7 * u.deg, 2150 * u.m), 2024)
    assert replay(year.recipe).hours == year.hours


def test_years_to_come_need_no_network():
    """No table of the Earth's rotation reaches there, and no leap second is known."""
    assert gpnb.visible_hours(SGR_A, "CTAO South", 2060).hours > 300 * u.h
    assert gpnb.visibility(SGR_A, "CTAO South", "2060-06-08", moonlight=True).hours > 5 * u.h


def test_a_night_without_a_usable_hour_says_why():
    with gpnb.set_options(display="static"):
        by_day = gpnb.visibility(SGR_A, "CTAO South", "2024-12-20")
        assert by_day.hours == 0
        assert "high enough by day alone" in by_day._repr_mimebundle_()["text/html"]
        bright = gpnb.visibility(SGR_A, "CTAO South", "2024-06-21")  # full Moon, in Sagittarius
        assert bright.hours < 0.5 * u.h
        polar = gpnb.visibility("0d 80d", (20 * u.deg, 70 * u.deg), "2024-06-21", "60 deg")
        assert "it does not get dark" in polar._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            {"target": "0d 80d"},
            gpnb.SelectionError,
            "culminates below the horizon at CTAO South: it is never within 45°",
        ),
        ({"target": "83.63d 22.01d"}, gpnb.SelectionError, "culminates at zenith 47° at CTAO South"),
        ({"site": "CTA"}, gpnb.ArgumentError, "site='CTA'"),
        ({"site": "Veritas North"}, gpnb.ArgumentError, "site='Veritas North'"),
        ({"site": None}, gpnb.ArgumentError, "must be an observatory"),
        ({"site": (0 * u.deg, 95 * u.deg)}, gpnb.ArgumentError, "latitude"),
        ({"night": "soon"}, gpnb.ArgumentError, "night='soon' is not a time"),
        ({"zenith_max": "120 deg"}, gpnb.ArgumentError, "zenith_max='120 deg' must be above 0"),
        ({"zenit": 3}, gpnb.ArgumentError, "did you mean 'zenith_max'"),
    ],
)
def test_bad_input_is_told_in_a_sentence(change, error, words):
    with pytest.raises(error, match=words):
        gpnb.visibility(**NIGHT | change)


def test_a_year_is_a_number():
    with pytest.raises(gpnb.ArgumentError, match="year='2027' must be a whole number"):
        gpnb.visible_hours(SGR_A, "CTAO South", "2027")
