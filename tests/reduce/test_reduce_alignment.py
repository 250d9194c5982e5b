"""A background response that is not symmetric, aligned with equator or horizon: simulated, then reduced."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time
from scipy.stats import norm

import gpnb
from gpnb.data.pointing import from_horizon, location_of
from gpnb.irf.background import Background3D
from gpnb.simulate.instrument import cta_like

pytestmark = pytest.mark.long

SITE = {"GEOLON": 16.5, "GEOLAT": -23.27, "ALTITUDE": 1835.0}
ENERGY = gpnb.Axis.energy("0.3 TeV", "10 TeV", nbin=3)
REFERENCE = Time("2010-06-01T22:00:00", scale="tt")
SLOPES = {"west": (0.15, 0.0), "north": (0.0, 0.15), "both": (0.12, -0.1)}


def leaning(alignment, slope_lon, slope_lat):
    """A run of simulated background whose rate rises along the field of view; hot enough for sides to be compared."""
    table = cta_like()["bkg"]
    energy, lon, lat = (axis.center_values for axis in table.axes)
    often = np.where(energy > 0.2, 20.0, 0.0)[:, None, None]
    rise = np.clip(1 + slope_lon * lon[:, None] + slope_lat * lat[None, :], 0.0, None)
    bkg = Background3D(table.axes, often * table.values * rise, {"FOVALIGN": alignment})
    pointing = from_horizon(60.0, 120.0, REFERENCE, location_of(SITE, "test"))
    meta = {"OBS_ID": 1, "RA_PNT": pointing.ra.deg, "DEC_PNT": pointing.dec.deg, "DEADC": 0.95, **SITE}
    empty = gpnb.EventList(Table({name: np.zeros(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), meta, REFERENCE)
    parts = {**cta_like(), "bkg": bkg, "events": empty, "gti": gpnb.GTI([0.0], [3600.0], REFERENCE)}
    events = gpnb.simulate_events(gpnb.Observation(1, parts), None, seed=5, radius="2.5 deg")
    return gpnb.Observation(1, {**parts, "events": events})


def sides(maps, axis):
    """Of counts and of background: the sum at low pixel numbers over that at high ones."""
    found = []
    for item in maps:
        low, high = np.array_split(item.data.sum(axis=0), 2, axis=axis)
        found.append(low.sum() / high.sum())
    return found


@pytest.mark.parametrize("alignment", ["RADEC", "ALTAZ"])
@pytest.mark.parametrize("slopes", SLOPES.values(), ids=SLOPES)
def test_maps_lean_to_the_side_of_the_events(alignment, slopes):
    run = leaning(alignment, *slopes)
    geom = gpnb.WcsGeometry.create(run.pointing, width="4 deg", binsz="0.1 deg", axes=[ENERGY])
    cube = gpnb.reduce_map(
        [run], geom, background="field-of-view", safe=gpnb.SafeRange(aeff_max=None, offset_max="2 deg")
    )
    assert 2 / np.sqrt(cube.counts.data.sum()) < 0.007  # what chance does to the ratio of two halves
    leans = []
    for axis in (0, 1):
        counts, background = sides((cube.counts, cube.background), axis)
        assert background == pytest.approx(counts, rel=0.02), axis
        leans.append(abs(background - 1))
    assert max(leans) > 0.1  # it does lean


@pytest.mark.parametrize("alignment", ["RADEC", "ALTAZ"])
def test_spectra_lean_to_the_side_of_the_events(alignment):
    run = leaning(alignment, *SLOPES["both"])
    found = []
    for turn in range(0, 360, 45):
        center = run.pointing.directional_offset_by(turn * u.deg, 1.3 * u.deg)
        region = f"icrs; circle({center.ra.deg}, {center.dec.deg}, 0.45)"
        (spectrum,) = gpnb.reduce_spectrum(
            [run], region, ENERGY, background=None, safe=gpnb.SafeRange(aeff_max=None, offset_max="2 deg")
        )
        found.append((spectrum.counts.sum(), spectrum.background.sum()))
    counts, background = np.transpose(found)
    assert np.ptp(background) / background.mean() > 0.2
    assert counts == pytest.approx(background, abs=4 * np.sqrt(background.max()))
    chi2 = ((counts - background) ** 2 / background).sum()
    assert chi2 < 24  # 8 regions: p = 0.002; a mirrored field gives hundreds


@pytest.mark.parametrize("alignment", ["RADEC", "ALTAZ"])
@pytest.mark.parametrize("background", ["field-of-view", "ring"])
def test_significances_of_empty_sky_have_width_one(alignment, background):
    run = leaning(alignment, *SLOPES["both"])
    geom = gpnb.WcsGeometry.create(run.pointing, width="4 deg", binsz="0.025 deg", axes=[ENERGY])
    cube = gpnb.reduce_map([run], geom, background=background, safe=gpnb.SafeRange(aeff_max=None, offset_max="2 deg"))
    values = gpnb.excess_map(cube, radius="0.05 deg").significance.data.ravel()
    values = values[np.isfinite(values)]
    assert norm.fit(values)[1] == pytest.approx(1.0, abs=0.05)
