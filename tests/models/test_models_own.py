"""Models that people write: declared, fitted, written, shown; and what is refused when they are defined."""

import sys

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.replay import replay


class Meyer(gpnb.SpectralModel):
    """A log-parabola with a free exponent."""

    amplitude = gpnb.Parameter("amplitude", 1e-12, "TeV-1 s-1 cm-2")
    index = gpnb.Parameter("index", 2.5, min=0, max=6)
    bend = gpnb.Parameter("bend", 0.1, frozen=True)

    @staticmethod
    def evaluate(energy, amplitude, index, bend):
        return amplitude * energy ** (-index - bend * np.log(energy))


class Edged(gpnb.SpectralModel):
    """One whose formula takes no complex steps."""

    index = gpnb.Parameter("index", -2.5)

    @staticmethod
    def evaluate(energy, index):
        return 1e-12 * energy ** -np.abs(index)


class ExponentialDisk(gpnb.SpatialModel):
    """An exponential disk, drawn out eastward."""

    scale = gpnb.Parameter("scale", 0.1, "deg", min=0)
    ratio = gpnb.Parameter("ratio", 2.0)

    @staticmethod
    def evaluate(x, y, scale, ratio):
        return np.exp(-np.hypot(x / ratio, y) / scale) / (2 * np.pi * np.radians(scale) ** 2 * ratio)


@pytest.fixture
def data():
    energy = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=8)
    true = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=8, name="energy_true")
    model = gpnb.LogParabola(amplitude="3e-12 TeV-1 s-1 cm-2", alpha=2.2, beta=0.1, reference="1 TeV")
    blank = gpnb.SpectrumDataset(
        energy, true, np.zeros(8), np.full(8, 1e15), np.eye(8), "1 h", counts_off=np.full(8, 50), acceptance_off=10
    )
    return gpnb.simulate_spectrum(blank, model, seed=2)


def test_what_is_declared():
    model = Meyer(index=3)
    assert model.names == ("amplitude", "index", "bend")
    assert model.free == ("amplitude", "index")
    assert (model.index.value, model.index.max, model.index.name) == (3.0, 6, "index")
    assert Meyer.index.value == 2.5
    assert model("1 TeV").to_value("TeV-1 s-1 cm-2") == pytest.approx(1e-12)
    assert Meyer(amplitude="2e-15 GeV-1 s-1 cm-2").amplitude.value == pytest.approx(2e-12)
    with pytest.raises(ArgumentError, match="has no parameter 'indx'"):
        Meyer(indx=3)


def test_it_is_fitted_and_shown(data):
    """As the same formula of gpnb is; and drawn by the panel of fits, also as a start for one."""
    found = gpnb.fit(data, Meyer())
    same = gpnb.fit(
        data, gpnb.LogParabola(amplitude="1e-12 TeV-1 s-1 cm-2", alpha=2.5, reference="1 TeV").freeze("beta")
    )
    assert found.values == pytest.approx(same.values, rel=1e-4)
    assert found.errors == pytest.approx(same.errors, rel=1e-3)
    assert found.flux("1 TeV")[0].value == pytest.approx(same.flux("1 TeV")[0].value, rel=1e-4)
    assert "Meyer" in repr(found.models[0])
    assert found.plot().axes[0].lines
    assert "Meyer" in found.view().to_code()
    assert gpnb.Datasets([data]).plot(model=Meyer(index=3)) is not None
    assert len(gpnb.flux_points(data, found, ["1 TeV", "10 TeV"])) == 1


def test_it_is_written_and_read():
    models = gpnb.Models(
        [gpnb.SkyModel(Meyer(index=3.1), ExponentialDisk("83.63d 22.01d", scale="0.2 deg"), name="it")]
    )
    again = gpnb.Models.from_yaml(models.to_yaml())
    assert again[0].spectral == models[0].spectral
    assert isinstance(again[0].spatial, ExponentialDisk)
    assert again[0].spatial.values == models[0].spatial.values


def test_its_code_names_its_module():
    code = Meyer(index=3).recipe.to_code()
    assert code.splitlines()[:2] == [f"import {__name__}", "import gpnb"]
    assert f"={__name__}.Meyer(amplitude=" in "".join(code.split())
    assert replay(Meyer(index=3).recipe) == Meyer(index=3)
    exec(compile(code, "code", "exec"), {})


def test_code_of_a_class_of_the_session_says_so(monkeypatch):
    monkeypatch.setattr(Meyer, "__module__", "__main__")
    code = gpnb.SkyModel(Meyer(), name="it").recipe.to_code()
    assert "meyer = Meyer(amplitude=" in code
    assert "# a class of your own: define it above" in code
    assert "import __main__" not in code
    with pytest.raises(SelectionError, match="import or define it first"):
        replay(Meyer().recipe)
    monkeypatch.setattr(sys.modules["__main__"], "Meyer", Meyer, raising=False)
    assert replay(Meyer().recipe) == Meyer()


def test_a_recipe_makes_nothing_but_what_has_one():
    for call in ("os.system()", "subprocess.run()", "pathlib.Path()"):
        with pytest.raises(SelectionError, match="not known here"):
            replay(gpnb.Recipe(call, {}))


def test_a_formula_without_complex_steps_has_derivatives_too(data):
    model = Edged(index=-2.2)
    energy = np.array([0.5, 1.0, 3.0])
    assert model.gradient_at(energy)[0] == pytest.approx(1e-12 * energy**-2.2 * np.log(energy), rel=1e-6)
    exact = Meyer().gradient_at(energy)
    assert exact[1] == pytest.approx(-1e-12 * energy ** (-2.5 - 0.1 * np.log(energy)) * np.log(energy), rel=1e-12)
    found = gpnb.fit(data, gpnb.ScaledSpectrum(Edged()))
    assert found.success


def test_a_factor_of_your_own_and_a_sum():
    class Ripple(gpnb.NormModel):
        height = gpnb.Parameter("height", 0.2)

        @staticmethod
        def evaluate(energy, height):
            return 1 + height * np.sin(3 * np.log(energy))

    product = gpnb.PowerLaw() * Ripple(height=0.3)
    assert product.names == ("index", "amplitude", "reference", "height")
    assert product("2 TeV").value == pytest.approx(1e-12 / 4 * (1 + 0.3 * np.sin(3 * np.log(2))))
    assert (Meyer() + gpnb.PowerLaw()).integral("1 TeV", "10 TeV") > Meyer().integral("1 TeV", "10 TeV")


def test_a_shape_is_drawn_from():
    """Its moments are those of the formula: ⟨y²⟩ = 3 scale², and ratio² times that eastward."""
    shape = ExponentialDisk("83.63d 60d", scale="0.1 deg")
    ra, dec = shape.sample(40000, np.random.default_rng(1))
    assert np.mean((dec - 60) ** 2) == pytest.approx(3 * 0.01, rel=0.05)
    assert np.mean(((ra - 83.63) * np.cos(np.radians(60))) ** 2) == pytest.approx(4 * 3 * 0.01, rel=0.06)
    east = shape.density(83.63 + 0.2 / np.cos(np.radians(60)), 60.0)
    assert east == pytest.approx(shape.density(83.63, 60.1), rel=1e-3)


def test_a_shape_must_have_an_integral_of_one():
    class Twice(gpnb.SpatialModel):
        @staticmethod
        def evaluate(x, y):
            return 2 * np.exp(-(x**2 + y**2) / 2 / 0.01) / (2 * np.pi * np.radians(0.1) ** 2)

    with pytest.raises(ArgumentError, match=r"integral over the sky is 2, not one"):
        Twice("0d 0d").sample(10, np.random.default_rng(0))


def test_what_is_refused_when_it_is_defined():
    index, norm = gpnb.Parameter("index", 2.0), gpnb.Parameter("norm", 1e-12, "TeV-1 s-1 cm-2")

    def body(evaluate, **names):
        return type("Wrong", (gpnb.SpectralModel,), {"evaluate": staticmethod(evaluate), **names})

    with pytest.raises(ArgumentError, match="in that order"):
        body(lambda energy, norm, index: norm * energy**-index, index=index, norm=norm)
    with pytest.raises(ArgumentError, match="takes the parameters index, but those declared are index, norm"):
        body(lambda energy, index: energy**-index, index=index, norm=norm)
    with pytest.raises(ArgumentError, match="called 'index': give both the same name"):
        body(lambda energy, gamma: energy**-gamma, gamma=index)
    assert body(lambda energy, g, n: n * energy**-g, index=index, norm=norm)()("1 TeV").value == pytest.approx(1e-12)
