"""Flux against phase: the demo pulsar's curve comes back, and a source of known counts gives the exact number."""

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.replay import replay
from gpnb.simulate.demo import truth
from gpnb.simulate.scene_pulsar import EPHEMERIS, OFF

AXIS = gpnb.Axis.energy("0.1 TeV", "10 TeV", per_decade=6)
REGION = "icrs; circle(128.84, -5.18, 0.15)"


@pytest.fixture(scope="module")
def runs():
    return gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")


@pytest.fixture(scope="module")
def pulsar():
    return truth("pulsar")["Demo pulsar"]["pulsar"]


@pytest.fixture(scope="module")
def pulse(runs, pulsar):
    return gpnb.phase_flux(runs, REGION, AXIS, pulsar.spectral, OFF, bins=25, ephemeris=EPHEMERIS)


def mean_of_curve(pulsar, low, high):
    """The injected factor, its mean in bins of phase by a fine grid of its straight lines."""
    nodes, values = (pulsar.temporal.to_dict()[name] for name in ("phase", "values"))
    fine = low[:, None] + (high - low)[:, None] * (np.arange(400) + 0.5) / 400
    return np.interp(fine, nodes, values, period=1.0).mean(axis=1)


def test_the_curve_of_the_pulsar_comes_back(pulse, pulsar):
    low, high = (np.asarray(pulse[name]) for name in ("phase_min", "phase_max"))
    expected = mean_of_curve(pulsar, low, high) * pulsar.spectral.integral("0.1 TeV", "10 TeV").to_value("cm-2 s-1")
    flux, errn, errp = (np.asarray(pulse[name]) for name in ("flux", "flux_errn", "flux_errp"))
    pull = (flux - expected) / np.where(flux > expected, errn, errp)
    assert np.abs(pull).max() < 3.5
    assert np.sum(pull**2) < 35  # of 15 bins; one in 400 is beyond
    assert expected[2] > 30 * np.asarray(pulse["flux_err"])[2]


def test_bins_that_touch_off_phases_are_left_out(pulse):
    assert len(pulse) == 15
    assert np.asarray(pulse["phase_max"]).max() == 0.6
    assert pulse.quantity == "flux"


def test_it_is_the_spectrum_of_these_phases(runs, pulsar):
    """One bin is what a fit of the norm alone to the spectrum of PhaseOff gives; a column serves as well."""
    (one,) = gpnb.phase_flux(runs, REGION, AXIS, pulsar.spectral, (0.5, 1.0), bins=2)["flux"]
    method = gpnb.PhaseOff((0.0, 0.5), (0.5, 1.0), average=False)
    specs = gpnb.reduce_spectrum(runs, REGION, AXIS, background=method, stack=True)
    points = gpnb.flux_points(specs, pulsar.spectral, AXIS.edges[[0, -1]])
    assert one == points["flux"][0].value


def test_it_shows_itself_and_can_be_made_again(runs, pulsar):
    pulse = gpnb.phase_flux(runs[:1], REGION, AXIS, pulsar.spectral, OFF, bins=5)
    bundle = pulse._repr_mimebundle_()
    assert "image/png" in bundle
    assert "beyond the OFF phases" in bundle["text/html"]
    assert "could not be" not in bundle["text/html"]
    assert np.array_equal(replay(pulse.recipe)["flux"], pulse["flux"])


def test_what_cannot_be_is_told(runs, pulsar):
    with pytest.raises(ArgumentError, match="touch the OFF phases"):
        gpnb.phase_flux(runs, REGION, AXIS, pulsar.spectral, OFF, bins=1)
    with pytest.raises(ArgumentError, match="at least 1"):
        gpnb.phase_flux(runs, REGION, AXIS, pulsar.spectral, OFF, bins=0)
