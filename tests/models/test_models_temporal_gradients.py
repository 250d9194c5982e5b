"""Every temporal model: derivatives of its integral against finite differences, over short and long good times."""

import numpy as np
import pytest
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
import gpnb.models.collection  # knows all of them
from gpnb.models.base import _REGISTRY
from gpnb.models.temporal import DAY, TemporalModel

EPOCH = 60000.25
REFERENCE = Time(60000.0, format="mjd", scale="tt")
NODES = Time(EPOCH + np.array([0.0, 0.01, 0.05]), format="mjd", scale="tt")

LEVEL, SECONDS = st.floats(0.2, 5), st.floats(200, 20000)
WHEN = st.floats(EPOCH - 0.01, EPOCH + 0.05)
BEFORE = st.floats(EPOCH - 0.2, EPOCH - 0.1)

MAKERS = {
    "ConstantFlux": (gpnb.ConstantFlux, (LEVEL,)),
    "LinearTrend": (gpnb.LinearTrend, (LEVEL, st.floats(-3, 3), WHEN)),
    "ExponentialDecay": (gpnb.ExponentialDecay, (SECONDS, WHEN)),
    "GaussianFlare": (gpnb.GaussianFlare, (LEVEL, LEVEL, WHEN, SECONDS)),
    "GeneralizedFlare": (gpnb.GeneralizedFlare, (LEVEL, LEVEL, WHEN, SECONDS, SECONDS, st.floats(0.3, 2))),
    "PowerLawDecay": (gpnb.PowerLawDecay, (st.floats(-0.5, 2.5), BEFORE, SECONDS)),
    "SineVariation": (gpnb.SineVariation, (st.floats(0.1, 1), st.floats(0.01, 1), WHEN)),
    "LightCurveTemplate": (lambda: gpnb.LightCurveTemplate(NODES, [1.0, 4.0, 2.0]), (LEVEL,)),
    "PhaseCurve": (
        lambda: gpnb.PhaseCurve([0.0, 0.2, 0.7], [1.0, 3.0, 0.0]),
        (WHEN, st.floats(3e-5, 3e-4), st.floats(-1e-11, 1e-11), st.floats(-1e-17, 1e-17), st.floats(0, 1)),
    ),
}
SECOND = 2.0**-18
"""A third of one, in days: sums with times as MJD are exact."""

STEPS = {"start": SECOND, "peak": SECOND, "epoch": SECOND, "f1": 1e-14, "f2": 1e-19, "f0": 1e-9}


def test_every_model_has_ranges():
    own = {name for name, kind in _REGISTRY.items() if issubclass(kind, TemporalModel) and kind is not TemporalModel}
    assert own == set(MAKERS)


def differences(model, place, start, stop):
    """Central differences of fourth order of the integral."""
    item = model.parameters[place]
    step = STEPS.get(item.name, 1e-4 * max(abs(item.value), 1e-3))

    def at(k):
        values = list(model.values)
        values[place] += k * step
        return model.with_values(values).integral_between(start, stop, REFERENCE)

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step), step


@pytest.mark.parametrize("name", sorted(MAKERS))
@settings(max_examples=40)
@given(data=st.data())
def test_slopes_of_integrals_are_exact(name, data):
    make, ranges = MAKERS[name]
    model = make().with_values([data.draw(item) for item in ranges])
    start = 0.25 * DAY + data.draw(st.floats(-3000, 3000))
    start, stop = np.array([start, start + 3000]), np.array([start + data.draw(st.floats(60, 2000)), start + 20000])
    exact = model.integral_gradient_between(start, stop, REFERENCE)
    assert exact.shape == (len(model.names), 2)
    size = model.integral_between(start, stop, REFERENCE)
    for place in range(len(model.names)):
        found, step = differences(model, place, start, stop)
        # at a kink of a phase curve a difference sees both sides
        kinks = 3e-3 if name == "PhaseCurve" else 1e-6
        tolerance = kinks * np.abs(found) + 1e-9 * np.abs(size).max() / step * (1e-2 if name == "PhaseCurve" else 1e-1)
        assert np.all(np.abs(exact[place] - found) <= tolerance), (model.names[place], exact[place], found)
