"""The events of 50 h of CTA South on a source, in a box of 2 × 2 deg."""

import warnings

import astropy.units as u
from astropy.coordinates import SkyCoord
from gammapy.data import FixedPointingInfo, Observation, observatory_locations
from gammapy.datasets import MapDataset, MapDatasetEventSampler
from gammapy.irf import load_irf_dict_from_file
from gammapy.makers import MapDatasetMaker
from gammapy.maps import MapAxis, WcsGeom
from gammapy.modeling.models import FoVBackgroundModel, Models, PointSpatialModel, PowerLawSpectralModel, SkyModel
from timing import DATA, PROD5, measure

warnings.simplefilter("ignore")
pointing = SkyCoord(0, 0, unit="deg", frame="galactic")
irfs = load_irf_dict_from_file(DATA / "cta-caldb" / PROD5)
run = Observation.create(
    obs_id=1,
    pointing=FixedPointingInfo(fixed_icrs=pointing.icrs),
    livetime=50 * u.h,
    irfs=irfs,
    location=observatory_locations["ctao_south"],
)
energy = MapAxis.from_energy_bounds("0.1 TeV", "100 TeV", nbin=10, per_decade=True)
true = MapAxis.from_energy_bounds("0.03 TeV", "300 TeV", nbin=20, per_decade=True, name="energy_true")
migra = MapAxis.from_bounds(0.5, 2, nbin=150, node_type="edges", name="migra")
geom = WcsGeom.create(skydir=pointing, width=(2, 2), binsz=0.02, frame="galactic", axes=[energy])
spectrum = PowerLawSpectralModel(index=2, amplitude="1e-12 TeV-1 cm-2 s-1", reference="1 TeV")
place = PointSpatialModel(lon_0="0 deg", lat_0="0.5 deg", frame="galactic")


def work():
    empty = MapDataset.create(geom, energy_axis_true=true, migra_axis=migra, name="run")
    made = MapDatasetMaker(selection=["exposure", "background", "psf", "edisp"]).run(empty, run)
    made.models = Models([SkyModel(spectrum, place, name="source"), FoVBackgroundModel(dataset_name="run")])
    return MapDatasetEventSampler(random_state=0).run(made, run)


def numbers(events):
    source = int((events.table["MC_ID"] == 1).sum())
    return {"source": source, "background": len(events.table) - source}


measure(work, numbers, repeats=2)
