"""Four H.E.S.S. runs, from disk to counts, exposure and background, each run's background scaled to its counts.

With the argument ``responses`` with point spread function and energy dispersion.
"""

import sys

import astropy.units as u
from astropy.coordinates import SkyCoord
from gammapy.data import DataStore
from gammapy.datasets import MapDataset
from gammapy.makers import FoVBackgroundMaker, MapDatasetMaker, SafeMaskMaker
from gammapy.maps import MapAxis, WcsGeom
from regions import CircleSkyRegion
from timing import CRAB_RUNS, DATA, measure

CRAB = SkyCoord("83.633d 22.014d")
energy = MapAxis.from_energy_bounds("0.1 TeV", "30 TeV", nbin=15)
energy_true = MapAxis.from_energy_bounds("0.05 TeV", "100 TeV", nbin=30, name="energy_true")
responses = sys.argv[1:] == ["responses"]
kinds = ["counts", "exposure", "background", *(["psf", "edisp"] if responses else [])]
store = DataStore.from_dir(DATA / "hess-dl3-dr1")


def work():
    geom = WcsGeom.create(skydir=CRAB, width=(5, 5), binsz=0.02, proj="TAN", frame="icrs", axes=[energy])
    stacked = MapDataset.create(geom, energy_axis_true=energy_true)
    maker = MapDatasetMaker(selection=kinds)
    safe = SafeMaskMaker(methods=["offset-max"], offset_max=2 * u.deg)
    kept = ~geom.region_mask([CircleSkyRegion(CRAB, 0.3 * u.deg)])
    scale = FoVBackgroundMaker(method="fit", exclusion_mask=kept)
    norms = []
    for run in store.get_observations(CRAB_RUNS):
        part = stacked.cutout(run.get_pointing_icrs(run.tmid), width=4 * u.deg, name=f"run-{run.obs_id}")
        part = scale.run(safe.run(maker.run(part, run), run))
        norms.append(part.background_model.spectral_model.norm.value)
        stacked.stack(part)
    return stacked, norms


def numbers(found):
    stacked, norms = found
    place = {"skycoord": CRAB, "energy_true": energy_true.center}
    found = {
        "counts": stacked.counts.data.sum(axis=(1, 2), dtype=float),
        "background": stacked.background.data.sum(dtype=float),
        "exposure": stacked.exposure.get_by_coord(place) * stacked.exposure.unit.to("m2 s"),
        "norm": norms,
    }
    radius = stacked.psf.containment_radius(0.68, energy_true.center[10:25], CRAB) if responses else None
    return found | ({} if radius is None else {"psf": radius.to_value("deg")})


measure(work, numbers)
