"""Models as YAML under Gammapy's names; `tests/rival` has Gammapy itself read them."""

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from astropy import units as u
from astropy.time import Time

import gpnb
from gpnb import ArgumentError, Models, SkyModel

FOLDER = Path(__file__).parent
LAW = gpnb.PowerLaw()


def again(models):
    return Models.from_yaml(models.to_yaml("gammapy"))


def written(*parts, name="a"):
    """The one component, as data."""
    text = Models([SkyModel(*parts, name=name)]).to_yaml("gammapy")
    return yaml.safe_load(text)["components"][0]


def values_of(part):
    return {item["name"]: item["value"] for item in part["parameters"]}


@pytest.mark.filterwarnings("ignore::gpnb.DataWarning")
@pytest.mark.parametrize("name", ["spectra", "sources"])
def test_what_gammapy_wrote_comes_back_the_same(name):
    """Each of its spectra, shapes with errors, limits and priors, a link, a flare."""
    models = Models.read(FOLDER / f"gammapy-2.1-{name}.yaml")
    found = again(models)
    assert found.names == models.names
    for theirs, ours in zip(found, models, strict=True):
        if ours.temporal is None:
            assert theirs == ours
    for full, item in models.resolved().parameters.items():
        other = found.resolved().parameter(full)
        assert other.value == pytest.approx(item.value, rel=1e-12), full
        assert (other.unit, other.frozen, other.link, other.prior) == (item.unit, item.frozen, item.link, item.prior)


def test_types_and_names_are_those_of_gammapy():
    found = written(gpnb.PowerLaw2(), gpnb.DiskSource(lon="83 deg", lat="22 deg", radius="0.3 deg", frame="galactic"))
    assert (found["type"], found["name"]) == ("SkyModel", "a")
    assert found["spectral"]["type"] == "PowerLaw2SpectralModel"
    assert list(values_of(found["spectral"])) == ["amplitude", "index", "emin", "emax"]
    assert found["spatial"]["type"] == "DiskSpatialModel"
    assert found["spatial"]["frame"] == "galactic"
    assert values_of(found["spatial"])["r_0"] == 0.3
    assert "temporal" not in found


def test_every_parameter_says_whether_it_is_frozen_and_only_finite_limits():
    items = written(gpnb.PowerLaw().bound("index", 1, math.inf))["spectral"]["parameters"]
    assert [item["frozen"] for item in items] == [False, False, True]
    assert (items[0].get("min"), items[0].get("max")) == (1, None)
    assert "error" not in items[0]


FLARES = {
    "LinearTrend": ("LinearTemporalModel", {"level": 2.0, "slope": "-0.25 d-1", "start": "55000.5 d"}),
    "ExponentialDecay": ("ExpDecayTemporalModel", {"decay": "3 d", "start": "55000.5 d"}),
    "GaussianFlare": ("GaussianTemporalModel", {"base": 0, "height": 1, "peak": "55000.5 d", "width": "2 d"}),
    "GeneralizedFlare": (
        "GeneralizedGaussianTemporalModel",
        {"peak": "55000.5 d", "rise": "1 d", "decay": "4 d"},
    ),
    "PowerLawDecay": ("PowerLawTemporalModel", {"index": 1.5, "start": "55000.5 d", "scale": "2 d"}),
    "SineVariation": ("SineTemporalModel", {"amplitude": 0.3, "period": "5 d", "start": "55000.5 d"}),
}


@pytest.mark.parametrize("name", FLARES)
def test_each_variation_keeps_its_values_in_time(name):
    kind, settings = FLARES[name]
    flare = getattr(gpnb, name)(**settings)
    part = written(LAW, None, flare)["temporal"]
    assert (part["type"], part["scale"]) == (kind, "tt")
    other = again(Models([SkyModel(LAW, None, flare, name="a")]))["a"].temporal
    times = Time(55000.6 + np.arange(4.0), format="mjd", scale="tt")
    np.testing.assert_allclose(other(times), flare(times), rtol=1e-9)


def test_a_decay_rises_and_a_period_is_a_frequency_there():
    decay = written(LAW, None, gpnb.PowerLawDecay(index=1.5).bound("index", 0, 3))["temporal"]["parameters"]
    (alpha,) = (item for item in decay if item["name"] == "alpha")
    assert (alpha["value"], alpha["min"], alpha["max"]) == (-1.5, -3, 0)
    sine = gpnb.SineVariation(period="5 d").bound("period", 4, 10)
    (omega,) = (item for item in written(LAW, None, sine)["temporal"]["parameters"] if item["name"] == "omega")
    turn = 2 * math.pi
    assert (omega["value"], omega["min"], omega["max"]) == pytest.approx((turn / 5, turn / 10, turn / 4))
    assert u.Unit(omega["unit"]) == u.Unit("rad / d")


def test_links_have_one_label_each_and_come_back():
    models = Models([SkyModel(LAW, name=name) for name in ("a", "b", "c", "d")])
    models = models.link("b.index", "a.index").link("d.amplitude", "c.amplitude")
    items = yaml.safe_load(models.to_yaml("gammapy"))["components"]
    labels = [[item.get("link", "") for item in part["spectral"]["parameters"]][:2] for part in items]
    assert labels[0][0] == labels[1][0] != ""
    assert labels[2][1] == labels[3][1] != ""
    assert labels[0][1] == labels[2][0] == ""
    assert list(again(models)) == list(models)


def test_links_of_the_terms_of_a_sum():
    sum_of = gpnb.PowerLaw(index=2.5) + gpnb.PowerLaw(index=3.5)
    models = Models([SkyModel(sum_of, name="a"), SkyModel(LAW, name="b")]).link("b.index", "a.index_2")
    found = again(models)
    assert found.parameter("b.index").link == "a.index_2"
    assert found.resolved().parameter("b.index").value == 3.5


@pytest.mark.parametrize(
    "prior", [gpnb.GaussianPrior(2.2, 0.1), gpnb.UniformPrior(1, 3), gpnb.LogUniformPrior(0.1, 10)], ids=repr
)
def test_priors_come_back(prior):
    models = Models([SkyModel(LAW, name="a")]).with_prior("index", prior)
    assert again(models).parameter("a.index").prior == prior


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((gpnb.ScaledSpectrum(LAW), None), "ScaledSpectrum has no counterpart in Gammapy"),
        ((LAW, None, gpnb.GaussianFlare(base=0.5)), "GaussianFlare has no base in Gammapy"),
        ((LAW, None, gpnb.GaussianFlare(height=2)), "a height of 1"),
    ],
    ids=["scaled", "base", "height"],
)
def test_what_has_no_counterpart_is_named(parts, says):
    with pytest.raises(ArgumentError, match=says):
        Models([SkyModel(*parts, name="a")]).to_yaml("gammapy")
