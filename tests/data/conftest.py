"""A small store written with astropy alone, so that reading is tested against no writer of our own."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

TIME = {"MJDREFI": 51910, "MJDREFF": 0.000742870370370241, "TIMEUNIT": "s", "TIMESYS": "TT", "TIMEREF": "LOCAL"}
PLACE = {"GEOLON": 16.5, "GEOLAT": -23.3, "ALTITUDE": 1835.0}


def events_hdu(obs_id, size=100, seed=0, **columns):
    rng = np.random.default_rng(seed)
    table = Table(
        {
            "EVENT_ID": np.arange(size),
            "TIME": 1e8 + obs_id * 1e4 + np.sort(rng.uniform(0, 1000, size)),
            "RA": rng.normal(83.6, 0.5, size).astype("f4"),
            "DEC": rng.normal(22.0, 0.5, size).astype("f4"),
            "ENERGY": rng.uniform(0.5, 10, size).astype("f4"),
        }
    )
    for name, unit in {"TIME": "s", "RA": "deg", "DEC": "deg", "ENERGY": "TeV"}.items():
        table[name].unit = unit
    for name, values in columns.items():
        table[name] = values
    hdu = fits.table_to_hdu(table)
    hdu.name = "EVENTS"
    hdu.header.update(
        TIME | PLACE | {"OBS_ID": obs_id, "RA_PNT": 83.6, "DEC_PNT": 22.5, "OBJECT": "Crab <b>", "DEADC": 0.9}
    )
    return hdu


def gti_hdu(obs_id):
    start = 1e8 + obs_id * 1e4
    hdu = fits.table_to_hdu(Table({"START": [start, start + 600], "STOP": [start + 500, start + 1000]}))
    hdu.name = "GTI"
    hdu.header.update(TIME)
    return hdu


def write_run(folder, obs_id, events=None):
    (folder / "data").mkdir(exist_ok=True)
    path = folder / "data" / f"run_{obs_id}.fits"
    fits.HDUList([fits.PrimaryHDU(), events or events_hdu(obs_id), gti_hdu(obs_id)]).writeto(path, overwrite=True)
    return path


def write_index(folder, obs_ids, **changed):
    rows = [
        (obs_id, kind, kind, "data", f"run_{obs_id}.fits", kind.upper())
        for obs_id in obs_ids
        for kind in ("events", "gti")
    ]
    index = Table(rows=rows, names=("OBS_ID", "HDU_TYPE", "HDU_CLASS", "FILE_DIR", "FILE_NAME", "HDU_NAME"))
    for name, values in changed.items():
        index[name] = values
    index.write(folder / "hdu-index.fits.gz", overwrite=True)
    n = len(obs_ids)
    obs = Table(
        {
            "OBS_ID": obs_ids,
            "OBJECT": ["Crab <b>"] * (n - 1) + ["Off field"],
            "RA_PNT": np.linspace(83.6, 90, n),
            "DEC_PNT": [22.5] * n,
            "ZEN_PNT": np.linspace(20, 50, n),
            "TSTART": 1e8 + np.array(obs_ids) * 1e4,
            "TSTOP": 1e8 + np.array(obs_ids) * 1e4 + 1000,
        }
    )
    obs.meta.update(TIME)
    obs.write(folder / "obs-index.fits.gz", overwrite=True)


@pytest.fixture(scope="session")
def tiny():
    """The functions above, for tests that write their own runs."""
    return SimpleNamespace(events_hdu=events_hdu, write_run=write_run, write_index=write_index, time=TIME)


@pytest.fixture
def tiny_store(tmp_path):
    """A folder with runs 1, 2 and 3."""
    for obs_id in (1, 2, 3):
        write_run(tmp_path, obs_id)
    write_index(tmp_path, [1, 2, 3])
    return tmp_path
