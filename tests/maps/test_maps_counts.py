"""Counts of real events against Gammapy 2.1's numbers on the same files."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits

from gpnb.maps import Axis, SkyMap, WcsGeometry

pytestmark = pytest.mark.data

HESS = [f"hess-dl3-dr1/data/hess_dl3_dr1_obs_id_{number:06d}.fits.gz" for number in (23523, 23526, 23559, 23592)]
CTA = [f"cta-1dc/data/baseline/gps/gps_baseline_{number}.fits" for number in (110380, 111140, 111159)]
RUNS = {"hess": (HESS, "83.633d 22.014d", "icrs"), "cta": (CTA, "galactic 0d 0d", "galactic")}


@pytest.fixture(scope="module")
def peer(data_dir):
    path = data_dir.parent / "reference" / "peer" / "results.json"
    if not path.is_file():
        pytest.skip("no peer numbers beside the shared data")
    return json.loads(path.read_text())["03_counts_map"]["results"]


def _read(data_dir, paths):
    tables = [fits.getdata(data_dir / path, "EVENTS") for path in paths]
    ra, dec, energy = (
        np.concatenate([table[name] for table in tables]).astype(float) for name in ("RA", "DEC", "ENERGY")
    )
    return SimpleNamespace(ra_values=ra, dec_values=dec, energy_values=energy)


@pytest.fixture(scope="module", params=list(RUNS))
def case(request, data_dir, peer):
    paths, center, frame = RUNS[request.param]
    geom = WcsGeometry.create(center, npix=400, binsz="0.02 deg", frame=frame, proj="TAN")
    return request.param, _read(data_dir, paths), geom, peer[request.param]


def _summary(counts):
    peak = counts.data.max()
    return {
        "total": counts.data.sum(dtype=float),
        "peak_value": peak,
        "peak_index": list(np.unravel_index(counts.data.argmax(), counts.data.shape)),
        "peak_npix_at_max": (counts.data == peak).sum(),
    }


def test_image(case):
    _, events, geom, expected = case
    assert len(events.ra_values) == expected["n_events"]
    assert _summary(SkyMap.from_events(events, geom)) == expected["2D"]


def test_cube(case):
    _, events, geom, expected = case
    energy = Axis.energy("0.1 TeV", "100 TeV", nbin=10)
    counts = SkyMap.from_events(events, geom.cube([energy]))
    found = {**_summary(counts), "per_bin": counts.data.sum(axis=(1, 2), dtype=float).tolist()}
    assert found == expected["3D"]
