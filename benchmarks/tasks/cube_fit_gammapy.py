"""Position and spectrum of a source in a cube, with what lies behind it: the fit with its covariance.

With ``write`` among its arguments only the cube is written; with ``numba`` that compiles Cash sums, not Cython.
"""

import sys

from cube_fit import FILES
from fitted import CASES, background, diffuse, lat, reduced, source
from gammapy.modeling import Fit
from gammapy.utils import compilation
from timing import DATA, measure

if "numba" in sys.argv:
    compilation.COMPILATION_BACKEND_DEFAULT = compilation.CompilationBackendEnum("jit")
name, case = sys.argv[1], CASES[sys.argv[1]]
cube = lat(DATA) if name == "fermi" else reduced(name, case, DATA)


def prepare():
    cube.models = None
    cube.models = [source(case), *(diffuse(cube, DATA) if name == "fermi" else [background(name, case)])]


def work():
    Fit().run([cube])
    return [(f"{model.name}.{item.name}", item) for model in cube.models for item in model.parameters]


def numbers(found):
    return {key: item.value for key, item in found if not item.frozen and item.name not in {"lon_0", "lat_0"}}


if "write" in sys.argv:
    cube.write(FILES / f"{name}.fits", overwrite=True)
    print("{}")
else:
    measure(work, numbers, before=prepare)
