"""Whatever is written comes back: events, intervals, every class of response, maps."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.write import write_irfs, write_observation
from gpnb.irf.read import CLASSES
from gpnb.maps.axis import Axis

pytestmark = pytest.mark.long

HEADER = {"RA_PNT": 83.6, "DEC_PNT": 22.0, "GEOLON": 16.5, "GEOLAT": -23.3, "ALTITUDE": 1800.0}
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

seeds = st.integers(0, 2**32 - 1)


@st.composite
def observations(draw):
    """Events and intervals with the odd cases: no events, one, the same time twice, seconds far from the reference."""
    rng = np.random.default_rng(draw(seeds))
    n = draw(st.integers(0, 40))
    start = draw(st.floats(-1e9, 1e9)) + np.cumsum(rng.uniform(1, 1000, draw(st.integers(1, 5))))
    stop = start + rng.uniform(0, 1, len(start)) * np.append(np.diff(start), 500)
    times = rng.choice(np.round(rng.uniform(start[0], stop[-1], max(n, 1)), draw(st.integers(0, 9))), n)
    table = Table(
        {
            "EVENT_ID": rng.integers(-(2**63), 2**63 - 1, n),
            "TIME": times,
            "RA": rng.uniform(-180, 540, n),
            "DEC": rng.uniform(-90, 90, n),
            "ENERGY": 10 ** rng.uniform(-3, 3, n),
            "EVENT_TYPE": rng.random((n, 32)) < 0.5,
            "HIL_MSW": rng.normal(size=n).astype("f4"),
            "COREX": rng.normal(size=n) * u.m,
            "MULTIP": rng.integers(0, 99, n).astype("i2"),
        }
    )
    reference = Time(draw(st.integers(40000, 60000)), draw(st.floats(0, 0.999999)), format="mjd", scale="tt")
    live = draw(st.floats(0, 1))
    header = {**HEADER, "OBS_ID": draw(st.integers(0, 2**53)), "DEADC": live, "OBJECT": draw(names)}
    return EventList(table, header, reference), GTI(start, stop, reference)


names = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip)
"""What a FITS keyword may hold."""


@FEW
@given(observations())
def test_events_and_intervals(tmp_path, pair):
    events, gti = pair
    path = tmp_path / "run.fits"
    write_observation(path, events, gti, overwrite=True)
    back, found = EventList.read(path), GTI.read(path)
    order = np.argsort(events.time_values, kind="stable")
    for name in ("EVENT_ID", "TIME", "EVENT_TYPE", "HIL_MSW", "COREX", "MULTIP"):
        np.testing.assert_array_equal(back.column(name), events.column(name)[order])
    np.testing.assert_allclose(back.energy_values, events.energy_values[order], rtol=1e-7)
    np.testing.assert_allclose(back.dec_values, events.dec_values[order], atol=1e-5)
    apart = np.abs((back.ra_values - events.ra_values[order] + 180) % 360 - 180)
    assert np.all(apart < 2e-5)
    assert np.all((back.ra_values >= 0) & (back.ra_values < 360))
    np.testing.assert_array_equal(found.start_values, gti.start_values)
    np.testing.assert_array_equal(found.stop_values, gti.stop_values)
    assert abs((back.time_reference - events.time_reference).to_value("s")) < 1e-6
    assert back.table["COREX"].unit == u.m
    assert back.meta["OBJECT"] == events.meta["OBJECT"]
    assert back.meta["OBS_ID"] == events.meta["OBS_ID"]
    ontime = back.meta["ONTIME"]
    assert ontime == pytest.approx(found.seconds, rel=1e-6)
    assert back.meta["LIVETIME"] == pytest.approx(ontime * events.meta["DEADC"], rel=1e-6)


def edges(rng, n, interp, low):
    """Increasing edges, for an axis of n bins."""
    steps = rng.uniform(0.05, 0.5, n + 1)
    return 0.01 * 10 ** np.cumsum(steps) if interp == "log" else low + np.cumsum(steps)


@st.composite
def responses(draw, hdu_class):
    """A response of one class: any shape, nodes instead of bins in offset, point-like or not."""
    rng = np.random.default_rng(draw(seeds))
    kind = CLASSES[hdu_class]
    axes = []
    for columns in kind.layout.axes:
        n = draw(st.integers(1, 5))
        low = -2.0 if columns.prefix in ("DETX", "DETY") else 0.0
        ends = edges(rng, n, columns.interp, low)
        if columns.name == "offset" and draw(st.booleans()):
            axes.append(Axis.from_nodes(ends[1:], columns.name, columns.unit, columns.interp))
        else:
            axes.append(Axis.from_edges(ends, columns.name, columns.unit, columns.interp))
    shape = tuple(axis.n for axis in axes)
    values = {column.name: rng.uniform(0.1, 10, shape) * draw(st.sampled_from([1e-9, 1, 1e9]))
              for column in kind.layout.columns}  # fmt: skip
    pointlike = draw(st.booleans()) or hdu_class == "rad_max_2d"
    header = {"HDUCLAS3": "POINT-LIKE" if pointlike else "FULL-ENCLOSURE", "LO_THRES": 0.1, "TELESCOP": "TEST"}
    if hdu_class == "bkg_3d":
        header["FOVALIGN"] = draw(st.sampled_from(["RADEC", "ALTAZ"]))
    return kind.from_columns(tuple(axes), header, **values)


@pytest.mark.parametrize("hdu_class", CLASSES)
@FEW
@given(st.data())
def test_a_response_of_each_class(tmp_path, hdu_class, data):
    response = data.draw(responses(hdu_class))
    path = tmp_path / "irf.fits"
    write_irfs(path, {hdu_class.partition("_")[0] if hdu_class != "rad_max_2d" else "rad_max": response}, True)
    back = gpnb.read_irf(1, path=path)
    assert type(back) is type(response)
    assert back.axes == response.axes
    assert [axis.is_node for axis in back.axes] == [axis.is_node for axis in response.axes]
    np.testing.assert_allclose(back.values, response.values, rtol=2e-7)
    assert back.is_pointlike == response.is_pointlike
    assert back.threshold == response.threshold
    for key in response.header:
        assert back.header[key] == response.header[key]
    with fits.open(path, checksum=True) as hdulist:  # a warning about a checksum is an error
        hdulist.verify("exception")
        header = hdulist[1].header
    assert all(header[f"TUNIT{number + 1}"] is not None for number in range(header["TFIELDS"]))
    assert {"HDUCLASS", "HDUDOC", "HDUVERS", "CREATOR", "CREATED"} <= set(header)


@st.composite
def maps(draw):
    """A map of any projection, frame, unit and type, with up to two further axes."""
    rng = np.random.default_rng(draw(seeds))
    axes = []
    if draw(st.booleans()):
        axes.append(Axis.energy_edges(edges(rng, draw(st.integers(1, 4)), "log", 0) * u.TeV))
    if draw(st.booleans()):
        axes.append(Axis.from_edges(edges(rng, draw(st.integers(1, 3)), "lin", 0), "rad", "deg", "lin"))
    center = gpnb.core.units.to_skycoord(f"{draw(st.floats(0, 359.9)):.4f}d {draw(st.floats(-70, 70)):.4f}d")
    geom = gpnb.WcsGeometry.create(
        center=center,
        npix=(draw(st.integers(1, 12)), draw(st.integers(1, 12))),
        binsz=f"{draw(st.floats(0.01, 1)):.4f} deg",
        frame=draw(st.sampled_from(["icrs", "galactic"])),
        proj=draw(st.sampled_from(["TAN", "CAR", "AIT", "SIN"])),
        axes=axes,
    )
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int32, bool]))
    unit = draw(st.sampled_from(["", "cm-2 s-1", "cm2 s", "sr-1"]))
    data = (rng.normal(size=geom.shape) * 100).astype(dtype)
    return gpnb.SkyMap(geom, data, "" if dtype is bool else unit, meta={"name": "counts"})


@FEW
@given(maps())
def test_maps(tmp_path, skymap):
    path = tmp_path / "map.fits"
    skymap.write(path, overwrite=True)
    back = gpnb.SkyMap.read(path)
    assert back.geom == skymap.geom
    assert back.unit == skymap.unit
    assert back.data.dtype == skymap.data.dtype
    np.testing.assert_array_equal(back.data, skymap.data)
    assert back.meta == skymap.meta
    with fits.open(path, checksum=True) as hdulist:  # a warning about a checksum is an error
        hdulist.verify("exception")
