"""Predicted counts among the models: what they refuse, files here and in Gammapy's layout."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError, DataWarning

ENERGY = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)
GEOM = gpnb.WcsGeometry.create("83.63d 22.01d", width="0.4 deg", binsz="0.1 deg", axes=[ENERGY])
LOPSIDED = np.arange(32.0).reshape(GEOM.shape)


@pytest.fixture
def path(tmp_path):
    gpnb.SkyMap(GEOM, LOPSIDED).write(tmp_path / "counts.fits")
    return str(tmp_path / "counts.fits")


def test_counts_are_a_member_like_backgrounds(path):
    counts = gpnb.TemplateCounts(path, "stacked", name="stars")
    models = gpnb.Models([counts, gpnb.BackgroundModel("stacked")])
    assert [model.name for model in models.backgrounds] == ["stars", "stacked-bkg"]
    assert models.sources == ()
    assert models.free == ("stars.norm", "stacked-bkg.norm")
    changed = models.replace({"stars.norm": 1.3}).thaw("stars.tilt")["stars"]
    assert (changed.spectral.values[0], changed.map, changed.temporal) == (1.3, counts.map, None)
    assert repr(counts).startswith("TemplateCounts(496 counts, 'stacked', spectral=PowerLawNorm(norm=1")
    assert f"gpnb.SkyMap.read(path='{path}')" in counts.recipe.to_code()


FACTORS = [
    {},
    {"dataset": "stacked", "spectral": gpnb.PiecewiseNorm([1, 10] * u.TeV, norms=[2, 3])},
    {"spatial": gpnb.SkyNorm([83, 84, 83, 84] * u.deg, [21, 21, 23, 23] * u.deg, norms=[1, 2, 3, 4])},
    {"dataset": "a", "spectral": gpnb.LogParabolaNorm(norm=0.4, beta=0.1), "name": "diffuse"},
]


@pytest.mark.parametrize("format", ["gpnb", "gammapy"])
@pytest.mark.parametrize("given", FACTORS, ids=repr)
def test_counts_in_files(path, given, format):  # noqa: A002
    models = gpnb.Models([gpnb.TemplateCounts(path, **given)])
    text = models.to_yaml(format)
    assert ("type: TemplateNPredModel" in text) == (format == "gammapy")
    back = gpnb.Models.from_yaml(text)
    assert back[0] == models[0]
    assert back.free == models.free


def test_counts_of_gammapy_beside_the_file_of_models(path, tmp_path):
    text = """
    components:
    - name: cosmic
      type: TemplateNPredModel
      filename: counts.fits
      datasets_names: [stacked]
      spectral:
        type: PowerLawNormSpectralModel
        parameters:
        - {name: norm, value: 0.9}
        - {name: tilt, value: 0.1, frozen: false}
    """
    (tmp_path / "models.yaml").write_text(text)
    found = gpnb.Models.read(tmp_path / "models.yaml")["cosmic"]
    assert (found.dataset, found.spectral.values[:2]) == ("stacked", (0.9, 0.1))
    assert not found.parameter("tilt").frozen
    with pytest.raises(DataFormatError, match="no such file"):
        gpnb.Models.from_yaml(text)
    with pytest.raises(DataFormatError, match="filename"):
        gpnb.Models.from_yaml("components: [{type: TemplateNPredModel, name: x}]")
    with pytest.raises(DataFormatError, match="one dataset"):
        gpnb.Models.from_yaml(text.replace("[stacked]", "[a, b]"))


def test_what_is_no_map_of_counts_is_refused(path):
    energy_true = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2, name="energy_true")
    wrong = {
        "axes energy_true": gpnb.SkyMap(GEOM.image().cube([energy_true]), LOPSIDED),
        "axes none": gpnb.SkyMap(GEOM.image(), LOPSIDED[0]),
        "no counts": gpnb.SkyMap(GEOM, LOPSIDED, "s-1"),
        "holds no counts": gpnb.SkyMap(GEOM, 0 * LOPSIDED),
        "must be a SkyMap": 3,
    }
    for words, given in wrong.items():
        with pytest.raises(ArgumentError, match=words):
            gpnb.TemplateCounts(given)
    with pytest.raises(ArgumentError, match="has a unit"):
        gpnb.TemplateCounts(path, spectral=gpnb.PowerLaw())
    with pytest.raises(ArgumentError, match="spatial"):
        gpnb.TemplateCounts(path, spatial=gpnb.PointSource("0d 0d"))
    with pytest.raises(ArgumentError, match="in memory"):
        gpnb.TemplateCounts(gpnb.SkyMap(GEOM, LOPSIDED)).to_dict()


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_negative_counts_and_no_numbers_count_as_zero_and_are_told(value):
    bad = LOPSIDED.copy()
    bad[1, 0, 2:] = value
    with pytest.warns(DataWarning, match="2 values of its map are negative or not numbers"):
        found = gpnb.TemplateCounts(gpnb.SkyMap(GEOM, bad))
    assert found.replace(norm=2).map.data.sum() == np.nansum(np.maximum(bad, 0))  # told once
    with pytest.warns(DataWarning, match="32 values"), pytest.raises(ArgumentError, match="no counts"):
        gpnb.TemplateCounts(gpnb.SkyMap(GEOM, np.full(GEOM.shape, value)))
