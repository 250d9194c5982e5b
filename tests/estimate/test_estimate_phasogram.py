"""Counts against phase, and pulsation at trial frequencies: made-up events with known phases, and the demo pulsar."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.replay import replay
from gpnb.stats import h_test, lima, z2n

START = Time("2024-12-10T00:00:00", scale="tt")
TURN = gpnb.Ephemeris(START, f0="3 Hz", f1="-1e-6 Hz s-1")
REGION = "icrs; circle(128.84, -5.18, 0.15)"


def events(phase, turns):
    """Events at these phases, in whole turns about one second apart."""
    seconds = TURN.seconds_of(np.asarray(turns) + phase, near=1800.0)
    count = len(seconds)
    table = Table({"TIME": seconds, "RA": np.full(count, 83.6), "DEC": np.full(count, 22.0), "ENERGY": np.ones(count)})
    return gpnb.EventList(table, {"RA_PNT": 83.6, "DEC_PNT": 22.0}, START)


@pytest.fixture(scope="module")
def pulsed():
    """300 events about phase 0.25, 700 at any."""
    rng = np.random.default_rng(5)
    phase = np.concatenate([0.25 + 0.02 * rng.standard_normal(300), rng.random(700)])
    return events(phase, rng.integers(0, 10000, 1000))


@pytest.fixture(scope="module")
def runs():
    return gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")


def test_bins_hold_the_events_of_their_phases(pulsed):
    pulse = gpnb.phasogram(pulsed, 20, TURN, on=(0.2, 0.3), off=[(0.5, 1.0), (0.0, 0.1)])
    phase = TURN.phase(pulsed.time)
    assert pulse["counts"].sum() == len(pulsed) == pulse.meta["events"]
    assert pulse["counts"][5] == np.sum((phase >= 0.25) & (phase < 0.3))
    assert np.array_equal(pulse["counts_err"], np.sqrt(pulse["counts"]))
    assert (pulse.meta["h"], pulse.meta["p_value"]) == h_test(phase)
    n_on, n_off = (len(pulsed.select(phase=part, ephemeris=TURN)) for part in ((0.2, 0.3), (0.5, 1.1)))
    assert (pulse.meta["n_on"], pulse.meta["n_off"]) == (n_on, n_off)
    assert pulse.meta["alpha"] == pytest.approx(1 / 6)
    assert pulse.meta["excess"] == pytest.approx(n_on - n_off / 6)
    assert pulse.meta["excess"] == pytest.approx(300, abs=4 * np.sqrt(n_on + n_off / 36))
    assert pulse.meta["significance"] == pytest.approx(float(lima(n_on, n_off, 1 / 6)))
    assert pulse.meta["level"] == pytest.approx(n_off / 0.6 / 20)


def test_runs_are_added_up_and_cut(runs):
    cut = {"region": REGION, "energy": ("0.2 TeV", None)}
    whole, parts = gpnb.phasogram(runs, 10, **cut), [gpnb.phasogram(obs, 10, **cut) for obs in runs]
    assert np.array_equal(whole["counts"], sum(part["counts"] for part in parts))
    assert parts[0].meta["events"] == len(runs[0].events.select(**cut))
    assert np.array_equal(replay(whole.recipe)["counts"], whole["counts"])


def test_the_scan_peaks_where_the_pulsar_is(pulsed):
    """An ephemeris that is 2.4 steps off: the scan finds the true frequency, as close as a trial frequency can be."""
    true = gpnb.frequency_scan(pulsed, TURN, steps=5, oversample=10)
    step = true.meta["step"]
    assert step == pytest.approx(1 / np.ptp(pulsed.time_values))
    assert true.peak["offset"] == pytest.approx(0, abs=0.11 * step)
    assert true["stat"][50] == pytest.approx(h_test(TURN.phase(pulsed.time))[0])
    off = gpnb.Ephemeris(START, f0=3 - 2.4 * step, f1="-1e-6 Hz s-1")
    scan = gpnb.frequency_scan(pulsed, off, steps=5, oversample=10)
    assert scan.peak["offset"] == pytest.approx(2.4 * step, abs=0.11 * step)
    assert scan.peak["stat"] == pytest.approx(true.peak["stat"], rel=0.02)
    assert np.median(scan["stat"]) < 0.1 * scan.peak["stat"]


def test_the_scan_by_another_test_and_by_a_column(runs):
    events = runs[0].events.select(region=REGION)
    scan = gpnb.frequency_scan(events, steps=3, oversample=4, harmonics=2)
    assert scan["stat"][12] == pytest.approx(z2n(events.phase(), 2)[0])
    assert abs(scan.peak["offset"]) < 0.3 * scan.meta["step"]
    assert scan.meta["frequency"] is None
    again = gpnb.frequency_scan(runs[:1], region=REGION, steps=1, oversample=2)
    assert np.array_equal(replay(again.recipe)["stat"], again["stat"])


def test_steady_events_do_not_pulse():
    """200 sets of events at any time: H has its known distribution, so 5 % of them are below 0.05."""
    rng = np.random.default_rng(8)
    lists = [events(rng.random(100), rng.integers(0, 9999, 100)) for _ in range(200)]
    chance = [gpnb.phasogram(one, 5, TURN).meta["p_value"] for one in lists]
    assert np.sum(np.array(chance) < 0.05) == pytest.approx(10, abs=9)


def test_they_show_themselves(pulsed, tmp_path):
    pulse = gpnb.phasogram(pulsed, 20, TURN, on=(0.2, 0.3), off=(0.5, 0.9))
    scan = gpnb.frequency_scan(pulsed, TURN, steps=2)
    for table, text in ((pulse, "20 bins"), (scan, "Best 5 of 41 frequencies")):
        bundle = table._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", "image/png"}
        assert text in bundle["text/html"]
        assert "could not be" not in bundle["text/html"]
        table.view().save_data(tmp_path / f"{table.panel}.ecsv")
        assert len(Table.read(tmp_path / f"{table.panel}.ecsv")) == len(table)
    axes = pulse.plot(turns=1).axes[0]
    assert axes.get_xlim() == (0, 1)
    assert f"excess {pulse.meta['excess']:.0f}" in axes.texts[0].get_text()
    with pytest.raises(ArgumentError, match="from 1 to 4"):
        pulse.view(turns=0)


def test_what_cannot_be_is_told(pulsed, runs):
    with pytest.raises(SelectionError, match="no column PHASE"):
        gpnb.phasogram(pulsed)
    with pytest.raises(SelectionError, match="No events are left"):
        gpnb.phasogram(runs, region="icrs; circle(0, 80, 0.1)")
    with pytest.raises(ArgumentError, match="must not overlap"):
        gpnb.phasogram(runs, on=(0.1, 0.5), off=(0.4, 0.8))
    with pytest.raises(ArgumentError, match="at least 1"):
        gpnb.phasogram(runs, 0)
    with pytest.raises(ArgumentError, match="must be positive"):
        gpnb.frequency_scan(pulsed, TURN, steps=0)
    with pytest.raises(SelectionError, match="at one time"):
        gpnb.frequency_scan(pulsed.take(np.array([0])), TURN)


def test_only_off_phases_give_a_level(pulsed):
    pulse = gpnb.phasogram(pulsed, 10, TURN, off=(0.9, 0.1))
    assert "level" in pulse.meta
    assert "excess" not in pulse.meta
    assert pulse.meta["off"] == [[0.0, 0.1], [0.9, 1.0]]


def test_the_time_of_events_may_be_any_scale(pulsed):
    """The reference in UTC: the same phases."""
    moved = gpnb.EventList(pulsed.table, pulsed.meta, START.utc)
    same = gpnb.phasogram(moved, 20, TURN)["counts"]
    assert np.array_equal(same, gpnb.phasogram(pulsed, 20, TURN)["counts"])
    assert (START.utc - START).to(u.s).value == pytest.approx(0, abs=1e-6)
