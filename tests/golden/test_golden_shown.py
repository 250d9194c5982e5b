"""What people see of the main objects: their line of text and their page, beside what is stored here.

After a change that is meant, ``GPNB_RENEW_GOLDEN=1 python -m pytest tests/golden`` writes both anew; read what differs.
Pages are stored without style and pictures, a line a block.
"""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.catalogs.catalog import Catalog
from gpnb.catalogs.kinds import KINDS
from gpnb.core.recipe import Recipe
from gpnb.data.write import write_index, write_observation
from gpnb.datasets.flags import Flag
from gpnb.irf import Background2D, Background3D, EffectiveArea, EnergyDispersion, PsfKing, RadMax
from gpnb.products.sed import reference_columns

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
TEXTS = HERE / "texts.txt"
START = Time("2024-08-20T03:40:00", scale="tt")
TRUE = gpnb.Axis.energy("0.1 TeV", "100 TeV", nbin=12, name="energy_true")
RECO = gpnb.Axis.energy("0.1 TeV", "100 TeV", nbin=12)
OFFSET = gpnb.Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg")
ON = "icrs; circle(83.63, 22.01, 0.11)"
CRAB = gpnb.SkyModel(gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), name="crab")


def events():
    place = np.arange(200)
    table = Table(
        {
            "TIME": 8.0 * place,
            "RA": 83.63 + 0.5 * np.cos(place),
            "DEC": 22.01 + 0.5 * np.sin(place),
            "ENERGY": 0.5 * 1.02**place,
        }
    )
    header = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01, "OBJECT": "Crab", "DEADC": 0.9}
    return gpnb.EventList(table, header | {"TELESCOP": "A <new> one"}, START)


def responses():
    migra = gpnb.Axis.from_edges(np.linspace(0, 3, 31), "migra", "")
    density = np.exp(-0.5 * ((migra.center_values - 1) / 0.2) ** 2)
    fov = np.linspace(-2, 2, 5)
    axes = (gpnb.Axis.from_edges(fov, "fov_lon", "deg"), gpnb.Axis.from_edges(fov, "fov_lat", "deg"))
    rate = RECO.center_values**-2.7
    area = np.linspace(1e7, 1e9, 12)[:, None] * np.linspace(1, 0.4, 2)
    return {
        "aeff": EffectiveArea((TRUE, OFFSET), area, {"LO_THRES": 0.7}),
        "edisp": EnergyDispersion((TRUE, migra, OFFSET), np.tile(density[None, :, None], (12, 1, 2))),
        "psf": PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.full((12, 2), 2.0), SIGMA=np.full((12, 2), 0.08)),
        "bkg": Background3D((RECO, *axes), np.tile(rate[:, None, None], (1, 4, 4))),
    }


def more_responses():
    rate = RECO.center_values[:, None] ** -2.7
    offset = gpnb.Axis.from_edges([0.3, 0.5], "offset", "deg")
    return {
        "bkg2d": Background2D((RECO, OFFSET), np.tile(rate, (1, 2))),
        "rad_max": RadMax((RECO, offset), np.full((12, 1), 0.15)),
        "aeff_point": EffectiveArea((TRUE, offset), np.full((12, 1), 1e9), {"HDUCLAS3": "POINT-LIKE"}),
    }


def observation(obs_id):
    gti = gpnb.GTI([0.0, 900.0], [800.0, 1700.0], START)
    return gpnb.Observation(
        obs_id, {"events": events(), "gti": gti, **responses()}, {"OBJECT": "Crab", "ZEN_PNT": 47.0, "DEADC": 0.9}
    )


def observations():
    table = Table(
        {
            "OBS_ID": [1, 2],
            "RA_PNT": [83.63, 84.63],
            "DEC_PNT": [22.51, 22.51],
            "OBJECT": ["Crab", "<Crab>"],
            "DATE-OBS": ["2024-08-20"] * 2,
            "ZEN_PNT": [47.0, 45.0],
            "LIVETIME": [1440.0, np.nan],
        }
    )
    return gpnb.Observations([observation(1), observation(2)], table)


def store(folder):
    """Two runs, written and read."""
    folder.mkdir()
    for number in (1, 2):
        made = events()
        made.meta |= {"OBS_ID": number, "GEOLON": 16.5, "GEOLAT": -23.27, "ALTITUDE": 1835.0}
        gti = gpnb.GTI([0.0, 900.0], [800.0, 1700.0], START)
        write_observation(folder / f"run_{number}.fits", made, gti, responses())
    write_index(folder)
    return gpnb.DataStore.read(folder)


def spectrum(name="run 1"):
    energy, true = (gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name=kind) for kind in ("energy", "energy_true"))
    return gpnb.SpectrumDataset(
        energy,
        true,
        counts=np.array([60, 32, 14, 7, 3, 1, 0, 1]),
        counts_off=np.array([200, 100, 40, 20, 9, 4, 0, 1]),
        acceptance_off=10,
        exposure=np.full(8, 3e14),
        edisp=np.eye(8),
        livetime="1 h",
        name=name,
        on_region=ON,
    )


def cube():
    axis = gpnb.Axis.energy("1 TeV", "8 TeV", nbin=3)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.1 deg", axes=[axis])
    counts = np.arange(300).reshape(geom.shape) % 7
    return gpnb.SkyMap(geom, counts.astype(np.float32), recipe=Recipe.memory("counts"))


def map_dataset():
    counts = cube()
    geom = counts.geom
    flags = np.zeros(geom.shape, np.uint8)
    flags[:, :3] |= np.uint8(Flag.FIELD_OF_VIEW)
    exposure, background = gpnb.SkyMap(geom, np.full(geom.shape, 3e13), "cm2 s"), counts.smooth("0.2 deg")
    return gpnb.MapDataset(counts, exposure, gpnb.SkyMap(geom, flags), background, notes=("Run 2 is <odd>.",))


def flux_points():
    edges = np.array([1.0, 3.0, 10.0, 30.0])
    axes = {"e_ref": np.sqrt(edges[1:] * edges[:-1]), "e_min": edges[:-1], "e_max": edges[1:]}
    return gpnb.FluxPoints(
        **axes,
        **reference_columns(CRAB.spectral, **axes),
        norm=[1.0, 1.1, np.nan],
        norm_err=[0.1, 0.2, np.nan],
        norm_ul=[1.2, 1.6, 2.0],
        is_ul=[False, False, True],
        ts=[100.0, 50.0, 0.0],
        cl=0.95,
        sided=1,
        name="crab",
    )


def light_curve():
    axes = {"e_ref": np.array([2.0]), "e_min": np.array([1.0]), "e_max": np.array([10.0])}
    start = START + np.arange(6) * 30 * u.min
    return gpnb.LightCurve(
        **axes,
        **reference_columns(CRAB.spectral, **axes),
        time_min=start,
        time_max=start + 28 * u.min,
        norm=np.array([1, 1.1, 2, 3, 1.2, 0.9])[:, None],
        norm_err=0.1,
        norm_ul=9.0,
        is_ul=np.zeros((6, 1)),
        ts=30.0,
        obs_ids=tuple((number,) for number in range(6)),
        cl=0.95,
        sided=1,
        name="crab",
    )


def catalog():
    table = Table({"Source_Name": ["4FGL J0534.5+2200", "4FGL J0835.3-4510"], "ASSOC1": ["Crab <PSR>", "Vela"]})
    table["CLASS1"], table["SpectrumType"] = ["PSR", "PSR"], ["PowerLaw", "LogParabola"]
    table["RAJ2000"], table["DEJ2000"] = [83.63, 128.84] * u.deg, [22.01, -45.18] * u.deg
    table["Flux1000"] = [1.2345678e-07, 1e-6] / u.cm**2 / u.s
    return Catalog(next(kind for kind in KINDS if kind.name == "4fgl"), table, {}, Recipe.memory("catalogue"))


def models():
    gauss = gpnb.SkyModel(gpnb.LogParabola(), gpnb.GaussianSource("83.63d 22.01d", sigma="0.1 deg"), name="nebula")
    flare = gpnb.SkyModel(gpnb.PowerLaw(), temporal=gpnb.ExponentialDecay(), name="flare")
    return gpnb.Models([CRAB, gauss, flare]).link("flare.index", "crab.index")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """All objects by name."""
    folder = tmp_path_factory.mktemp("golden") / "two-runs"
    runs, points, curve, data = observations(), flux_points(), light_curve(), map_dataset()
    pair = gpnb.Datasets([spectrum(), spectrum("run 2")])
    result = gpnb.fit(pair, CRAB, tol=1e-6)
    found = {
        "event_list": events(),
        "gti": gpnb.GTI([0.0, 900.0], [800.0, 1700.0], START),
        "observation": runs[0],
        "observations": runs,
        "data_store": store(folder),
    }
    found |= responses() | more_responses()
    found |= {
        "axis": RECO,
        "wcs_geometry": data.geom,
        "sky_map": cube(),
        "sky_image": cube().sum_over("energy"),
        "map_dataset": data,
        "spectrum_dataset": pair[0],
        "datasets": pair,
        "parameter": CRAB.spectral.index,
        "spectral_model": CRAB.spectral,
        "sky_model": models()[1],
        "models": models(),
        "fit_result": result,
        "confidence": result.confidence("index"),
        "flux_points": points,
        "light_curve": curve,
        "variability": gpnb.variability(curve),
        "series": curve.series(),
        "catalog": catalog(),
        "catalog_source": catalog()[0],
        "selection": gpnb.Selection(region=ON, energy=("1 TeV", "10 TeV")),
    }
    return found


def page_of(item):
    if hasattr(item, "_repr_mimebundle_"):
        with gpnb.set_options(display="static"):
            return item._repr_mimebundle_().get("text/html", "")
    return item._repr_html_() if hasattr(item, "_repr_html_") else ""


def readable(page):
    """Without style and pictures, a line a block."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    page = re.sub(r'src="data:[^"]*"', 'src="…"', page)
    lines = re.sub(r"\s*(</?(?:section|div|table|tr|details|img|pre|p)\b)", r"\n\1", page).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


@pytest.fixture(scope="module")
def renewed(shown):
    """Write what is shown now, if that is asked for; names of those with a page."""
    pages = {name: readable(page) for name, page in ((name, page_of(item)) for name, item in shown.items()) if page}
    if os.environ.get("GPNB_RENEW_GOLDEN") == "1":
        for path in HERE.glob("*.html"):
            path.unlink()
        for name, page in pages.items():
            (HERE / f"{name}.html").write_text(page, encoding="utf-8")
        TEXTS.write_text(texts_of(shown), encoding="utf-8")
    return pages


def texts_of(shown):
    return "".join(f"{name}\n    {item!r}\n" for name, item in shown.items())


def test_lines_of_text(shown, renewed):
    assert texts_of(shown) == TEXTS.read_text(encoding="utf-8")
    assert all("\n" not in repr(item) for item in shown.values())


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.html")))
def test_pages(name, renewed):
    assert renewed[name] == (HERE / f"{name}.html").read_text(encoding="utf-8")


def test_every_page_is_stored(renewed):
    assert sorted(renewed) == sorted(path.stem for path in HERE.glob("*.html"))


def test_nothing_in_them_is_of_this_run(shown, renewed):
    """No addresses in memory, versions, paths or times of now."""
    for text in (texts_of(shown), *renewed.values()):
        assert not re.search(r"0x[0-9a-f]{6,}|\d{12,}|/tmp|T\d\d:\d\d:\d\d\.\d{6}", text)
        assert gpnb.__version__ not in text
