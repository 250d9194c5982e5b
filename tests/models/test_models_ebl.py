"""Absorption on the way: values of Gammapy 2.1 on the same tables, derivatives, limits."""

import numpy as np
import pytest
from astropy.io import fits

import gpnb
from gpnb import ArgumentError, DataFormatError, EBLAbsorption, Models, PowerLaw, SkyModel
from gpnb.models.opacity import OpacityTable

ENERGY = np.array([0.03, 0.1, 0.5, 1, 3.3, 10])

# EBLAbsorptionNormSpectralModel.read_builtin(name, redshift, alpha_norm) of Gammapy 2.1 at ENERGY;
# its nodes are in single precision
GAMMAPY = [
    ("dominguez", 0.1, 1.0, [0.9998794237, 0.9803307574, 0.6015089147, 0.3464115551, 0.1716310664, 0.02452850777]),
    ("dominguez", 0.105, 0.8, [0.9998961301, 0.9832473039, 0.6503488134, 0.408726039, 0.2263218458, 0.04321334805]),
    ("dominguez", 0.0123, 1.0, [0.9999902392, 0.9980076378, 0.9465724609, 0.8871573347, 0.8165673859, 0.6728502652]),
    ("franceschini", 0.1, 1.0, [1.0, 0.9860926309, 0.6095764922, 0.365674121, 0.1860785753, 0.01648201958]),
    (
        "franceschini",
        0.5,
        1.0,
        [0.9980435942, 0.8360031630, 0.0263789218, 0.00172773743, 9.5250368547e-06, 3.210812e-19],
    ),
]


@pytest.fixture
def table():
    """A small table: tau = z E."""
    redshift, energy = np.array([0.1, 0.2, 0.4]), np.array([0.1, 1.0, 10.0])
    return OpacityTable.from_transmission(redshift, energy, np.exp(-np.outer(redshift, energy)))


@pytest.fixture
def ebl_dir(data_dir, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))


@pytest.mark.data
@pytest.mark.parametrize(("name", "redshift", "alpha", "expected"), GAMMAPY)
@pytest.mark.usefixtures("ebl_dir")
def test_values_of_gammapy(name, redshift, alpha, expected):
    model = EBLAbsorption.read(name, redshift=redshift, alpha_norm=alpha)
    assert model.evaluate_at(ENERGY) == pytest.approx(expected, rel=2e-5)


@pytest.mark.data
@pytest.mark.usefixtures("ebl_dir")
def test_files_and_code_make_it_again():
    source = SkyModel(
        spectral=PowerLaw(index=2.2) * EBLAbsorption.read("franceschini", redshift=0.35).thaw("redshift"), name="agn"
    )
    again = Models.from_yaml(Models([source]).to_yaml())["agn"]
    assert again == source
    assert again.parameter("agn.redshift").free
    names = {}
    exec(source.spectral.right.recipe.to_code(), names)
    assert names["e_b_l_absorption"] == EBLAbsorption.read("franceschini", redshift=0.35)


def test_between_nodes_beyond_and_without_distance(table):
    model = EBLAbsorption(table, "test", redshift=0.2)
    assert model.evaluate_at(np.array([0.1, 1, 10])) == pytest.approx(np.exp([-0.02, -0.2, -2]))
    assert model.evaluate_at(np.sqrt(10)) == pytest.approx(np.exp(-1.1))  # linear in ln E
    assert model.evaluate_at(100.0) == pytest.approx(np.exp(-3.8))  # with the last slope
    assert model.evaluate_at(0.01) == pytest.approx(np.exp(-0.02))
    assert model.replace(redshift=0).evaluate_at(ENERGY) == pytest.approx(np.ones(6))
    assert model.replace(redshift=0.05).evaluate_at(1.0) == pytest.approx(np.exp(-0.05))
    assert model.redshift.max == 0.4


def test_derivatives(table):
    model = PowerLaw() * EBLAbsorption(table, "test", redshift=0.25, alpha_norm=0.9)
    edges = np.geomspace(0.1, 20, 12)
    for method, exact in (("integral_bins", "integral_gradient"), ("evaluate_at", "gradient_at")):
        found = getattr(model, exact)(edges)
        for place, step in ((3, 1e-4), (4, 1e-4)):
            shifted = []
            for sign in (1, -1):
                values = list(model.values)
                values[place] += sign * step
                shifted.append(getattr(model.with_values(values), method)(edges))
            assert found[place] == pytest.approx((shifted[0] - shifted[1]) / (2 * step), rel=1e-6, abs=1e-22)


def test_limits_and_faults(table, tmp_path, monkeypatch):
    with pytest.raises(ArgumentError, match=r"redshift=0.5 must lie between 0 and 0.4"):
        EBLAbsorption(table, "test", redshift=0.5)
    with pytest.raises(ArgumentError, match="must lie between"):
        EBLAbsorption(table, "test").replace(redshift=-0.1)
    with pytest.raises(ArgumentError, match="one row a redshift"):
        OpacityTable.from_transmission(np.array([0.1]), np.array([1.0, 2.0]), np.ones((2, 2)))
    monkeypatch.setenv("GPNB_DATA", str(tmp_path))
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path))
    with pytest.raises(DataFormatError, match="one of dominguez, finke"):
        EBLAbsorption.read("dominguez")
    fits.PrimaryHDU().writeto(tmp_path / "empty.fits")
    with pytest.raises(DataFormatError, match="has no HDU 'ENERGIES'"):
        EBLAbsorption.read(tmp_path / "empty.fits")
    with pytest.raises(DataFormatError, match="needs the entry 'source'"):
        gpnb.models.base.Model.from_dict({"type": "EBLAbsorption"})
