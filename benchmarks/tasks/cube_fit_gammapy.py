"""Position and spectrum of a source in a cube, with the norm of the background: the fit with its covariance."""

import sys

import astropy.units as u
from astropy.coordinates import SkyCoord
from cube_fit import CUBES
from gammapy.data import DataStore
from gammapy.datasets import MapDataset
from gammapy.makers import FoVBackgroundMaker, MapDatasetMaker, SafeMaskMaker
from gammapy.maps import MapAxis, WcsGeom
from gammapy.modeling import Fit
from gammapy.modeling.models import (
    ExpCutoffPowerLawSpectralModel,
    FoVBackgroundModel,
    PointSpatialModel,
    PowerLawSpectralModel,
    SkyModel,
)
from regions import CircleSkyRegion
from timing import DATA, measure

cube = CUBES[sys.argv[1]]
center = SkyCoord(*cube.center, unit="deg", frame=cube.frame)
energy = MapAxis.from_energy_bounds(*cube.energy[:2], cube.energy[2], unit="TeV")
energy_true = MapAxis.from_energy_bounds(*cube.energy_true[:2], cube.energy_true[2], unit="TeV", name="energy_true")
geom = WcsGeom.create(skydir=center, width=cube.width, binsz=0.02, proj="CAR", frame=cube.frame, axes=[energy])
stacked = MapDataset.create(geom, energy_axis_true=energy_true, name="stacked")
maker, safe = MapDatasetMaker(), SafeMaskMaker(methods=["offset-max"], offset_max=cube.offset * u.deg)
kept = ~geom.region_mask([CircleSkyRegion(center, 0.3 * u.deg)])
for run in DataStore.from_dir(DATA / cube.store).get_observations(cube.runs):
    part = stacked.cutout(run.get_pointing_icrs(run.tmid), width=2 * cube.offset * u.deg, name=f"run-{run.obs_id}")
    part = safe.run(maker.run(part, run), run)
    if cube.scaled:
        part = FoVBackgroundMaker(method="fit", exclusion_mask=kept).run(part)
    stacked.stack(part)
stacked.mask_fit = geom.energy_mask(energy_min=cube.lowest * u.TeV)


def work():
    values = {"index": cube.index, "amplitude": cube.amplitude * u.Unit("cm-2 s-1 TeV-1"), "reference": 1 * u.TeV}
    spectrum = (
        ExpCutoffPowerLawSpectralModel(**values, lambda_=cube.lambda_ / u.TeV)
        if cube.lambda_
        else PowerLawSpectralModel(**values)
    )
    place = PointSpatialModel(lon_0=cube.start[0] * u.deg, lat_0=cube.start[1] * u.deg, frame=cube.frame)
    source = SkyModel(spectral_model=spectrum, spatial_model=place, name="source")
    background = FoVBackgroundModel(dataset_name="stacked")
    background.spectral_model.norm.value = cube.norm
    stacked.models = [source, background]
    Fit().run([stacked])
    return spectrum, background


def numbers(found):
    spectrum, background = found
    return {
        "index": spectrum.index.value,
        "amplitude": spectrum.amplitude.value,
        "norm": background.spectral_model.norm.value,
        "norm_error": background.spectral_model.norm.error,
    }


measure(work, numbers)
