"""One sky on several projections: far from the equator, excess, significance, flux and peaks are the same."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.simulate.instrument import cta_like

PROJECTIONS = ["TAN", "CAR", "CEA", "MER", "SFL"]
REFERENCE = Time(55000, format="mjd", scale="tt")
SOURCE = SkyCoord("201.1d -59.1d")
ENERGY = gpnb.Axis.energy("0.3 TeV", "10 TeV", nbin=2)


@pytest.fixture(scope="module")
def run():
    meta = {"OBS_ID": 1, "RA_PNT": 200.0, "DEC_PNT": -59.0, "DEADC": 0.95}
    empty = gpnb.EventList(Table({name: np.zeros(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), meta, REFERENCE)
    parts = {**cta_like(), "events": empty, "gti": gpnb.GTI([0.0], [3600.0], REFERENCE)}
    law = gpnb.PowerLaw(index=2.5, amplitude="2e-11 TeV-1 s-1 cm-2", reference="1 TeV")
    source = gpnb.SkyModel(spectral=law, spatial=gpnb.PointSource(SOURCE), name="source")
    events = gpnb.simulate_events(gpnb.Observation(1, parts), [source], seed=8, radius="2 deg")
    return gpnb.Observation(1, {**parts, "events": events})


PIXELS = {
    "TAN": ("3.2 deg", "0.0125 deg"),
    "CAR": ("6.4 deg", "0.02 deg"),
    "CEA": (("6.4 deg", "1.7 deg"), ("0.02 deg", "0.006 deg")),
    "MER": ("6.4 deg", "0.02 deg"),
    "SFL": ("3.2 deg", "0.0125 deg"),
}
"""Widths and pixels that hold the field of view; of about one size on the sky, but in CAR half as wide as high."""


def found(run, proj, background, frame="icrs", pixels=None):
    width, binsz = pixels or PIXELS[proj]
    geom = gpnb.WcsGeometry.create(run.pointing, width=width, binsz=binsz, frame=frame, proj=proj, axes=[ENERGY])
    exclusion = f"icrs; circle({SOURCE.ra.deg}, {SOURCE.dec.deg}, 0.3)"
    safe = gpnb.SafeRange(offset_max="1.6 deg")
    cube = gpnb.reduce_map([run], geom, background=background, exclusion=exclusion, safe=safe)
    maps = gpnb.excess_map(cube, radius="0.1037 deg")
    flux = gpnb.flux_map(cube, radius="0.1037 deg")
    at = {name: float(getattr(maps, name).at(SOURCE)) for name in ("counts", "background", "excess", "significance")}
    at["flux"], at["flux_ul"] = (getattr(flux, name).at(SOURCE).value for name in ("flux", "flux_ul"))
    peaks = gpnb.find_peaks(maps.significance, threshold=7)
    return at, peaks


RING = gpnb.Ring(inner="0.4 deg", width="0.3 deg")


@pytest.fixture(scope="module")
def tangential(run):
    return {method: found(run, "TAN", RING if method == "ring" else method)[0] for method in ("ring", "field-of-view")}


@pytest.mark.parametrize("background", ["ring", "field-of-view"])
@pytest.mark.parametrize("proj", PROJECTIONS[1:])
def test_numbers_of_a_source_do_not_depend_on_the_projection(run, tangential, proj, background):
    at, peaks = found(run, proj, RING if background == "ring" else background)
    expected = tangential[background]
    assert expected["significance"] > 30
    for name, tolerance in {
        "excess": 0.01,
        "significance": 0.01,
        "background": 0.03,
        "flux": 0.01,
        "flux_ul": 0.01,
    }.items():
        assert at[name] == pytest.approx(expected[name], rel=tolerance), name
    assert len(peaks) == 1
    assert SkyCoord(peaks["ra"], peaks["dec"]).separation(SOURCE).deg.max() < 0.03


def test_nor_on_the_frame_nor_on_oblong_pixels(run, tangential):
    expected = tangential["ring"]
    oblong = {"proj": "TAN", "pixels": ("3.2 deg", ("0.016 deg", "0.01 deg"))}
    for settings in ({"proj": "CAR", "frame": "galactic", "pixels": ("3.2 deg", "0.0125 deg")}, oblong):
        at, _ = found(run, background=RING, **settings)
        for name in ("excess", "significance", "flux"):
            assert at[name] == pytest.approx(expected[name], rel=0.01), (settings, name)


def test_peaks_keep_their_distance_in_degrees():
    """At declination 70 two peaks 0.4 deg apart on the sky are 1.17 deg apart in right ascension."""
    geom = gpnb.WcsGeometry.create("40d 70d", width=("6 deg", "3 deg"), binsz="0.02 deg", proj="CAR")
    sky = gpnb.SkyMap.zeros(geom)
    for ra, value in ((40.0, 9.0), (40.0 + 0.4 / np.cos(np.radians(70)), 8.0)):
        x, y = geom.coord_pixel(SkyCoord(ra * u.deg, 70 * u.deg))
        sky.data[round(float(y)), round(float(x))] = value
    assert len(gpnb.find_peaks(sky, min_distance="0.45 deg")) == 1
    assert len(gpnb.find_peaks(sky, min_distance="0.35 deg")) == 2
