"""From the files of some runs to a map of significance with a ring background, and its peaks: ``hess|cta``.

Ten energy bins, over which the background model is integrated, joined into one before the ring.
"""

import sys

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from gammapy.data import DataStore
from gammapy.datasets import MapDataset, MapDatasetOnOff
from gammapy.estimators import ExcessMapEstimator
from gammapy.estimators.utils import find_peaks
from gammapy.makers import MapDatasetMaker, RingBackgroundMaker, SafeMaskMaker
from gammapy.maps import MapAxis, WcsGeom
from regions import CircleSkyRegion, RectangleSkyRegion
from timing import CRAB_RUNS, CTA_RUNS, DATA, measure

CRAB, CENTRE = SkyCoord("83.633d 22.014d"), SkyCoord("0d 0d", frame="galactic")
SETS = {
    "hess": {
        "store": ("hess-dl3-dr1", CRAB_RUNS),
        "geom": {"skydir": CRAB, "width": (5, 5), "frame": "icrs"},
        "energy": ("0.5 TeV", "30 TeV"),
        "ring": ("0.5 deg", "0.3 deg"),
        "exclusion": CircleSkyRegion(CRAB, 0.4 * u.deg),
        "safe": SafeMaskMaker(methods=["offset-max"], offset_max=2 * u.deg),
    },
    "cta": {
        "store": ("cta-1dc/index/gps", CTA_RUNS),
        "geom": {"skydir": CENTRE, "width": (10, 8), "frame": "galactic"},
        "energy": ("0.1 TeV", "10 TeV"),
        "ring": ("1 deg", "0.5 deg"),
        "exclusion": RectangleSkyRegion(CENTRE, 20 * u.deg, 1 * u.deg),
        "safe": SafeMaskMaker(methods=["aeff-default", "offset-max"], offset_max=3.5 * u.deg),
    },
}
case = SETS[sys.argv[1]]
name, numbers_of_runs = case["store"]
store = DataStore.from_dir(DATA / name)
energy = MapAxis.from_energy_bounds(*case["energy"], nbin=10)
energy_true = MapAxis.from_energy_bounds(*case["energy"], nbin=10, name="energy_true")


def work():
    geom = WcsGeom.create(**case["geom"], binsz=0.02, proj="TAN", axes=[energy])
    image = geom.to_image().to_cube([energy.squash()])
    kept = ~image.region_mask([case["exclusion"]])
    empty = MapDataset.create(geom, energy_axis_true=energy_true)
    stacked = MapDatasetOnOff.create(image, energy_axis_true=energy_true)
    maker = MapDatasetMaker(selection=["counts", "exposure", "background"])
    ring = RingBackgroundMaker(*case["ring"], exclusion_mask=kept)
    for run in store.get_observations(numbers_of_runs):
        width = 2 * case["safe"].offset_max
        part = empty.cutout(run.get_pointing_icrs(run.tmid), width=width, name=f"run-{run.obs_id}")
        part = case["safe"].run(maker.run(part, run), run)
        stacked.stack(ring.run(part.to_image()))
    excess = ExcessMapEstimator(0.1 * u.deg, selection_optional=[], correlate_off=False).run(stacked)
    peaks = find_peaks(excess["sqrt_ts"], threshold=5, min_distance="0.2 deg")
    return stacked, kept, excess["sqrt_ts"], peaks


def numbers(found):
    stacked, kept, significance, peaks = found
    empty = significance.data[kept.data & np.isfinite(significance.data)]
    return {
        "counts": stacked.counts.data.sum(dtype=float),
        "background": np.nansum(stacked.background.data, dtype=float),
        "peaks_x": list(peaks["x"]),
        "peaks_y": list(peaks["y"]),
        "peaks_value": list(peaks["value"]),
        "empty_mean": float(empty.mean()),
        "empty_std": float(empty.std()),
    }


measure(work, numbers)
