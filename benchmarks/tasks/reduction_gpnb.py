"""Four H.E.S.S. runs, from disk to counts, exposure and background, each run's background scaled to its counts.

With the argument ``responses`` with point spread function and energy dispersion.
"""

import sys

from timing import CRAB_RUNS, DATA, measure

import gpnb
from gpnb.data.parts import forget_files

CRAB = "83.633d 22.014d"
energy = gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=15)
energy_true = gpnb.Axis.energy("0.05 TeV", "100 TeV", nbin=30, name="energy_true")
store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")
method = gpnb.FieldOfView()
reduce_map = gpnb.reduce_map
responses = sys.argv[1:] == ["responses"]


def work():
    geom = gpnb.WcsGeometry.create(CRAB, width="5 deg", binsz="0.02 deg", axes=[energy])
    cube = reduce_map(
        store.select(obs_id=CRAB_RUNS),
        geom,
        energy_true,
        background=method,
        exclusion="icrs; circle(83.633, 22.014, 0.3)",
        safe=gpnb.SafeRange(thresholds=False, offset_max="2 deg"),
    )
    if responses:  # made when something asks
        cube.psf.at(CRAB)
        cube.edisp.at(CRAB)
    return cube


def numbers(cube):
    centers = energy_true.centers
    found = {
        "counts": cube.counts.data.sum(axis=(1, 2), dtype=float),
        "background": cube.background.data.sum(),
        "exposure": cube.exposure.at(CRAB, energy_true=centers).to_value("m2 s"),
        "norm": list(cube.runs["NORM"]),
    }
    return found | ({"psf": cube.psf.at(CRAB).containment_radius(0.68)[10:25]} if responses else {})


measure(work, numbers, before=forget_files)
