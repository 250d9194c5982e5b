"""Four H.E.S.S. runs to ON and OFF spectra with reflected regions: ``files`` read anew, or ``again`` from memory."""

import sys

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from gammapy.data import DataStore
from gammapy.datasets import SpectrumDataset
from gammapy.makers import ReflectedRegionsBackgroundMaker, SafeMaskMaker, SpectrumDatasetMaker
from gammapy.maps import MapAxis, RegionGeom, WcsGeom
from regions import CircleSkyRegion
from timing import CRAB_RUNS, DATA, measure

CRAB = SkyCoord(83.63, 22.01, unit="deg")
energy = MapAxis.from_energy_bounds(0.1, 40, nbin=10, per_decade=True, unit="TeV", name="energy")
energy_true = MapAxis.from_energy_bounds(0.05, 100, nbin=20, per_decade=True, unit="TeV", name="energy_true")
store = DataStore.from_dir(DATA / "hess-dl3-dr1")
known = store.get_observations(CRAB_RUNS)
again = sys.argv[1] == "again"


def work():
    excluded = CircleSkyRegion(SkyCoord(183.604, -8.708, unit="deg", frame="galactic"), 0.5 * u.deg)
    kept = ~WcsGeom.create(npix=(150, 150), binsz=0.05, skydir=CRAB.galactic, proj="TAN", frame="icrs").region_mask(
        [excluded]
    )
    region = CircleSkyRegion(CRAB, 0.11 * u.deg)
    empty = SpectrumDataset.create(RegionGeom.create(region, axes=[energy]), energy_axis_true=energy_true)
    maker = SpectrumDatasetMaker(containment_correction=True, selection=["counts", "exposure", "edisp"])
    reflected = ReflectedRegionsBackgroundMaker(exclusion_mask=kept)
    safe = SafeMaskMaker(methods=["aeff-max"], aeff_percent=10)
    found = []
    for run in known if again else store.get_observations(CRAB_RUNS):
        dataset = maker.run(empty.copy(name=str(run.obs_id)), run)
        found.append(safe.run(reflected.run(dataset, run), run))
    return found


def numbers(found):
    return {
        "on": [item.counts.data.sum(dtype=float) for item in found],
        "off": [item.counts_off.data.sum(dtype=float) for item in found],
        "alpha": [np.nanmean(item.acceptance.data / item.acceptance_off.data) for item in found],
        "exposure": np.concatenate([item.exposure.quantity.to_value("m2 s").squeeze()[36:] for item in found]),
    }


measure(work, numbers)
