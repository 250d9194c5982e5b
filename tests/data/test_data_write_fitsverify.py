"""HEASARC's fitsverify passes what we write."""

import re
import shutil
import subprocess

import numpy as np
import pytest

import gpnb
from gpnb.data.write import write_index, write_irfs, write_observation
from gpnb.irf.background import Background2D
from gpnb.irf.psf_king import PsfKing
from gpnb.irf.psf_table import PsfTable
from gpnb.irf.rad_max import RadMax
from gpnb.maps.axis import Axis
from gpnb.simulate.instrument import cta_like

ENERGY, OFFSET = Axis.energy("0.1 TeV", "10 TeV", nbin=3), Axis.from_edges([0, 1, 2], "offset", "deg")
TRUE = Axis.energy("0.1 TeV", "10 TeV", nbin=3, name="energy_true")
RAD = Axis.from_edges([0, 0.1, 0.2], "rad", "deg")

KNOWN = re.compile(r'Column #\d+: Name "(DATE|TIME)-(OBS|END)" contains character')
"""The names of these columns are GADF's."""


@pytest.fixture(scope="module")
def verify():
    """Runs fitsverify on a file; gives the lines with warnings and errors."""
    program = shutil.which("fitsverify")
    if program is None:
        pytest.skip("fitsverify is not installed (Debian and Ubuntu: apt-get install fitsverify)")

    def run(path):
        done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
        assert "Verification found" in done.stdout, done.stderr
        return [line for line in done.stdout.splitlines() if re.match(r"\*\*\* (Warning|Error)", line)]

    return run


def test_a_store(verify, demo, tmp_path):
    obs = demo.select(target="Crab")[0]
    write_observation(tmp_path / "run.fits", obs.events, obs.gti, cta_like())
    write_irfs(tmp_path / "irfs.fits.gz", cta_like())
    write_index(tmp_path, [tmp_path / "run.fits"])
    assert verify(tmp_path / "run.fits") == []
    assert verify(tmp_path / "irfs.fits.gz") == []
    assert verify(tmp_path / "hdu-index.fits.gz") == []
    assert [line for line in verify(tmp_path / "obs-index.fits.gz") if not KNOWN.search(line)] == []


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("psf", PsfTable.from_columns((TRUE, OFFSET, RAD), RPSF=np.ones((3, 2, 2)))),
        ("psf", PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.full((3, 2), 2.0), SIGMA=np.full((3, 2), 0.1))),
        ("bkg", Background2D.from_columns((ENERGY, OFFSET), BKG=np.ones((3, 2)))),
        ("rad_max", RadMax.from_columns((ENERGY, OFFSET), RAD_MAX=np.full((3, 2), 0.1))),
    ],
    ids=["psf_table", "psf_king", "bkg_2d", "rad_max_2d"],
)
def test_responses_that_the_demo_store_lacks(verify, tmp_path, kind, response):
    write_irfs(tmp_path / "irf.fits", {kind: response})
    assert verify(tmp_path / "irf.fits") == []


@pytest.mark.parametrize("axes", [(), (ENERGY,), (ENERGY, RAD)], ids=["image", "cube", "4-D"])
def test_maps(verify, demo, tmp_path, axes):
    obs = demo.select(target="Crab")[0]
    geom = gpnb.WcsGeometry.create(center=obs.pointing, width="1 deg", binsz="0.1 deg", axes=axes)
    gpnb.SkyMap.zeros(geom, "cm-2 s-1", np.float32).write(tmp_path / "map.fits")
    assert verify(tmp_path / "map.fits") == []
