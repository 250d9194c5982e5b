"""Small spectra with blurred responses, and the real ones of the peer scripts."""

import json
import os

import numpy as np
import pytest

import gpnb

ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", per_decade=8)
TRUE = gpnb.Axis.energy("0.2 TeV", "100 TeV", per_decade=16, name="energy_true")
CRAB = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
RANGES = {"fermi": (0.03, 2), "magic": (0.08, 30), "veritas": (0.15, 30), "fact": (0.4, 30), "hess": (0.66, 30)}


def blur(energy=ENERGY, true=TRUE, width=0.15, bias=0.0):
    """Energy dispersion, a normal one in ln E."""
    from scipy.stats import norm

    upper = norm.cdf(np.log(energy.edge_values[None, :] / true.center_values[:, None]), loc=bias, scale=width)
    return np.diff(upper, axis=1)


def spectrum(model=CRAB, hours=5.0, seed=1, off=10.0, name="run", **given):
    """A simulated ON and OFF spectrum with a smooth area and background; `off` = 0 for a known background."""
    area = 1e9 * TRUE.center_values / (0.5 + TRUE.center_values)  # cm2
    expected = 3.0 * hours * ENERGY.center_values**-1.3
    background = {"counts_off": expected * off, "acceptance_off": off} if off else {"background": expected}
    empty = gpnb.SpectrumDataset(
        ENERGY, TRUE, np.zeros(ENERGY.n), area * hours * 3600, blur(), f"{hours} h", name=name, **background | given
    )
    return gpnb.simulate_spectrum(empty, model, seed)


@pytest.fixture(scope="session")
def make():
    """Simulates a spectrum."""
    return spectrum


@pytest.fixture(scope="session")
def peer(data_dir):
    path = data_dir.parent / "reference" / "peer" / "results.json"
    return {task: item["results"] for task, item in json.loads(path.read_text()).items() if "results" in item}


@pytest.fixture(scope="session")
def joint_crab(data_dir):
    """Spectra of five instruments by instrument, in the ranges of Gammapy's task 11."""
    base = data_dir / "joint-crab" / "spectra"
    return {
        instrument: [
            gpnb.SpectrumDataset.read_ogip(path, name=f"{instrument}-{path.stem}").restrict(
                (f"{low} TeV", f"{high} TeV")
            )
            for path in sorted((base / instrument).glob("pha_*.fits"))
        ]
        for instrument, (low, high) in RANGES.items()
    }


@pytest.fixture(scope="session")
def crab_runs(data_dir, peer):
    """Four H.E.S.S. runs at the settings of Gammapy's task 07: regions by pixels, its thresholds as it takes them."""
    energy = gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=10)
    true = gpnb.Axis.energy("0.05 TeV", "100 TeV", per_decade=20, name="energy_true")
    specs = gpnb.reduce_spectrum(
        gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(obs_id=[23523, 23526, 23559, 23592]),
        "icrs; circle(83.63, 22.01, 0.11)",
        energy,
        true,
        background=gpnb.Reflected(pixel="0.01 deg"),
        exclusion="galactic; circle(183.604, -8.708, 0.5)",
        safe=gpnb.SafeRange(thresholds=False),
    )
    rows = peer["07_crab_spectrum"]["info_per_run_all_energies"]
    pairs = zip(specs, rows, strict=True)
    return gpnb.Datasets([item.restrict((f"{row['safe_emin_TeV']} TeV", None)) for item, row in pairs])


@pytest.fixture(scope="session")
def sherpa():
    """Sherpa; tests on it are skipped, visibly, where it is missing."""
    if os.environ.get("GPNB_REQUIRE_SHERPA") != "1":
        return pytest.importorskip("sherpa", reason="Sherpa is not installed: pip install 'gpnb[sherpa]'")
    import sherpa

    return sherpa
