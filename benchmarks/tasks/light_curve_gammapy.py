"""PKS 2155-304 in 44 slices of ten minutes: ``reduce`` them, or make the ``curve`` with its errors and limits."""

import sys
from itertools import pairwise

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time
from gammapy.data import DataStore
from gammapy.datasets import Datasets, SpectrumDataset
from gammapy.estimators import LightCurveEstimator
from gammapy.makers import ReflectedRegionsBackgroundMaker, SafeMaskMaker, SpectrumDatasetMaker
from gammapy.maps import MapAxis, RegionGeom
from gammapy.modeling.models import PowerLawSpectralModel, SkyModel
from regions import CircleSkyRegion
from timing import CURVE_INDEX, CURVE_START, DATA, PKS, measure

position = SkyCoord(*PKS, unit="deg")
edges = Time(CURVE_START) + np.arange(35) * 10 * u.min
intervals = [Time([start, stop]) for start, stop in pairwise(edges)]
energy = MapAxis.from_energy_bounds(0.4, 20, nbin=10, unit="TeV")
bins = {"reduce": 20, "curve": 160}[sys.argv[1]]
energy_true = MapAxis.from_energy_bounds(0.1, 40, nbin=bins, unit="TeV", name="energy_true")
store = DataStore.from_dir(DATA / "hess-dl3-dr1")
cone = {"type": "sky_circle", "frame": "icrs", "lon": PKS[0] * u.deg, "lat": PKS[1] * u.deg, "radius": 2 * u.deg}
numbers_of_runs = store.obs_table.select_observations(cone)["OBS_ID"]


def reduce():
    slices = store.get_observations(numbers_of_runs).select_time(intervals)
    region = CircleSkyRegion(position, 0.11 * u.deg)
    empty = SpectrumDataset.create(RegionGeom.create(region, axes=[energy]), energy_axis_true=energy_true)
    maker = SpectrumDatasetMaker(containment_correction=True, selection=["counts", "exposure", "edisp"])
    reflected, safe = ReflectedRegionsBackgroundMaker(), SafeMaskMaker(methods=["aeff-max"], aeff_percent=10)
    found = Datasets()
    for run in slices:
        found.append(safe.run(reflected.run(maker.run(empty.copy(), run), run), run))
    return found


def curve():
    estimator = LightCurveEstimator(
        source="pks2155",
        energy_edges=[0.7, 20] * u.TeV,
        time_intervals=intervals,
        selection_optional=["errn-errp", "ul"],
        n_sigma_ul=2,
    )
    estimator.norm.scan_max = 10
    return estimator.run(datasets)


def reduced(found):
    return {
        "on": [item.counts.data.sum(dtype=float) for item in found],
        "off": [item.counts_off.data.sum(dtype=float) for item in found],
        "alpha": [np.nanmean(item.alpha.data) for item in found],
        "exposure": np.concatenate([item.exposure.quantity.to_value("cm2 s").ravel()[5:] for item in found]),
    }


def fluxes(found):
    names = ("flux", "flux_err", "flux_errn", "flux_errp", "flux_ul")
    return {name: getattr(found, name).quantity.to_value("cm-2 s-1").ravel() for name in names}


if sys.argv[1] == "reduce":
    measure(reduce, reduced, repeats=2)
else:
    datasets = reduce()
    spectrum = PowerLawSpectralModel(index=CURVE_INDEX, amplitude=1e-10 * u.Unit("cm-2 s-1 TeV-1"))
    datasets.models = [SkyModel(spectral_model=spectrum, name="pks2155")]
    measure(curve, fluxes, repeats=1)
