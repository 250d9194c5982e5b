"""Background that is drawn is the background that the reduction predicts."""

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.irf import Background3D
from gpnb.maps.axis import Axis
from gpnb.simulate.instrument import cta_like

REFERENCE = Time(55000, format="mjd", scale="tt")
TABLE = Axis.energy("0.02 TeV", "20 TeV", nbin=15)
FOV = [Axis.from_edges(np.linspace(-3, 3, 21), name, "deg") for name in ("fov_lon", "fov_lat")]
BINS = gpnb.Axis.energy("0.11 TeV", "7 TeV", nbin=7)
"""Not the edges of the tables."""


def steep():
    """As at a threshold: factors of ten from bin to bin, empty bins, a slope across the field by energy."""
    rate = np.array([0, 3, 300, 9e3, 5e3, 2e3, 500, 120, 30, 9, 3, 1, 0.3, 0, 0.02])
    lon, lat = (axis.center_values for axis in FOV)
    lean = np.linspace(-0.2, 0.2, 15)[:, None, None] * lon[:, None] + 0.05 * lat
    return Background3D((TABLE, *FOV), rate[:, None, None] * np.exp(lean), {"FOVALIGN": "RADEC"})


def run_of(bkg, counts):
    """A run of about so many events of background above 0.1 TeV within 1.5 deg."""
    grid = np.arange(-1.5, 1.5, 0.05) + 0.025
    rate = bkg.integrate(np.array([0.1, 10.0]), *np.meshgrid(grid, grid)).sum() * np.radians(0.05) ** 2
    bkg = Background3D(bkg.axes, bkg.values * (counts / rate / 1800), bkg.header)
    meta = {"OBS_ID": 1, "RA_PNT": 359.6, "DEC_PNT": 40.0, "DEADC": 0.95}
    empty = gpnb.EventList(Table({name: np.zeros(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), meta, REFERENCE)
    parts = {**cta_like(), "bkg": bkg, "events": empty, "gti": gpnb.GTI([0.0], [1800.0], REFERENCE)}
    events = gpnb.simulate_events(
        gpnb.Observation(1, parts), None, seed=3, radius="2.2 deg", energy=("0.1 TeV", "10 TeV")
    )
    return gpnb.Observation(1, {**parts, "events": events})


@pytest.mark.parametrize("bkg", [steep(), cta_like()["bkg"]], ids=["steep", "demo"])
def test_drawn_events_close_with_the_reduction(bkg):
    run = run_of(bkg, 1_500_000)
    geom = gpnb.WcsGeometry.create(run.pointing, width="3 deg", binsz="0.02 deg", axes=[BINS])
    cube = gpnb.reduce_map([run], geom, background=None, safe=gpnb.SafeRange(aeff_max=None))
    counts, background = (item.data.sum(axis=(1, 2), dtype=float) for item in (cube.counts, cube.background))
    assert background.sum() == pytest.approx(counts.sum(), rel=0.0035)  # four times what chance does
    strong = counts > 5e4
    assert strong.sum() >= 3
    pull = (counts - background)[strong] / np.sqrt(counts[strong])
    assert np.abs(pull).max() < 4
    assert np.abs(counts / background - 1)[counts > 4e5].max() < 0.005
    for axis in (1, 2):
        left, right = (
            np.array_split(item.data.sum(axis=0), 2, axis=axis - 1) for item in (cube.counts, cube.background)
        )
        assert left[0].sum() / right[0].sum() == pytest.approx(1.0, abs=0.005)


def test_runs_of_one_number_at_other_times_are_other_events():
    def events(start):
        meta = {"OBS_ID": 0, "RA_PNT": 10.0, "DEC_PNT": 0.0, "DEADC": 1.0}
        empty = gpnb.EventList(Table({name: np.zeros(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), meta, REFERENCE)
        parts = {**cta_like(), "events": empty, "gti": gpnb.GTI([start], [start + 60.0], REFERENCE)}
        return gpnb.simulate_events(gpnb.Observation(0, parts), None, seed=3, radius="1 deg").energy_values

    first, second = events(0.0), events(1800.0)
    assert len(first) > 10
    assert not np.isin(first, second).any()
    np.testing.assert_array_equal(first, events(0.0))
