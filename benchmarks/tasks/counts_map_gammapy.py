"""Events, in memory already, counted into a map of 400 × 400 pixels: ``hess|cta 2d|3d``."""

import sys

import numpy as np
from astropy.coordinates import SkyCoord
from gammapy.data import DataStore, EventList
from gammapy.maps import Map, MapAxis, WcsGeom
from timing import CRAB_RUNS, CTA_RUNS, DATA, measure

STORES = {
    "hess": ("hess-dl3-dr1", CRAB_RUNS, SkyCoord("83.633d 22.014d"), "icrs"),
    "cta": ("cta-1dc/index/gps", CTA_RUNS, SkyCoord("0d 0d", frame="galactic"), "galactic"),
}
name, runs, center, frame = STORES[sys.argv[1]]
axes = [MapAxis.from_energy_bounds("0.1 TeV", "100 TeV", nbin=10)] if sys.argv[2] == "3d" else []
geom = WcsGeom.create(skydir=center, npix=(400, 400), binsz=0.02, proj="TAN", frame=frame, axes=axes)
events = EventList.from_stack([run.events for run in DataStore.from_dir(DATA / name).get_observations(runs)])


def work():
    counts = Map.from_geom(geom, dtype="float32")
    counts.fill_events(events)
    return counts


def numbers(counts):
    data = counts.data
    return {
        "total": data.sum(dtype=float),
        "peak": float(data.max()),
        "peak_index": list(map(int, np.unravel_index(data.argmax(), data.shape))),
        "per_bin": data.reshape(-1, 400 * 400).sum(axis=1, dtype=float),
    }


measure(work, numbers, repeats=10)
