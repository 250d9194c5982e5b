"""gpnb fits cubes that Gammapy has reduced and written, and finds the same spectra and norms; `validate.py` runs it.

python tests/rival/fitted.py --write FOLDER DATA     an interpreter that has Gammapy
python tests/rival/fitted.py FOLDER DATA             the one that has gpnb

Positions are not compared: Gammapy spreads a point over four pixels, which moves it by up to a standard deviation.
Of the 3FHL cube only what the map of diffuse emission covers is used. Gammapy takes that map in the middle of each bin
of energy, which is 0.8 % too low for a steep spectrum, so here it gets the means of the bins.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

HESS, CTA = "hess-dl3-dr1", "cta-1dc/index/gps"
CRAB_RUNS, CTA_RUNS = (23523, 23526, 23559, 23592), (110380, 111140, 111159)
IEM, ISO = "fermi-3fhl-gc/gll_iem_v06_gc.fits.gz", "fermi_3fhl/iso_P8R2_SOURCE_V6_v06.txt"
POINTS = ("tutorial", "big")
"""Cubes whose flux points are compared too."""

SEEN = 4.0
"""Test statistic of a point; where there are no photons a norm has no minimum, and the rival stops somewhere."""

COVERED = (6.5, 3.0)
"""deg: of galactic longitude and latitude to either side, with room for the point spread function."""


@dataclass(frozen=True)
class Case:
    """A cube and a fit; TeV, deg, cm-2 s-1 TeV-1.

    Parameters
    ----------
    limit : float
        Standard deviations by which spectra and norms may differ.
    """

    frame: str
    center: tuple
    start: tuple
    index: float
    amplitude: float
    reference: float = 1.0
    lambda_: float = 0.0
    norm: float = 1.0
    tilt: bool = False
    lowest: float = 0.0
    store: str = ""
    runs: tuple = ()
    geom: tuple = ()
    energy: tuple = ()
    energy_true: tuple = ()
    offset: float = 2.0
    safe: tuple = ("offset-max",)
    limit: float = 0.1


CASES = {
    "tutorial": Case(
        "icrs", (83.633, 22.014), (83.63308, 22.0145), 2.702, 4.712e-11, store=HESS, runs=CRAB_RUNS,
        geom=("CAR", 2, 2), energy=(1.0, 10.0, 4), energy_true=(0.5, 20, 10), offset=2.5,
    ),
    "big": Case(
        "icrs", (83.633, 22.014), (83.63308, 22.0145), 2.702, 4.712e-11, store=HESS, runs=CRAB_RUNS,
        geom=("TAN", 5, 5), energy=(0.1, 30, 15), energy_true=(0.05, 100, 30), tilt=True, lowest=0.7,
    ),
    "cta": Case(
        "galactic", (0.0, 0.0), (-0.05, -0.05), 2.3, 2.8e-12, lambda_=0.02, norm=1.3, store=CTA, runs=CTA_RUNS,
        geom=("CAR", 10, 8), energy=(0.1, 10, 10), energy_true=(0.08, 12, 14), offset=3.5,
        safe=("aeff-default", "offset-max"), lowest=0.3,
    ),
    "fermi": Case("galactic", (0.0, 0.0), (0.0, 0.0), 2.7, 5.8e-10, reference=0.1, limit=0.3),
}  # fmt: skip


def write(folder: Path, data: Path) -> None:
    """Each cube with its mask, and what a fit finds."""
    from gammapy.modeling import Fit

    found = {}
    for name, case in CASES.items():
        cube = lat(data) if name == "fermi" else reduced(name, case, data)
        cube.models = [source(case), *(diffuse(cube, data) if name == "fermi" else [background(name, case)])]
        Fit().run([cube])
        cube.write(folder / f"{name}.fits")
        found[name] = {f"{m.name}.{p.name}": p.value for m in cube.models for p in m.parameters if not p.frozen}
        if name in POINTS:
            found[f"{name} points"] = their_points(cube, case)
    (folder / "fitted.json").write_text(json.dumps(found))


def their_points(cube, case: Case) -> dict:
    """Norms of flux points of all energies that are fitted, at the values of the fit."""
    import astropy.units as u
    from gammapy.estimators import FluxPointsEstimator

    edges = edges_of(case) * u.TeV
    found = FluxPointsEstimator(energy_edges=edges, source="source", selection_optional=["ul"]).run([cube])
    names = {"norm": found.norm, "norm_ul": found.norm_ul, "ts": found.ts}
    return {name: item.data.ravel().tolist() for name, item in names.items()}


def edges_of(case: Case):
    """Edges of the energies above the lowest one that is fitted, TeV."""
    import numpy as np

    edges = np.geomspace(*case.energy[:2], case.energy[2] + 1)
    return edges[edges >= case.lowest]


def reduced(name: str, case: Case, data: Path):
    """A stack of runs."""
    import astropy.units as u
    from astropy.coordinates import SkyCoord
    from gammapy.data import DataStore
    from gammapy.datasets import MapDataset
    from gammapy.makers import MapDatasetMaker, SafeMaskMaker
    from gammapy.maps import MapAxis, WcsGeom

    proj, *width = case.geom
    low, high, nbin = case.energy
    axis = MapAxis.from_energy_bounds(low, high, nbin, unit="TeV")
    low, high, nbin = case.energy_true
    true = MapAxis.from_energy_bounds(low, high, nbin, unit="TeV", name="energy_true")
    center = SkyCoord(*case.center, unit="deg", frame=case.frame)
    geom = WcsGeom.create(skydir=center, width=width, binsz=0.02, proj=proj, frame=case.frame, axes=[axis])
    stacked = MapDataset.create(geom, energy_axis_true=true, name=name)
    maker, safe = MapDatasetMaker(), SafeMaskMaker(methods=list(case.safe), offset_max=case.offset * u.deg)
    for run in DataStore.from_dir(data / case.store).get_observations(list(case.runs)):
        part = stacked.cutout(run.get_pointing_icrs(run.tmid), width=2 * case.offset * u.deg, name=f"run-{run.obs_id}")
        stacked.stack(safe.run(maker.run(part, run), run))
    stacked.mask_fit = geom.energy_mask(energy_min=case.lowest * u.TeV)
    return stacked


def lat(data: Path):
    """The cube of the Galactic centre, its point spread function in a table; where the diffuse map covers it."""
    import numpy as np
    from gammapy.datasets import MapDataset
    from gammapy.irf import EDispKernelMap, PSFMap
    from gammapy.maps import Map

    start = str(data / "fermi-3fhl-gc" / "fermi-3fhl-gc-")
    counts, exposure = (Map.read(f"{start}{kind}-cube.fits.gz") for kind in ("counts", "exposure"))
    exposure.geom._wcs = counts.geom.wcs  # the files are a hair's breadth apart
    psf = PSFMap.read(f"{start}psf-cube.fits.gz", format="gtpsf")
    edisp = EDispKernelMap.from_diagonal_response(counts.geom.axes["energy"], exposure.geom.axes["energy_true"])
    place = counts.geom.get_coord().skycoord.galactic
    covered = (np.abs(place.l.wrap_at("180d").deg) <= COVERED[0]) & (np.abs(place.b.deg) <= COVERED[1])
    mask = Map.from_geom(counts.geom, data=covered)
    return MapDataset(counts=counts, exposure=exposure, psf=psf, edisp=edisp, mask_fit=mask, name="fermi")


def source(case: Case):
    """A point."""
    import astropy.units as u
    from gammapy.modeling.models import (
        ExpCutoffPowerLawSpectralModel,
        PointSpatialModel,
        PowerLawSpectralModel,
        SkyModel,
    )

    values = {"index": case.index, "amplitude": case.amplitude * u.Unit("cm-2 s-1 TeV-1")}
    values["reference"] = case.reference * u.TeV
    spectrum = (
        ExpCutoffPowerLawSpectralModel(**values, lambda_=case.lambda_ / u.TeV)
        if case.lambda_
        else PowerLawSpectralModel(**values)
    )
    place = PointSpatialModel(lon_0=case.start[0] * u.deg, lat_0=case.start[1] * u.deg, frame=case.frame)
    return SkyModel(spectral_model=spectrum, spatial_model=place, name="source")


def background(name: str, case: Case):
    """The norm of what was reduced, and its tilt where the case says so."""
    from gammapy.modeling.models import FoVBackgroundModel

    model = FoVBackgroundModel(dataset_name=name, name="background")
    model.spectral_model.norm.value, model.spectral_model.tilt.frozen = case.norm, not case.tilt
    return model


def diffuse(cube, data: Path) -> list:
    """The interstellar emission, in means over the bins of energy, and the isotropic one."""
    import numpy as np
    from gammapy.maps import Map, MapAxis
    from gammapy.modeling.models import (
        PowerLawNormSpectralModel,
        SkyModel,
        TemplateSpatialModel,
        create_fermi_isotropic_diffuse_model,
    )

    found, axis = Map.read(data / IEM), cube.exposure.geom.axes["energy_true"]
    edges = axis.edges.to_value("MeV")
    nodes, logs = np.log(found.geom.axes[0].center.to_value("MeV")), np.log(found.data)
    means = []
    for low, high in pairwise(edges):
        energy = np.geomspace(low, high, 41)
        at = np.interp(np.log(energy), nodes, np.arange(nodes.size))
        below = np.minimum(at.astype(int), nodes.size - 2)
        part = (at - below)[:, None, None]
        flux = np.exp((1 - part) * logs[below] + part * logs[below + 1]) * energy[:, None, None]
        means.append(np.trapezoid(flux, np.log(energy), axis=0) / (high - low))
    planes = MapAxis.from_nodes(axis.center, name="energy_true", interp="log")
    template = Map.from_geom(found.geom.to_image().to_cube([planes]), data=np.array(means), unit=found.unit)
    shape = TemplateSpatialModel(template, normalize=False)
    iem = SkyModel(PowerLawNormSpectralModel(), shape, name="iem", datasets_names=cube.name)
    iso = create_fermi_isotropic_diffuse_model(data / ISO, interp_kwargs={"extrapolate": True})
    return [iem, iso.copy(name="iso")]


def compare(folder: Path, data: Path) -> list[str]:
    """Sentences about spectra and norms that gpnb finds to be others."""
    expected, faults = json.loads((folder / "fitted.json").read_text()), []
    for name, case in CASES.items():
        cube, models = ours(folder, name, case, data)
        faults += differ(name, case, fitted(cube, models), expected[name])
        if name in POINTS:
            faults += points_differ(name, case, cube, at_values(models, expected[name]), expected[f"{name} points"])
    return faults


def at_values(models: list, values: dict):
    """Our models at the values of their fit."""
    import gpnb

    own = gpnb.Models(models)
    return own.replace({key.replace("_0", ""): value for key, value in values.items()})


def points_differ(name: str, case: Case, cube, models, expected: dict) -> list[str]:
    """Flux points further off than a tenth of their errors, limits by more than a twentieth; where a signal is seen."""
    import numpy as np

    import gpnb

    edges = [f"{edge} TeV" for edge in edges_of(case)]
    points = gpnb.flux_points(cube, models, edges, "source", cl=0.9544997361, sided=2, limits="unbounded")
    seen = np.array(expected["ts"]) > SEEN
    off = ((points.norm - np.array(expected["norm"])) / points.norm_err)[seen]
    limits = (points.norm_ul / np.array(expected["norm_ul"]) - 1)[seen]
    worst = np.abs(off).max(), np.abs(limits).max()
    sys.stdout.write(f"{name}: {off.size} flux points off by up to {worst[0]:.3f} σ, limits by {worst[1]:.1%}\n")
    bad = not worst[0] <= 0.1 or not worst[1] <= 0.05
    return [f"{name}: flux points are {np.round(off, 3)} σ off, their limits {np.round(limits, 3)}"] if bad else []


def fitted(cube, models):
    """The fit; beyond its energies the diffuse map goes on, which a warning tells."""
    import warnings

    import gpnb

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gpnb.DataWarning)
        return gpnb.fit(cube, models)


def ours(folder: Path, name: str, case: Case, data: Path):
    """The same cube and models in gpnb."""
    import gpnb

    cube = gpnb.MapDataset.read(folder / f"{name}.fits", name)
    if name == "fermi":
        return cube, [model_of(case), *our_diffuse(data)]
    scaled = gpnb.BackgroundModel(name, name="background").replace(norm=case.norm)
    return cube, [model_of(case), scaled.thaw("tilt") if case.tilt else scaled]


def model_of(case: Case):
    """The point."""
    import gpnb

    law = {"index": case.index, "amplitude": f"{case.amplitude} cm-2 s-1 TeV-1", "reference": f"{case.reference} TeV"}
    cut = {"lambda_": f"{case.lambda_} TeV-1"} if case.lambda_ else {}
    spectrum = gpnb.ExpCutoffPowerLaw(**law, **cut) if cut else gpnb.PowerLaw(**law)
    place = gpnb.PointSource("{}d {}d".format(*case.start) if case.frame == "icrs" else galactic(case.start))
    return gpnb.SkyModel(spectrum, place, name="source")


def galactic(place: tuple):
    """A place in galactic coordinates."""
    from astropy.coordinates import SkyCoord

    return SkyCoord(*place, unit="deg", frame="galactic")


def our_diffuse(data: Path) -> list:
    """Both emissions from everywhere."""
    import numpy as np
    from astropy import units as u

    import gpnb

    energy, values, _ = np.loadtxt(data / ISO, unpack=True)
    isotropic = gpnb.TemplateSpectrum(energy * u.MeV, values * u.Unit("MeV-1 s-1 cm-2")) * gpnb.PowerLawNorm()
    return [
        gpnb.SkyModel(gpnb.PowerLawNorm(), gpnb.TemplateSource(data / IEM, normalize=False), name="iem"),
        gpnb.SkyModel(isotropic, gpnb.ConstantSource(), name="iso"),
    ]


def differ(name: str, case: Case, result, expected: dict) -> list[str]:
    """What is further off than the limit, in standard deviations."""
    found, faults = result.models.parameters, [] if result.success else [f"{name}: {result.message}"]
    for key, value in expected.items():
        if key.endswith(("lon_0", "lat_0")):
            continue
        own = found[key]
        off = (own.value - value) / own.error
        if not abs(off) <= case.limit:
            faults.append(f"{name}, {key}: {own.value:.6g} ± {own.error:.2g} is {off:.2f} σ from {value:.6g}")
    return faults


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    if arguments[0] == "--write":
        write(*map(Path, arguments[1:]))
        return 0
    faults = compare(*map(Path, arguments))
    told = "gpnb finds spectra and norms as Gammapy does in cubes that it wrote: " + ", ".join(
        f"{name} within {case.limit} σ" for name, case in CASES.items()
    )
    sys.stdout.write(("\n".join(faults) or told) + "\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
