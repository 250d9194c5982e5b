"""Where spectral energy distributions peak."""

import numpy as np
import pytest
from astropy import units as u
from scipy.optimize import minimize_scalar

import gpnb


@pytest.mark.parametrize(
    "model",
    [
        gpnb.LogParabola(alpha=1.8, beta=0.1, reference="2 TeV"),
        gpnb.LogParabola2(alpha=1.8, beta=0.1, reference="1 TeV", scale="10 TeV"),
        gpnb.ExpCutoffPowerLaw(index=1.6, lambda_="0.3 TeV-1", alpha=0.8),
    ],
    ids=lambda item: type(item).__name__,
)
def test_peaks_are_where_the_curve_is_highest(model):
    found = minimize_scalar(
        lambda x: -np.log(np.exp(2 * x) * model.evaluate_at(np.exp(x))), bounds=(-3, 6), method="bounded"
    )
    assert model.e_peak.to_value("TeV") == pytest.approx(np.exp(found.x), rel=1e-4)


def test_the_peak_of_the_second_form():
    # formula and number of the reference: sqrt(E0 Es) exp(1), not Es exp(1)
    model = gpnb.LogParabola2(alpha=1.8, beta=0.1, reference="1 TeV", scale="10 TeV")
    assert model.e_peak.to_value("TeV") == pytest.approx(8.596, abs=1e-3)


def test_no_peak():
    for model in (gpnb.LogParabola(beta=-0.1), gpnb.ExpCutoffPowerLaw(index=2.5), gpnb.LogParabola2(beta=0)):
        assert np.isnan(model.e_peak)
        assert model.e_peak.unit == u.TeV
