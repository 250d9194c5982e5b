"""The joint part of the demo stores: one Crab seen by five instruments, as OGIP spectra."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.progress import Report, track
from gpnb.core.yaml_text import dump_yaml
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.models.sky import SkyModel
from gpnb.models.spectral import PowerLaw
from gpnb.simulate.arrays import ARRAYS, ENERGY, ENERGY_TRUE, Array
from gpnb.simulate.scene import targets
from gpnb.simulate.spectrum import simulate_spectrum

VERSION = 1
"""Changes with the content: a store of another version is made beside this one."""

_SEED = 2025
_TARGET = "Crab"
_README = """\
Simulated spectra of gpnb, as OGIP files. Nothing in here was ever measured.

Five instruments saw the Crab, a folder each. They bear the names of those they are modelled
on, but their areas, resolutions and backgrounds follow from closed formulae
(gpnb/simulate/arrays.py). truth.yaml has the source that was put in, and the counts to
expect of each instrument.

Made again (the same counts, with the same numpy) by gpnb.demo_store(part="joint"); read by
gpnb.Datasets.read(FOLDER). Delete the folder when you need it no more.
"""


def make_joint(folder: Path, progress: bool | Report = False) -> None:
    """Fill a folder with the spectra of all instruments, truth and a README."""
    crab = _crab()
    runs = [item for array in ARRAYS for item in expected_runs(array)]
    for empty in track(runs, "Simulating the demo store", progress):
        instrument, _, label = empty.name.partition("-")
        (folder / instrument).mkdir(exist_ok=True)
        seen = simulate_spectrum(empty, crab, _SEED + empty.obs_ids[0])
        seen.write_ogip(folder / instrument / f"pha_{label}.fits")
    truth = {"models": [crab.to_dict()], "expected": expectations()}
    text = dump_yaml({"version": VERSION, "targets": {_TARGET: truth}})
    (folder / "truth.yaml").write_text(text, encoding="utf-8")
    (folder / "README.txt").write_text(_README, encoding="utf-8")


def expected_runs(array: Array) -> list[SpectrumDataset]:
    """The runs of an instrument with what to expect of the background, and no source."""
    return [_expected(array, number) for number in range(len(array.hours))]


def expectations() -> dict[str, dict[str, float]]:
    """Counts to expect of the source and of the background in the ON region, within the safe range, by instrument."""
    flux = _crab().spectral.integral_bins(ENERGY_TRUE.edge_values)
    return {array.name: _sums(expected_runs(array), flux) for array in ARRAYS}


def _sums(runs: list[SpectrumDataset], flux: np.ndarray) -> dict[str, float]:
    pairs = {
        "counts": sum(run.predict(flux)[run.usable].sum() for run in runs),
        "background": sum(run.expected_background[run.usable].sum() for run in runs),
    }
    return {name: float(f"{value:.4g}") for name, value in pairs.items()}


def _expected(array: Array, number: int) -> SpectrumDataset:
    obs_id, seconds = array.first_id + number, array.hours[number] * 3600
    area = array.effective_area(ENERGY_TRUE.center_values)
    bare = SpectrumDataset(
        ENERGY,
        ENERGY_TRUE,
        np.zeros(ENERGY.n),
        area * seconds,
        array.energy_dispersion(),
        seconds * u.s,
        name=f"{array.name}-obs{obs_id}",
        obs_ids=(obs_id,),
    )
    residual = PowerLaw(index=2.7, amplitude=array.background, reference="1 TeV")
    background = bare.predict(residual.integral_bins(ENERGY_TRUE.edge_values))
    alpha = array.alpha[number]
    low, high = array.energy
    return replace(bare, counts_off=background / alpha, acceptance_off=1 / alpha).restrict((low * u.TeV, high * u.TeV))


def _crab() -> SkyModel:
    """The source of the cta part."""
    models: Any = next(target.models for target in targets() if target.name == _TARGET)
    return models["crab"]
