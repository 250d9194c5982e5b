"""A TS map: the Crab's four H.E.S.S. runs, or the Galactic centre in 3FHL, each in its bins of energy.

Arguments: ``hess`` or ``fermi``; ``all`` for asymmetric errors and limits too, ``preview`` for the preview alone.
"""

import sys

import numpy as np
from cube_fit import FILES
from timing import measure

import gpnb

name = sys.argv[1]
law = gpnb.PowerLaw(index=2.6 if name == "hess" else 2, amplitude="1e-12 cm-2 s-1 TeV-1")
radius, edges = ("0.4 deg", ["1 TeV", "10 TeV"]) if name == "hess" else ("0.5 deg", ["10 GeV", "500 GeV"])
ts_map = gpnb.ts_map
state = {}


def prepare():
    """The cube is read anew: it keeps what its responses were asked for."""
    state["cube"] = gpnb.MapDataset.read(FILES / f"ts-{name}.fits", name)


def work():
    chosen = {"errors": "all" in sys.argv, "preview": "preview" in sys.argv}
    return ts_map(state["cube"], law, energy_edges=edges, radius=radius, **chosen)


def numbers(found):
    sky, best = found.sqrt_ts.sum_over("energy"), int(np.nanargmax(found.sqrt_ts.data))
    numbers = {key: float(getattr(found, key).data.ravel()[best]) for key in ("sqrt_ts", "norm")}
    return {**numbers, "peaks": len(gpnb.find_peaks(sky, threshold=8, min_distance="0.25 deg"))}


measure(work, numbers, repeats=3, before=prepare)
