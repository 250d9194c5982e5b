"""Flux points of a source in a cube: asymmetric errors, limits, scans."""

import sys

from cube_fit import FILES
from fitted import CASES, edges_of, ours
from timing import DATA, measure

import gpnb

name, case = sys.argv[1], CASES[sys.argv[1]]
edges = edges_of(case)[:-1]  # beyond are no photons
state = {}
flux_points = gpnb.flux_points


def prepare():
    """The cube is read anew: it keeps what its responses were asked for."""
    state["cube"], state["models"] = ours(FILES, name, case, DATA)


def work():
    bins = [f"{edge} TeV" for edge in edges]
    return flux_points(state["cube"], state["models"], bins, "source", cl=0.9544997361, sided=2, n_scan=11)


def numbers(points):
    names = ("dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul", "ts")
    return {item: points.column(item).tolist() for item in names}


measure(work, numbers, repeats=5, before=prepare)
