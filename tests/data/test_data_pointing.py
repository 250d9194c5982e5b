"""Pointing as a function of time."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.data.pointing import from_horizon, location_of, zenith_angle_of_up
from gpnb.irf import Background3D
from gpnb.reduce.background import background_counts

SITE = location_of({"GEOLON": 16.5, "GEOLAT": -23.27, "ALTITUDE": 1835.0}, "header")


def drifting(tiny, tmp_path):
    hdu = tiny.events_hdu(1)
    hdu.header.update({"OBS_MODE": "DRIFT", "ALT_PNT": 70.0, "AZ_PNT": 10.0})
    tiny.write_run(tmp_path, 1, hdu)
    tiny.write_index(tmp_path, [1])
    return gpnb.DataStore.read(tmp_path).select()[0]


def test_a_fixed_pointing_stays(tiny_store):
    obs = gpnb.DataStore.read(tiny_store).select(obs_id=1)[0]
    times = obs.tstart + [0, 500] * u.s
    assert obs.pointing_at(times).ra.deg.tolist() == [83.6, 83.6]
    assert obs.pointing_at(times[0]).dec.deg == 22.5


def test_a_drift_scan_follows_the_sky(tiny, tmp_path):
    obs = drifting(tiny, tmp_path)
    early, late = obs.pointing_at(obs.tstart), obs.pointing_at(obs.tstart + 3590 * u.s)
    turn = (late.ra - early.ra).wrap_at("180d").deg
    assert turn == pytest.approx(15.0, abs=0.05)  # an hour and ten seconds less: one sidereal hour
    assert late.dec.deg == pytest.approx(early.dec.deg, abs=0.05)
    seen = early.transform_to(AltAz(obstime=obs.tstart, location=obs.location))
    assert (seen.alt.deg, seen.az.deg) == pytest.approx((70, 10), abs=1e-3)


def test_angle_of_the_zenith():
    time = Time("2010-06-01T22:00:00")
    pointing = from_horizon(60.0, 120.0, time, SITE)
    angle = zenith_angle_of_up(pointing, time, SITE) * u.deg
    above = pointing.directional_offset_by(angle, 1 * u.deg).transform_to(AltAz(obstime=time, location=SITE))
    assert (above.alt.deg, above.az.deg) == pytest.approx((61, 120), abs=1e-3)


def test_a_missing_place_is_said():
    with pytest.raises(gpnb.DataFormatError, match="header: keyword GEOLON is missing"):
        location_of({}, "header")


def test_background_aligned_with_the_horizon_turns_with_the_sky():
    """A response that is hot toward the zenith and toward smaller azimuth is so on the sky at that time."""
    energy = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=1)
    edges = (
        gpnb.Axis.from_edges(np.linspace(-3, 3, 31), "fov_lon", "deg"),
        gpnb.Axis.from_edges(np.linspace(-3, 3, 31), "fov_lat", "deg"),
    )
    lon, lat = (axis.center_values for axis in edges)
    values = np.zeros((1, 30, 30))
    values[0] = np.exp(-0.5 * ((lon[:, None] - 1.0) ** 2 + (lat[None, :] - 1.5) ** 2) / 0.3**2)
    time = Time("2010-06-01T22:00:00", scale="tt")
    pointing = from_horizon(60.0, 120.0, time, SITE)
    bkg = Background3D((energy, *edges), values, {"FOVALIGN": "ALTAZ"})

    gti = gpnb.GTI([0.0], [10.0], time)
    meta = {
        "RA_PNT": pointing.ra.deg,
        "DEC_PNT": pointing.dec.deg,
        "GEOLON": 16.5,
        "GEOLAT": -23.27,
        "ALTITUDE": 1835.0,
    }
    columns = {name: np.zeros(0) for name in ("TIME", "RA", "DEC", "ENERGY")}
    run = gpnb.Observation(1, {"gti": gti, "bkg": bkg, "events": gpnb.EventList(Table(columns), meta, time)})
    geom = gpnb.WcsGeometry.create(pointing, width="7 deg", binsz="0.05 deg")
    counts = background_counts(run, energy, geom.fov(pointing), geom.solid_angle)[0]
    y, x = np.unravel_index(counts.argmax(), counts.shape)
    brightest = geom.coords[y, x].transform_to(AltAz(obstime=time, location=SITE))
    assert brightest.alt.deg == pytest.approx(61.5, abs=0.15)
    assert (brightest.az.deg - 120) * np.cos(np.radians(61.5)) == pytest.approx(-1.0, abs=0.15)
