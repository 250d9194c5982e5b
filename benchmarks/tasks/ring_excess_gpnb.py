"""From the files of some runs to a map of significance with a ring background, and its peaks: ``hess|cta 1|10``.

With one energy bin the result is the same image; with ten, each bin has a ring of its own.
"""

import sys

import numpy as np
from timing import CRAB_RUNS, CTA_RUNS, DATA, measure

import gpnb
from gpnb.data.parts import forget_files

SETS = {
    "hess": {
        "store": ("hess-dl3-dr1", CRAB_RUNS),
        "geom": {"center": "83.633d 22.014d", "width": "5 deg"},
        "energy": ("0.5 TeV", "30 TeV"),
        "ring": ("0.5 deg", "0.3 deg"),
        "exclusion": "icrs; circle(83.633, 22.014, 0.4)",
        "safe": gpnb.SafeRange(thresholds=False, offset_max="2 deg"),
    },
    "cta": {
        "store": ("cta-1dc/index/gps", CTA_RUNS),
        "geom": {"center": "galactic 0d 0d", "width": ("10 deg", "8 deg"), "frame": "galactic"},
        "energy": ("0.1 TeV", "10 TeV"),
        "ring": ("1 deg", "0.5 deg"),
        "exclusion": "galactic; box(0, 0, 20, 1)",
        "safe": gpnb.SafeRange(offset_max="3.5 deg"),
    },
}
case = SETS[sys.argv[1]]
name, numbers_of_runs = case["store"]
store = gpnb.DataStore.read(DATA / name)
energy = gpnb.Axis.energy(*case["energy"], nbin=int(sys.argv[2]))
energy_true = gpnb.Axis.energy(*case["energy"], nbin=10, name="energy_true")
method = gpnb.Ring(*case["ring"])
reduce_map, excess_map, find_peaks = gpnb.reduce_map, gpnb.excess_map, gpnb.find_peaks


def work():
    geom = gpnb.WcsGeometry.create(**case["geom"], binsz="0.02 deg", axes=[energy])
    runs = store.select(obs_id=numbers_of_runs)
    cube = reduce_map(runs, geom, energy_true, background=method, exclusion=case["exclusion"], safe=case["safe"])
    excess = excess_map(cube, radius="0.1 deg")
    return cube, excess, find_peaks(excess.significance, threshold=5)


def numbers(found):
    cube, excess, peaks = found
    empty = excess.significance.data[cube.empty_sky.any(axis=0) & np.isfinite(excess.significance.data)]
    return {
        "counts": cube.counts.data.sum(dtype=float),
        "background": cube.background.data.sum(),
        "peaks_x": list(peaks["x"]),
        "peaks_y": list(peaks["y"]),
        "peaks_value": list(peaks["value"]),
        "empty_mean": empty.mean(),
        "empty_std": empty.std(),
    }


measure(work, numbers, before=forget_files)
