"""Backgrounds of datasets among the models, and which responses apply to sources."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError, DataWarning
from gpnb.fitting.given import as_models
from gpnb.fitting.members import check_backgrounds
from gpnb.fitting.vector import FreeParameters
from gpnb.models.priors import GaussianPrior

CRAB = gpnb.SkyModel(gpnb.PowerLaw(), gpnb.PointSource("83.63d 22.01d"), name="crab")
NODES = {"lon": [9, 11, 9, 11] * u.deg, "lat": [4, 4, 6, 6] * u.deg}


def test_a_background_is_a_member_like_sources():
    background = gpnb.BackgroundModel("stacked")
    models = gpnb.Models([CRAB, background])
    assert (background.name, background.temporal) == ("stacked-bkg", None)
    assert list(background.parts) == ["spectral"]
    assert models.names == ["crab", "stacked-bkg"]
    assert "stacked-bkg.norm" in models.free
    assert "stacked-bkg.tilt" not in models.free
    changed = models.replace({"stacked-bkg.norm": 1.2}).thaw("stacked-bkg.tilt").bound("stacked-bkg.norm", 0, 3)
    changed = changed.with_prior("stacked-bkg.norm", GaussianPrior(1, 0.1))
    item = changed.parameter("stacked-bkg.norm")
    assert (item.value, item.min, item.max, item.prior) == (1.2, 0, 3, GaussianPrior(1, 0.1))
    assert isinstance(changed["stacked-bkg"], gpnb.BackgroundModel)
    assert [model.name for model in models.sources] == ["crab"]
    assert [model.name for model in models.backgrounds] == ["stacked-bkg"]
    assert len(models.table) == len(models.parameters)
    assert as_models(background).names == ["stacked-bkg"]


def test_backgrounds_are_linked():
    models = gpnb.Models([gpnb.BackgroundModel("a"), gpnb.BackgroundModel("b")]).link("b-bkg.norm", "a-bkg.norm")
    assert models.replace({"a-bkg.norm": 1.4}).resolved().parameter("b-bkg.norm").value == 1.4
    vector = FreeParameters(models, ("spectral", "spatial"))
    assert vector.names == ("a-bkg.norm",)
    assert [slots.values(np.array([1.4]))[0] for slots in vector.slots] == [1.4, 1.4]


def test_a_background_has_a_factor_on_the_sky():
    spatial = gpnb.SkyNorm(**NODES, frame="galactic")
    background = gpnb.BackgroundModel("stacked", spatial=spatial, name="b").replace(norm_2=1.5)
    assert background.full_names("spatial") == tuple(f"b.norm_{k}" for k in range(4))
    assert background.spatial.values == (1, 1, 1.5, 1)
    both = gpnb.BackgroundModel("stacked", gpnb.PiecewiseNorm([1, 10] * u.TeV), spatial)
    assert both.full_names("spatial")[:2] == ("stacked-bkg.spatial.norm_0", "stacked-bkg.spatial.norm_1")
    assert both.freeze("spatial.norm_0").spatial.parameters[0].frozen
    vector = FreeParameters(gpnb.Models([both]), ("spectral", "spatial"))
    assert len(vector) == 6


BACKGROUNDS = [
    gpnb.BackgroundModel("stacked"),
    gpnb.BackgroundModel("a", gpnb.LogParabolaNorm(norm=1.1, beta=0.1)),
    gpnb.BackgroundModel("run 1", gpnb.PiecewiseNorm([0.1, 1, 10] * u.TeV, norms=[1, 2, 3])),
    gpnb.BackgroundModel("b", spatial=gpnb.SkyNorm(**NODES, norms=[1, 2, 3, 4], frame="galactic")),
]


@pytest.mark.parametrize("background", BACKGROUNDS, ids=repr)
def test_backgrounds_in_files(background):
    models = gpnb.Models([background, CRAB])
    for format in ("gpnb", "gammapy"):  # noqa: A001
        back = gpnb.Models.from_yaml(models.to_yaml(format))
        assert back[0].to_dict() == background.to_dict()
        assert back.free == models.free
    named = background.replace(name="mine")
    assert gpnb.Models.from_yaml(gpnb.Models([named]).to_yaml())["mine"] == named


def test_a_background_of_gammapy():
    text = """
    components:
    - type: FoVBackgroundModel
      datasets_names: [stacked]
      spectral:
        type: PowerLawNormSpectralModel
        parameters: [{name: norm, value: 1.3, error: 0.1}, {name: tilt, value: 0.1}]
    - {type: fov-bkg, datasets_names: [other]}
    - {type: NoSuchModel, name: counts, filename: x.fits}
    """
    with pytest.warns(DataWarning, match="NoSuchModel is left out"):
        models = gpnb.Models.from_yaml(text)
    assert models.names == ["stacked-bkg", "other-bkg"]
    assert models["stacked-bkg"].dataset == "stacked"
    assert models.free == ("stacked-bkg.norm", "other-bkg.norm")
    assert models.parameter("stacked-bkg.norm").error == 0.1
    assert "FoVBackgroundModel" in models.to_yaml("gammapy")
    assert "name: stacked-bkg" not in models.to_yaml("gammapy")


def test_recipes_and_words():
    background = gpnb.BackgroundModel("run 1")
    assert background.recipe.kwargs["dataset"] == "run 1"
    assert repr(background).startswith("BackgroundModel('run 1', spectral=PowerLawNorm(")
    assert gpnb.Responses(psf=False).recipe.kwargs["psf"] is False


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gpnb.BackgroundModel(""), "dataset='' must be the name of a dataset"),
        (lambda: gpnb.BackgroundModel("a", gpnb.PowerLaw()), "has a unit: give a factor, such as PowerLawNorm"),
        (lambda: gpnb.BackgroundModel("a", spatial=gpnb.PointSource("0d 0d")), "is not a spatial model|not a SkyNorm"),
        (lambda: gpnb.Models([gpnb.BackgroundModel("a")] * 2), "Two models are called 'a-bkg'"),
        (lambda: gpnb.Models([gpnb.BackgroundModel("a")]).source(), "There is no source: give a SkyModel"),
        (lambda: gpnb.Models([CRAB, gpnb.BackgroundModel("a")]).source("a-bkg"), "'a-bkg' is a background"),
        (lambda: gpnb.Responses(psf=1), "psf=1 must be True or False"),
        (lambda: gpnb.SkyModel(gpnb.PowerLaw(), responses=True), r"responses=True must be a Responses"),
    ],
)
def test_wrong_backgrounds(make, says):
    with pytest.raises(ArgumentError, match=says):
        make()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{type: BackgroundModel, name: x, spectral: {type: PowerLawNorm}}", "is that of one dataset"),
        ("{type: fov-bkg, datasets_names: [a, b]}", "is that of one dataset"),
        ("{name: x, spectral: {type: pl}, apply_irf: {exposure: true, aeff: true}}", "apply_irf has 'aeff'"),
    ],
)
def test_wrong_files(text, says):
    with pytest.raises(DataFormatError, match=says):
        gpnb.Models.from_yaml(f"components:\n- {text}\n")


def test_which_responses_apply():
    model = CRAB.replace(responses=gpnb.Responses(psf=False))
    models = gpnb.Models([CRAB, model.replace(name="b")])
    assert "responses" not in CRAB.to_dict()
    for format in ("gpnb", "gammapy"):  # noqa: A001
        back = gpnb.Models.from_yaml(models.to_yaml(format))
        assert back["crab"].responses == gpnb.Responses()
        assert back["b"].responses == gpnb.Responses(psf=False)
    assert "apply_irf:\n    exposure: true\n    psf: false\n    edisp: true" in models.to_yaml("gammapy")
    known = {}
    exec(model.recipe.to_code(), known)
    assert known["crab"] == model


def test_a_background_that_is_not_there():
    with pytest.raises(ArgumentError, match="is that of the dataset 'x', but there is no cube among the data"):
        check_backgrounds(gpnb.Models([gpnb.BackgroundModel("x")]), [])
