"""A TS map: the Crab's four H.E.S.S. runs, or the Galactic centre in 3FHL, each in its bins of energy.

Arguments: ``hess`` or ``fermi``; ``all`` for asymmetric errors and limits too. With ``write`` only the cube is written.
"""

import sys

import astropy.units as u
import numpy as np
from cube_fit import FILES
from gammapy.estimators import TSMapEstimator
from gammapy.estimators.utils import find_peaks
from gammapy.modeling.models import PointSpatialModel, PowerLawSpectralModel, SkyModel
from timing import DATA, measure
from ts_maps import crab, galactic_centre

name = sys.argv[1]
cube = crab(DATA) if name == "hess" else galactic_centre(DATA)
law = PowerLawSpectralModel(index=2.6 if name == "hess" else 2, amplitude="1e-12 cm-2 s-1 TeV-1")
source = SkyModel(spectral_model=law, spatial_model=PointSpatialModel())
width, edges = ("0.8 deg", [1, 10] * u.TeV) if name == "hess" else ("1 deg", [10, 500] * u.GeV)


def work():
    chosen = ["errn-errp", "ul"] if "all" in sys.argv else []
    settings = {"energy_edges": edges, "sum_over_energy_groups": False, "selection_optional": chosen}
    return TSMapEstimator(source, width, **settings).run(cube)


def numbers(found):
    best = int(np.nanargmax(found["sqrt_ts"].data))
    peaks = find_peaks(found["sqrt_ts"], threshold=8, min_distance="0.25 deg")
    numbers = {key: float(found[key].data.ravel()[best]) for key in ("sqrt_ts", "norm")}
    return {**numbers, "peaks": len(peaks)}


if "write" in sys.argv:
    cube.write(FILES / f"ts-{name}.fits", overwrite=True)
    print("{}")
else:
    measure(work, numbers, repeats=1 if "all" in sys.argv else 2)
