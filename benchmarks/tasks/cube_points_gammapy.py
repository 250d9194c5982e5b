"""Flux points of a source in a cube: asymmetric errors, limits, scans.

With ``write`` as its second argument, only the cube is written.
"""

import sys

import astropy.units as u
from cube_fit import FILES
from fitted import CASES, background, edges_of, reduced, source
from gammapy.estimators import FluxPointsEstimator
from timing import DATA, measure

name, case = sys.argv[1], CASES[sys.argv[1]]
cube = reduced(name, case, DATA)
edges = edges_of(case)[:-1] * u.TeV  # beyond are no photons


def prepare():
    cube.models = None
    cube.models = [source(case), background(name, case)]


def work():
    chosen = ["errn-errp", "ul", "scan"]
    return FluxPointsEstimator(energy_edges=edges, source="source", selection_optional=chosen).run([cube])


def numbers(points):
    table = points.to_table(sed_type="dnde")
    names = ("dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul")
    found = {item: table[item].quantity.to_value("cm-2 s-1 TeV-1").tolist() for item in names}
    return {**found, "ts": table["ts"].tolist()}


if sys.argv[2:] == ["write"]:
    cube.write(FILES / f"{name}.fits", overwrite=True)
    print("{}")
else:
    measure(work, numbers, repeats=2, before=prepare)
