"""Parameters and models: values, copies, files, integrals."""

import subprocess
import sys

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import gpnb
from gpnb import ArgumentError, DataFormatError, Models, Parameter, PowerLaw, SkyModel
from gpnb.core.frames import separation
from gpnb.models.integrate import integrate_function, integrate_powerlaws

CRAB = SkyModel(
    spectral=gpnb.LogParabola(amplitude="3.23e-11 TeV-1 s-1 cm-2", alpha=2.47, beta=0.24),
    spatial=gpnb.GaussianSource("galactic 184.55d -5.78d", sigma="0.02 deg"),
    temporal=gpnb.GaussianFlare(height=2.0, peak="53946 d", width="1 h"),
    name="crab",
)


def test_a_model_is_replaced_and_never_changed():
    model = PowerLaw(index=2.6, amplitude="4e-7 m-2 s-1 TeV-1")
    other = model.replace(index=3).freeze("index").bound("amplitude", 0, 1)
    assert model.index == Parameter("index", 2.6)
    assert other.index == Parameter("index", 3.0, frozen=True)
    assert other.amplitude.max == 1
    assert model.amplitude.value == pytest.approx(4e-11)
    assert model.amplitude.quantity.unit == u.Unit("TeV-1 s-1 cm-2")
    assert other.thaw("index").index.frozen is False
    assert other.link("index", "crab.index").index.link == "crab.index"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: PowerLaw(gamma=2), "PowerLaw has no parameter 'gamma': it has: index, amplitude, reference"),
        (lambda: PowerLaw(amplitude="1e-12 TeV"), "amplitude='1e-12 TeV' is in TeV"),
        (lambda: PowerLaw(index=[1, 2]), "is not a number"),
        (lambda: PowerLaw().bound("index", 3, 1), "min=3.0 must be below max=1.0"),
        (lambda: SkyModel(spectral=None), "spectral=None is not a spectral model"),
        (lambda: SkyModel(spectral=PowerLaw(), name=""), "must be some text"),
        (lambda: CRAB.parameter("crab.gamma"), "crab has no parameter 'crab.gamma'"),
        (lambda: Models([CRAB, CRAB]), "Two models are called 'crab'"),
        (lambda: Models([CRAB])["vela"], "No model is called 'vela': there are: crab"),
    ],
)
def test_wrong_models(make, says):
    with pytest.raises(ArgumentError, match=says):
        make()


def test_a_parameter_brings_its_limits():
    model = PowerLaw(index=Parameter("x", 2.2, min=1, max=4, error=0.1))
    assert model.index == Parameter("index", 2.2, min=1, max=4, error=0.1)
    scaled = PowerLaw(amplitude=Parameter("a", 1e-7, "m-2 s-1 TeV-1", max=1e-6)).amplitude
    assert (scaled.value, scaled.max) == pytest.approx((1e-11, 1e-10))


def test_full_and_short_names():
    assert SkyModel(spectral=PowerLaw(index=3), name="J0534.5+2201").parameter("J0534.5+2201.index").value == 3
    assert CRAB.parameter("alpha") == CRAB.parameter("crab.alpha")
    changed = CRAB.replace(alpha=2.0, name="new").freeze("new.beta")
    assert changed.parameter("new.alpha").value == 2
    assert changed.parameter("beta").frozen
    assert CRAB.parameter("alpha").value == 2.47


def test_yaml_round_trip(tmp_path):
    models = Models([CRAB, SkyModel(spectral=PowerLaw(index=Parameter("index", 2, min=0, max=5, error=0.2)), name="b")])
    models.write(tmp_path / "models.yaml")
    again = Models.read(tmp_path / "models.yaml")
    assert list(again) == list(models)
    assert again["crab"].spatial.center.separation(CRAB.spatial.center).deg < 1e-9
    assert again.table["name"].tolist() == models.table["name"].tolist()
    assert len(models.table) == len(CRAB.parameters) + 3


@pytest.mark.parametrize("text", ["models: {", "sources: []", "!!python/object/apply:os.system ['true']", "3"])
def test_bad_yaml(text):
    with pytest.raises(DataFormatError):
        Models.from_yaml(text)


def test_recipe_makes_the_model_again():
    names = {}
    exec(CRAB.recipe.to_code(), names)
    assert names["crab"].parameters == CRAB.parameters


@given(st.floats(0.5, 4.5), st.floats(0.01, 10), st.floats(1.01, 100))
def test_power_law_integrals(index, low, ratio):
    model = PowerLaw(index=index, amplitude="1e-11 TeV-1 s-1 cm-2")
    for order, method in ((0, model.integral_between), (1, model.energy_flux_between)):
        expected = quad(
            lambda x, order=order: np.exp(x * (1 + order)) * float(model.evaluate_at(np.exp(x))),
            np.log(low),
            np.log(low * ratio),
        )[0]
        assert method(low, low * ratio) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("model", [CRAB.spectral, gpnb.ExpCutoffPowerLaw(index=1.9, lambda_="0.2 TeV-1")])
def test_numeric_integrals(model):
    expected = quad(lambda x: np.exp(x) * float(model.evaluate_at(np.exp(x))), np.log(0.1), np.log(30))[0]
    assert model.integral("0.1 TeV", "30 TeV").to_value("cm-2 s-1") == pytest.approx(expected, rel=1e-4)


def test_piecewise_power_laws_near_slope_minus_one_and_at_zero():
    x = np.array([1.0, 2.0, 4.0])
    assert integrate_powerlaws(x, 1 / x) == pytest.approx([np.log(2)] * 2, rel=1e-12)
    assert integrate_powerlaws(x, np.array([0.0, 1.0, 0.0])) == pytest.approx([0.5, 1.0])
    assert integrate_function(lambda e: e**-1.0000001, np.array([1.0]), np.array([10.0])) == pytest.approx(
        np.log(10), rel=1e-6
    )


def test_formulae_take_complex_numbers():
    step = 1e-20
    values = [2.0, 1e-12, 1.0]
    derivative = PowerLaw.evaluate(2.0, values[0] + 1j * step, *values[1:]).imag / step
    assert derivative == pytest.approx(-np.log(2) * PowerLaw.evaluate(2.0, *values))


SHAPES = [
    gpnb.GaussianSource("galactic 10d 5d", sigma="0.4 deg", e=0.9, phi="30 deg"),
    gpnb.GaussianSource("83.6d 60d", sigma="0.3 deg"),
    gpnb.DiskSource("83.6d -60d", radius="0.5 deg"),
]


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_density_integrates_to_one_and_is_what_is_drawn(shape):
    geom = gpnb.WcsGeometry.create(shape.center, width="6 deg", binsz="0.02 deg")
    coords = geom.coords.icrs
    density = shape.density(coords.ra.deg, coords.dec.deg)
    assert (density * geom.solid_angle).sum() == pytest.approx(1, abs=1e-2)  # a disk has pixels on its edge
    ra, dec = shape.sample(200_000, np.random.default_rng(0))
    x, y = geom.pixel_icrs(ra, dec)
    drawn = np.histogram2d(y, x, bins=(np.arange(0, 301, 10) - 0.5,) * 2)[0] / 200_000
    expected = (density * geom.solid_angle).reshape(30, 10, 30, 10).sum(axis=(1, 3))
    assert np.abs(drawn - expected).max() < 5 * np.sqrt(expected.max() / 200_000)


def test_point_source_is_drawn_at_its_place():
    ra, dec = gpnb.PointSource("galactic 0d 0d").sample(3, np.random.default_rng(0))
    assert separation(ra, dec, 266.404988, -28.936178) == pytest.approx([0, 0, 0], abs=1e-5)


def test_flare():
    flare = CRAB.temporal
    peak = Time(53946, format="mjd", scale="tt")
    assert flare(peak) == pytest.approx(3.0)
    assert flare(peak + 1 * u.h) == pytest.approx(1 + 2 * np.exp(-0.5))


def test_limits_take_text_with_units():
    law = gpnb.ExpCutoffPowerLaw().bound("lambda_", "1e-4 GeV-1", "1 TeV-1")
    assert (law.lambda_.min, law.lambda_.max) == pytest.approx((0.1, 1.0))
    source = gpnb.SkyModel(law, gpnb.GaussianSource(), name="a")
    found = gpnb.Models([source]).bound("a.sigma", "3 arcmin", 1)
    assert (found[0].spatial.sigma.min, found[0].spatial.sigma.max) == pytest.approx((0.05, 1.0))
    with pytest.raises(gpnb.ArgumentError, match="index"):
        law.bound("index", "1 TeV", 3)
    with pytest.raises(gpnb.ArgumentError, match="index"):
        law.bound("index", None, 3)


def test_a_file_of_models_is_read_by_whoever_has_made_none():
    """In a fresh interpreter each kind of model that gpnb offers is known to YAML."""
    code = (
        "import gpnb; gpnb.Models; from gpnb.models.base import Model, model_class\n"
        "names = [name for name in gpnb.__all__ if name != 'Models']\n"
        "known = [name for name in names if model_class(name)]\n"
        "print({name for name in names if isinstance(kind := getattr(gpnb, name), type) and issubclass(kind, Model)}"
        " - set(known) or 'all')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "all\n"
