"""Arrival times that follow light curves, fast ones too."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time
from scipy.stats import kstest

import gpnb
from gpnb.data.gti import GTI
from gpnb.simulate.times import Arrivals

REFERENCE = Time(60000.0, format="mjd", scale="tt")
GAPS = GTI([100.0, 1000.0], [700.0, 1900.0], REFERENCE)

CURVES = [
    gpnb.ConstantFlux(factor=0.5),
    gpnb.ExponentialDecay(decay="300 s", start="60000 d"),
    gpnb.GaussianFlare(base=0, height=1, peak=60000 + 1500 / 86400, width="1 s"),
    gpnb.GeneralizedFlare(peak=60000 + 300 / 86400, rise="20 s", decay="200 s", eta=1),
    gpnb.SineVariation(amplitude=1, period="10 min", start="60000 d"),
    gpnb.PhaseCurve([0.0, 0.1, 0.2], [0.0, 5.0, 0.0], epoch="60000 d", f0="7 Hz"),
    gpnb.PhaseCurve([0.0, 0.1, 0.2], [0.0, 5.0, 0.0], epoch="60000 d", f0="0.002 Hz"),
]


@pytest.mark.parametrize("curve", CURVES, ids=lambda item: type(item).__name__)
def test_times_follow_the_curve_in_good_time_only(curve):
    arrivals = Arrivals(GAPS, curve)
    exact = curve.integral_between(GAPS.start_values, GAPS.stop_values, REFERENCE).sum()
    assert arrivals.seconds == pytest.approx(exact, rel=2e-3)
    time = arrivals.draw(4000, np.random.default_rng(1))
    assert GAPS.contains(time).all()

    def cumulative(t):
        low, high = GAPS.start_values[:, None], GAPS.stop_values[:, None]
        parts = curve.integral_between(np.broadcast_to(low, (2, t.size)), np.clip(t, low, high), REFERENCE)
        return parts.sum(axis=0) / exact

    assert kstest(time, cumulative).pvalue > 1e-3


def test_a_fast_pulse_keeps_its_shape():
    curve = CURVES[5]
    time = Arrivals(GAPS, curve).draw(5000, np.random.default_rng(2))
    phase = gpnb.Ephemeris("MJD 60000 tt", "7 Hz").phase(REFERENCE + time * u.s)
    assert phase.max() < 0.2 + 1e-6
    triangle = kstest(phase, lambda x: np.where(x < 0.1, 50 * x**2, 1 - 50 * (0.2 - np.minimum(x, 0.2)) ** 2))
    assert triangle.pvalue > 1e-3
    dark = gpnb.PhaseCurve([0.0, 0.5], [0.0, 0.0], epoch="60000 d", f0="7 Hz")
    assert Arrivals(GAPS, dark).seconds == 0
