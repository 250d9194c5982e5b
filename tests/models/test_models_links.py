"""Several models: full names, links, priors, copies."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gpnb
from gpnb import ArgumentError, GaussianPrior, LogUniformPrior, Models, Parameter, PowerLaw, SkyModel, UniformPrior
from gpnb.models.priors import prior_from_dict, prior_to_dict

TWO = Models([SkyModel(PowerLaw(index=2.1), name="a"), SkyModel(PowerLaw(index=2.9), name="b")])


def test_full_and_short_names():
    assert TWO.free == ("a.index", "a.amplitude", "b.index", "b.amplitude")
    assert TWO.parameter("b.index").value == 2.9
    with pytest.raises(ArgumentError, match=r"'index' is a parameter of several models; full names are: a.index"):
        TWO.parameter("index")
    with pytest.raises(ArgumentError, match=r"'c.index' is not a parameter of these models"):
        TWO.parameter("c.index")
    with pytest.raises(ArgumentError, match=r"a has no parameter 'a.gamma'"):
        TWO.parameter("a.gamma")
    one = Models([TWO[0], SkyModel(gpnb.LogParabola(), name="lp")])
    assert one.replace(beta=0.3).parameter("lp.beta").value == 0.3


def test_parameters_of_one_name_in_two_parts():
    line = SkyModel(gpnb.GaussianLine(), gpnb.GaussianSource("10d 0d", sigma="0.2 deg"), name="line")
    assert "line.sigma" in line.parameters
    assert line.parameters["line.spatial.sigma"].value == 0.2
    assert len(line.parameters) == len(line.spectral.names) + len(line.spatial.names)
    changed = Models([line]).replace({"line.spatial.sigma": 0.3}).freeze("line.sigma")["line"]
    assert changed.spatial.sigma.value == 0.3
    assert changed.spectral.sigma.frozen
    assert Models([line]).table["name"].tolist().count("sigma") == 1


def test_copies_with_other_settings():
    models = TWO.freeze("a.index").bound("b.index", 1, 4).with_prior("b.index", GaussianPrior(2.8, 0.1))
    assert models.free == ("a.amplitude", "b.index", "b.amplitude")
    assert models.parameter("b.index") == Parameter("index", 2.9, min=1, max=4, prior=GaussianPrior(2.8, 0.1))
    assert models.thaw("a.index").with_prior("b.index", None).free == TWO.free
    assert "with GaussianPrior" in repr(models.parameter("b.index"))
    assert TWO.parameter("b.index") == Parameter("index", 2.9)


def test_links_are_followed():
    models = TWO.link("b.index", "a.index")
    assert models.free == ("a.index", "a.amplitude", "b.amplitude")
    assert models.resolved().parameter("b.index").value == 2.1
    assert models.parameter("b.index").value == 2.9
    assert models.link("b.index", "").free == TWO.free
    chain = Models([*models, SkyModel(PowerLaw(), name="c")]).link("c.index", "b.index")
    assert chain.replace({"a.index": 3}).resolved().parameter("c.index").value == 3
    assert chain.resolved().parameter("c.index").link == "b.index"


def test_links_change_units():
    cut = SkyModel(gpnb.ExpCutoffPowerLaw3FGL(e_cut="3 TeV"), name="cut")
    disk = SkyModel(PowerLaw(reference="1 TeV"), gpnb.DiskSource("0d 0d"), name="disk")
    models = Models([cut, disk]).link("disk.reference", "cut.e_cut")
    assert models.resolved().parameter("disk.reference").value == 3
    with pytest.raises(ArgumentError, match="not convertible"):
        models.link("disk.radius", "cut.e_cut").resolved()


def test_links_that_lead_nowhere():
    with pytest.raises(ArgumentError, match=r"b.index is linked to 'a.gamma'"):
        TWO.link("b.index", "a.gamma").resolved()
    with pytest.raises(ArgumentError, match="run in a circle"):
        TWO.link("b.index", "a.index").link("a.index", "b.index").resolved()


def test_priors_and_links_in_files():
    models = TWO.link("b.index", "a.index").with_prior("a.index", UniformPrior(1, math.inf))
    models = models.with_prior("a.amplitude", LogUniformPrior(1e-14, 1e-10))
    again = Models.from_yaml(models.to_yaml())
    assert list(again) == list(models)
    assert again.parameter("a.amplitude").prior == LogUniformPrior(1e-14, 1e-10)
    with pytest.raises(gpnb.DataFormatError, match="is not known; known are: GaussianPrior"):
        Models.from_yaml(models.to_yaml().replace("LogUniformPrior", "CauchyPrior"))


def test_the_list_may_be_called_models():
    assert list(Models.from_yaml(TWO.to_yaml().replace("components:", "models:"))) == list(TWO)


PRIORS = [GaussianPrior(1.5, 0.2), UniformPrior(0.1, 20), LogUniformPrior(0.1, 20)]


@pytest.mark.parametrize("prior", PRIORS, ids=lambda item: type(item).__name__)
@given(x=st.floats(0.2, 10))
def test_slopes_of_priors(prior, x):
    step = 1e-5 * x
    assert prior.gradient(x) == pytest.approx(
        (prior.stat(x + step) - prior.stat(x - step)) / (2 * step), rel=1e-6, abs=1e-6
    )
    assert prior_from_dict(prior_to_dict(prior)) == prior
    assert prior.scaled(10).stat(10 * x) - prior.scaled(10).stat(15) == pytest.approx(prior.stat(x) - prior.stat(1.5))
    assert prior.weight(x) >= 0


def test_priors_outside_and_wrong():
    assert UniformPrior(0, 1).stat(2) == math.inf
    assert LogUniformPrior(0, 1).stat(-1) == math.inf
    for make in (lambda: GaussianPrior(1, 0), lambda: UniformPrior(1, 1), lambda: LogUniformPrior(-1, 1)):
        with pytest.raises(ArgumentError, match=r"must (be|not be)"):
            make()


def test_a_prior_comes_along_in_its_unit():
    prior = GaussianPrior(1e-7, 1e-8)
    model = PowerLaw(amplitude=Parameter("a", 1e-7, "m-2 s-1 TeV-1", prior=prior))
    assert model.amplitude.prior.mean == pytest.approx(1e-11)
    assert model.amplitude.prior.stat(1.1e-11) == pytest.approx(1)


def test_plain_values():
    model = PowerLaw().with_values([3, 1e-11, 2])
    assert model.values == (3, 1e-11, 2)
    assert model.reference.frozen
    with pytest.raises(ValueError, match="zip"):
        model.with_values([3])
    assert np.isclose(float(model.evaluate_at(2.0)), 1e-11)


def test_code_makes_limits_links_and_priors_again():
    first = gpnb.SkyModel(gpnb.PowerLaw(index=0).bound("index", -1, 4).thaw("reference"), name="first")
    prior = gpnb.GaussianPrior(1e-11, 2e-12)
    second = gpnb.SkyModel(gpnb.PowerLaw().link("index", "first.index").with_prior("amplitude", prior), name="second")
    models = gpnb.Models([first, second])
    known = {}
    exec(models.recipe.to_code(), known)
    assert known["models"].to_yaml() == models.to_yaml()
    plain = gpnb.PowerLaw().recipe.to_code()
    wanted = "power_law = gpnb.PowerLaw(index=2.0, amplitude='1e-12 1 / (TeV s cm2)', reference='1.0 TeV',)"
    assert "".join(plain.split()).endswith("".join(wanted.split()))
