"""Files of models that Gammapy 2.1 has written, and its values of every spectrum in them."""

from pathlib import Path

import numpy as np
import pytest
from astropy.time import Time

import gpnb
from gpnb import DataFormatError, DataWarning, GaussianPrior, Models
from gpnb.models.gammapy import SPECTRAL, translate

FOLDER = Path(__file__).parent
ENERGY = np.array([0.05, 0.3, 1, 2.7, 20])

# Gammapy 2.1: differential flux at ENERGY (TeV) of each model of the file (where its value is a factor, that is
# multiplied with an E^-2 power law of 3e-12 at 1 TeV), integral flux and energy flux from 0.3 to 15 TeV
SPECTRA = {
    "const": ([3e-12, 3e-12, 3e-12, 3e-12, 3e-12], 4.41e-11, 3.37365e-10),
    "pl": (
        [5.3896424512e-09, 8.7460524841e-11, 5.4851810256e-12, 5.5854003443e-13, 5.5824131482e-15],
        2.0058365164e-11,
        1.8124020518e-11,
    ),
    "pl-2": (
        [3.1573721967e-09, 5.1236317056e-11, 3.2133408146e-12, 3.2720515163e-13, 3.2703015505e-15],
        1.1750635604e-11,
        1.0617453569e-11,
    ),
    "bpl": (
        [3.3429141631e-10, 1.5895276964e-11, 1.5706601204e-12, 8.81307165e-14, 2.64908095e-16],
        4.6419490764e-12,
        3.6121533030e-12,
    ),
    "sbpl": (
        [7.6130740044e-10, 3.3529964139e-11, 2.6645669033e-12, 1.912716598e-13, 6.0412855127e-16],
        8.7099388495e-12,
        6.8947899412e-12,
    ),
    "sbpl-rising": (
        [3.8155738057e-08, 2.2813455373e-10, 1.1291595211e-11, 1.6310151247e-12, 5.1583949297e-14],
        4.7429833096e-11,
        5.4380256603e-11,
    ),
    "ecpl": (
        [7.3330791319e-10, 3.1558501257e-11, 3.3888824929e-12, 4.5224067446e-13, 2.0557199571e-15],
        1.0180738324e-11,
        1.1311298328e-11,
    ),
    "ecpl-3fgl": (
        [9.398400833e-10, 4.2864842692e-11, 4.9265135059e-12, 6.8575846219e-13, 1.2750371119e-15],
        1.4438132803e-11,
        1.6085107320e-11,
    ),
    "secpl-3fgl": (
        [1.0021074951e-09, 4.44582705e-11, 4.9546701854e-12, 6.8548760077e-13, 2.8118020566e-15],
        1.4748631685e-11,
        1.6778344399e-11,
    ),
    "secpl-4fgl": (
        [9.1661737588e-10, 4.0848736032e-11, 4.8194828187e-12, 7.8309996232e-13, 1.477962948e-14],
        1.4743733429e-11,
        2.0808025499e-11,
    ),
    "secpl-4fgl-dr3": (
        [2.8349064328e-10, 2.808180087e-11, 4.6401345164e-12, 7.9077007342e-13, 4.4498728126e-15],
        1.2666614290e-11,
        1.7592274274e-11,
    ),
    "lp": (
        [3.3615635981e-10, 4.2431510283e-11, 5.1336157866e-12, 5.8094988094e-13, 2.1641650177e-15],
        1.4584788737e-11,
        1.4955249586e-11,
    ),
    "lp2": (
        [1.397419085e-10, 2.8583752111e-11, 4.7832749373e-12, 7.0738590405e-13, 4.519693659e-15],
        1.2729186331e-11,
        1.6319427467e-11,
    ),
    "gauss": (
        [7.1711466723e-13, 1.7996988838e-12, 9.3970625137e-12, 1.7996988838e-12, 4.8207344823e-218],
        1.9544997361e-11,
        2.9965387640e-11,
    ),
    "template": (
        [4e-09, 1.1111111111e-10, 1e-11, 8.1605894195e-13, 5.2198626666e-15],
        2.9793307802e-11,
        2.6522959132e-11,
    ),
    "pl-norm": ([2.6861032683, 1.8771218077, 1.4754235329, 1.2096060583, 0.81042103895], None, None),
    "lp-norm": ([0.92920326819, 1.5139546646, 1.4653023285, 1.1466848956, 0.38391602604], None, None),
    "ecpl-norm": ([3.5754479928, 1.8904805534, 1.0953239854, 0.58717151348, 0.04404453545], None, None),
    "piecewise-norm": ([1.0, 1.3919633778, 2.0, 1.0998238457, 0.5], None, None),
}


@pytest.fixture(scope="module")
def spectra():
    return Models.read(FOLDER / "gammapy-2.1-spectra.yaml")


@pytest.fixture
def sources():
    with pytest.warns(DataWarning) as warned:
        models = Models.read(FOLDER / "gammapy-2.1-sources.yaml")
    assert len(warned) == 2
    said = " ".join(str(item.message) for item in warned)
    for words in (
        "gammapy_covariance.dat' is not read",
        "datasets_names of the model",
    ):
        assert words in said
    return models


def test_the_file_has_every_kind(spectra):
    tags = {kind.tag for kind in SPECTRAL.values()} - {"ebl-norm"}  # its table is not in the file
    assert {name for name in spectra.names if name != "sbpl-rising"} == tags == set(SPECTRA) - {"sbpl-rising"}


@pytest.mark.parametrize("name", sorted(SPECTRA))
def test_values_of_gammapy(spectra, name):
    model = spectra[name].spectral
    values, flux, energy_flux = SPECTRA[name]
    expected = np.array(values) * (1 if flux else 3e-12 * ENERGY**-2.0)
    assert model.evaluate_at(ENERGY) == pytest.approx(expected, rel=1e-9, abs=0)
    if flux:  # Gammapy's are trapezoids between 100 or so nodes where there is no closed form
        assert float(model.integral_between(0.3, 15.0)) == pytest.approx(flux, rel=3e-4)
        assert float(model.energy_flux_between(0.3, 15.0)) == pytest.approx(energy_flux, rel=3e-4)


def test_parameters_of_gammapy(sources):
    index = sources.parameter("crab.index")
    assert (index.value, index.error, index.min, index.max) == (2.3, 0.1, 0, 5)
    assert index.prior == GaussianPrior(2.2, 0.1)
    assert sources.parameter("crab.amplitude").value == pytest.approx(4e-11)
    assert sources.parameter("crab.reference").frozen  # by Gammapy's default, of which the file says nothing
    assert sources.parameter("two.alpha").frozen
    assert not sources.parameter("three.alpha").frozen
    assert sources.parameter("crab.sigma").min == 0  # ours, where the file has no limits


def test_links_of_gammapy(sources):
    assert sources.parameter("crab.index").link == ""
    assert sources.parameter("two.index").link == "crab.index"
    assert sources.replace({"crab.index": 3.1}).resolved().parameter("two.index").value == 3.1


def test_shapes_and_flares_of_gammapy(sources):
    crab, two, three, background = sources
    assert (background.dataset, background.name) == ("x", "x-bkg")
    assert isinstance(crab.spatial, gpnb.GaussianSource)
    assert crab.spatial.values == (83.63, 22.01, 0.05, 0.3, 20.0)
    assert two.spatial.frame == "galactic"
    assert two.temporal(Time(55555.3, format="mjd", scale="utc")) == pytest.approx(1)
    assert two.temporal(Time(55555.5, format="mjd", scale="utc")) == pytest.approx(np.exp(-0.5))
    assert isinstance(three.spatial, gpnb.DiskSource)
    assert three.spectral.names[:4] == ("index", "amplitude", "reference", "amplitude_2")


def test_what_is_read_can_be_written(sources, spectra):
    for models in (sources, spectra):
        assert list(Models.from_yaml(models.to_yaml())) == list(models)


@pytest.mark.data
def test_absorption_of_gammapy(data_dir, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))
    text = """
    components:
    - name: agn
      type: SkyModel
      spectral:
        type: CompoundSpectralModel
        model1: {type: pl, parameters: [{name: index, value: 2.0}]}
        model2:
          type: EBLAbsorptionNormSpectralModel
          parameters: [{name: redshift, value: 0.2}, {name: alpha_norm, value: 1.0}]
          filename: $GAMMAPY_DATA/ebl/ebl_dominguez11.fits.gz
        operator: mul
    """
    agn = Models.from_yaml(text)["agn"]
    expected = [3.9707628528e-10, 6.643765982e-12, 1.0094823611e-13, 4.280237529e-15]  # Gammapy 2.1
    assert agn.spectral.evaluate_at(ENERGY[:4]) == pytest.approx(expected, rel=2e-5)
    assert agn.parameter("redshift").frozen
    assert 3.9 < agn.parameter("redshift").max < 4


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("spectral: {type: TemplateNDSpectralModel}", "model 'x': Model type 'TemplateNDSpectralModel' is not known"),
        ("spectral: {type: pl, parameters: [{name: index}]}", "each parameter needs a name and a value"),
        ("spectral: {type: pl}\n  spatial: {type: TemplateSpatialModel}", "needs the entry 'filename'"),
        ("spectral: {type: pl}\n  spatial: {type: TemplateNDSpatialModel}", "'TemplateNDSpatialModel' is not known"),
        ("spectral: {type: pl}\n  temporal: {type: BreakTemporalModel}", "'BreakTemporalModel' is not known"),
        ("spectral: {type: pl}\n  temporal: {type: gauss, parameters: []}", "gauss needs the parameter sigma"),
        ("spectral: {type: piecewise-norm, interp: lin}", "only 'log' is known"),
        (
            "spectral: {type: pl, parameters: [{name: index, value: 2, prior: {type: GaussianPrior, weight: 2}}]}",
            "GaussianPrior with weight 2",
        ),
        ("spatial: {type: point}", "needs the entries 'name' and 'spectral'"),
    ],
)
def test_what_has_no_counterpart(part, says):
    with pytest.raises(DataFormatError, match=says):
        Models.from_yaml(f"components:\n- name: x\n  {part}\n")


def test_a_steady_source_and_components_that_are_none():
    text = "components:\n- {name: x, spectral: {type: pl}, temporal: {type: ConstantTemporalModel}}\n"
    assert Models.from_yaml(text)["x"].temporal is None
    with pytest.raises(DataFormatError, match="is no model"):
        translate([3], "here")


def test_an_elongated_disk_of_gammapy():
    text = """
    components:
    - name: x
      spectral: {type: pl}
      spatial:
        type: DiskSpatialModel
        frame: galactic
        parameters:
        - {name: lon_0, value: 10.0, unit: deg}
        - {name: lat_0, value: 5.0, unit: deg}
        - {name: r_0, value: 0.4, unit: deg}
        - {name: e, value: 0.8}
        - {name: phi, value: 30.0, unit: deg}
        - {name: edge_width, value: 0.05}
    """
    shape = Models.from_yaml(text)["x"].spatial
    assert shape.values == (10, 5, 0.4, 0.8, 30, 0.05)
    assert shape.free == ("lon", "lat", "radius")
    assert list(Models.from_yaml(Models.from_yaml(text).to_yaml("gammapy"))) == list(Models.from_yaml(text))
