"""OGIP spectra of five instruments, beside Gammapy 2.1 (task 11 of the peer scripts)."""

import json

import numpy as np
import pytest

from gpnb import SpectrumDataset
from gpnb.models.integrate import integrate_powerlaws

pytestmark = pytest.mark.data
RANGES = {"fermi": (0.03, 2), "magic": (0.08, 30), "veritas": (0.15, 30), "fact": (0.4, 30), "hess": (0.66, 30)}


def spectra(folder, instrument):
    low, high = RANGES[instrument]
    paths = sorted((folder / "joint-crab" / "spectra" / instrument).glob("pha_*.fits"))
    return [SpectrumDataset.read_ogip(path).restrict((f"{low} TeV", f"{high} TeV")) for path in paths]


@pytest.fixture(scope="module")
def peer(data_dir):
    path = data_dir.parent / "reference" / "peer" / "results.json"
    return json.loads(path.read_text())["11_joint_crab"]["results"]


def statistic(dataset, pars):
    edges = dataset.energy_true.refine(20).edge_values
    dnde = pars["amplitude"] * edges ** (-pars["alpha"] - pars["beta"] * np.log(edges))
    flux = integrate_powerlaws(edges, dnde).reshape(-1, 20).sum(axis=1)
    return dataset.statistic(dataset.predict(flux)).sum()


@pytest.mark.parametrize("instrument", RANGES)
def test_counts_and_statistic_are_theirs(data_dir, peer, instrument):
    found, expected = spectra(data_dir, instrument), peer[instrument]
    assert sum(item.summary.n_on for item in found) == expected["n_on"]
    assert sum(item.summary.n_off for item in found) == expected["n_off"]
    pars = {item["name"]: item["value"] for item in expected["pars"]}
    assert sum(statistic(item, pars) for item in found) == pytest.approx(expected["stat"], abs=1e-4)


def test_joint_statistic(data_dir, peer):
    found = [item for instrument in RANGES for item in spectra(data_dir, instrument)]
    assert len(found) == peer["n_datasets"]
    pars = {item["name"]: item["value"] for item in peer["joint"]["pars"]}
    assert sum(statistic(item, pars) for item in found) == pytest.approx(peer["joint"]["stat"], abs=1e-4)


def test_what_is_read_can_be_written(data_dir, tmp_path):
    for instrument in RANGES:
        dataset = spectra(data_dir, instrument)[0]
        dataset.write_ogip(tmp_path / f"pha_{instrument}.fits")
        again = SpectrumDataset.read_ogip(tmp_path / f"pha_{instrument}.fits")
        assert np.array_equal(again.edisp, dataset.edisp)
        assert again.alpha == pytest.approx(dataset.alpha, rel=1e-12)
        assert np.array_equal(again.flags, dataset.flags)
