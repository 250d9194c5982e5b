"""Errors from a covariance: closed forms of a power law, and samples of the parameters."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb import ArgumentError, PowerLaw

COVARIANCE = np.array([[0.04, -6e-15], [-6e-15, 4e-26]])
LAW = PowerLaw(index=2.6, amplitude="4e-12 TeV-1 s-1 cm-2", reference="1.3 TeV")


def test_a_power_law_has_a_closed_form():
    energy = np.geomspace(0.1, 50, 9)
    value, error = LAW.evaluate_error(energy * u.TeV, COVARIANCE)
    x = np.log(energy / 1.3)
    relative = np.sqrt(0.04 * x**2 + 4e-26 / 16e-24 + 2 * 6e-15 / 4e-12 * x)
    assert error / value == pytest.approx(relative)
    band = LAW.butterfly(("0.1 TeV", "50 TeV"), COVARIANCE, n=9)
    assert np.log((band["dnde_high"] / band["dnde"]).value) == pytest.approx(relative)
    assert np.log((band["dnde_low"] / band["dnde"]).value) == pytest.approx(-relative)
    assert band["dnde_low"].unit == value.unit
    assert band["energy"].to_value("TeV") == pytest.approx(energy)


def test_a_covariance_of_all_parameters():
    full = np.zeros((3, 3))
    full[:2, :2] = COVARIANCE
    assert LAW.evaluate_error("3 TeV", full) == LAW.evaluate_error("3 TeV", COVARIANCE)
    frozen = LAW.freeze("index")
    assert frozen.evaluate_error("1.3 TeV", [[4e-26]])[1].value == pytest.approx(2e-13)


@pytest.mark.parametrize(
    "model",
    [LAW, gpnb.LogParabola(alpha=2.3, beta=0.2) * gpnb.PowerLawNorm(norm=1.2).freeze("norm")],
    ids=["power law", "product"],
)
def test_integrals_against_samples(model):
    rng = np.random.default_rng(3)
    free = [model.names.index(name) for name in model.free]
    scales = 0.02 * np.abs(np.array(model.values)[free])
    mixing = np.eye(len(free)) + 0.3 * rng.normal(size=(len(free), len(free)))
    covariance = mixing @ mixing.T * np.outer(scales, scales)
    draws = rng.multivariate_normal(np.array(model.values)[free] / scales, covariance / np.outer(scales, scales), 4000)
    samples = []
    for draw in draws * scales:
        values = np.array(model.values)
        values[free] = draw
        other = model.with_values(values)
        samples.append([float(other.integral_between(0.5, 20)), float(other.energy_flux_between(0.5, 20))])
    for found, sample in zip((model.integral_error, model.energy_flux_error), np.transpose(samples), strict=True):
        value, error = found("0.5 TeV", "20 TeV", covariance)
        assert error.value == pytest.approx(sample.std(), rel=0.05)
        assert value.value == pytest.approx(sample.mean(), rel=0.01)
        assert error.unit == value.unit


def test_wrong_covariances():
    with pytest.raises(
        ArgumentError, match=r"shape \(4, 4\) is not a symmetric matrix over the 2 free parameters \(index"
    ):
        LAW.evaluate_error("1 TeV", np.eye(4))
    with pytest.raises(ArgumentError, match="is not a symmetric matrix"):
        LAW.evaluate_error("1 TeV", [[1, 2], [3, 4]])
    assert np.isnan(LAW.evaluate_error("10 TeV", [[-1, 0], [0, 0]])[1])
