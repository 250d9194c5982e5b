"""A light curve of four runs on the Crab, from a cube of each: asymmetric errors, limits.

With ``write`` as its argument, only the cubes are written.
"""

import sys
from dataclasses import replace

import astropy.units as u
from cube_fit import FILES
from fitted import CASES, reduced, source
from gammapy.datasets import Datasets
from gammapy.estimators import LightCurveEstimator
from gammapy.modeling.models import FoVBackgroundModel
from timing import CRAB_RUNS, DATA, measure

case = CASES["tutorial"]
cubes = Datasets([reduced(f"run-{run}", replace(case, runs=(run,)), DATA) for run in CRAB_RUNS])


def prepare():
    cubes.models = None
    cubes.models = [source(case), *(FoVBackgroundModel(dataset_name=cube.name) for cube in cubes)]


def work():
    chosen = ["errn-errp", "ul"]
    return LightCurveEstimator(energy_edges=[1, 10] * u.TeV, source="source", selection_optional=chosen).run(cubes)


def numbers(curve):
    table = curve.to_table(format="lightcurve", sed_type="flux")
    names = ("flux", "flux_err", "flux_errn", "flux_errp", "flux_ul")
    return {name: table[name].quantity.to_value("cm-2 s-1").ravel().tolist() for name in names}


if sys.argv[1:] == ["write"]:
    for cube in cubes:
        cube.write(FILES / f"{cube.name}.fits", overwrite=True)
    print("{}")
else:
    measure(work, numbers, repeats=2, before=prepare)
