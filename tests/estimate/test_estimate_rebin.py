"""Light curves in other bins: the same numbers as from scratch, with little work and memory; parts of light curves."""

import tracemalloc

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.core.replay import replay
from gpnb.core.units import to_time

SHAPE = gpnb.SkyModel(gpnb.PowerLaw(index=3, amplitude="5e-12 TeV-1 s-1 cm-2"), name="agn")
FLARE = ("2024-08-20T04:25:00", "2024-08-20T05:15:00")


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Demo AGN")


@pytest.fixture(scope="module")
def specs(runs):
    axis = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=8)
    return gpnb.reduce_spectrum(runs, "icrs; circle(329.7, -30.2, 0.11)", axis)


@pytest.fixture(scope="module")
def curve(specs):
    return gpnb.light_curve(specs, SHAPE)


def test_other_bins_are_those_of_a_new_light_curve(curve, specs):
    for bins in ("night", "7 min", "bayesian-blocks"):
        edges = ["0.2 TeV", "1 TeV", "10 TeV"]
        again, fresh = curve.rebin(bins, edges), gpnb.light_curve(specs, SHAPE, bins, edges)
        assert np.array_equal(again.norm, fresh.norm, equal_nan=True)
        assert np.array_equal(again.norm_ul, fresh.norm_ul, equal_nan=True)
        assert again.obs_ids == fresh.obs_ids
        assert again.recipe == fresh.recipe
    assert np.array_equal(replay(again.recipe).norm, again.norm)


def test_cut_runs_are_those_that_are_extracted_anew(curve, runs, specs):
    """Counts of events between two times, against a reduction of the cut observation."""
    start = runs[1].tstart + 4 * u.min
    cut = curve.rebin([start, start + 9 * u.min])
    part = runs[1].between(start, start + 9 * u.min)
    (whole,) = gpnb.reduce_spectrum([part], specs[1].on_region, specs[1].energy)
    assert cut.extra["n_on"][0, 0] == whole.counts[whole.usable].sum()
    assert cut.extra["n_off"][0, 0] == whole.counts_off[whole.usable].sum()
    assert cut.norm[0, 0] == pytest.approx(gpnb.light_curve([whole], SHAPE).norm[0, 0], rel=1e-6)


def test_rebinning_from_ready_data_reads_and_extracts_nothing(curve, calls):
    curve.rebin("10 min")
    made = []
    found = calls(lambda: made.append(curve.rebin("10 min")))
    assert len(made[0]) == 25
    assert len(found) < 200 * 25  # to cut them; they are fitted together
    assert {name.split(".")[1] for name in found}.isdisjoint({"reduce", "irf"})


def test_memory_does_not_grow_with_the_number_of_bins(curve):
    """Beyond the result, which holds a scan for each bin: parts of runs are forgotten after they are fitted."""

    def beyond(bins):
        tracemalloc.start()
        made = curve.rebin(bins)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return len(made), peak - kept

    curve.rebin("10 min")
    (few, small), (many, large) = beyond("2 min"), beyond("20 s")
    assert many > 5 * few > 500
    assert large - small < 1500 * (many - few)  # bytes; a part of a run with its responses has more than 10 times that


def test_chunks_of_bins_do_not_change_numbers(curve, monkeypatch):
    whole = curve.rebin("10 min", ["0.2 TeV", "1 TeV", "10 TeV"])
    monkeypatch.setattr("gpnb.estimate.curve_rows._AT_ONCE", 4)
    parts = curve.rebin("10 min", ["0.2 TeV", "1 TeV", "10 TeV"])
    assert parts.obs_ids == whole.obs_ids
    for name in ("norm", "norm_err", "norm_errn", "norm_ul", "ts", "stat", "stat_scan"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-6, abs=1e-6), name


def test_runs_split_in_time_are_bins_that_are_cut(curve, runs, specs):
    """Good times with gaps: events outside are gone, and the light curve is that of the runs cut there."""
    turns = gpnb.Ephemeris(epoch=runs[0].tstart, f0=1 / 600)
    split = [obs.in_phase((0.25, 0.75), turns) for obs in runs[:2]]
    assert all(len(obs.gti) > 1 for obs in split)
    assert all(obs.gti.contains(obs.events.time_values).all() for obs in split)
    data = gpnb.reduce_spectrum(split, specs[0].on_region, specs[0].energy)
    for part, whole in zip(data, specs[:2], strict=True):
        share = part.gti.seconds / whole.gti.seconds
        assert share == pytest.approx(0.5, abs=0.1)
        assert part.exposure == pytest.approx(share * whole.exposure)
        assert np.all(part.counts <= whole.counts)
    found, cut = gpnb.light_curve(data, SHAPE, "gti"), curve.rebin(gpnb.GTI.union([item.gti for item in data]))
    assert len(found) == len(cut) == sum(len(obs.gti) for obs in split)
    for name in ("n_on", "n_off"):
        assert np.array_equal(found.extra[name], cut.extra[name])
    assert found.norm == pytest.approx(cut.norm, rel=1e-9)
    assert np.array_equal(replay(found.recipe).norm, found.norm)


def test_stacked_runs_of_a_store_are_joint_ones(curve, specs):
    for shape in ("fixed", "free"):
        joint, stacked = (
            gpnb.light_curve(specs, SHAPE, "night", shape=shape, stack=stack, n_scan=3) for stack in (False, True)
        )
        assert np.abs((stacked.norm - joint.norm) / joint.norm_err).max() < 0.3
        assert stacked.obs_ids == joint.obs_ids
        assert np.array_equal(replay(stacked.recipe).norm, stacked.norm)


def test_part_of_a_light_curve(curve):
    flare = curve.rebin("10 min").select(FLARE)
    assert len(flare) == 5
    assert flare.norm.min() > 4 * curve.norm[4:].mean()
    assert flare.extra["n_on"].shape == flare.norm_scan.shape[:2] == (5, 1)
    assert set(sum(flare.obs_ids, ())) == {3002, 3003}
    assert np.array_equal(replay(flare.recipe).norm, flare.norm)
    assert len(curve.select((None, "2024-08-20T12:00:00"))) == 4
    with pytest.raises(SelectionError, match="No bin of the light curve lies between"):
        curve.select(("2020-01-01", "2020-01-02"))


def test_spectra_of_a_time_and_of_the_rest(curve, specs):
    times = [to_time(text) for text in FLARE]
    edges = [0.2, 1, 10] * u.TeV
    inside, rest = curve.maker.spectra(tuple(times), edges)
    nothing, whole = curve.maker.spectra(None, edges)
    assert nothing is None
    assert np.array_equal(whole.norm, gpnb.flux_points(specs, SHAPE, edges).norm)
    assert np.array_equal(inside.extra["n_on"] + rest.extra["n_on"], whole.extra["n_on"])
    assert np.all(inside.norm > 2 * rest.norm)


def test_a_light_curve_of_a_file_cannot_be_rebinned(curve):
    read = gpnb.LightCurve.from_table(curve.table)
    assert not read.can_rebin
    with pytest.raises(SelectionError, match="does not know the data it is of"):
        read.rebin("night")


def test_runs_that_were_made_in_memory_can_be_cut_while_they_live(runs):
    """As simulated ones, which are in no store."""
    kept = ("aeff", "edisp", "psf", "bkg")
    own = [
        gpnb.Observation(obs.obs_id, {"events": obs.events, "gti": obs.gti} | {name: obs.parts[name] for name in kept})
        for obs in runs[:2]
    ]
    specs = gpnb.reduce_spectrum(own, "icrs; circle(329.7, -30.2, 0.11)", gpnb.Axis.energy("0.3 TeV", "30 TeV", nbin=4))
    curve = gpnb.light_curve(specs, SHAPE, "5 min")
    assert curve.extra["n_on"].sum() == sum(item.counts[item.usable].sum() for item in specs)
    del own, curve
    with pytest.raises(SelectionError, match="was made in memory and is gone"):
        gpnb.light_curve(specs, SHAPE, "5 min")
