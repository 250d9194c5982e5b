"""Runs cut in time: each part has its own events and good times."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.core.replay import replay
from gpnb.data.timeref import seconds_from

ON = "icrs; circle(83.6333, 22.0145, 0.15)"
ENERGY = gpnb.Axis.energy("0.3 TeV", "30 TeV", nbin=6)


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")[:2]


@pytest.fixture(scope="module")
def edges(runs):
    """Ten minutes each, from within the first run to beyond the last."""
    start = runs[0].tstart + 5 * u.min
    count = int(np.ceil((runs[1].tstop - start).to_value("min") / 10))
    return start + np.arange(count + 1) * 10 * u.min


def test_every_event_and_second_is_in_one_part(runs, edges):
    parts = runs.split(edges)
    assert len({part.name for part in parts}) == len(parts) > 4
    for obs in runs:
        mine = [part for part in parts if part.obs_id == obs.obs_id]
        after = obs.between(edges[0], None)
        assert sum(len(part.events) for part in mine) == len(after.events)
        assert sum(part.gti.seconds for part in mine) == pytest.approx(after.gti.seconds, abs=1e-6)
        for part in mine:
            seconds = part.events.time_values + seconds_from(part.events.time_reference, part.gti.reference)
            assert part.gti.contains(seconds).all()
            assert part.gti.seconds <= 600 + 1e-6


def test_the_table_is_that_of_the_parts(runs, edges):
    parts = runs.split(edges)
    assert parts.table["OBS_ID"].tolist() == parts.obs_ids
    assert parts.table["ONTIME"] == pytest.approx([part.gti.seconds for part in parts])
    assert parts.livetime.to_value("s") == pytest.approx(sum(part.livetime.to_value("s") for part in parts))
    first = parts.select(time=(edges[0], edges[0] + 1 * u.min))
    assert [part.name for part in first] == [parts[0].name]


def test_a_part_is_made_again_by_its_recipe(runs, edges):
    part = runs.split(edges)[2]
    again = replay(part.recipe)
    assert again.name == part.name
    assert np.array_equal(again.events.time_values, part.events.time_values)
    assert np.array_equal(again.gti.start_values, part.gti.start_values)


def test_spectra_of_parts_add_up_and_are_those_of_cut_spectra(runs, edges):
    """Cut before the reduction or after it: the same light curve."""
    parts, whole = (gpnb.reduce_spectrum(chosen, ON, ENERGY) for chosen in (runs.split(edges), runs))
    shape = gpnb.PowerLaw(index=2.6, amplitude="3e-11 TeV-1 s-1 cm-2")
    before, after = (gpnb.light_curve(specs, shape, edges) for specs in (parts, whole))
    assert np.array_equal(before.extra["n_on"], after.extra["n_on"])
    assert np.array_equal(before.extra["n_off"], after.extra["n_off"])
    assert before.norm == pytest.approx(after.norm, rel=1e-9)
    assert before.norm_ul == pytest.approx(after.norm_ul, rel=1e-6)


def test_parts_can_be_cut_again(runs, edges):
    halves = runs.split([edges[0], edges[1], edges[2]]).split([edges[0], edges[0] + 5 * u.min, edges[1]])
    assert [part.name for part in halves] == [f"run-{runs[0].obs_id}-0-{number}" for number in (0, 1)]
    specs = gpnb.reduce_spectrum(runs.split(edges), ON, ENERGY)
    curve = gpnb.light_curve(specs, gpnb.PowerLaw(), "5 min")
    assert curve.width.to_value("s") == pytest.approx(300)
    assert curve.extra["n_on"].sum() == sum(item.counts[item.usable].sum() for item in specs)


def test_bins_without_good_time_are_one_sentence(runs, edges):
    with pytest.raises(SelectionError, match="No good time of 2 runs lies in the 1 bins of time"):
        runs.split([edges[0] - 3 * u.h, edges[0] - 2 * u.h])


def test_what_follows_from_the_responses_is_made_once_a_run(runs, edges):
    """Also for parts of parts and for the same run with other events, but not for another plan."""
    made, plan = [], object()
    for part in runs[:1].split(edges):
        again = part.between(None, part.tstop).with_events(part.events[:2]).passing()
        assert again.once(plan, lambda: made.append(None) or len(made)) == 1
    assert runs[0].once(plan, lambda: 2) == 1
    assert runs[0].once(object(), lambda: 2) == 2
    assert runs[1].once(plan, lambda: 2) == 2
