"""Spectra with the background of other phases, on simulated pulsed sources."""

import numpy as np
import pytest
from astropy.table import Table

import gpnb
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.replay import replay
from gpnb.data.observation import Observation

ENERGY = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=5)
ON = "icrs; circle(83.6333, 22.0145, 0.15)"
TURN = gpnb.Ephemeris("2024-12-10T00:00:00 tt", f0="3 Hz")


@pytest.fixture(scope="module")
def run(demo):
    """A run on the Crab whose gamma rays have phases about 0, those of the background any."""
    obs = demo.select(target="Crab")[0]
    table = obs.events.table
    rng = np.random.default_rng(1)
    pulsed = np.asarray(table["MC_ID"]) > 0
    table["PHASE"] = np.where(pulsed, 0.03 * rng.standard_normal(len(table)), rng.random(len(table)))
    events = gpnb.EventList(table, obs.meta, obs.events.time_reference)
    return Observation(obs.obs_id, {**obs.parts, "events": events}, obs.row)


def spectrum(run, **given):
    method = gpnb.PhaseOff(**{"on": (0.9, 0.1), "off": (0.3, 0.8), **given})
    return gpnb.reduce_spectrum(run, ON, ENERGY, background=method)[0]


def test_counts_are_those_of_the_phases(run):
    made = spectrum(run)
    inside = run.events.select(region=ON, energy=("0.1 TeV", "30 TeV"))
    assert made.counts.sum() == len(inside.select(phase=(0.9, 0.1)))
    assert made.counts_off.sum() == len(inside.select(phase=(0.3, 0.8)))
    assert made.alpha == pytest.approx(0.4)
    assert made.off_regions == (made.on_region,)


def test_the_pulse_is_the_excess(run):
    """All gamma rays pulse: the excess is their number, and the same spectrum as with reflected regions comes out."""
    made = spectrum(run)
    inside = run.events.select(region=ON, energy=("0.1 TeV", "30 TeV"))
    rays = np.sum((inside.column("MC_ID") > 0) & (np.abs((inside.column("PHASE") + 0.5) % 1 - 0.5) < 0.1))
    assert abs(made.summary.excess - rays) < 4 * np.sqrt(made.counts_off.sum() * 0.4 * 1.4)
    plain = gpnb.reduce_spectrum(run, ON, ENERGY)[0]
    assert np.array_equal(made.exposure, plain.exposure)
    one, other = (gpnb.fit(item, gpnb.PowerLaw(reference="1 TeV")).parameters["value"] for item in (made, plain))
    assert one == pytest.approx(other, rel=0.1)


def test_fluxes_in_the_phases_are_larger_by_their_part_of_the_turn(run):
    average, inside = spectrum(run), spectrum(run, average=False)
    assert inside.exposure == pytest.approx(0.2 * average.exposure)
    assert np.array_equal(inside.counts, average.counts)


def test_an_ephemeris_gives_the_same_as_a_column(run):
    phase = TURN.phase(run.events.time)
    table = run.events.table
    table["PHASE"] = phase
    events = gpnb.EventList(table, run.meta, run.events.time_reference)
    other = Observation(run.obs_id, {**run.parts, "events": events}, run.row)
    by_column, by_ephemeris = spectrum(other), spectrum(run, ephemeris=TURN)
    assert np.array_equal(by_column.counts, by_ephemeris.counts)
    assert np.array_equal(by_column.counts_off, by_ephemeris.counts_off)


def test_several_phases_add_up(run):
    parts = [spectrum(run, on=pair) for pair in ((0.95, 0.05), (0.1, 0.2))]
    together = spectrum(run, on=[(0.95, 0.05), (0.1, 0.2)])
    assert np.array_equal(together.counts, parts[0].counts + parts[1].counts)
    assert together.alpha == pytest.approx(0.4)


def test_runs_stay_cut_in_phase_when_a_light_curve_cuts_them(demo):
    runs = demo.select(target="Crab")[:1]
    specs = gpnb.reduce_spectrum(runs, ON, ENERGY, background=gpnb.PhaseOff((0.9, 0.3), (0.4, 0.8), TURN))
    curve = gpnb.light_curve(specs, gpnb.PowerLaw(index=2.5), bins="14 min")
    assert curve.extra["n_on"].sum() == specs[0].counts[specs[0].usable].sum()
    assert len(curve) == 2


def test_the_record_comes_back_from_its_recipe():
    method = gpnb.PhaseOff(on=[(0.9, 0.1), (0.3, 0.4)], off=(0.5, 0.8), ephemeris=TURN, average=False)
    assert replay(method.recipe) == method


def test_what_cannot_be_is_told(demo):
    with pytest.raises(SelectionError, match="no column PHASE"):
        spectrum(demo.select(target="Crab")[0])
    with pytest.raises(ArgumentError, match="must not overlap"):
        gpnb.PhaseOff(on=(0.1, 0.4), off=(0.3, 0.8))
    with pytest.raises(ArgumentError, match="on="):
        gpnb.PhaseOff(off=(0.3, 0.8))
    with pytest.raises(ArgumentError, match="must be gpnb"):
        gpnb.PhaseOff((0.1, 0.2), (0.3, 0.8), ephemeris="crab")


def test_a_run_without_events_has_no_counts(run):
    none = gpnb.EventList(
        Table({name: np.empty(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), run.meta, run.events.time_reference
    )
    made = spectrum(Observation(run.obs_id, {**run.parts, "events": none}, run.row), ephemeris=TURN)
    assert made.counts.sum() == made.counts_off.sum() == 0
    assert made.alpha == pytest.approx(0.4)


def test_spectra_of_phases_have_the_flux_of_the_steady_source(demo):
    """A steady source has the same flux at all phases, with any background: counts and exposure are cut alike."""
    obs = demo.select(target="Crab")[0]
    whole = gpnb.reduce_spectrum(obs, ON, ENERGY)[0]
    parts = [gpnb.reduce_spectrum(obs.in_phase(pair, TURN), ON, ENERGY)[0] for pair in ((0.8, 0.2), (0.2, 0.8))]
    assert np.array_equal(parts[0].counts + parts[1].counts, whole.counts)
    assert parts[0].exposure == pytest.approx(0.4 * whole.exposure, rel=1e-3)
    assert parts[0].counts.sum() == pytest.approx(0.4 * whole.counts.sum(), abs=4 * np.sqrt(0.4 * whole.counts.sum()))
