"""The first n runs of the H.E.S.S. store, each reduced onto a map around its own pointing: ``n``."""

import sys

from timing import DATA, measure

import gpnb

count = int(sys.argv[1])
energy = gpnb.Axis.energy("1 TeV", "30 TeV", nbin=15)
energy_true = gpnb.Axis.energy("0.5 TeV", "100 TeV", nbin=30, name="energy_true")
safe = gpnb.SafeRange(thresholds=False, offset_max="2 deg")
store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")
reduce_map = gpnb.reduce_map


def work():
    totals = [0.0, 0.0]
    for number in store.obs_ids[:count]:
        (run,) = store.select(obs_id=number)
        geom = gpnb.WcsGeometry.create(run.pointing, width="4 deg", binsz="0.04 deg", axes=[energy])
        cube = reduce_map(run, geom, energy_true, background=None, safe=safe)
        totals[0] += cube.counts.data[cube.usable].sum(dtype=float)
        totals[1] += cube.background.data[cube.usable].sum(dtype=float)
    return totals


measure(work, lambda totals: {"counts": totals[0], "background": totals[1]}, repeats=1)
