"""Gammapy reads back every kind of file that gpnb writes; `validate.py` runs both halves.

python tests/rival/written.py --write FOLDER     the interpreter that has gpnb
python tests/rival/written.py FOLDER             one that has Gammapy
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

KINDS = {
    "aeff_2d": ("EffectiveAreaTable2D", "cm2"),
    "edisp_2d": ("EnergyDispersion2D", ""),
    "psf_table": ("PSF3D", "sr-1"),
    "psf_3gauss": ("EnergyDependentMultiGaussPSF", ""),
    "psf_king": ("PSFKing", ""),
    "bkg_2d": ("Background2D", "s-1 TeV-1 sr-1"),
    "bkg_3d": ("Background3D", "s-1 TeV-1 sr-1"),
    "rad_max_2d": ("RadMax2D", "deg"),
}
"""HDU class → Gammapy's class, and the unit of the numbers compared."""

LOW = {"energy": 0.1, "energy_true": 0.1, "fov_lon": -2.0, "fov_lat": -1.0}
"""Where axes start, if not at zero."""


def write(folder: Path) -> None:
    """One file of each kind, and what is in it as JSON."""
    import numpy as np

    from gpnb.data.write import write_irfs
    from gpnb.irf.read import CLASSES

    rng = np.random.default_rng(1)
    expected = {"responses": {}, "maps": {}}
    for hdu_class, kind in CLASSES.items():
        response = made(kind, rng)
        part = "rad_max" if hdu_class == "rad_max_2d" else hdu_class.partition("_")[0]
        write_irfs(folder / f"{hdu_class}.fits", {part: response})
        expected["responses"][hdu_class] = {
            "axes": [axis.edges.value.tolist() for axis in response.axes],
            "values": {column.name: response.file_columns()[column.name].tolist() for column in kind.layout.columns},
        }
    expected["maps"] = {name: write_map(folder / f"{name}.fits", name) for name in ("image", "cube", "galactic")}
    expected["fluxes"] = write_fluxes(folder)
    expected["run"] = write_store(folder / "store")
    expected["models"] = write_models(folder)
    (folder / "expected.json").write_text(json.dumps(expected))


def made(kind, rng):
    """A response of a class with another number of bins on each axis and other values everywhere."""
    import numpy as np

    from gpnb.maps.axis import Axis

    axes = []
    for number, columns in enumerate(kind.layout.axes):
        n, low = 3 + number, LOW.get(columns.name, 0.0)
        ends = np.geomspace(low, 50, n + 1) if columns.interp == "log" else low + 0.4 * np.arange(n + 1)
        axes.append(Axis.from_edges(ends, columns.name, columns.unit, columns.interp))
    shape = tuple(axis.n for axis in axes)
    values = {column.name: rng.uniform(1.2, 2, shape) for column in kind.layout.columns}
    header = {"HDUCLAS3": "POINT-LIKE" if kind.layout.hdu_class == "rad_max_2d" else "FULL-ENCLOSURE"}
    return kind.from_columns(tuple(axes), header, **values)


def write_map(path: Path, name: str) -> dict:
    """A map, and its numbers with the place of one pixel."""
    import numpy as np

    import gpnb

    axes = [gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=3)] if name != "image" else []
    frame, proj = ("galactic", "CAR") if name == "galactic" else ("icrs", "TAN")
    geom = gpnb.WcsGeometry.create("83.6d 22d", npix=(7, 5), binsz="0.3 deg", frame=frame, proj=proj, axes=axes)
    data = np.random.default_rng(2).normal(size=geom.shape)
    gpnb.SkyMap(geom, data, "cm-2 s-1").write(path)
    lon, lat = (values[1, 2] for values in geom.lonlat)
    edges = [axis.edges.to_value("TeV").tolist() for axis in axes]
    return {"data": data.tolist(), "lon": float(lon), "lat": float(lat), "edges": edges}


def write_fluxes(folder: Path) -> dict:
    """Flux points of each kind and a light curve, and their numbers in 1e-12 of their units."""
    import numpy as np
    from astropy import units as u
    from astropy.time import Time

    import gpnb
    from gpnb.products.sed import reference_columns

    rng = np.random.default_rng(3)
    axes = {
        "e_ref": np.array([2.0, 5.0, 20.0]),
        "e_min": np.array([1.0, 4.0, 6.25]),
        "e_max": np.array([4.0, 6.25, 64.0]),
    }
    fields = {**axes, **reference_columns(gpnb.PowerLaw(index=2.6), **axes), "cl": 0.95, "sided": 1}
    made = {name: rng.uniform(1, 2, (2, 3)) for name in ("norm", "norm_errn", "norm_errp", "norm_ul", "ts")}
    points = gpnb.FluxPoints(**fields, **{name: values[0] for name, values in made.items()}, is_ul=[False, True, False])
    for kind in ("dnde", "e2dnde", "flux", "eflux", "likelihood"):
        points.write(folder / f"points-{kind}.fits", kind)
        points.write(folder / f"points-{kind}.ecsv", kind)
    start = Time([53345.25, 53346.5], format="mjd", scale="tt")
    curve = gpnb.LightCurve(**fields, **made, time_min=start, time_max=start + 0.5 * u.h, obs_ids=((1,), (2, 3)))
    curve.write(folder / "curve.fits", "flux")
    return {
        "points": {name: (1e12 * points.column(f"flux{name}")).tolist() for name in ("", "_errn", "_errp", "_ul")},
        "curve": (1e12 * curve.column("flux_ul")).tolist(),
        "start": start.mjd.tolist(),
    }


def write_store(folder: Path) -> dict:
    """A run of the demo store with all its columns and responses, and an index."""
    import gpnb
    from gpnb.data.write import write_index, write_observation

    obs = gpnb.demo_store(progress=False).select(target="Crab")[0]
    parts = {name: getattr(obs, name) for name in ("aeff", "edisp", "psf", "bkg")}
    folder.mkdir()
    write_observation(folder / "run.fits.gz", obs.events, obs.gti, parts)
    write_index(folder)
    return {
        "obs_id": obs.obs_id,
        "counts": len(obs.events),
        "energy": float(obs.events.energy_values.sum()),
        "dec": float(obs.events.dec_values.sum()),
        "first": float(obs.events.time[0].tt.mjd),
        "ontime": obs.gti.seconds,
        "livetime": float(obs.livetime.to_value("s")),
        "pointing": [float(obs.pointing.ra.deg), float(obs.pointing.dec.deg)],
    }


def write_models(folder: Path) -> dict:
    """A template whose place is free, and a template of predicted counts, both lopsided."""
    import numpy as np

    import gpnb

    place = {"center": "galactic 0.3d 0.2d", "width": "1 deg", "binsz": "0.1 deg", "frame": "galactic", "proj": "CAR"}
    geom, values = gpnb.WcsGeometry.create(**place), np.zeros((10, 10))
    values[2:5, 6:8] = [[1, 2], [3, 1], [0.5, 4]]
    cube = geom.cube([gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)])
    gpnb.SkyMap(geom, values, "sr-1").write(folder / "shape.fits")
    gpnb.SkyMap(cube, np.stack([values, 2 * values])).write(folder / "counts.fits")
    shape = gpnb.TemplateSource(folder / "shape.fits", center="galactic 0.35d 0.1d").thaw("lon", "lat")
    counts = gpnb.TemplateCounts(folder / "counts.fits", "stacked").replace(norm=1.3)
    models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), shape, name="moved"), counts])
    models.write(folder / "models.yaml", format="gammapy")
    return {"place": list(shape.values), "counts": 1.3 * 3 * values.sum()}


def compare(folder: Path) -> list[str]:
    """Sentences about what Gammapy finds to be different."""
    expected = json.loads((folder / "expected.json").read_text())
    faults = []
    for hdu_class, numbers in expected["responses"].items():
        faults += compare_response(folder / f"{hdu_class}.fits", hdu_class, numbers)
    for name, numbers in expected["maps"].items():
        faults += compare_map(folder / f"{name}.fits", name, numbers)
    faults += compare_fluxes(folder, expected["fluxes"])
    faults += compare_models(folder, expected["models"])
    return faults + compare_run(folder / "store", expected["run"])


def compare_response(path: Path, hdu_class: str, expected: dict) -> list[str]:
    """Axes and values of a response."""
    import gammapy.irf

    name, unit = KINDS[hdu_class]
    found = getattr(gammapy.irf, name).read(path, hdu=1)
    faults = []
    for axis, edges in zip(found.axes, expected["axes"], strict=True):
        faults += differ(f"{hdu_class}, axis {axis.name}", axis.edges.value, edges)
    for column, values in expected["values"].items():
        if found.data.dtype.names:  # Gammapy keeps parameters as fields of their own units
            theirs = found.data[column.lower()]
        else:
            theirs = found.quantity.to_value(unit)
        faults += differ(f"{hdu_class}, {column}", theirs, values)
    return faults


def compare_map(path: Path, name: str, expected: dict) -> list[str]:
    """Values, unit, axes and the place of a pixel of a map."""
    from gammapy.maps import Map

    found = Map.read(path)
    place = found.geom.to_image().get_coord()
    faults = differ(f"{name}, values", found.quantity.to_value("cm-2 s-1"), expected["data"])
    faults += differ(f"{name}, longitude", place.lon[1, 2].to_value("deg"), expected["lon"])
    faults += differ(f"{name}, latitude", place.lat[1, 2].to_value("deg"), expected["lat"])
    edges = [axis.edges.to_value("TeV") for axis in found.geom.axes]
    return faults + [
        line for ours, theirs in zip(expected["edges"], edges, strict=True) for line in differ(name, theirs, ours)
    ]


def compare_fluxes(folder: Path, expected: dict) -> list[str]:
    """Flux points, each kind with the kind of flux it holds, and a light curve."""
    from gammapy.estimators import FluxPoints
    from gammapy.modeling.models import PowerLawSpectralModel

    faults = []
    shape = PowerLawSpectralModel(index=2.6)
    for path in sorted(folder.glob("points-*")):
        found = FluxPoints.read(path, format="gadf-sed", reference_model=shape)
        for name, values in expected["points"].items():
            theirs = getattr(found, f"flux{name}").quantity.to_value("cm-2 s-1").squeeze()
            faults += differ(f"{path.name}, flux{name}", 1e12 * theirs, values)
        faults += differ(f"{path.name}, limits", found.is_ul.data.squeeze(), [False, True, False])
    curve = FluxPoints.read(folder / "curve.fits", format="lightcurve", reference_model=shape)
    faults += differ("light curve", 1e12 * curve.flux_ul.quantity.to_value("cm-2 s-1").squeeze(), expected["curve"])
    return faults + differ("light curve, times", curve.geom.axes["time"].time_min.tt.mjd, expected["start"])


def compare_run(folder: Path, expected: dict) -> list[str]:
    """Events, intervals and pointing of a run, by the index."""
    from gammapy.data import DataStore

    store = DataStore.from_dir(folder)
    obs = store.get_observations(required_irf="full-enclosure")[0]
    events = obs.events.table
    found = {
        "obs_id": obs.obs_id,
        "counts": len(events),
        "energy": events["ENERGY"].quantity.to_value("TeV").astype(float).sum(),
        "dec": events["DEC"].quantity.to_value("deg").astype(float).sum(),
        "first": obs.events.time[0].tt.mjd,
        "ontime": obs.gti.time_sum.to_value("s"),
        "livetime": obs.observation_live_time_duration.to_value("s"),
        "pointing": [obs.get_pointing_icrs(obs.tmid).ra.deg, obs.get_pointing_icrs(obs.tmid).dec.deg],
    }
    return [line for key, value in expected.items() for line in differ(f"run, {key}", found[key], value)]


def compare_models(folder: Path, expected: dict) -> list[str]:
    """Shifts that a fit moves stay free, and counts are those of their dataset."""
    from gammapy.modeling.models import Models

    models = Models.read(folder / "models.yaml")
    place, counts = models["moved"].spatial_model, models["counts"]
    faults = differ("place of a template", [place.lon_0.value, place.lat_0.value], expected["place"])
    faults += differ("predicted counts", counts.evaluate().data.sum(), expected["counts"])
    if place.lon_0.frozen or place.lat_0.frozen or counts.datasets_names != ["stacked"]:
        faults.append("models: what is free, or the dataset of counts, is another")
    return faults


def differ(what: str, found: object, expected: object) -> list[str]:
    """A sentence if numbers differ by more than single precision."""
    import numpy as np

    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if found.shape != expected.shape:
        return [f"{what}: shape {found.shape} instead of {expected.shape}"]
    if np.allclose(found, expected, rtol=1e-6, atol=1e-9):
        return []
    return [f"{what}: differs by up to {np.abs(found - expected).max():.3g}"]


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    if arguments[0] == "--write":
        write(Path(arguments[1]))
        return 0
    faults = compare(Path(arguments[0]))
    sys.stdout.write(
        "\n".join(faults) or "Gammapy reads back what gpnb wrote: eight response classes, maps, fluxes, a run, models."
    )
    sys.stdout.write("\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
