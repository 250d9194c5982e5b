"""Spectral forms and shapes that catalogues use, against numerical integrals and each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import gpnb
from gpnb.models.shell import ShellSource
from gpnb.models.spectral_catalog import (
    PowerLaw2,
    SuperExpCutoffPowerLaw3FGL,
    SuperExpCutoffPowerLaw4FGL,
    SuperExpCutoffPowerLaw4FGLDR3,
)

MODELS = [
    PowerLaw2(flux="2e-11 cm-2 s-1", index=2.3, e_min="0.2 TeV", e_max="30 TeV"),
    SuperExpCutoffPowerLaw3FGL(amplitude="1e-6 TeV-1 s-1 cm-2", reference="1 GeV", e_cut="4 GeV", index_2=0.7),
    SuperExpCutoffPowerLaw4FGL(amplitude="1e-6 TeV-1 s-1 cm-2", reference="1 GeV", expfactor=0.007, index_1=1.2),
    SuperExpCutoffPowerLaw4FGLDR3(amplitude="1e-6 TeV-1 s-1 cm-2", reference="1 GeV", expfactor=0.6, index_1=2.1),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda item: type(item).__name__)
def test_integrals_agree_with_quadrature(model):
    low, high = (1e-4, 3e-2) if "Super" in type(model).__name__ else (0.2, 30.0)
    for order, method in ((1, model.integral_between), (2, model.energy_flux_between)):

        def function(x, order=order):
            return np.exp(order * x) * float(model.evaluate_at(np.exp(x)))

        assert float(method(low, high)) == pytest.approx(quad(function, np.log(low), np.log(high))[0], rel=1e-4)


@pytest.mark.parametrize("model", MODELS[1:], ids=lambda item: type(item).__name__)
def test_the_amplitude_is_the_flux_at_the_reference(model):
    assert float(model.evaluate_at(1e-3)) == pytest.approx(1e-6)


@given(st.floats(0.5, 4.5), st.floats(1.5, 1000))
def test_a_flux_is_what_its_power_law_integrates_to(index, ratio):
    model = PowerLaw2(flux="3e-12 cm-2 s-1", index=index, e_min="0.5 TeV", e_max=f"{0.5 * ratio!r} TeV")
    assert float(model.integral_between(0.5, 0.5 * ratio)) == pytest.approx(3e-12)


def test_index_one_is_no_hole():
    model = PowerLaw2(flux="1e-12 cm-2 s-1", index=1, e_min="1 TeV", e_max="10 TeV")
    near = model.replace(index=1 + 1e-7)
    assert float(model.evaluate_at(3.0)) == pytest.approx(float(near.evaluate_at(3.0)), rel=1e-6)


def test_the_cut_offs_of_3fgl_and_4fgl_are_one_formula():
    first = SuperExpCutoffPowerLaw3FGL(reference="1 GeV", e_cut="4 GeV", index_1=1.3, index_2=0.7)
    second = SuperExpCutoffPowerLaw4FGL(reference="1 GeV", expfactor=4000**-0.7, index_1=1.3, index_2=0.7)
    energy = np.geomspace(1e-4, 1e-1, 20)
    assert second.evaluate_at(energy) == pytest.approx(first.evaluate_at(energy), rel=1e-10)


def test_dr3_is_the_older_form_in_other_parameters():
    # slope and curvature at E0: index_1' = index_1 + a b E0^b, d = a b² E0^b (formulae of DR3)
    a, b, reference = 0.004, 0.6, 1500.0
    old = SuperExpCutoffPowerLaw4FGL(reference="1500 MeV", expfactor=a, index_1=1.4, index_2=b)
    new = SuperExpCutoffPowerLaw4FGLDR3(
        reference="1500 MeV", expfactor=a * b**2 * reference**b, index_1=1.4 + a * b * reference**b, index_2=b
    )
    energy = np.geomspace(1e-4, 3e-2, 30)
    assert new.evaluate_at(energy) == pytest.approx(old.evaluate_at(energy), rel=1e-10)


def test_dr3_series_meets_the_closed_form_and_a_log_parabola():
    model = SuperExpCutoffPowerLaw4FGLDR3(reference="1 GeV", expfactor=0.6, index_1=2.0, index_2=0.5)
    edge = 1e-3 * np.exp(1e-2 / 0.5 * np.array([1 - 1e-9, 1 + 1e-9]))
    low, high = model.evaluate_at(edge)
    assert low == pytest.approx(high, rel=1e-9)
    flat = model.replace(index_2=0.0)
    curved = gpnb.LogParabola(reference="1 GeV", alpha=2.0, beta=0.3)
    energy = np.geomspace(1e-4, 1e-1, 20)
    assert flat.evaluate_at(energy) == pytest.approx(curved.evaluate_at(energy), rel=1e-10)


@pytest.mark.parametrize("model", MODELS, ids=lambda item: type(item).__name__)
def test_yaml_and_code_make_them_again(model):
    source = gpnb.SkyModel(spectral=model, spatial=ShellSource("galactic 10d 0d", radius="0.3 deg"), name="new")
    assert gpnb.Models.from_yaml(gpnb.Models([source]).to_yaml())["new"] == source
    names = {}
    exec(source.recipe.to_code(), names)
    assert names["new"].parameters == source.parameters


@pytest.mark.parametrize("model", MODELS, ids=lambda item: type(item).__name__)
def test_formulae_take_complex_numbers(model):
    values = list(model.values)
    place = list(model.declared).index("index" if "index" in model.declared else "index_1")
    step = 1e-20
    values[place] = values[place] + 1j * step
    exact = model.evaluate(0.002, *values).imag / step
    name = model.parameters[place].name
    up, down = (model.replace(**{name: model.values[place] + shift}).evaluate_at(0.002) for shift in (1e-6, -1e-6))
    assert exact == pytest.approx(float(up - down) / 2e-6, rel=1e-6)


def test_a_shell_integrates_to_one_and_is_what_is_drawn():
    shape = ShellSource("83.6d -60d", radius="0.4 deg", width="0.1 deg")
    geom = gpnb.WcsGeometry.create(shape.center, width="1.2 deg", binsz="0.01 deg")
    coords = geom.coords.icrs
    expected = shape.density(coords.ra.deg, coords.dec.deg) * geom.solid_angle
    assert expected.sum() == pytest.approx(1, rel=1e-3)
    x, y = geom.pixel_icrs(*shape.sample(200_000, np.random.default_rng(0)))
    drawn = np.histogram2d(y, x, bins=(np.arange(0, 121, 10) - 0.5,) * 2)[0] / 200_000
    coarse = expected.reshape(12, 10, 12, 10).sum(axis=(1, 3))
    assert np.abs(drawn - coarse).max() < 5 * np.sqrt(coarse.max() / 200_000)
