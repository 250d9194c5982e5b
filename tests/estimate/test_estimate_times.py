"""Light curves where time is awkward: gaps, overlaps, runs without events, short bins, leap seconds, UTC and TT."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.data.gti import GTI
from gpnb.estimate.time_bins import Schedule

ENERGY = gpnb.Axis.energy("0.3 TeV", "30 TeV", nbin=6)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
RECO = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
SHAPE = gpnb.PowerLaw(index=2.6, amplitude="3e-11 TeV-1 s-1 cm-2")
ON = "icrs; circle(83.6333, 22.0145, 0.15)"


def made(number, start, seconds=1800.0, counts=40.0, gaps=()):
    """A spectrum of a run; `gaps` are pairs of seconds within it."""
    ends = np.array([0.0, *np.ravel(gaps), seconds])
    gti = GTI(ends[::2], ends[1::2], Time(start).tt)
    livetime = float(gti.seconds) * u.s
    return gpnb.SpectrumDataset(
        *(RECO, TRUE, [counts, counts / 10], np.full(2, gti.seconds * 1e10), np.eye(2), livetime),
        background=np.ones(2), gti=gti, obs_ids=(number,), name=f"run-{number}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")[:2]


@pytest.fixture(scope="module")
def specs(runs):
    return gpnb.reduce_spectrum(runs, ON, ENERGY)


def test_gaps_do_not_count_as_observed_time():
    """Two runs of one rate, one with half of its time missing: the same flux, from half of the counts."""
    start = Time("2020-01-01T20:00:00", scale="utc")
    whole, half = made(1, start, counts=42), made(2, start + 1 * u.h, counts=22, gaps=[(300, 1200)])
    whole_signal, half_signal = whole.counts - 1, half.counts - 1
    curve = gpnb.light_curve([whole, half], SHAPE)
    assert half.gti.seconds == 900
    ratio = curve.norm[1, 0] / curve.norm[0, 0]
    assert ratio == pytest.approx(half_signal.sum() / whole_signal.sum() * 2, rel=0.02)
    assert curve.width.to_value("s") == pytest.approx([1800, 1800])


def test_overlapping_runs_are_points_of_their_own_or_one_together():
    """Two subarrays at once: by runs two points, in a bin of time one, whose flux lies between."""
    start = Time("2020-01-01T20:00:00", scale="utc")
    one, other = made(1, start, counts=40), made(2, start + 600 * u.s, counts=60)
    apart = gpnb.light_curve([one, other], SHAPE)
    together = gpnb.light_curve([one, other], SHAPE, bins="2 h")
    assert len(apart) == 2
    assert together.obs_ids == ((1, 2),)
    assert apart.norm[0, 0] < together.norm[0, 0] < apart.norm[1, 0]
    assert together.norm[0, 0] == pytest.approx(apart.norm.mean(), rel=0.02)
    assert gpnb.variability(apart).overlaps == 1
    assert GTI.union([one.gti, other.gti]).seconds == pytest.approx(2400)


def test_a_run_without_events_is_an_upper_limit(runs):
    first, second = runs
    columns = {name: np.empty(0) for name in ("TIME", "RA", "DEC", "ENERGY")}
    nothing = gpnb.EventList(Table(columns), second.meta, second.events.time_reference)
    blind = gpnb.Observation(second.obs_id, {**second.parts, "events": nothing}, second.row)
    curve = gpnb.light_curve(gpnb.reduce_spectrum([first, blind], ON, ENERGY), SHAPE)
    assert curve.extra["n_on"][1, 0] == 0
    assert curve.is_ul[:, 0].tolist() == [False, True]
    assert 0 < curve.norm_ul[1, 0] < curve.norm[0, 0]
    found = gpnb.variability(curve)
    assert np.isnan([found.doubling[0], found.halving[0]]).all()
    assert found.ts_p_value[0] < 1e-6


def test_a_bin_shorter_than_the_dead_time_still_has_its_exposure(specs, runs):
    """Live time is a mean fraction, so a millisecond has it too: hardly ever an event, and a limit that says little."""
    middle = runs[0].tmid
    curve = gpnb.light_curve(specs, SHAPE, bins=[middle, middle + 2e-3 * u.s])
    assert len(curve) == 1
    assert curve.width.to_value("s") == pytest.approx([2e-3], rel=1e-3)
    assert curve.extra["n_on"].sum() <= 1
    assert np.isfinite(curve.norm_ul[0, 0])
    assert curve.norm_ul[0, 0] > 100


def test_time_is_shared_out_without_loss_among_short_bins(specs, runs):
    edges = runs[0].tstart + np.linspace(0, runs[0].gti.seconds, 8) * u.s
    curve = gpnb.light_curve(specs, SHAPE, bins=edges)
    assert curve.extra["n_on"].sum() == specs[0].counts[specs[0].usable].sum()


def test_bins_in_utc_and_in_tt_are_the_same(specs, runs):
    middle = [runs[0].tstart, runs[0].tmid, runs[1].tstop]
    in_utc, in_tt = (gpnb.light_curve(specs, SHAPE, bins=[getattr(item, s) for item in middle]) for s in ("utc", "tt"))
    assert np.array_equal(in_utc.extra["n_on"], in_tt.extra["n_on"])
    assert in_utc.norm == pytest.approx(in_tt.norm, rel=1e-9)
    assert np.abs((in_utc.time_min - in_tt.time_min).to_value("s")).max() < 1e-6
    naive = gpnb.light_curve(specs, SHAPE, bins=[Time(item.tt.isot, scale="utc") for item in middle])
    assert (naive.time_min[1] - in_tt.time_min[1]).to_value("s") == pytest.approx(69.184, abs=1e-3)


def test_runs_with_references_on_different_scales_are_ordered():
    """One starts at a time of UTC, the other at one of TT, that is half an hour later."""
    first, second = (
        made(1, Time("2020-01-01T20:00:00", scale="utc")),
        made(2, Time("2020-01-01T20:31:09.184", scale="tt")),
    )
    schedule = Schedule([second, first])
    bins = schedule.slots("run")
    assert [schedule.fill(item).obs_ids for item in bins] == [(1,), (2,)]
    assert bins[1].start - bins[0].start == pytest.approx(1800.0, abs=1e-6)


def test_a_night_over_a_leap_second_is_one_and_a_second_longer():
    start = Time("2016-12-31T23:45:00", scale="utc")
    one = made(1, start, 1800.0)
    assert one.gti.stop.utc.isot[0] == "2017-01-01T00:14:59.000"
    two = made(2, Time("2017-01-01T00:15:00", scale="utc"))
    night = Schedule([one, two]).slots("night")
    assert len(night) == 1
    assert night[0].stop - night[0].start == pytest.approx(3601, abs=1e-6)
    curve = gpnb.light_curve([one, two], SHAPE)
    assert (curve.time_min[1] - curve.time_min[0]).to_value("s") == pytest.approx(1801, abs=1e-6)


def test_edges_in_a_gap_leave_out_what_has_no_data(specs, runs):
    gap = [runs[0].tstop + 1 * u.s, runs[1].tstart - 1 * u.s]
    with pytest.raises(SelectionError, match="No data were taken"):
        gpnb.light_curve(specs, SHAPE, bins=gap)
