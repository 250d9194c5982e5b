"""Sums, products, tables and factors: values, names, exact derivatives, files."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import gpnb
from gpnb import ArgumentError, DataFormatError, Models, PowerLaw, SkyModel
from gpnb.models.spectrum import SpectralModel

EDGES = np.geomspace(0.05, 80, 23)
NODES = [0.1, 1, 10] * u.TeV
TEMPLATE = gpnb.TemplateSpectrum(NODES, [1e-9, 1e-11, 3e-14] * u.Unit("cm-2 s-1 TeV-1"))

JOINED = {
    "sum": PowerLaw(index=2.3) + gpnb.LogParabola(amplitude="3e-12 TeV-1 s-1 cm-2", beta=0.3),
    "difference": PowerLaw(index=2.3) - gpnb.GaussianLine(flux="1e-14 cm-2 s-1", sigma="0.3 TeV"),
    "product": gpnb.ExpCutoffPowerLaw(index=1.8) * gpnb.PiecewiseNorm(NODES, norms=[1, 2, 0.5]),
    "quotient": gpnb.LogParabola() / gpnb.PowerLawNorm(norm=2, tilt=0.2),
    "factors": gpnb.PowerLawNorm(norm=2) * gpnb.LogParabolaNorm(alpha=0.2) * PowerLaw(index=2.1),
    "nested": (PowerLaw(index=2) + PowerLaw(index=3)) * gpnb.PowerLawNorm(tilt=0.1),
    "template": TEMPLATE * gpnb.PowerLawNorm(norm=0.7),
    "scaled": gpnb.ScaledSpectrum(gpnb.LogParabola(beta=0.2), norm=3),
}


@pytest.mark.parametrize("name", sorted(JOINED))
def test_derivatives(name):
    model = JOINED[name]
    energy = np.array([0.3, 0.7, 2.0, 7.0])
    exact = model.gradient_at(energy), model.integral_gradient(EDGES)
    for place, value in enumerate(model.values):
        step = 1e-4 * (abs(value) or 1)
        up, down = (
            model.with_values([*model.values[:place], value + d, *model.values[place + 1 :]]) for d in (step, -step)
        )
        for found, method, x in zip(exact, ("evaluate_at", "integral_bins"), (energy, EDGES), strict=True):
            numeric = (getattr(up, method)(x) - getattr(down, method)(x)) / (2 * step)
            assert found[place] == pytest.approx(numeric, rel=1e-6, abs=1e-6 * np.abs(numeric).max())
    assert exact[1].shape == (len(model.names), EDGES.size - 1)


@pytest.mark.parametrize("name", sorted(JOINED))
def test_files_and_code_make_them_again(name):
    model = SkyModel(spectral=JOINED[name], name="new").freeze(*JOINED[name].names[:1])
    again = Models.from_yaml(Models([model]).to_yaml())["new"]
    assert again == model
    assert again.parameters == model.parameters
    names = {}
    exec(JOINED[name].recipe.to_code() + "\nmade = list(dict(vars()).values())[-1]", names)
    assert names["made"]("2 TeV") == JOINED[name]("2 TeV")


def test_values_are_those_of_the_parts():
    energy = [0.2, 1, 5] * u.TeV
    first, second, norm = PowerLaw(index=2), PowerLaw(index=3), gpnb.PowerLawNorm(norm=2, tilt=0.5)
    for joined, expected in (
        (first + second, first(energy) + second(energy)),
        (first - second, first(energy) - second(energy)),
        (first * norm, first(energy) * norm(energy)),
        (first / norm, first(energy) / norm(energy)),
        (3 * first, 3 * first(energy)),
        (first / 2, first(energy) / 2),
    ):
        assert u.allclose(joined(energy), expected, rtol=1e-12)
    assert (norm * first)(energy).unit == first(energy).unit
    assert (3 * first).free == first.free


@pytest.mark.parametrize("name", sorted(JOINED))
def test_they_go_to_other_processes(name):
    again = pickle.loads(pickle.dumps(JOINED[name]))
    assert again == JOINED[name]
    assert again.integral_bins(EDGES) == pytest.approx(JOINED[name].integral_bins(EDGES))


def test_names_stay_unique_and_reach_the_parts():
    model = SkyModel(spectral=PowerLaw(index=2) + PowerLaw(index=3) + PowerLaw(index=4), name="sum")
    assert [name for name in model.parameters if "index" in name] == ["sum.index", "sum.index_2", "sum.index_3"]
    changed = model.replace(index_3=4.5).freeze("sum.index_2")
    assert changed.spectral.right.index.value == 4.5
    assert changed.spectral.left.right.index.frozen
    assert changed.spectral.index_3.value == 4.5
    assert model.parameter("index_3").value == 4
    with pytest.raises(AttributeError, match="no parameter or attribute 'gamma'"):
        _ = model.spectral.gamma


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: PowerLaw() * PowerLaw(), "Two spectra cannot be joined with"),
        (lambda: gpnb.PowerLawNorm() / PowerLaw(), "Two spectra cannot be joined with /"),
        (lambda: PowerLaw() + gpnb.PowerLawNorm(), "cannot be added"),
        (lambda: PowerLaw() + 1, "expected a spectral model"),
        (lambda: PowerLaw() * "2", "expected a spectral model"),
        (lambda: gpnb.CompoundSpectrum(PowerLaw(), PowerLaw(), "^"), "must be one of"),
        (lambda: gpnb.TemplateSpectrum([1, 1] * u.TeV, [1, 1] * u.Unit("cm-2 s-1 TeV-1")), "in rising order"),
        (lambda: gpnb.TemplateSpectrum(NODES, [1, 1] * u.Unit("cm-2 s-1 TeV-1")), "values must be 3 fluxes"),
        (lambda: gpnb.TemplateSpectrum(NODES, [1, 1, -1] * u.Unit("cm-2 s-1 TeV-1")), "not negative"),
        (lambda: gpnb.PiecewiseNorm(NODES, norms=[1, 2]), "norms must be 3 numbers"),
        (lambda: gpnb.PiecewiseNorm(NODES, norm_7=1), "no parameter 'norm_7'"),
        (lambda: SkyModel(spectral=gpnb.PowerLawNorm()), "is a factor without unit"),
    ],
)
def test_what_cannot_be_joined(make, says):
    with pytest.raises(ArgumentError, match=says):
        make()


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "CompoundSpectrum", "model1": {"type": "PowerLaw"}, "model2": {"type": "PowerLaw"}, "operator": "pow"},
        {"type": "TemplateSpectrum", "energy": {"data": [1, 2], "unit": "TeV"}},
        {"type": "TemplateSpectrum", "energy": [1, 2], "values": [1, 2]},
        {"type": "ScaledSpectrum"},
        {"type": "PowerLaw", "parameters": [{"name": "index"}]},
        {"type": "PowerLaw", "parameters": [{"name": "index", "value": "two"}]},
        {"type": "PowerLaw", "parameters": [{"name": "index", "value": 2, "color": "red"}]},
    ],
)
def test_broken_entries(entry):
    with pytest.raises(DataFormatError):
        SpectralModel.from_dict(entry)


@settings(max_examples=50)
@given(st.floats(0.02, 5), st.floats(1.01, 300))
def test_integrals_of_a_template_are_exact(low, ratio):
    high = low * ratio
    for order in (1, 2):
        expected = quad(
            lambda x, k=order: np.exp(k * x) * float(TEMPLATE.evaluate_at(np.exp(x))),
            np.log(low),
            np.log(high),
            points=[np.log(node) for node in (1.0,) if low < node < high] or None,
            epsabs=0,
            epsrel=1e-10,
        )[0]
        assert float(TEMPLATE.moment_between(low, high, order)) == pytest.approx(expected, rel=1e-9)


def test_a_template_with_zeros():
    model = gpnb.TemplateSpectrum([1, 2, 4, 8] * u.TeV, [1e-12, 1e-12, 0, 0] * u.Unit("cm-2 s-1 TeV-1"))
    assert model.evaluate_at(np.array([1.5, 3.9, 6.0])) == pytest.approx([1e-12, 0, 0], abs=1e-20)
    edges = np.array([0.5, 1, 2, 4, 16])
    assert model.integral_bins(edges)[[0, 1, 3]] == pytest.approx([5e-13, 1e-12, 0])


def test_a_template_of_a_power_law_is_one():
    energy = np.geomspace(0.1, 10, 5)
    law = PowerLaw(index=2.4)
    model = gpnb.TemplateSpectrum(energy * u.TeV, law(energy * u.TeV))
    assert model.evaluate_at(EDGES) == pytest.approx(law.evaluate_at(EDGES))
    assert model.integral_bins(EDGES) == pytest.approx(law.integral_bins(EDGES))


def test_norms_between_and_beyond_their_nodes():
    norm = gpnb.PiecewiseNorm(NODES, norms=[1, 2, 0.5])
    energy = np.array([0.01, 0.1, np.sqrt(0.1), 1, np.sqrt(10), 10, 100])
    assert norm.evaluate_at(energy) == pytest.approx([1, 1, np.sqrt(2), 2, 1, 0.5, 0.5])
    assert norm.replace(norm_2=4).evaluate_at(np.array([10.0])) == pytest.approx(4)
