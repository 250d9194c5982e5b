"""The demo store of a pulsar: phases in its events, and the truth from the background of other phases."""

import numpy as np
import pytest
import yaml

import gpnb
from gpnb.simulate.demo import truth
from gpnb.stats import h_test, phase_histogram

ENERGY = gpnb.Axis.energy("0.1 TeV", "10 TeV", per_decade=6)
ON_REGION = "icrs; circle(128.84, -5.18, 0.15)"


@pytest.fixture(scope="module")
def store():
    return gpnb.demo_store(part="pulsar", progress=False)


@pytest.fixture(scope="module")
def told(store):
    return yaml.safe_load((store.path / "truth.yaml").read_text(encoding="utf-8"))


def test_phases_are_in_the_column_and_follow_from_the_ephemeris(store, told):
    ephemeris = gpnb.Ephemeris(**told["ephemeris"])
    events = store.select(target="Demo pulsar")[0].events
    away = np.abs(events.phase() - events.phase(ephemeris))
    assert np.minimum(away, 1 - away).max() < 1e-5


def test_the_pulse_is_seen(store):
    events = gpnb.EventList.stack(obs.events for obs in store.select(target="Demo pulsar"))
    near = events.select(region=ON_REGION)
    assert h_test(near.phase())[1] < 1e-20
    counts, error = phase_histogram(near.phase(), 25)
    assert counts[2] > counts[16:24].mean() + 8 * error[16:24].mean()
    away = events.select(region="icrs; annulus(128.84, -5.18, 0.4, 1.5)")
    assert h_test(away.phase())[1] > 1e-4


def test_other_phases_give_the_spectrum_of_the_pulsar(store, told):
    """The nebula is there at all phases: reflected regions leave it in, the background of other phases takes it off."""
    method = gpnb.PhaseOff(**told["phases"])
    runs = store.select(target="Demo pulsar")
    specs = gpnb.reduce_spectrum(runs, ON_REGION, ENERGY, background=method)
    pulsar = truth("pulsar")["Demo pulsar"]["pulsar"]
    result = gpnb.fit(specs, gpnb.SkyModel(pulsar.spectral, name="pulsar"))
    for name, value in (("index", 3.2), ("amplitude", 3e-12)):
        found = result.models[0].spectral.parameters
        parameter = next(item for item in found if item.name == name)
        assert abs(parameter.value - value) < 4 * parameter.error
    assert pulsar.temporal.mean(runs[0].gti) == pytest.approx(1, rel=1e-3)


def test_all_of_it_in_the_region_is_pulsar_and_nebula(store):
    specs = gpnb.reduce_spectrum(store.select(target="Demo pulsar"), ON_REGION, ENERGY)
    models = truth("pulsar")["Demo pulsar"]
    likelihood = gpnb.Likelihood(specs, models)
    pairs = zip(likelihood.predict(likelihood.start), specs, strict=True)
    expected = sum(counts[item.usable].sum() for counts, item in pairs)
    summary = specs.stack().summary
    assert summary.excess == pytest.approx(expected, abs=4 * np.sqrt(expected + 2 * summary.background))
