"""The flux across the Galactic centre in twenty boxes along the plane, over the background as it is.

With ``write`` as its argument, only the cube is written.
"""

import sys

import astropy.units as u
from astropy.coordinates import SkyCoord
from cube_fit import FILES
from fitted import CASES, background, edges_of, reduced
from gammapy.estimators import FluxProfileEstimator
from gammapy.modeling.models import PowerLawSpectralModel
from gammapy.utils.regions import make_orthogonal_rectangle_sky_regions
from timing import DATA, measure

case = CASES["cta"]
cube = reduced("cta", case, DATA)
spectrum = PowerLawSpectralModel(index=2.3, amplitude="2.8e-12 cm-2 s-1 TeV-1", reference="1 TeV")
ends = [SkyCoord(lon, 0, unit="deg", frame="galactic") for lon in (2.0, -2.0)]
boxes = make_orthogonal_rectangle_sky_regions(*ends, cube.counts.geom.wcs, height=0.4 * u.deg, nbin=20)


def prepare():
    cube.models = None
    cube.models = [background("cta", case)]


def work():
    edges = edges_of(case)[[0, -1]] * u.TeV
    chosen = ["errn-errp", "ul"]
    return FluxProfileEstimator(boxes, spectrum, energy_edges=edges, selection_optional=chosen).run(cube)


def numbers(profile):
    found = {"flux": profile.flux, "flux_err": profile.flux_err}
    return {name: item.quantity.to_value("cm-2 s-1").ravel().tolist() for name, item in found.items()}


if sys.argv[1:] == ["write"]:
    cube.write(FILES / "cta.fits", overwrite=True)
    print("{}")
else:
    measure(work, numbers, repeats=2, before=prepare)
