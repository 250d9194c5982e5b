"""Cross-filtering against plain histograms, and what the event explorer counts."""

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_time
from gpnb.data import EventList
from gpnb.data.gti import GTI
from gpnb.draw import events as static
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.events.counts import EventFilter, live_seconds, select_events
from gpnb.panels.events.cross_filter import CrossFilter, Dimension
from gpnb.panels.events.view import EventsView

REFERENCE = Time(53343.0, format="mjd", scale="tt")
START = "2004-12-04T00:01:00 tt"
HEADER = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01, "DEADC": 0.9}

floats = st.floats(-3, 3, allow_nan=False)
spans = st.none() | st.tuples(floats, floats).map(sorted)


def make_events(size=2000, seed=1, **meta):
    rng = np.random.default_rng(seed)
    columns = {
        "TIME": rng.uniform(0, 1600, size),
        "RA": 83.63 + rng.normal(0, 0.6, size),
        "DEC": 22.01 + rng.normal(0, 0.6, size),
        "ENERGY": 0.5 * rng.pareto(1.7, size) + 0.5,
    }
    return EventList(Table(columns), HEADER | meta, REFERENCE)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(floats, floats, floats), max_size=40), st.lists(st.tuples(spans, spans, spans), max_size=4))
def test_counts_are_those_of_masked_histograms(rows, steps):
    values = dict(zip("xyz", np.array(rows, dtype=float).reshape(-1, 3).T, strict=True))
    edges = {"x": np.linspace(-2, 2, 8), "y": np.array([-3.0, -1.0, 0.0, 3.0]), "z": np.array([0.0, 1.0])}
    dimensions = {name: Dimension.of_values(values[name], edges[name]) for name in "xyz"}
    cross = CrossFilter(len(rows), tuple("xyz"))
    for step in [(None, None, None), *steps]:
        masks = {}
        for name, span in zip("xyz", step, strict=True):
            everything = np.ones(len(rows), dtype=bool)
            masks[name] = everything if span is None else (values[name] >= span[0]) & (values[name] < span[1])
            cross.keep(name, span, None if span is None else masks[name])
        counts = cross.counts(dimensions)
        for name in "xyz":
            others = np.logical_and.reduce([masks[other] for other in "xyz" if other != name])
            assert counts[name].tolist() == np.histogram(values[name][others], edges[name])[0].tolist()
        assert cross.total == np.count_nonzero(masks["x"] & masks["y"] & masks["z"])


def test_values_that_are_no_numbers_are_in_no_bin():
    dimension = Dimension.of_values(np.array([np.nan, -1.0, 0.5, np.inf]), np.array([0.0, 1.0]))
    assert dimension.count().tolist() == [1]
    assert Dimension.of_pixels(np.array([np.nan, 0.4]), np.array([0.0, 1.4]), (2, 3)).count().tolist() == [
        [0] * 3,
        [1, 0, 0],
    ]


def test_many_pixels_are_counted():
    x, y = np.meshgrid(np.arange(300.0), np.arange(300.0))
    assert (Dimension.of_pixels(x.ravel(), y.ravel(), (300, 300)).count() == 1).all()


def test_there_are_eight_filters_at_most():
    with pytest.raises(ArgumentError, match="9 filters"):
        CrossFilter(1, tuple("abcdefghi"))


CASES = {
    "nothing": {},
    "energy": {"energy": ("0.7 TeV", "3 TeV")},
    "open energy": {"energy": (None, "3 TeV")},
    "time": {"time": (START, "2004-12-04T00:11:00 tt")},
    "circle": {"region": "icrs; circle(83.63, 22.01, 0.4)"},
    "box": {"region": "icrs; box(83.63, 22.01, 0.8, 0.4, 20)"},
    "polygon": {"region": "icrs; polygon(83, 21.5, 84, 21.5, 83.6, 22.6)"},
    "ring": {"region": "icrs; annulus(83.63, 22.01, 0.2, 0.5)"},
    "galactic": {"region": "galactic; circle(184.56, -5.78, 0.3)"},
    "theta2": {"theta2": ("0.01 deg2", "0.1 deg2")},
    "offset": {"offset": ("0.2 deg", "1 deg")},
    "all": {
        "energy": ("0.7 TeV", "3 TeV"),
        "time": (START, "2004-12-04T00:21:00 tt"),
        "region": "icrs; circle(83.63, 22.01, 0.7)",
        "theta2": (None, "0.3 deg2"),
        "offset": ("0.1 deg", None),
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_three_ways_to_choose_events_agree(changes):
    events = make_events()
    view = EventsView.build(**changes)
    counts = EventFilter(events).counts(view)
    assert counts.total == len(static.chosen(events, view)) == len(select_events(events, view))
    assert (0 < counts.total < len(events)) or not changes
    assert select_events(events, view).energy_values.tolist() == static.chosen(events, view).energy_values.tolist()


def test_each_histogram_ignores_its_own_filter_only():
    events, changes = make_events(), CASES["all"]
    made = EventFilter(events).counts(EventsView.build(**changes))
    for name, argument in (("energy", "energy"), ("time", "time"), ("theta2", "theta2"), ("sky", "region")):
        others = EventsView.build(**{key: value for key, value in changes.items() if key != argument})
        kept = static.chosen(events, others)
        if name == "sky":
            assert (made.chosen["sky"] == SkyMap.from_events(kept, made.geom).data).all()
        elif name != "theta2":
            values = kept.energy_values if name == "energy" else (kept.time_values - events.time_values.min()) / 60
            assert made.chosen[name].tolist() == np.histogram(values, made.axes[name].edges)[0].tolist()


def test_axes_lose_no_event():
    events = make_events()
    made = EventFilter(events).counts(EventsView())
    assert made.every["energy"].sum() == made.every["time"].sum() == len(events)
    assert made.axes["energy"].edges[1:-1] == pytest.approx(
        10 ** (np.round(np.log10(made.axes["energy"].edges[1:-1]) * 10) / 10)
    )


def test_filters_that_move_count_like_new_ones():
    events = make_events()
    kept = EventFilter(events)
    for changes in (*CASES.values(), *reversed(CASES.values())):
        view = EventsView.build(**changes)
        old, new = kept.counts(view), EventFilter(events).counts(view)
        assert all((old.chosen[name] == new.chosen[name]).all() for name in new.chosen)


def test_another_target_moves_the_theta_filter():
    events = make_events()
    kept = EventFilter(events)
    first = kept.counts(EventsView.build(theta2=("0 deg2", "0.05 deg2")))
    view = EventsView.build(theta2=("0 deg2", "0.05 deg2"), target="84d 22.4d")
    second = kept.counts(view)
    assert second.total == len(select_events(events, view)) != first.total


def test_no_target_no_theta():
    events = make_events(RA_OBJ=0.0)
    view = EventsView.build(theta2=("0 deg2", "0.05 deg2"))
    assert "theta2" not in EventFilter(events).counts(EventsView()).axes
    for count in (EventFilter(events).counts, lambda given: select_events(events, given)):
        with pytest.raises(ArgumentError, match="no target"):
            count(view)


def test_no_pointing_no_offset():
    events = make_events()
    del events.meta["RA_PNT"]
    kept = EventFilter(events)
    assert "offset" not in kept.counts(EventsView()).axes
    with pytest.raises(ArgumentError, match="no pointing"):
        kept.counts(EventsView.build(offset=("0 deg", "1 deg")))


def test_no_events_are_counted():
    counts = EventFilter(make_events(0)).counts(EventsView.build(energy=("1 TeV", None)))
    assert (counts.total, counts.size, counts.every["time"].sum()) == (0, 0, 0)


def test_brushed_ranges_choose_and_are_shown_again():
    events = make_events()
    axes = EventFilter(events).axes(EventsView())
    assert axes["energy"].choice(1.23456, 9.8765) == (1.23, 9.88)
    assert axes["energy"].choice(1.00001, 1.00002) == (1.00001, 1.00002)
    assert axes["offset"].choice(-0.1, 0.25) == (0.0, 0.5)
    assert axes["offset"].span((0.2, 0.5)) == pytest.approx((0.04, 0.25))
    assert axes["theta2"].span((None, 5.0)) == (0.0, pytest.approx(0.3))
    assert axes["energy"].span(None) is None
    times = axes["time"].choice(2.0, 5.0)
    assert axes["time"].span(times) == pytest.approx((2.0, 5.0), abs=2e-3)
    assert (to_time(times[1]) - to_time(times[0])).to_value("s") == pytest.approx(180, abs=0.2)


@pytest.mark.parametrize(("seconds", "word"), [(600, "min"), (20 * 3600, "h"), (20 * 86400, "d")])
def test_long_lists_have_long_units(seconds, word):
    events = make_events()
    table = events.table
    table["TIME"] *= seconds / 1600
    axis = EventFilter(EventList(table, HEADER, REFERENCE)).axes(EventsView())["time"]
    assert axis.label == f"Time ({word})"
    assert axis.edges[-1] < 190


def test_live_time_is_that_of_the_good_times_chosen():
    gti = GTI([0.0, 900.0], [800.0, 1700.0], REFERENCE)
    events = make_events()
    assert live_seconds(events, EventsView()) is None
    assert live_seconds(events, EventsView.build(gti=gti)) == pytest.approx(0.9 * 1600)
    chosen = EventsView.build(gti=gti, time=("2004-12-04T00:10:00 tt", "2004-12-04T00:20:00 tt"))
    assert live_seconds(events, chosen) == pytest.approx(0.9 * (200 + 300))


def test_few_chosen_events_are_drawn_beside_a_part_of_all():
    events = make_events(20_000)
    counts = EventFilter(events).counts(EventsView.build(energy=("5 TeV", None)))
    share = counts.divisor("time")
    assert share > 1
    assert counts.every["time"].max() / share <= counts.chosen["time"].max() <= counts.top("time")
    assert counts.divisor("energy") == 1
    assert counts.is_filtered("time")
    assert not counts.is_filtered("energy")
