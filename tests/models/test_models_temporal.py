"""Light curves as models: values, exact integrals, files, good time with gaps and leap seconds."""

from itertools import pairwise

import numpy as np
import pytest
from astropy.time import Time
from scipy.integrate import quad

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.replay import replay
from gpnb.data.gti import GTI
from gpnb.models.base import Model
from gpnb.models.gammapy import translate

EPOCH = 60000.25
REFERENCE = Time(60000.0, format="mjd", scale="tt")
ZERO = 0.25 * 86400
NODES = Time(EPOCH + np.array([0.0, 0.01, 0.05]), format="mjd", scale="tt")

MODELS = [
    gpnb.ConstantFlux(factor=2.5),
    gpnb.LinearTrend(level=2, slope="3 d-1", start=EPOCH),
    gpnb.ExponentialDecay(decay="1000 s", start=EPOCH),
    gpnb.ExponentialDecay(decay="-5000 s", start=EPOCH),
    gpnb.GaussianFlare(base=0.5, height=3, peak=EPOCH, width="700 s"),
    gpnb.GeneralizedFlare(base=0.1, height=3, peak=EPOCH, rise="300 s", decay="900 s", eta=0.8),
    gpnb.GeneralizedFlare(peak=EPOCH, rise="300 s", decay="900 s", eta=1.5),
    gpnb.PowerLawDecay(index=1.2, start=EPOCH - 0.1, scale="1 h"),
    gpnb.PowerLawDecay(index=1.0, start=EPOCH - 0.1, scale="1 h"),
    gpnb.PowerLawDecay(index=0.5, start=EPOCH, scale="1 h"),
    gpnb.SineVariation(amplitude=0.7, period="40 min", start=EPOCH),
    gpnb.LightCurveTemplate(NODES, [1.0, 4.0, 2.0]),
    gpnb.LightCurveTemplate(NODES, [1.0, 4.0, 2.0], norm=3),
    gpnb.PhaseCurve([0.0, 0.2, 0.7], [1.0, 3.0, 0.0], epoch=EPOCH, f0="1e-3 Hz", phi0=0.3),
    gpnb.PhaseCurve([0.1, 0.2, 0.7], [1.0, 3.0, 0.0], epoch=EPOCH, f0="1e-3 Hz", f1="-1e-12 Hz s-1"),
]
IDS = [f"{number}-{type(model).__name__}" for number, model in enumerate(MODELS)]


def at(model, seconds):
    return model.evaluate_at(np.asarray(seconds, dtype=float) + ZERO, REFERENCE)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_integrals_are_those_of_quadrature(model):
    bends = [0.0, 864.0, 4320.0]
    for low, high in ((-2000.0, 1500.0), (100.0, 130.0), (-3000.0, -10.0), (500.0, 6000.0)):
        inside = [item for item in bends if low < item < high]
        cuts = [low, *inside, high]
        if isinstance(model, gpnb.PhaseCurve):
            cuts = np.unique([low, high, *np.clip(np.arange(-3000, 6001, 100) + 0.0, low, high)])
        total = sum(quad(lambda t: float(at(model, t)), a, b, limit=400)[0] for a, b in pairwise(cuts))
        found = float(model.integral_between(low + ZERO, high + ZERO, REFERENCE))
        assert found == pytest.approx(total, rel=2e-6), (low, high)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_integrals_add_up_and_of_nothing_are_zero(model):
    start, stop = np.array([100.0, 900.0]) + ZERO, np.array([900.0, 2000.0]) + ZERO
    parts = model.integral_between(start, stop, REFERENCE)
    assert parts.sum() == pytest.approx(float(model.integral_between(start[0], stop[1], REFERENCE)), rel=1e-6)
    assert float(model.integral_between(start[0], start[0], REFERENCE)) == 0
    assert model.timescale > 0


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_models_come_back_from_recipes_and_files(model, tmp_path):
    assert replay(model.recipe) == model
    source = gpnb.SkyModel(gpnb.PowerLaw(), temporal=model, name="star")
    gpnb.Models([source]).write(tmp_path / "models.yaml")
    back = gpnb.Models.read(tmp_path / "models.yaml")[0].temporal
    assert back == model
    time = Time(EPOCH + np.linspace(-0.02, 0.05, 7), format="mjd", scale="tt")
    assert back(time) == pytest.approx(model(time), rel=1e-6)


def test_values_are_those_of_the_formulae():
    assert at(MODELS[1], 86400) == pytest.approx(5)
    assert at(MODELS[2], [0, 1000]) == pytest.approx([1, np.exp(-1)])
    assert at(MODELS[4], [0, 700]) == pytest.approx([3.5, 0.5 + 3 * np.exp(-0.5)])
    assert at(MODELS[5], [-300, 0, 900]) == pytest.approx(0.1 + 3 * np.exp([-0.5, 0, -0.5]))
    assert at(MODELS[7], [-8640, -8640 + 3600, -9000])[1:] == pytest.approx([1, 0])
    assert at(MODELS[10], [0, 600, 1800]) == pytest.approx([1, 1.7, 0.3])
    assert at(MODELS[11], [-50, 432, 864, 9999]) == pytest.approx([1, 2.5, 4, 2])
    assert at(MODELS[13], [0, 400, 700, 900]) == pytest.approx([2.4, 0.0, 1.0, 3.0])


def test_a_generalized_flare_may_be_gaussian():
    general = gpnb.GeneralizedFlare(peak=EPOCH, rise="500 s", decay="500 s", eta=0.5)
    plain = gpnb.GaussianFlare(base=0, height=1, peak=EPOCH, width="500 s")
    t = np.linspace(-2000, 2000, 9)
    assert at(general, t) == pytest.approx(at(plain, t))


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_means_over_good_time_with_gaps(model):
    gti = GTI(np.array([0.0, 700.0, 5000.0]) + ZERO, np.array([500.0, 701.0, 5200.0]) + ZERO, REFERENCE)
    parts = ((0, 500), (700, 701), (5000, 5200))
    time = np.concatenate([np.linspace(a, b, 4001)[:-1] + (b - a) / 8000 for a, b in parts])
    weight = np.repeat([500, 1, 200], 4000) / 4000
    assert model.mean(gti) == pytest.approx(np.sum(at(model, time) * weight) / 701, rel=1e-2)
    other = Time(59000.5, format="mjd", scale="utc")
    shift = (REFERENCE - other).to_value("s")
    moved = GTI(gti.start_values + shift, gti.stop_values + shift, other.tt)
    assert model.mean(moved) == pytest.approx(model.mean(gti), rel=1e-5)
    assert np.isnan(model.mean(GTI([0.0], [0.0], REFERENCE)))


def test_leap_seconds_lie_within_flares():
    """The flare peaks in the leap second of 2016; UTC on both sides of it is as far from it as TT says."""
    peak = Time("2016-12-31T23:59:60", scale="utc")
    flare = gpnb.GaussianFlare(base=0, height=1, peak=float(peak.tt.mjd), width="10 s")
    around = Time(["2016-12-31T23:59:50", "2017-01-01T00:00:09"], scale="utc")
    assert flare(around) == pytest.approx(np.exp([-0.5, -0.5]), rel=1e-5)
    assert flare(around.tt) == pytest.approx(flare(around))
    assert flare(peak) == pytest.approx(1)


def test_tables_that_are_none_are_refused():
    for phase, values in (([0.0], [1.0]), ([0.0, 1.0], [1.0, 2.0]), ([0.5, 0.2], [1, 1]), ([0.0, 0.5], [1.0])):
        with pytest.raises(ArgumentError):
            gpnb.PhaseCurve(phase, values)
    with pytest.raises(ArgumentError, match="not negative"):
        gpnb.LightCurveTemplate(NODES, [1.0, -1.0, 2.0])


def test_a_phase_curve_turns_as_an_ephemeris():
    turn = gpnb.Ephemeris(f"MJD {EPOCH} tt", f0="29.9 Hz", f1="-4e-10 Hz s-1", phi0=0.2)
    curve = gpnb.PhaseCurve([0.0, 0.5], [0.0, 1.0], epoch=EPOCH, f0="29.9 Hz", f1="-4e-10 Hz s-1", phi0=0.2)
    time = Time(EPOCH, np.linspace(0, 30, 11), format="mjd", scale="tt")
    phase = turn.phase(time)
    assert curve(time) == pytest.approx(1 - np.abs(2 * phase - 1), abs=1e-3)


GAMMAPY = {
    "LinearTemporalModel": (
        {"alpha": (2.0, ""), "beta": (3.0, "d-1")},
        (2.03, 2.06, 3.5),
        2.49722222,
    ),
    "ExpDecayTemporalModel": ({"t0": (0.3, "d")}, (0.9672161, 0.93550699, 0.1888756), 0.58991088),
    "GeneralizedGaussianTemporalModel": (
        {"t_rise": (0.1, "d"), "t_decay": (0.2, "d"), "eta": (0.8, "")},
        (0.98824783, 0.97227454, 0.20767274),
        None,  # it adds a hundred values times their step, which is 1 % off
    ),
    "PowerLawTemporalModel": (
        {"alpha": (-1.2, ""), "t0": (0.1, "d")},
        (15.84893192, 6.89864831, 0.14495593),
        0.72502964,
    ),
    "SineTemporalModel": (
        {"amp": (0.7, ""), "omega": (20.0, "rad d-1")},
        (1.13906853, 1.27259284, 0.61918522),
        None,  # its integral of a sine is a sine
    ),
}
"""Values of Gammapy 2.1 at 0.01, 0.02 and 0.5 d after t_ref, and its mean from 0.05 d on for 20 ks."""


@pytest.mark.parametrize("kind", GAMMAPY)
def test_models_of_gammapy_have_its_values(kind):
    given, values, mean = GAMMAPY[kind]
    parameters = [{"name": name, "value": value, "unit": unit} for name, (value, unit) in given.items()]
    part = {"type": kind, "scale": "tt", "parameters": [*parameters, {"name": "t_ref", "value": EPOCH, "unit": "d"}]}
    spectral = {"type": "PowerLawSpectralModel", "parameters": []}
    (made,) = translate([{"type": "SkyModel", "name": "star", "spectral": spectral, "temporal": part}], "here")
    model = Model.from_dict(made["temporal"])
    assert model(Time(EPOCH + np.array([0.01, 0.02, 0.5]), format="mjd", scale="tt")) == pytest.approx(values, rel=1e-6)
    gti = GTI([0.0], [20000.0], Time(EPOCH + 0.05, format="mjd", scale="tt"))
    assert mean is None or model.mean(gti) == pytest.approx(mean, rel=1e-6)


def test_a_model_of_gammapy_without_its_time_is_told():
    part = {"type": "SineTemporalModel", "parameters": [{"name": "amp", "value": 1}, {"name": "omega", "value": 1}]}
    with pytest.raises(DataFormatError, match="needs the parameter t_ref"):
        translate([{"type": "SkyModel", "name": "star", "spectral": {}, "temporal": part}], "here")
