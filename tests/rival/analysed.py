"""Gammapy reads spectra, models and lopsided flux points that gpnb writes, and finds the same; `validate.py` runs it.

python tests/rival/analysed.py --write FOLDER     the interpreter that has gpnb
python tests/rival/analysed.py FOLDER             one that has Gammapy
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MODELS = Path(__file__).parents[1] / "models"
FILES = ("spectra", "sources")
"""Models that Gammapy has written, with every type of spectrum, limits, errors, priors and links."""

ENERGY = [0.05, 0.3, 1.0, 2.7, 20.0]
DAYS = [55000.6, 55001.6, 55003.0, 55009.0]
TABLE_ENERGY = [0.0316227766, 0.316227766, 3.16227766]


def write(folder: Path) -> None:
    """The files, and what is in them as JSON."""
    import warnings

    import gpnb

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gpnb.DataWarning)
        for name in FILES:
            gpnb.Models.read(MODELS / f"gammapy-2.1-{name}.yaml").write(folder / f"{name}.yaml", format="gammapy")
    expected = {"spectra": write_spectra(folder), "flares": write_flares(folder), "points": write_points(folder)}
    expected["absorbed"] = write_absorbed(folder)
    (folder / "analysed.json").write_text(json.dumps(expected))


def write_spectra(folder: Path) -> dict:
    """Lopsided spectra: bins without counts, without OFF counts, bad ones; another without any OFF count."""
    import numpy as np

    import gpnb

    rng = np.random.default_rng(4)
    energy = gpnb.Axis.energy("1 TeV", "30 TeV", nbin=6)
    true = gpnb.Axis.energy("0.5 TeV", "60 TeV", nbin=40, name="energy_true")
    edisp = rng.dirichlet(np.linspace(0.2, 3, 6), 40) * np.linspace(0.1, 1, 40)[:, None]
    parts = {"exposure": np.geomspace(1e12, 4e13, 40), "edisp": edisp, "livetime": "27.5 min", "obs_ids": (23523,)}
    counts = np.array([23.0, 17, 0, 9, 2, 1])
    flags = np.array([1, 0, 0, 0, 0, 8], dtype=np.uint8)
    off = {"counts_off": np.array([90.0, 30, 7, 3, 0, 0]), "acceptance": 2.0, "acceptance_off": np.linspace(8, 14, 6)}
    datasets = {
        "onoff": gpnb.SpectrumDataset(energy, true, counts, **parts, **off, flags=flags, name="onoff"),
        "empty": gpnb.SpectrumDataset(
            energy, true, counts, **parts, **{**off, "counts_off": np.zeros(6)}, name="empty"
        ),
    }
    law = gpnb.PowerLaw(index=2.3, amplitude="3e-12 TeV-1 s-1 cm-2")
    return {name: write_spectrum(folder, dataset, law) for name, dataset in datasets.items()}


def write_spectrum(folder: Path, dataset, law) -> dict:
    """One of them, and what it and a power law give."""
    import numpy as np

    import gpnb

    dataset.write_ogip(folder / f"pha_{dataset.name}.fits")
    found = {"counts": dataset.counts, "exposure": dataset.exposure, "edisp": dataset.edisp, "usable": dataset.usable}
    found["predicted"] = dataset.predict(law.integral_bins(dataset.energy_true.edge_values))
    likelihood = gpnb.Likelihood(dataset, law, "wstat")
    found |= {"off": dataset.counts_off, "alpha": dataset.alpha, "stat": likelihood.stat(likelihood.start)}
    return {key: np.asarray(value, dtype=float).tolist() for key, value in found.items()}


def write_flares(folder: Path) -> dict:
    """Each variation in time, and its values."""
    from astropy.time import Time

    import gpnb

    flares = {
        "linear": gpnb.LinearTrend(level=2.0, slope="-0.05 d-1", start="55000.5 d"),
        "decay": gpnb.ExponentialDecay(decay="3 d", start="55000.5 d"),
        "gauss": gpnb.GaussianFlare(base=0, height=1, peak="55000.5 d", width="2 d"),
        "general": gpnb.GeneralizedFlare(base=0, height=1, peak="55002 d", rise="1 d", decay="4 d"),
        "power": gpnb.PowerLawDecay(index=1.5, start="55000.5 d", scale="2 d"),
        "sine": gpnb.SineVariation(amplitude=0.3, period="5 d", start="55000.5 d"),
    }
    models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), None, flare, name=name) for name, flare in flares.items()])
    models.write(folder / "flares.yaml", format="gammapy")
    times = Time(DAYS, format="mjd", scale="tt")
    return {name: flare(times).tolist() for name, flare in flares.items()}


def write_absorbed(folder: Path) -> list[float]:
    """A spectrum through an absorption, at nodes of its table, between which the interpolations differ."""
    import numpy as np

    import gpnb
    from gpnb.models.opacity import OpacityTable

    redshift, energy = np.array([0.1, 0.3, 1.0]), np.array([*TABLE_ENERGY, 31.6227766])
    table = OpacityTable.from_transmission(redshift, energy, np.exp(-redshift[:, None] * [0.1, 1.0, 3.0, 9.0]))
    spectrum = gpnb.PowerLaw(index=2.0) * gpnb.EBLAbsorption(table, "test", redshift=0.3)
    gpnb.Models([gpnb.SkyModel(spectrum, name="agn")]).write(folder / "absorbed.yaml", format="gammapy")
    return (1e12 * spectrum.evaluate_at(np.array(TABLE_ENERGY))).tolist()


def write_points(folder: Path) -> dict:
    """Flux points and a light curve whose first and last bins have no value."""
    import numpy as np
    from astropy import units as u
    from astropy.time import Time

    import gpnb
    from gpnb.products.sed import reference_columns

    rng = np.random.default_rng(5)
    edges = np.array([0.5, 1.0, 2.0, 8.0, 20.0])
    axes = {"e_ref": np.sqrt(edges[1:] * edges[:-1]), "e_min": edges[:-1], "e_max": edges[1:]}
    made = {name: rng.uniform(1, 2, (2, 4)) for name in ("norm", "norm_errn", "norm_errp", "norm_ul", "ts")}
    for values in made.values():
        values[0, [0, 3]] = np.nan
    fields = {**axes, **reference_columns(gpnb.PowerLaw(index=2.6), **axes), "cl": 0.95, "sided": 1}
    points = gpnb.FluxPoints(**fields, **{name: values[0] for name, values in made.items()})
    for kind in ("dnde", "e2dnde", "flux", "eflux", "likelihood"):
        points.write(folder / f"holes-{kind}.fits", kind)
        points.write(folder / f"holes-{kind}.ecsv", kind)
    start = Time([53345.25, 53346.5], format="mjd", scale="tt")
    curve = gpnb.LightCurve(**fields, **made, time_min=start, time_max=start + 0.5 * u.h)
    curve.write(folder / "holes-curve.ecsv", "flux")
    names = ("", "_errn", "_errp", "_ul")
    return {
        "points": {name: (1e12 * points.column(f"flux{name}")).tolist() for name in names},
        "curve": {name: (1e12 * curve.column(f"flux{name}")).tolist() for name in names},
    }


def compare(folder: Path) -> list[str]:
    """Sentences about what Gammapy finds to be different."""
    expected = json.loads((folder / "analysed.json").read_text())
    faults = [line for name, item in expected["spectra"].items() for line in compare_spectrum(folder, name, item)]
    faults += [line for name in FILES for line in compare_models(folder, name)]
    faults += compare_flares(folder, expected["flares"]) + compare_absorbed(folder, expected["absorbed"])
    return faults + compare_points(folder, expected["points"])


def compare_spectrum(folder: Path, name: str, expected: dict) -> list[str]:
    """Counts, responses, good bins, and what a model gives."""
    from gammapy.datasets import SpectrumDatasetOnOff
    from gammapy.modeling.models import PowerLawSpectralModel, SkyModel

    found = SpectrumDatasetOnOff.read(folder / f"pha_{name}.fits", format="ogip")
    law = PowerLawSpectralModel(index=2.3, amplitude="3e-12 TeV-1 s-1 cm-2")
    found.models = [SkyModel(law, name="law", datasets_names=found.name)]
    theirs = {
        "counts": found.counts.data,
        "exposure": found.exposure.quantity.to_value("cm2 s"),
        "edisp": found.edisp.edisp_map.data if not hasattr(found.edisp, "pdf_matrix") else found.edisp.pdf_matrix,
        "usable": found.mask_safe.data,
        "predicted": found.npred_signal().data,
        "off": found.counts_off.data,
        "alpha": found.alpha.data,
        "stat": found.stat_sum(),
    }
    return [line for key in expected for line in differ(f"{name}, {key}", theirs[key], expected[key])]


def compare_models(folder: Path, name: str) -> list[str]:
    """The file that Gammapy wrote, and the one that gpnb made of it: all parameters and values of spectra."""
    import astropy.units as u
    import yaml
    from gammapy.modeling.models import Models, SkyModel

    data = yaml.safe_load((MODELS / f"gammapy-2.1-{name}.yaml").read_text())
    data.pop("covariance", None)  # its file is not there
    old, new = Models.from_dict(data), Models.read(folder / f"{name}.yaml")
    faults = []
    for model in old:
        if isinstance(model, SkyModel):
            there, here = ({item.name: item for item in each.parameters} for each in (model, new[model.name]))
            for key in here:
                faults += compare_parameter(f"{name}, {model.name}, {key}", here[key], there[key])
            ours, theirs = (each.spectral_model(ENERGY * u.TeV) for each in (new[model.name], model))
            faults += differ(
                f"{name}, {model.name}, spectrum", *(1e12 * x.to_value(theirs.unit) for x in (ours, theirs))
            )
    free = [len(each.parameters.free_parameters.unique_parameters) for each in (new, old)]
    return faults + differ(f"{name}, number of free parameters", *free)


def compare_parameter(what: str, found, expected) -> list[str]:
    """A parameter with its limits, error, prior and whether it is frozen; gpnb's limits may stand for none."""
    faults = differ(what, found.quantity.to_value(expected.unit), expected.value)
    faults += differ(f"{what}, frozen", found.frozen, expected.frozen) if what[-5:] not in ("t_ref", "sigma") else []
    faults += differ(f"{what}, error", found.error, expected.error)
    for limit in ("min", "max"):
        ours, theirs = getattr(found, limit), getattr(expected, limit)
        faults += differ(f"{what}, {limit}", ours, theirs) if theirs == theirs else []
    priors = [type(item.prior).__name__ for item in (found, expected)]
    return faults if priors[0] == priors[1] else [*faults, f"{what}: prior {priors[0]} instead of {priors[1]}"]


def compare_flares(folder: Path, expected: dict) -> list[str]:
    """Values in time."""
    from astropy.time import Time
    from gammapy.modeling.models import Models

    models, times = Models.read(folder / "flares.yaml"), Time(DAYS, format="mjd", scale="tt")
    return [
        line
        for name, values in expected.items()
        for line in differ(f"flare {name}", models[name].temporal_model(times), values)
    ]


def compare_absorbed(folder: Path, expected: list[float]) -> list[str]:
    """An absorbed spectrum."""
    import astropy.units as u
    from gammapy.modeling.models import Models

    (agn,) = Models.read(folder / "absorbed.yaml")
    return differ("absorbed", 1e12 * agn.spectral_model(TABLE_ENERGY * u.TeV).to_value("cm-2 s-1 TeV-1"), expected)


def compare_points(folder: Path, expected: dict) -> list[str]:
    """Flux points of every kind and a light curve."""
    from gammapy.estimators import FluxPoints
    from gammapy.modeling.models import PowerLawSpectralModel

    shape, faults = PowerLawSpectralModel(index=2.6), []
    for path in sorted(folder.glob("holes-*")):
        kind = "curve" if "curve" in path.name else "points"
        form = {"curve": "lightcurve", "points": "gadf-sed"}[kind]
        found = FluxPoints.read(path, format=form, reference_model=shape)
        for name, values in expected[kind].items():
            theirs = getattr(found, f"flux{name}").quantity.to_value("cm-2 s-1").squeeze()
            faults += differ(f"{path.name}, flux{name}", 1e12 * theirs, values)
    return faults


def differ(what: str, found: object, expected: object) -> list[str]:
    """A sentence if numbers differ."""
    import numpy as np

    found = np.asarray(found, dtype=float).squeeze()
    expected = np.asarray(expected, dtype=float).squeeze()
    if found.shape != expected.shape:
        return [f"{what}: shape {found.shape} instead of {expected.shape}"]
    if np.allclose(found, expected, rtol=2e-6, atol=1e-9, equal_nan=True):
        return []
    return [f"{what}: {found} instead of {expected}"]


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    if arguments[0] == "--write":
        write(Path(arguments[1]))
        return 0
    faults = compare(Path(arguments[0]))
    told = "Gammapy finds the same in what gpnb wrote: spectra, models, flares, an absorption, points with holes."
    sys.stdout.write(("\n".join(faults) or told) + "\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
