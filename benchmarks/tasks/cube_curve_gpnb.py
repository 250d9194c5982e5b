"""A light curve of four runs on the Crab, from a cube of each: asymmetric errors, limits."""

from cube_fit import FILES
from fitted import CASES, model_of
from timing import CRAB_RUNS, measure

import gpnb

state = {}
light_curve = gpnb.light_curve


def prepare():
    """The cubes are read anew: they keep what their responses were asked for."""
    names = [f"run-{run}" for run in CRAB_RUNS]
    state["cubes"] = [gpnb.MapDataset.read(FILES / f"{name}.fits", name) for name in names]
    state["models"] = [model_of(CASES["tutorial"]), *gpnb.background_models(state["cubes"])]


def work():
    bands = ["1 TeV", "10 TeV"]
    return light_curve(state["cubes"], state["models"], "run", bands, "source", cl=0.9544997361, sided=2, n_scan=3)


def numbers(curve):
    names = ("flux", "flux_err", "flux_errn", "flux_errp", "flux_ul")
    return {name: curve.column(name).ravel().tolist() for name in names}


measure(work, numbers, repeats=5, before=prepare)
