"""Every analytic model: exact derivatives against finite differences, integrals against quadrature."""

import numpy as np
import pytest
from astropy import units as u
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import gpnb
import gpnb.models.collection  # knows all of them
from gpnb.models.base import _REGISTRY
from gpnb.models.derivative import complex_step, growth
from gpnb.models.integrate import quadrature
from gpnb.models.norms import ExpCutoffNorm, LogParabolaNorm, PowerLawNorm
from gpnb.models.spectrum import ClosedSpectrum, NormModel, SpectralModel

A = st.floats(1e-13, 1e-10)
INDEX = st.floats(0.5, 4.5)
ENERGY = st.floats(0.2, 20)
CURVE = st.floats(-0.4, 0.6)

RANGES = {
    "PowerLaw": (INDEX, A, ENERGY),
    "PowerLaw2": (A, INDEX, st.floats(0.1, 0.9), st.floats(2, 100)),
    "ExpCutoffPowerLaw": (INDEX, A, ENERGY, st.floats(0.01, 1), st.floats(0.4, 1.5)),
    "ExpCutoffPowerLaw3FGL": (INDEX, A, st.floats(0.2, 2), st.floats(2, 50)),
    "SuperExpCutoffPowerLaw3FGL": (A, st.floats(0.2, 2), st.floats(4, 50), INDEX, st.floats(0.4, 1.5)),
    "SuperExpCutoffPowerLaw4FGL": (A, ENERGY, st.floats(1e-5, 1e-3), INDEX, st.floats(0.3, 0.5)),
    "SuperExpCutoffPowerLaw4FGLDR3": (A, ENERGY, st.floats(0.01, 0.8), INDEX, st.floats(0.1, 0.9)),
    "LogParabola": (A, ENERGY, INDEX, CURVE),
    "LogParabola2": (A, ENERGY, INDEX, CURVE, ENERGY),
    "BrokenPowerLaw": (INDEX, INDEX, A, ENERGY),
    "SmoothBrokenPowerLaw": (st.floats(0.5, 2.4), st.floats(2.5, 4.5), A, ENERGY, ENERGY, st.floats(0.5, 2)),
    "ConstantSpectrum": (A,),
    "GaussianLine": (A, st.floats(0.5, 5), st.floats(0.3, 3)),
    "MeyerCrab": (st.floats(0.1, 10),),
    "PowerLawNorm": (st.floats(0.1, 10), CURVE, ENERGY),
    "LogParabolaNorm": (st.floats(0.1, 10), ENERGY, CURVE, CURVE),
    "ExpCutoffNorm": (CURVE, st.floats(0.1, 10), ENERGY, st.floats(0.01, 1), st.floats(0.4, 1.5)),
}
EDGES = np.geomspace(0.1, 40, 14)


def kinds():
    """Every class of gpnb that has a formula: one without a range here fails the test below."""
    bases = (SpectralModel, ClosedSpectrum, NormModel)
    return {
        name: kind
        for name, kind in _REGISTRY.items()
        if issubclass(kind, SpectralModel)
        and kind not in bases
        and kind.evaluate is not SpectralModel.evaluate
        and kind.__module__.startswith("gpnb.")  # other tests make their own
    }


def check(exact, function, values):
    """Exact derivatives equal central differences of fourth order, to 1e-6 and a billionth of the largest value."""
    largest = np.abs(function(values)).max()
    assert exact.shape[0] == len(values)
    for place, value in enumerate(values):
        scale = max(abs(value), 1e-2)
        step = 3e-4 * scale

        def at(shift, place=place, value=value, step=step):
            return function([*values[:place], value + shift * step, *values[place + 1 :]])

        expected = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
        tolerance = 1e-6 * np.abs(expected) + 1e-9 * largest / scale
        assert np.all(np.abs(exact[place] - expected) <= tolerance), place


def test_every_formula_has_a_range():
    assert set(kinds()) == set(RANGES)


@pytest.mark.parametrize("name", sorted(RANGES))
@settings(max_examples=30)
@given(data=st.data())
def test_gradients_are_exact(name, data):
    kind = kinds()[name]
    values = [data.draw(item) for item in RANGES[name]]
    model = kind().with_values(values)
    energy = EDGES
    if name == "BrokenPowerLaw":  # the derivative with the break jumps there
        energy = EDGES[np.abs(np.log(EDGES / values[3])) > 0.01]
    check(model.gradient_at(energy), lambda item: model.with_values(item).evaluate_at(energy), values)


@pytest.mark.parametrize("name", sorted(RANGES))
@settings(max_examples=30)
@given(data=st.data())
def test_gradients_of_the_bins_are_exact(name, data):
    kind = kinds()[name]
    values = [data.draw(item) for item in RANGES[name]]
    if name == "BrokenPowerLaw" and np.min(np.abs(np.log(EDGES / values[3]))) < 0.01:
        values[3] *= 1.05
    model = kind().with_values(values)
    for order in (1, 2):
        check(
            model.moment_gradient_between(EDGES[:-1], EDGES[1:], order),
            lambda item, k=order: model.with_values(item).moment_between(EDGES[:-1], EDGES[1:], k),
            values,
        )
    assert model.integral_gradient(EDGES).shape == (len(values), EDGES.size - 1)


@pytest.mark.parametrize("name", sorted(RANGES))
@settings(max_examples=30)
@given(data=st.data())
def test_integrals_are_those_of_quad(name, data):
    values = [data.draw(item) for item in RANGES[name]]
    model = kinds()[name]().with_values(values)
    low, high = 0.3, 12.0
    points = [np.log(values[3])] if name == "BrokenPowerLaw" and low < values[3] < high else None
    scale = float(model.evaluate_at(1.0))
    for order, method in ((1, model.integral_between), (2, model.energy_flux_between)):
        expected = quad(
            lambda x, k=order: np.exp(k * x) * float(model.evaluate_at(np.exp(x))) / scale,
            np.log(low),
            np.log(high),
            points=points,
            epsrel=1e-10,
            limit=200,
        )[0]
        assert float(method(low, high)) == pytest.approx(expected * scale, rel=1e-7)


def test_bins_add_up():
    model = gpnb.LogParabola(alpha=2.3, beta=0.3)
    assert model.integral_bins(EDGES).sum() == pytest.approx(
        float(model.integral_between(EDGES[0], EDGES[-1])), rel=1e-8
    )
    assert model.integral("0.1 TeV", "40 TeV").value == pytest.approx(model.integral_bins(EDGES).sum(), rel=1e-8)


@given(st.floats(-2e-3, 2e-3))
def test_growth_at_its_seam(x):
    assert complex_step(growth, [x])[0] == pytest.approx(0.5 + x / 3 + x**2 / 8 + x**3 / 30, rel=1e-11)
    assert growth(x) == pytest.approx(1 + x / 2 + x**2 / 6 + x**3 / 24, rel=1e-12)


def test_power_law_at_index_one_keeps_its_slope():
    model = gpnb.PowerLaw(index=1.0)
    near = gpnb.PowerLaw(index=1.0 + 1e-5)
    assert model.integral_gradient(EDGES) == pytest.approx(near.integral_gradient(EDGES), rel=1e-3)
    flux = gpnb.PowerLaw2(index=1.0, e_min="0.1 TeV", e_max="40 TeV")
    assert abs(flux.integral_gradient(EDGES)[1].sum()) < 1e-20  # the whole flux does not depend on the index


def test_a_cut_off_may_go_below_zero_in_a_fit():
    model = gpnb.ExpCutoffPowerLaw(lambda_=0.0)
    assert model.gradient_at(EDGES)[3] == pytest.approx(-EDGES * model.evaluate_at(EDGES))
    assert model.replace(lambda_=-0.01).evaluate_at(10.0) == pytest.approx(np.exp(0.1) * 1e-14)
    assert np.isfinite(model.gradient_at(EDGES)).all()


def test_sharp_smooth_breaks_do_not_overflow():
    sharp = gpnb.SmoothBrokenPowerLaw(index_1=1.5, index_2=3, e_break="2 TeV", reference="2 TeV", beta=1e-3)
    broken = gpnb.BrokenPowerLaw(index_1=1.5, index_2=3, e_break="2 TeV")
    energy = np.array([1e-3, 1.0, 5.0, 1e3])
    assert sharp.evaluate_at(energy) == pytest.approx(broken.evaluate_at(energy), rel=1e-9)
    assert np.isfinite(sharp.gradient_at(energy)).all()


def test_a_line_far_narrower_than_the_bin():
    line = gpnb.GaussianLine(flux="3e-12 cm-2 s-1", mean="1.03 TeV", sigma="1e-6 TeV")
    flux = line.integral_bins(EDGES)
    assert flux.max() == pytest.approx(3e-12)
    assert (flux > 0).sum() == 1
    assert line.energy_flux("0.1 TeV", "40 TeV").value == pytest.approx(3.09e-12)


def test_nodes_are_many_enough_over_decades():
    nodes, weights = quadrature(1e-3, 1e3)
    assert (nodes**-1 * weights).sum() == pytest.approx(np.log(1e6), rel=1e-12)


def test_units_of_factors():
    for kind in (PowerLawNorm, LogParabolaNorm, ExpCutoffNorm):
        assert kind()("3 TeV").unit == u.dimensionless_unscaled
        assert kind().integral("1 TeV", "2 TeV").unit == u.TeV
    assert gpnb.PowerLaw().energy_flux("1 TeV", "2 TeV").unit == u.Unit("TeV cm-2 s-1")
