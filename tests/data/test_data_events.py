"""Event lists and good times."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

import gpnb
from gpnb import GTI, EventList
from gpnb.core.frames import separation
from gpnb.data.timeref import time_reference

REFERENCE = Time("2004-12-04T22:00:00", scale="tt")


@pytest.fixture
def events(tmp_path, tiny):
    return EventList.read(tiny.write_run(tmp_path, 1))


def test_columns_carry_units(events):
    assert events.energy.unit == u.TeV
    assert events.radec.ra.deg == pytest.approx(events.ra_values)
    assert (events.time - events.time_reference).to_value("s") == pytest.approx(events.time_values, abs=1e-5)
    assert events.table["ENERGY"].unit == u.TeV
    assert events.pointing.dec.deg == 22.5


def test_select_by_energy_region_offset_time(events):
    high = events.select(energy=("1 TeV", "5 TeV"))
    assert len(high) == np.count_nonzero((events.energy_values >= 1) & (events.energy_values < 5))
    near = events.select(region="icrs; circle(83.6, 22.0, 0.5)")
    assert len(near) == np.count_nonzero(separation(events.ra_values, events.dec_values, 83.6, 22.0) < 0.5)
    box = events.select(region="icrs; box(83.6, 22.0, 0.5, 0.5)")
    dx = (events.ra_values - 83.6) * np.cos(np.radians(events.dec_values))
    assert len(box) == pytest.approx(np.count_nonzero((abs(dx) < 0.25) & (abs(events.dec_values - 22.0) < 0.25)), abs=1)
    ring = events.select(offset=("0.2 deg", "0.6 deg"))
    assert ((ring.offset_values >= 0.2) & (ring.offset_values < 0.6)).all()
    middle = events.time[50] - 1 * u.us
    assert len(events.select(time=(None, middle))) == 50
    assert len(events.select(time=(middle, None), energy=(None, "5 TeV")).select(where="ENERGY > 5")) == 0


def test_selection_keeps_its_recipe(events):
    code = events.select(energy=("1 TeV", "5 TeV")).to_code()
    assert code.splitlines()[-1] == "events_2 = events.select(energy=['1 TeV', '5 TeV'])"


def test_pickle(events):
    again = pickle.loads(pickle.dumps(events))
    assert np.array_equal(again.energy_values, events.energy_values)
    assert again.time_reference == events.time_reference


def test_stack_puts_times_on_one_reference(events, tmp_path, tiny):
    other = EventList.read(tiny.write_run(tmp_path, 5))
    later = EventList(other.table, other.meta | {"MJDREFI": 51911}, source="later")
    both = EventList.stack([events, later])
    assert len(both) == 200
    assert both.time[150].isot == later.time[50].isot


@pytest.mark.parametrize("value", ["51910.0", 51910, "5.1910D4"])
def test_time_reference_dialects(value):
    reference = time_reference({"MJDREFI": value, "MJDREFF": "7.428703703D-4", "TIMESYS": "tt "}, "header")
    assert reference.mjd == pytest.approx(51910.0007428703703, abs=1e-9)


def test_utc_seconds_are_elapsed_seconds_across_a_leap_second(tiny):
    header = {**tiny.time, "MJDREFI": 57753, "MJDREFF": 0.0, "TIMESYS": "UTC"}  # 2016-12-31, before a leap second
    late = time_reference(header, "header") + 86401 * u.s
    assert late.utc.isot == "2017-01-01T00:00:00.000"


def test_gti_select_and_contains():
    gti = GTI([0, 600], [500, 1000], REFERENCE)
    assert gti.seconds == 900
    assert gti.contains(np.array([-1, 0, 499.9, 500, 599, 600, 1000])).tolist() == [
        False,
        True,
        True,
        False,
        False,
        True,
        False,
    ]
    part = gti.select((REFERENCE + 100 * u.s, REFERENCE + 700 * u.s))
    assert part.start_values.tolist() == pytest.approx([100, 600])
    assert part.stop_values.tolist() == pytest.approx([500, 700])


spans = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 100)), min_size=1, max_size=8)


@given(spans, spans)
def test_union_covers_each_second_once(first, second):
    parts = [
        GTI([a for a, _ in item], [a + length for a, length in item], REFERENCE + shift * u.s)
        for item, shift in ((first, 0), (second, 50))
    ]
    seconds = np.arange(800) + 0.5
    covered = np.zeros(800, dtype=bool)
    for item, shift in ((first, 0), (second, 50)):
        for start, length in item:
            covered |= (seconds > start + shift) & (seconds < start + shift + length)
    union = GTI.union(parts)
    assert union.seconds == pytest.approx(covered.sum(), abs=1e-6)
    assert np.array_equal(union.contains(seconds), covered)


def test_events_inside_circles_rings_and_other_shapes():
    rng = np.random.default_rng(3)
    size = 3000
    columns = [np.zeros(size), 266 + rng.normal(0, 1, size), 75 + rng.normal(0, 0.6, size), np.ones(size)]
    events = EventList(Table(columns, names=("TIME", "RA", "DEC", "ENERGY")), {}, Time(53343.0, format="mjd"))
    away = events.radec.separation(SkyCoord(266, 75, unit="deg")).deg
    assert (events.inside("icrs; circle(266, 75, 0.4)") == (away < 0.4)).all()
    assert (events.inside("icrs; annulus(266, 75, 0.2, 0.4)") == ((away >= 0.2) & (away < 0.4))).all()
    both = events.inside(["icrs; circle(266, 75, 0.2)", "icrs; annulus(266, 75, 0.2, 0.4)"])
    assert (both == (away < 0.4)).all()
    square = events.inside("icrs; box(266, 75, 0.4, 0.4, 0)")
    assert 0 < square.sum() < (away < 0.3).sum()
    assert not square[away > 0.3].any()
    assert (pickle.loads(pickle.dumps(events)).inside("icrs; box(266, 75, 0.4, 0.4, 0)") == square).all()


@pytest.mark.parametrize(
    ("start", "stop", "wanted"),
    [
        ([0, 900], [1000, 1800], [(0, 1800)]),
        ([0, 100], [1800, 200], [(0, 1800)]),
        ([500, 0, 100], [600, 400, 200], [(0, 400), (500, 600)]),
        ([0, 100], [100, 200], [(0, 100), (100, 200)]),
        ([0, 0], [10, 5], [(0, 10)]),
        ([5, 0], [5, 10], [(0, 10)]),
        ([], [], []),
    ],
)
def test_no_second_counts_twice(start, stop, wanted):
    gti = GTI(start, stop, REFERENCE)
    assert list(zip(gti.start_values, gti.stop_values, strict=True)) == wanted
    assert gti.seconds == sum(high - low for low, high in wanted)
    inside = np.linspace(-5, 1805, 363)
    expected = np.any([(inside >= low) & (inside < high) for low, high in wanted or [(0, 0)]], axis=0)
    assert np.array_equal(gti.contains(inside), expected)
    assert repr(gti).startswith(f"GTI({len(wanted)} interval")


def test_distance_from_good_times():
    gti = GTI([0, 20], [10, 30], REFERENCE)
    assert gti.distance(np.array([-2.0, 5.0, 11.0, 18.0, 30.0, 33.0])).tolist() == [2, 0, 1, 2, 0, 3]
    assert np.isinf(GTI([], [], REFERENCE).distance(np.array([1.0]))).all()


@pytest.mark.parametrize("join", [GTI.union, EventList.stack])
def test_nothing_to_join(join):
    with pytest.raises(gpnb.ArgumentError, match=r"there is nothing to .* give at least one"):
        join([])
