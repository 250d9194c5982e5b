"""Small objects of every kind, made in memory; their texts are hostile on purpose."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time

from gpnb.data import GTI, EventList, Observation, Observations
from gpnb.datasets.flags import Flag
from gpnb.datasets.map import MapDataset
from gpnb.irf import Background2D, Background3D, EffectiveArea, EnergyDispersion, PsfKing, RadMax
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

HOSTILE = "<script>alert(1)</script> & \"'$x$"
REFERENCE = Time(53343.0, format="mjd", scale="tt")
TRUE = Axis.energy("0.1 TeV", "100 TeV", nbin=12, name="energy_true")
RECO = Axis.energy("0.1 TeV", "100 TeV", nbin=12)
OFFSET = Axis.from_edges([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], "offset", "deg")
ONE_OFFSET = Axis.from_edges([0.3, 0.5], "offset", "deg")


def make_events(size=400, **meta):
    rng = np.random.default_rng(1)
    table = Table(
        {
            "TIME": np.sort(rng.uniform(0, 1600, size)),
            "RA": 83.63 + rng.normal(0, 0.6, size),
            "DEC": 22.01 + rng.normal(0, 0.6, size),
            "ENERGY": 0.5 * rng.pareto(1.7, size) + 0.5,
        }
    )
    header = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01, "OBJECT": HOSTILE, "DEADC": 0.9}
    return EventList(table, header | {"TELESCOP": "H.E.S.S."} | meta, REFERENCE)


def make_responses():
    area = np.linspace(1e7, 1e9, 12)[:, None] * np.linspace(1, 0.4, 5)
    migra = Axis.from_edges(np.linspace(0, 3, 31), "migra", "")
    density = np.exp(-0.5 * ((migra.center_values - 1) / 0.2) ** 2)
    fov = np.linspace(-2.5, 2.5, 11)
    axes = (Axis.from_edges(fov, "fov_lon", "deg"), Axis.from_edges(fov, "fov_lat", "deg"))
    rate = RECO.center_values**-2.7
    return {
        "aeff": EffectiveArea((TRUE, OFFSET), area, {"LO_THRES": 0.7, "TELESCOP": HOSTILE}),
        "edisp": EnergyDispersion((TRUE, migra, OFFSET), np.tile(density[None, :, None], (12, 1, 5))),
        "psf": PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.full((12, 5), 2.0), SIGMA=np.full((12, 5), 0.08)),
        "bkg": Background3D((RECO, *axes), np.tile(rate[:, None, None], (1, 10, 10))),
    }


def make_observation(obs_id=23523, **row):
    gti = GTI([0.0, 900.0], [800.0, 1700.0], REFERENCE)
    facts = {"OBJECT": HOSTILE, "ZEN_PNT": 47.0, "DEADC": 0.9} | row
    return Observation(obs_id, {"events": make_events(), "gti": gti, **make_responses()}, facts)


def make_table(size=4):
    place = np.arange(size)
    return Table(
        {
            "OBS_ID": 23523 + place[::-1],
            "RA_PNT": 83.63 + 0.5 * (place % 3),
            "DEC_PNT": 22.01 + 0.5 * (place % 2),
            "OBJECT": [HOSTILE if number % 2 else "Crab Nebula" for number in place],
            "DATE-OBS": ["2004-12-04"] * size,
            "ZEN_PNT": 45.0 + place,
            "LIVETIME": np.where(place == 1, np.nan, 1580.0),
            "QUALITY": place % 2,
        }
    )


@pytest.fixture(scope="session")
def made():
    """Factories of everything that panels show."""
    geom = WcsGeometry.create("83.63d 22.01d", width="3 deg", binsz="0.1 deg", axes=[RECO])
    counts = SkyMap.from_events(make_events(4000), geom)
    flags = np.zeros(geom.shape, np.uint8)
    flags[:3] |= np.uint8(Flag.ENERGY)
    flags[:, :5] |= np.uint8(Flag.FIELD_OF_VIEW)
    flags[0, 15, 15] |= np.uint8(Flag.EXCLUDED)
    exposure = SkyMap(geom, np.full(geom.shape, 3e13), "cm2 s")
    dataset = MapDataset(counts, exposure, SkyMap(geom, flags), counts.smooth("0.3 deg"), notes=(HOSTILE,))
    runs = Observations([make_observation(int(number)) for number in make_table()["OBS_ID"]], make_table())
    point = (TRUE, ONE_OFFSET)
    more = {
        "bkg2d": Background2D((RECO, OFFSET), np.tile(RECO.center_values[:, None] ** -2.7, (1, 5))),
        "rad_max": RadMax((RECO, ONE_OFFSET), np.full((12, 1), 0.15)),
        "pointlike": EffectiveArea(point, np.full((12, 1), 1e9), {"HDUCLAS3": "POINT-LIKE"}),
    }
    return SimpleNamespace(
        events=make_events(),
        no_events=make_events(0),
        responses=make_responses() | more,
        obs=make_observation(),
        runs=runs,
        table=make_table,
        cube=counts,
        image=counts.sum_over("energy"),
        dataset=dataset,
        geom=geom,
        hostile=HOSTILE,
    )
