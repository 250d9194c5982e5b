"""Events, in memory already, counted into a map of 400 × 400 pixels: ``hess|cta 2d|3d``."""

import sys

import numpy as np
from timing import CRAB_RUNS, CTA_RUNS, DATA, measure

from gpnb import Axis, DataStore, EventList, SkyMap, WcsGeometry

STORES = {
    "hess": ("hess-dl3-dr1", CRAB_RUNS, "83.633d 22.014d", "icrs"),
    "cta": ("cta-1dc/index/gps", CTA_RUNS, "galactic 0d 0d", "galactic"),
}
name, runs, center, frame = STORES[sys.argv[1]]
axes = [Axis.energy("0.1 TeV", "100 TeV", nbin=10)] if sys.argv[2] == "3d" else []
geom = WcsGeometry.create(center, npix=400, binsz="0.02 deg", frame=frame, axes=axes)
events = EventList.stack([run.events for run in DataStore.read(DATA / name).select(obs_id=runs)])
_ = events.ra_values, events.dec_values, events.energy_values


def work():
    return SkyMap.from_events(events, geom)


def numbers(counts):
    data = counts.data
    return {
        "total": data.sum(dtype=float),
        "peak": float(data.max()),
        "peak_index": list(map(int, np.unravel_index(data.argmax(), data.shape))),
        "per_bin": data.reshape(-1, 400 * 400).sum(axis=1, dtype=float),
    }


measure(work, numbers, repeats=10)
