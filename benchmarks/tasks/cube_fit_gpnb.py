"""Position and spectrum of a source in a cube, with the norm of the background: the fit with its covariance."""

import sys

import astropy.units as u
from astropy.coordinates import SkyCoord
from cube_fit import CUBES
from regions import CircleSkyRegion
from timing import DATA, measure

import gpnb

cube = CUBES[sys.argv[1]]
center = SkyCoord(*cube.center, unit="deg", frame=cube.frame)


def axis(low, high, nbin, name="energy"):
    return gpnb.Axis.energy(low * u.TeV, high * u.TeV, nbin=nbin, name=name)


geom = gpnb.WcsGeometry.create(
    center, width=cube.width * u.deg, binsz="0.02 deg", proj="CAR", frame=cube.frame, axes=[axis(*cube.energy)]
)
runs = gpnb.DataStore.read(DATA / cube.store, bkg_energy="nodes").select(obs_id=cube.runs)
stacked = gpnb.reduce_map(
    runs,
    geom,
    energy_true=axis(*cube.energy_true, name="energy_true"),
    background="field-of-view" if cube.scaled else None,
    exclusion=CircleSkyRegion(center, 0.3 * u.deg),
    safe=gpnb.SafeRange(offset_max=cube.offset * u.deg, aeff_max=None),
)
stacked = stacked.masked((geom.axis("energy").low_values < cube.lowest * (1 - 1e-9))[:, None, None])
values = {"index": cube.index, "amplitude": cube.amplitude * u.Unit("cm-2 s-1 TeV-1")}
spectrum = gpnb.ExpCutoffPowerLaw(**values, lambda_=cube.lambda_ / u.TeV) if cube.lambda_ else gpnb.PowerLaw(**values)
source = gpnb.SkyModel(spectrum, gpnb.PointSource(SkyCoord(*cube.start, unit="deg", frame=cube.frame)), name="source")
background = gpnb.BackgroundModel(stacked.name).replace(norm=cube.norm)
stacked.psf.at(center)  # the rival's are made by its reduction
stacked.edisp.at(center)


def numbers(result):
    found = result.models.parameters
    norm = found["stacked-bkg.norm"]
    return {
        "index": found["source.index"].value,
        "amplitude": found["source.amplitude"].value,
        "norm": norm.value,
        "norm_error": norm.error,
    }


measure(lambda: gpnb.fit(stacked, [source, background]), numbers, repeats=5)
