"""The first n runs of the H.E.S.S. store, each reduced onto a map around its own pointing: ``n``."""

import sys

import astropy.units as u
from gammapy.data import DataStore
from gammapy.datasets import MapDataset
from gammapy.makers import MapDatasetMaker, SafeMaskMaker
from gammapy.maps import MapAxis, WcsGeom
from timing import DATA, measure

count = int(sys.argv[1])
energy = MapAxis.from_energy_bounds("1 TeV", "30 TeV", nbin=15)
energy_true = MapAxis.from_energy_bounds("0.5 TeV", "100 TeV", nbin=30, name="energy_true")
store = DataStore.from_dir(DATA / "hess-dl3-dr1")


def work():
    totals = [0.0, 0.0]
    maker = MapDatasetMaker(selection=["counts", "exposure", "background"])
    safe = SafeMaskMaker(methods=["offset-max"], offset_max=2 * u.deg)
    for number in store.obs_table["OBS_ID"][:count]:
        run = store.obs(number)
        pointing = run.get_pointing_icrs(run.tmid)
        geom = WcsGeom.create(skydir=pointing, width=(4, 4), binsz=0.04, proj="TAN", frame="icrs", axes=[energy])
        empty = MapDataset.create(geom, energy_axis_true=energy_true, name=f"run-{number}")
        cube = safe.run(maker.run(empty, run), run)
        totals[0] += cube.counts.data[cube.mask_safe.data].sum(dtype=float)
        totals[1] += cube.background.data[cube.mask_safe.data].sum(dtype=float)
    return totals


measure(work, lambda totals: {"counts": totals[0], "background": totals[1]}, repeats=1)
