"""Either tool goes on with a cube where the other stopped: −2 ln L of its file is the same; `validate.py` runs it.

python tests/rival/cubes.py --write FOLDER     the interpreter that has gpnb: a cube with counts, and its −2 ln L
python tests/rival/cubes.py --read FOLDER      one that has Gammapy: reads it, and writes one of its own
python tests/rival/cubes.py FOLDER             that with gpnb again: reads this

The source is at a pixel's centre, in constant exposure: elsewhere Gammapy spreads a point over four pixels, which makes
it wider. Beside the values of the fit, −2 ln L is compared 3 standard deviations off along each parameter.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

STEP, VALUE = 0.1, 0.5
"""How much −2 ln L may differ: between two points, and in all."""

LON, LAT, NAMES = 83.63, 22.01, ("index", "amplitude", "norm")
START = {"index": 2.3, "amplitude": 3e-11, "norm": 1.0}
FACTORS = {"index": 1.1, "amplitude": 1.15, "norm": 1.03}
"""About 3 standard deviations, in the cube of Gammapy."""

OURS, THEIRS = "gpnb", "gammapy"


def write(folder: Path) -> None:
    """A cube of ours with its point spread function and dispersion, and −2 ln L at several values."""
    import numpy as np

    import gpnb

    sys.path.insert(0, str(Path(__file__).parents[1] / "fitting"))
    from made_cubes import cube_of

    cube = cube_of(center=f"{LON}d {LAT}d", width="3.03 deg", binsz="0.03 deg", slope=(0, 0), bend=0, name=OURS)
    cube = gpnb.fake(cube, our_models(OURS, START), seed=1)
    cube.write(folder / f"{OURS}.fits", overwrite=True)
    result = gpnb.fit(cube, our_models(OURS, START))
    values, errors = (dict(zip(NAMES, map(float, item), strict=True)) for item in (result.values, result.errors))
    tried = [values, *({**values, name: values[name] + 3 * errors[name]} for name in NAMES)]
    assert np.isfinite(list(errors.values())).all()
    (folder / f"{OURS}.json").write_text(json.dumps([{"at": at, "stat": our_stat(cube, OURS, at)} for at in tried]))


def our_models(name: str, at: dict) -> list:
    """A point at a fixed place, and the background."""
    import gpnb

    spectrum = gpnb.PowerLaw(index=at["index"], amplitude=at["amplitude"])
    place = gpnb.PointSource(f"{LON}d {LAT}d").freeze("lon", "lat")
    background = gpnb.BackgroundModel(name, name="background").replace(norm=at["norm"])
    return [gpnb.SkyModel(spectrum, place, name="source"), background]


def our_stat(cube, name: str, at: dict) -> float:
    """−2 ln L at these values."""
    import gpnb

    likelihood = gpnb.Likelihood(cube, our_models(name, at))
    return float(likelihood.stat(likelihood.start))


def read(folder: Path) -> list[str]:
    """What Gammapy makes of our cube; a cube of its own, made by itself from nothing."""
    from gammapy.datasets import MapDataset

    cube = MapDataset.read(folder / f"{OURS}.fits", name=OURS)
    expected = json.loads((folder / f"{OURS}.json").read_text())
    faults = differ("Gammapy, of our cube", [their_stat(cube, row["at"]) for row in expected], expected)
    made = their_cube()
    values = {**START, "norm": 1.02}
    tried = [values, *({**values, name: values[name] * factor} for name, factor in FACTORS.items())]
    found = [{"at": at, "stat": their_stat(made, at)} for at in tried]
    made.models = None
    made.write(folder / f"{THEIRS}.fits", overwrite=True)
    (folder / f"{THEIRS}.json").write_text(json.dumps(found))
    return faults


def their_models(name: str, at: dict) -> list:
    """The same as `our_models`."""
    import astropy.units as u
    from gammapy.modeling.models import FoVBackgroundModel, PointSpatialModel, PowerLawSpectralModel, SkyModel

    unit = u.Unit("cm-2 s-1 TeV-1")
    spectrum = PowerLawSpectralModel(index=at["index"], amplitude=at["amplitude"] * unit, reference=1 * u.TeV)
    background = FoVBackgroundModel(dataset_name=name)
    background.spectral_model.norm.value = at["norm"]
    place = PointSpatialModel(lon_0=LON * u.deg, lat_0=LAT * u.deg, frame="icrs")
    return [SkyModel(spectral_model=spectrum, spatial_model=place, name="source"), background]


def their_stat(cube, at: dict) -> float:
    """−2 ln L at these values."""
    cube.models = their_models(cube.name, at)
    return float(cube.stat_sum())


def their_cube():
    """Constant exposure, a Gaussian point spread function, an asymmetric dispersion, a background that falls."""
    import astropy.units as u
    import numpy as np
    from astropy.coordinates import SkyCoord
    from gammapy.datasets import MapDataset
    from gammapy.irf import EDispKernelMap, PSFMap
    from gammapy.maps import MapAxis, WcsGeom

    axis = MapAxis.from_energy_bounds(1, 20, 5, unit="TeV")
    true = MapAxis.from_energy_bounds(0.5, 40, 24, unit="TeV", name="energy_true")
    rad = MapAxis.from_bounds(0, 0.6, 240, unit="deg", name="rad")
    center = SkyCoord(LON, LAT, unit="deg")
    geom = WcsGeom.create(skydir=center, npix=(81, 81), binsz=0.03, proj="TAN", frame="icrs", axes=[axis])
    empty = MapDataset.create(geom, energy_axis_true=true, name=THEIRS)
    empty.psf = PSFMap.from_gauss(true, rad, sigma=0.07 * u.deg)
    empty.edisp = EDispKernelMap.from_gauss(axis, true, sigma=0.15, bias=0.05)
    empty.exposure.quantity = np.full(empty.exposure.data.shape, 5e12) * u.Unit("cm2 s")
    empty.background.data = 0.2 * (axis.center.value**-1.7)[:, None, None] * np.ones(geom.data_shape)
    empty.mask_safe.data[...] = True
    empty.models = their_models(THEIRS, {**START, "index": 2.4, "norm": 1.05})
    empty.fake(random_state=3)
    return empty


def compare(folder: Path) -> list[str]:
    """What gpnb makes of the cube of Gammapy."""
    import gpnb

    cube = gpnb.MapDataset.read(folder / f"{THEIRS}.fits", THEIRS)
    expected = json.loads((folder / f"{THEIRS}.json").read_text())
    return differ("gpnb, of Gammapy's cube", [our_stat(cube, THEIRS, row["at"]) for row in expected], expected)


def differ(who: str, found: list[float], expected: list[dict]) -> list[str]:
    """What is further off than allowed; all differences are told where one is."""
    wanted = [row["stat"] for row in expected]
    apart = [one - two for one, two in zip(found, wanted, strict=True)]
    steps = [value - apart[0] for value in apart]
    told = ", ".join(f"{step:+.4f}" for step in steps[1:])
    sys.stdout.write(f"{who}: −2 ln L off by {apart[0]:+.3f}, steps of 3 σ by {told}\n")
    bad = abs(apart[0]) > VALUE or any(abs(step) > STEP for step in steps)
    return [f"{who}: −2 ln L {found} instead of {wanted}"] if bad else []


def main(arguments: list[str]) -> int:
    """Write, read, or compare."""
    if arguments[0] == "--write":
        write(Path(arguments[1]))
        return 0
    faults = read(Path(arguments[1])) if arguments[0] == "--read" else compare(Path(arguments[0]))
    sys.stdout.write("".join(f"{line}\n" for line in faults))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
