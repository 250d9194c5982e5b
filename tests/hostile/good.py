"""Good files of every kind, small; the campaign damages them."""

import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.data.write import write_index, write_irfs, write_observation
from gpnb.irf.read import CLASSES
from gpnb.products.sed import reference_columns

HEADER = {
    "OBS_ID": 5,
    "OBJECT": "Somewhere",
    "RA_PNT": 83.5,
    "DEC_PNT": 22.5,
    "ALT_PNT": 60.0,
    "AZ_PNT": 100.0,
    "GEOLON": 16.5,
    "GEOLAT": -23.3,
    "ALTITUDE": 1800.0,
    "DEADC": 0.95,
    "TELESCOP": "X",
    "OBS_MODE": "POINTING",
    "MJDREFI": 51910,
    "MJDREFF": 0.0007,
    "TIMESYS": "TT",
    "TIMEUNIT": "s",
    "TIMEREF": "LOCAL",
}
AXES = {
    "e_ref": np.array([2.0, 5.0, 20.0]),
    "e_min": np.array([1.0, 4.0, 6.25]),
    "e_max": np.array([4.0, 6.25, 64.0]),
}


def response(kind, rng):
    """A response of a class."""
    axes = []
    for number, columns in enumerate(kind.layout.axes):
        n = 3 + number
        low = {"fov_lon": -2.0, "fov_lat": -1.0}.get(columns.name, 0.1 if columns.interp == "log" else 0.0)
        ends = np.geomspace(low, 50, n + 1) if columns.interp == "log" else low + 0.4 * np.arange(n + 1)
        axes.append(gpnb.Axis.from_edges(ends, columns.name, columns.unit, columns.interp))
    shape = tuple(axis.n for axis in axes)
    values = {column.name: rng.uniform(1.2, 2, shape) for column in kind.layout.columns}
    return kind.from_columns(tuple(axes), {"HDUCLAS3": "FULL-ENCLOSURE"}, **values)


def run(folder: Path, number: int = 5) -> Path:
    """One run in a file, with all its responses."""
    rng, n = np.random.default_rng(number), 40
    columns = {"EVENT_ID": np.arange(n), "TIME": np.sort(rng.uniform(10, 1700, n)), "RA": rng.normal(83.5, 0.5, n)}
    columns |= {"DEC": rng.normal(22.5, 0.5, n), "ENERGY": rng.pareto(1.5, n) + 0.5, "HIL_MSW": rng.normal(size=n)}
    events = gpnb.EventList(Table(columns), {**HEADER, "OBS_ID": number})
    gti = gpnb.GTI(np.array([0.0, 900.0]), np.array([800.0, 1800.0]), events.time_reference)
    kinds = {"aeff": "aeff_2d", "edisp": "edisp_2d", "psf": "psf_table", "bkg": "bkg_3d"}
    path = folder / f"run_{number}.fits"
    write_observation(path, events, gti, {part: response(CLASSES[name], rng) for part, name in kinds.items()}, True)
    return path


def store(folder: Path) -> Path:
    """Two runs with their index."""
    for number in (5, 6):
        run(folder, number)
    write_index(folder)
    return folder


def irfs(folder: Path) -> list[Path]:
    """A file for each class of response."""
    rng = np.random.default_rng(1)
    for name, kind in CLASSES.items():
        part = "rad_max" if name == "rad_max_2d" else name.partition("_")[0]
        write_irfs(folder / f"{name}.fits", {part: response(kind, rng)})
    return [folder / f"{name}.fits" for name in CLASSES]


def sky_map(number: int = 0) -> gpnb.SkyMap:
    """A small cube."""
    axes = [gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=3)]
    geom = gpnb.WcsGeometry.create("83.6d 22d", npix=(7, 5), binsz="0.3 deg", axes=axes)
    return gpnb.SkyMap(geom, np.full(geom.shape, float(number)), "cm-2 s-1")


def spectrum(number: int = 3, name: str = "spectrum") -> gpnb.SpectrumDataset:
    """A small spectrum whose counts tell its number."""
    energy, true = (
        gpnb.Axis.energy("1 TeV", "100 TeV", nbin=n, name=m) for n, m in ((4, "energy"), (6, "energy_true"))
    )
    edisp = np.random.default_rng(number).dirichlet(np.ones(4), 6)
    counts, off = np.full(4, float(number)), np.full(4, 10.0 + number)
    given = {"counts_off": off, "acceptance_off": 5.0, "obs_ids": (number,), "name": name}
    return gpnb.SpectrumDataset(energy, true, counts, np.full(6, 1e13 * number), edisp, "1 h", **given)


def points() -> gpnb.FluxPoints:
    """Three flux points with all that they can have."""
    rng = np.random.default_rng(3)
    made = {name: rng.uniform(1, 2, 3) for name in ("norm", "norm_errn", "norm_errp", "norm_ul", "ts")}
    fields = {**AXES, **reference_columns(gpnb.PowerLaw(index=2.6), **AXES), "cl": 0.95, "sided": 1}
    return gpnb.FluxPoints(**fields, **made, is_ul=[False, True, False])


def curve() -> gpnb.LightCurve:
    """Two bins of time in three of energy."""
    rng = np.random.default_rng(4)
    made = {name: rng.uniform(1, 2, (2, 3)) for name in ("norm", "norm_errn", "norm_errp", "norm_ul", "ts")}
    fields = {**AXES, **reference_columns(gpnb.PowerLaw(index=2.6), **AXES), "cl": 0.95, "sided": 1}
    start = Time([53345.25, 53346.5], format="mjd", scale="tt")
    return gpnb.LightCurve(**fields, **made, time_min=start, time_max=start + 0.5 * u.h, obs_ids=((1,), (2, 3)))


def models() -> gpnb.Models:
    """Sources of several kinds."""
    shape = gpnb.GaussianSource(center="83.6d 22d", sigma="0.2 deg")
    sum_of = gpnb.LogParabola(alpha=2.1) + gpnb.PowerLaw(index=3)
    absorbed = gpnb.ExpCutoffPowerLaw(index=1.9).bound("index", 0, 5)
    table = gpnb.TemplateSpectrum(energy=[1, 3, 10] * u.TeV, values=[3, 2, 1] * u.Unit("TeV-1 cm-2 s-1"))
    parts = {"a": (sum_of, shape), "b": (absorbed, gpnb.PointSource("83d 21d")), "c": (table, None)}
    found = gpnb.Models([gpnb.SkyModel(*pair, name=name) for name, pair in parts.items()])
    return found.freeze("a.sigma")


def catalog(path: Path) -> Path:
    """Two sources in the columns of 4FGL."""
    numbers = {"PL_Index": 2.2, "LP_Index": 2.1, "LP_beta": 0.1, "PLEC_IndexS": 1.7, "PLEC_ExpfactorS": 0.5}
    table = Table(
        {"Source_Name": ["4FGL J0534.5+2200", "4FGL J0835.3-4510"], "SpectrumType": ["PowerLaw", "LogParabola"]}
    )
    table["ASSOC1"], table["CLASS1"], table["Extended_Source_Name"] = ["Crab", "Vela"], ["pwn", "PSR"], ["", ""]
    table["RAJ2000"], table["DEJ2000"] = [83.63, 128.84] * u.deg, [22.01, -45.18] * u.deg
    for name in ("Conf_95_SemiMajor", "Conf_95_SemiMinor", "Conf_95_PosAng"):
        table[name] = [0.02, 0.02] * u.deg
    table["Pivot_Energy"] = [2000.0, 2000.0] * u.MeV
    for name, value in {**numbers, "PLEC_Exp_Index": 2 / 3}.items():
        table[name], table[f"Unc_{name}"] = np.full(2, value), np.full(2, 0.01)
    for form in ("PL", "LP", "PLEC"):
        unit = u.Unit("cm-2 MeV-1 s-1")
        table[f"{form}_Flux_Density"] = [1e-12, 1e-12] * unit
        table[f"Unc_{form}_Flux_Density"] = [1e-13, 1e-13] * unit
    table["Flux_Band"], table["Sqrt_TS_Band"] = np.full((2, 8), 1e-9), np.full((2, 8), 10.0)
    table["Unc_Flux_Band"] = np.tile([-1e-10, 2e-10], (2, 8, 1))
    table.write(path)
    return path


def absorption(path: Path) -> Path:
    """Transmission by redshift and energy, as XSPEC has it."""
    energies = Table({"ENERG_LO": [1e7, 1e8, 1e9, 1e10], "ENERG_HI": [1e8, 1e9, 1e10, 1e11]})
    redshift = np.array([0.1, 0.3, 1.0])
    spectra = Table({"PARAMVAL": redshift, "INTPSPEC": np.exp(-redshift[:, None] * np.array([0.1, 1.0, 3.0, 9.0]))})
    hdus = [fits.table_to_hdu(table) for table in (energies, spectra)]
    for hdu, name in zip(hdus, ("ENERGIES", "SPECTRA"), strict=True):
        hdu.name = name
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    return path


def series(folder: Path) -> list[Path]:
    """Tables of other wavelengths as text and FITS."""
    text = "mjd,flux,flux_err,is_ul\n59000.1,1.5e-7,1e-8,False\n59001.1,<2e-8,-,True\n59002.25,1.2e-7,1e-8,False\n"
    (folder / "a.csv").write_text(text)
    (folder / "b.txt").write_text(text.replace(",", " "))
    table = Table({"TIME": [10.0, 20.0, 30.0] * u.s, "RATE": [1.0, 2.0, 3.0], "ERROR": [0.1, 0.2, 0.3]})
    table.meta.update({"MJDREFI": 57000, "MJDREFF": 0.5, "TIMESYS": "TDB", "TIMEDEL": 5.0})
    table.write(folder / "c.fits")
    table.write(folder / "d.ecsv")
    return [folder / name for name in ("a.csv", "b.txt", "c.fits", "d.ecsv")]


def archives(folder: Path) -> list[Path]:
    """A folder with two files, packed."""
    inner = folder / "inner"
    (inner / "deep").mkdir(parents=True)
    for name in ("a.txt", "deep/b.txt"):
        (inner / name).write_text(name * 200)
    for name, mode in (("a.tar", "w"), ("b.tar.gz", "w:gz"), ("c.tar.xz", "w:xz")):
        with tarfile.open(folder / name, mode) as tar:
            tar.add(inner, "top")
    with zipfile.ZipFile(folder / "d.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("a.txt", "deep/b.txt"):
            packed.write(inner / name, f"top/{name}")
    return [folder / name for name in ("a.tar", "b.tar.gz", "c.tar.xz", "d.zip")]


def notebook() -> dict:
    """A notebook of one cell of parameters."""
    cell = {
        "cell_type": "code",
        "source": "radius = '0.1 deg'  # of the circle\nnumbers = [1, 2]\ntitle = 'x'\nflag = True",
    }
    cell |= {"metadata": {"tags": ["parameters"]}, "outputs": [], "execution_count": None, "id": "a"}
    return json.loads(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
