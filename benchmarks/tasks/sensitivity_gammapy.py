"""The sensitivity of 50 h of CTA South in a circle of 0.1 deg, half a degree from the pointing."""

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from gammapy.data import FixedPointingInfo, Observation
from gammapy.datasets import SpectrumDataset, SpectrumDatasetOnOff
from gammapy.estimators import SensitivityEstimator
from gammapy.irf import load_irf_dict_from_file
from gammapy.makers import SpectrumDatasetMaker
from gammapy.maps import MapAxis, RegionGeom
from regions import CircleSkyRegion
from timing import DATA, PROD5, measure

pointing = FixedPointingInfo(fixed_icrs=SkyCoord(0, 0, unit="deg"))
irfs = load_irf_dict_from_file(DATA / "cta-caldb" / PROD5)
run = Observation.create(pointing=pointing, irfs=irfs, livetime=50 * u.h)
energy = MapAxis.from_energy_bounds("0.03 TeV", "30 TeV", nbin=20)
true = MapAxis.from_energy_bounds("0.01 TeV", "100 TeV", nbin=100, name="energy_true")
region = CircleSkyRegion(SkyCoord(0, 0.5, unit="deg"), 0.1 * u.deg)
empty = SpectrumDataset.create(RegionGeom.create(region, axes=[energy]), energy_axis_true=true)
maker = SpectrumDatasetMaker(selection=["exposure", "edisp", "background"], containment_correction=True)
known = maker.run(empty, run)
data = SpectrumDatasetOnOff.from_spectrum_dataset(dataset=known, acceptance=1, acceptance_off=5)


def work():
    return SensitivityEstimator(gamma_min=10, n_sigma=5, bkg_syst_fraction=0.05).run(data)


def numbers(found):
    return {name: np.asarray(found[name]).tolist() for name in ("e2dnde", "excess", "background")}


measure(work, numbers, repeats=5)
