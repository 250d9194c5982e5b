"""Phases: ephemerides, columns, intervals that cross 1, time scales and leap seconds."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

import gpnb
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.replay import replay
from gpnb.data.gti import GTI
from gpnb.data.phase import in_phase, phase_intervals, phase_width
from gpnb.stats import fold, phase_histogram

CRAB = gpnb.Ephemeris("MJD 60000 tt", f0="29.57 Hz", f1="-3.67e-10 Hz s-1", f2="1e-20 Hz s-2", phi0=0.1)
REFERENCE = Time(51544, 0.5, format="mjd", scale="tt")


def events(time, **columns):
    time = np.asarray(time, dtype=float)
    table = Table({"TIME": time, **{name: np.ones(len(time)) for name in ("RA", "DEC", "ENERGY")}, **columns})
    return gpnb.EventList(table, {}, REFERENCE)


def test_phases_follow_the_taylor_series():
    """Against whole turns in exact arithmetic: f0 t + f1 t²/2 + f2 t³/6."""
    from fractions import Fraction

    seconds = np.array([0.0, 1000.5, 86400.0 * 300, -5e6])
    exact = []
    for t in map(Fraction, seconds.tolist()):
        f0, f1, f2, phi0 = map(Fraction, (CRAB.f0, CRAB.f1, CRAB.f2, CRAB.phi0))
        exact.append(float((f0 * t + f1 * t**2 / 2 + f2 * t**3 / 6 + phi0) % 1))
    assert fold(seconds, CRAB.f0, CRAB.f1, CRAB.f2, CRAB.phi0) == pytest.approx(exact, abs=1e-6)
    times = Time(60000, seconds / 86400, format="mjd", scale="tt")
    away = np.abs(gpnb.phases(times, CRAB) - exact)
    assert np.minimum(away, 1 - away).max() < 1e-5


def test_events_and_times_have_the_same_phases():
    found = events([7.3e8, 7.3e8 + 0.01, 7.3e8 + 1234.5])
    assert found.phase(CRAB) == pytest.approx(gpnb.phases(found.time, CRAB))
    assert found.phase(CRAB)[1] - found.phase(CRAB)[0] == pytest.approx(0.2957, abs=1e-3)


def test_time_is_counted_on_the_scale_of_the_epoch():
    start = Time("2020-04-01T00:00:00", scale="tt")
    later = start + np.linspace(0, 180, 7) * u.d
    for scale in ("tt", "tdb"):
        turn = gpnb.Ephemeris(getattr(start, scale), f0=10.0)
        expected = (getattr(later, scale) - getattr(start, scale)).to_value("s") * 10 % 1
        away = np.abs(turn.phase(later) - expected)
        assert np.minimum(away, 1 - away).max() < 1e-6
    in_tt, in_tdb = (gpnb.Ephemeris(getattr(start, scale), f0=10.0).seconds(later) for scale in ("tt", "tdb"))
    assert 1e-3 < np.abs(in_tt - in_tdb).max() < 4e-3


def test_leap_seconds_do_not_shift_phases():
    """An epoch in UTC before the leap second of 2016, and times after it in UTC and TT."""
    turn = gpnb.Ephemeris("2016-12-31T23:59:00", f0=0.1)
    after = Time("2017-01-01T00:00:00", scale="utc")
    assert turn.seconds(after) == pytest.approx(61.0, abs=1e-6)
    assert turn.phase(after) == pytest.approx(0.1, abs=1e-6)
    assert turn.phase(after.tt) == pytest.approx(turn.phase(after), abs=1e-9)


def test_a_column_of_phases_is_used_as_it_is():
    assert events([1, 2, 3], PHASE=[0.2, 1.3, -0.1]).phase() == pytest.approx([0.2, 0.3, 0.9])
    assert events([1, 2], PULSE_PHASE=[0.2, 0.4]).phase() == pytest.approx([0.2, 0.4])
    both = events([7.3e8], PHASE=[0.5])
    assert both.phase(CRAB) == gpnb.phases(both.time, CRAB)


def test_what_has_no_phase_is_told():
    with pytest.raises(SelectionError, match="no column PHASE"):
        events([1.0]).phase()
    with pytest.raises(SelectionError, match="without an ephemeris"):
        gpnb.phases(REFERENCE)
    with pytest.raises(ArgumentError, match="1 values of PHASE"):
        events([1.0], PHASE=[np.nan]).phase()
    with pytest.raises(ArgumentError, match=r"must be gpnb\.Ephemeris"):
        events([1.0]).phase("crab")
    with pytest.raises(ArgumentError, match="positive frequency"):
        gpnb.Ephemeris(REFERENCE, f0=-1.0)
    with pytest.raises(ArgumentError, match="f1"):
        gpnb.Ephemeris(REFERENCE, f0=1.0, f1="3 Hz")


def test_selection_by_phase():
    found = events(np.arange(10) * 0.1, PHASE=np.arange(10) / 10)
    assert len(found.select(phase=(0.3, 0.6))) == 3
    assert sorted(found.select(phase=(0.8, 0.2)).column("PHASE").tolist()) == [0.0, 0.1, 0.8, 0.9]
    assert len(found.select(phase=[(0.8, 0.2), (0.4, 0.5)])) == 5
    assert len(found.select(phase=(0.0, 1.0))) == 10
    turning = gpnb.Ephemeris(REFERENCE, f0=2.0)
    chosen = found.select(phase=(0.0, 0.5), ephemeris=turning)
    assert chosen.time_values == pytest.approx([0.0, 0.1, 0.2, 0.5, 0.6, 0.7])
    assert "phase=[0.0, 0.5], ephemeris=ephemeris" in chosen.recipe.to_code()


def test_an_ephemeris_comes_back_from_its_recipe():
    assert replay(CRAB.recipe) == CRAB
    assert hash(replay(CRAB.recipe)) == hash(CRAB)
    orbit = gpnb.Ephemeris.of_period("MJD 52477.67 tt", "3.906 d")
    assert replay(orbit.recipe) == orbit
    assert gpnb.Ephemeris(Time(60000, format="mjd", scale="tdb"), 29.57 * u.Hz).f0 == 29.57


@pytest.mark.parametrize("value", [(0.2, 0.2), (0.5, 1.6), (-0.7, 0.5), (1.2, 1.4), (np.nan, 0.5), "x", 0.3, None, ()])
def test_what_is_no_interval_is_refused(value):
    with pytest.raises(ArgumentError):
        phase_intervals(value)


def test_intervals_may_not_overlap():
    with pytest.raises(ArgumentError, match="overlap"):
        phase_intervals([(0.1, 0.5), (0.4, 0.6)])
    assert phase_intervals([(0.5, 0.6), (0.1, 0.5)]) == ((0.1, 0.5), (0.5, 0.6))


@given(st.floats(0, 0.999), st.floats(1e-6, 0.999), st.lists(st.floats(0, 0.9999), max_size=20))
def test_an_interval_and_the_rest_of_the_turn_hold_each_phase_once(low, width, phase):
    high = (low + width) % 1.0
    if high == low:
        return
    one, rest = phase_intervals((low, high)), phase_intervals((high, low))
    assert phase_width(one) + phase_width(rest) == pytest.approx(1)
    assert (in_phase(np.array(phase), one) ^ in_phase(np.array(phase), rest)).all()


@given(st.lists(st.floats(-5, 5), max_size=50), st.integers(1, 30))
def test_histograms_hold_all_phases(phase, bins):
    counts, error = phase_histogram(phase, bins)
    assert counts.sum() == len(phase)
    assert error**2 == pytest.approx(counts)
    assert len(counts) == bins


def test_folding_finds_the_pulse():
    rng = np.random.default_rng(0)
    turns = np.sort(rng.integers(0, 50_000, 4000)) + 0.3 + 0.02 * rng.standard_normal(4000)
    noise = rng.uniform(0, 50_000 / CRAB.f0, 8000)
    found = events(np.concatenate([turns / CRAB.f0, noise]))
    steady = gpnb.Ephemeris(REFERENCE, f0=CRAB.f0)
    counts, error = phase_histogram(found.phase(steady), 20)
    assert counts[[5, 6]].sum() > 4000
    outside = np.delete(counts, [4, 5, 6, 7])
    assert np.abs(outside - 400).max() < 4.5 * error.max()
    assert gpnb.stats.h_test(found.phase(steady))[1] < 1e-100
    wrong = gpnb.Ephemeris(REFERENCE, f0=CRAB.f0 * 1.001)
    assert gpnb.stats.h_test(found.phase(wrong))[1] > 1e-4


def test_good_times_at_phases_have_their_part_of_the_turn():
    gti = GTI([7.3e8, 7.3e8 + 900], [7.3e8 + 600, 7.3e8 + 1000], REFERENCE)
    cut = gti.in_phase([(0.9, 0.1), (0.4, 0.5)], CRAB)
    assert cut.seconds == pytest.approx(0.3 * 700, rel=1e-3)
    middle = cut.reference + 0.5 * (cut.start_values + cut.stop_values) * u.s
    inside = in_phase(CRAB.phase(middle), phase_intervals([(0.9, 0.1), (0.4, 0.5)]))
    assert inside.all()
    assert cut.seconds + gti.in_phase([(0.1, 0.4), (0.5, 0.9)], CRAB).seconds == pytest.approx(700, rel=1e-6)


def test_good_times_of_an_orbit_may_be_none():
    orbit = gpnb.Ephemeris.of_period(REFERENCE + 7.3e8 * u.s, "4 d")
    gti = GTI([7.3e8], [7.3e8 + 86400], REFERENCE)
    assert gti.in_phase((0.1, 0.6), orbit).seconds == pytest.approx(0.15 * 4 * 86400, rel=1e-6)
    with pytest.raises(SelectionError, match="No good time is left at the phases"):
        gti.in_phase((0.5, 0.6), orbit)


def test_a_run_at_phases_has_its_events_and_live_time(demo):
    obs = demo.select(target="Crab")[0]
    turn = gpnb.Ephemeris(obs.tstart, f0="3 Hz")
    cut = obs.in_phase((0.2, 0.7), turn)
    assert cut.livetime.to_value("s") == pytest.approx(0.5 * obs.livetime.to_value("s"), rel=1e-3)
    assert len(cut.events) == len(obs.events.select(phase=(0.2, 0.7), ephemeris=turn))
    assert len(cut.events) == pytest.approx(0.5 * len(obs.events), rel=0.05)
    assert cut.gti.contains(cut.events.time_values).mean() > 0.9999
    assert "in_phase(phase=[0.2, 0.7], ephemeris=ephemeris)" in cut.recipe.to_code()
