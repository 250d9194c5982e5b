"""Integrals of spectra without an upper end, and bounds that make no sense."""

import numpy as np
import pytest
from astropy import units as u
from scipy.special import gamma, gammaincc

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.models.base import Declared
from gpnb.models.spectrum import SpectralModel

FLAT = {"amplitude": "1e-12 TeV-1 s-1 cm-2", "reference": "1 TeV"}


class Plain(SpectralModel):
    """A power law without closed integrals or exact gradients."""

    index = Declared(2.0)

    @staticmethod
    def evaluate(energy, index):
        return 1e-12 * energy**-index


@pytest.mark.parametrize("index", [1.05, 1.5, 2.0, 2.7, 4.0])
@pytest.mark.parametrize("kind", [lambda index: gpnb.PowerLaw(index=index, **FLAT), lambda index: Plain(index=index)])
@pytest.mark.parametrize("end", [None, "inf TeV", np.inf * u.GeV])
def test_above_one_energy(kind, index, end):
    model = kind(index)
    for low in ("1 TeV", "300 GeV"):
        x = u.Quantity(low).to_value("TeV")
        found = model.integral(low, end).to_value("cm-2 s-1")
        assert found == pytest.approx(1e-12 * x ** (1 - index) / (index - 1), rel=1e-7)
    energy = model.energy_flux("2 TeV", end).to_value("TeV cm-2 s-1")
    assert energy == (pytest.approx(1e-12 * 2 ** (2 - index) / (index - 2), rel=1e-7) if index > 2 else np.inf)


def test_a_cut_off_and_a_curved_spectrum():
    """Against the incomplete gamma function, and a Gaussian in ln E."""
    cut = gpnb.ExpCutoffPowerLaw(index=0.5, lambda_="0.2 TeV-1", **FLAT)
    expected = 1e-12 * 0.2**-0.5 * gamma(0.5) * gammaincc(0.5, 0.2)
    assert cut.integral("1 TeV").value == pytest.approx(expected, rel=1e-7)
    curved = gpnb.LogParabola(alpha=1.0, beta=0.5, **FLAT)
    assert curved.integral("1 TeV").value == pytest.approx(1e-12 * np.sqrt(np.pi / 2), rel=1e-7)
    assert gpnb.LogParabola(alpha=2.0, beta=-0.1, **FLAT).integral("1 TeV").value == np.inf


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "model",
    [
        gpnb.PowerLaw2(index=2.3),
        gpnb.BrokenPowerLaw(index_1=1.5, index_2=2.5),
        gpnb.SmoothBrokenPowerLaw(index_1=1.5, index_2=2.5),
        gpnb.GaussianLine(mean="3 TeV", sigma="0.1 TeV"),
        gpnb.PowerLaw(index=2.2) + gpnb.ExpCutoffPowerLaw(index=1.5),
        gpnb.PowerLaw(index=2.2) * gpnb.LogParabolaNorm(beta=0.1),
        gpnb.SuperExpCutoffPowerLaw4FGLDR3(),
        gpnb.TemplateSpectrum([1, 10, 100] * u.TeV, [1e-12, 1e-14, 1e-17] * u.Unit("TeV-1 s-1 cm-2")),
    ],
    ids=lambda model: type(model).__name__,
)
def test_all_models_have_integrals_without_end(model):
    """The same as far up as there is anything, and more the further down it begins."""
    whole = model.integral(["0.5 TeV", "1 TeV"]).to_value("cm-2 s-1")
    far = model.integral(["0.5 TeV", "1 TeV"], "1e9 TeV").to_value("cm-2 s-1")
    assert whole == pytest.approx(far, rel=1e-6)
    assert whole[0] >= whole[1] > 0


def test_errors_without_end():
    model = gpnb.PowerLaw(index=2.5, **FLAT)
    covariance = np.diag([0.1**2, (1e-13) ** 2])
    flux, error = model.integral_error("1 TeV", None, covariance)
    # F = A/(Γ − 1)
    expected = np.hypot(0.1 * flux.value / 1.5, 0.1 * flux.value)
    assert error.value == pytest.approx(expected, rel=1e-6)
    assert Plain(index=2.5).integral_error("1 TeV", None, [[0.01]])[1].value == pytest.approx(
        0.1 * 1e-12 / 1.5**2, rel=1e-4
    )


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("10 TeV", "1 TeV", "must be below"),
        ("1 TeV", "1 TeV", "must be below"),
        ("0 TeV", "1 TeV", "positive energy"),
        ("-1 TeV", "1 TeV", "positive energy"),
        ("inf TeV", None, "positive energy"),
        (["1 TeV", "3 TeV"], "2 TeV", "must be below"),
        ("1 TeV", np.nan * u.TeV, "must be below"),
    ],
)
def test_bounds_that_make_no_sense(low, high, text):
    for verb in ("integral", "energy_flux"):
        with pytest.raises(ArgumentError, match=text):
            getattr(gpnb.PowerLaw(), verb)(low, high)
