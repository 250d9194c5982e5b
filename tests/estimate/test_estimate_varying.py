"""Flux points and light curves of sources that vary: the light curve is held for the ones, left out for the others."""

import numpy as np
import pytest
from astropy.time import Time

import gpnb
from gpnb.data.gti import GTI

NBIN = 8
ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=NBIN)
TRUE = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=NBIN, name="energy_true")
EDGES = ["0.5 TeV", "1.6 TeV", "5 TeV", "50 TeV"]
REFERENCE = Time(60000.0, format="mjd", scale="tt")
STEADY = gpnb.PowerLaw(index=2.3, amplitude="2e-11 TeV-1 s-1 cm-2", reference="1 TeV")
STAR = gpnb.SkyModel(STEADY, temporal=gpnb.ExponentialDecay(decay="1 h", start="60000 d"), name="star")
NEIGHBOUR = gpnb.SkyModel(
    gpnb.PowerLaw(index=2.8, amplitude="1e-11 TeV-1 s-1 cm-2"),
    temporal=gpnb.GaussianFlare(base=0.5, height=3, peak=60000.05, width="1000 s").freeze("height", "width"),
    name="other",
)


def run(number, model, poisson=True):
    """Without Poisson's noise the counts are those expected."""
    one = np.ones(NBIN)
    gti = GTI([number * 2000.0], [number * 2000.0 + 1500], REFERENCE)
    data = gpnb.SpectrumDataset(
        ENERGY,
        TRUE,
        0 * one,
        3e13 * one,
        np.eye(NBIN),
        "1500 s",
        background=one,
        gti=gti,
        obs_ids=(number,),
        name=f"r{number}",
    )
    if poisson:
        return gpnb.simulate_spectrum(data, model, seed=number)
    likelihood = gpnb.Likelihood(data, model)
    return gpnb.SpectrumDataset(
        ENERGY,
        TRUE,
        likelihood.predict(likelihood.start)[0] + 1,
        3e13 * one,
        np.eye(NBIN),
        "1500 s",
        background=one,
        gti=gti,
        obs_ids=(number,),
        name=f"r{number}",
    )


@pytest.mark.parametrize("models", [[STAR], [STAR, NEIGHBOUR]], ids=["alone", "with a neighbour"])
@pytest.mark.parametrize("refit", [False, True])
def test_points_are_of_the_spectral_model(models, refit):
    data = [run(number, models, poisson=False) for number in range(5)]
    points = gpnb.flux_points(data, models, EDGES, source="star", refit=refit)
    assert points.norm == pytest.approx(1, abs=1e-3)
    steady = [gpnb.SkyModel(STEADY, name="star"), *models[1:]]
    assert np.all(gpnb.flux_points(data, steady, EDGES, source="star").norm < 0.7)


@pytest.mark.parametrize("models", [[STAR], [STAR, NEIGHBOUR]], ids=["alone", "with a neighbour"])
def test_a_light_curve_is_what_was_there(models):
    data = [run(number, models, poisson=False) for number in range(5)]
    curve = gpnb.light_curve(data, models, energy_edges=["0.5 TeV", "50 TeV"], source="star")
    expected = [STAR.temporal.mean(item.gti) for item in data]
    assert curve.norm[:, 0] == pytest.approx(expected, rel=1e-3)
    other = gpnb.light_curve(
        data, [gpnb.SkyModel(STEADY, name="star"), *models[1:]], energy_edges=["0.5 TeV", "50 TeV"], source="star"
    )
    assert other.norm == pytest.approx(curve.norm)


def test_a_light_curve_and_its_spectra_give_one_decay():
    """The flux of each run, fitted with the decay, says what the counts say at once.

    Exactly so by its likelihood; symmetric errors are those of the counts that came, too small where there were few,
    and draw to them (Neyman's bias).
    """
    data = [run(number, STAR) for number in range(8)]
    direct = gpnb.fit(data, STAR)
    curve = gpnb.light_curve(data, direct, energy_edges=["0.5 TeV", "50 TeV"])
    shape = gpnb.Models([direct.models[0]]).freeze("index")
    for kind, near in {"profile": 0.05, "asymmetric": 0.5, "chi2": 1.0}.items():
        found = gpnb.fit(gpnb.LightCurveDataset.from_curve(curve, kind), shape)
        assert found.success
        away = found.values[1] - direct.values[direct.number("decay")]
        assert abs(away) < near * found.errors[1], kind
        assert found.errors[1] == pytest.approx(direct.errors[direct.number("decay")], rel=0.1)
    assert gpnb.fit(curve, shape).values == pytest.approx(
        gpnb.fit(gpnb.LightCurveDataset.from_curve(curve), shape).values
    )
