import shutil

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.write import facts, write_index, write_irfs, write_observation
from gpnb.simulate.instrument import cta_like

REFERENCE = Time(51910, 7.428703703703703e-4, format="mjd", scale="tt")
HEADER = {"OBS_ID": 23523, "OBJECT": "Crab Nebula", "DEADC": 0.95, "N_TELS": 4, "TELESCOP": "HESS"}
HEADER |= {
    "RA_PNT": 83.6333,
    "DEC_PNT": 22.5145,
    "RA_OBJ": 83.6333,
    "DEC_OBJ": 22.0145,
    "ALT_PNT": 40.5,
    "AZ_PNT": 20.0,
}
HEADER |= {"GEOLON": 16.5, "GEOLAT": -23.27, "ALTITUDE": 1800.0}
HEADER |= {"NAXIS2": 999, "TTYPE1": "XX", "CHECKSUM": "stale"}  # of another table: must not be written
KEYS = {
    *("HDUCLASS", "HDUDOC", "HDUVERS", "HDUCLAS1", "OBS_ID", "MJDREFI", "MJDREFF", "TIMEUNIT", "TIMESYS", "TIMEREF")
}
KEYS |= {*("TSTART", "TSTOP", "ONTIME", "LIVETIME", "DEADC", "OBS_MODE", "RA_PNT", "DEC_PNT", "EQUINOX", "RADECSYS")}
KEYS |= {*("GEOLON", "GEOLAT", "ALTITUDE", "ORIGIN", "TELESCOP", "INSTRUME", "CREATOR", "CREATED")}


@pytest.fixture
def events():
    table = Table(
        {
            "EVENT_ID": np.array([5407363825684, 3, 2], dtype=np.int64),
            "TIME": [150.0, 20.25, 310.0],
            "RA": [359.9999999, 83.6, -0.5],
            "DEC": [22.0, 22.1, -22.0],
            "ENERGY": [1.0, 2.5, 0.3],
            "PHASE": [0.1, 0.2, 0.3],
            "NAME": ["a", "bb", "ccc"],
        }
    )
    return EventList(table, HEADER, REFERENCE)


@pytest.fixture
def gti():
    return GTI([10.0, 200.0], [110.0, 400.0], REFERENCE)


def test_an_observation_goes_to_a_file_and_back(tmp_path, events, gti):
    path = tmp_path / "run.fits"
    write_observation(path, events, gti, cta_like())
    with fits.open(path, checksum=True) as hdulist:
        hdulist.verify("exception")
        names = [hdu.name for hdu in hdulist[1:]]
        header, columns = hdulist["EVENTS"].header, hdulist["EVENTS"].columns
        assert all("CHECKSUM" in hdu.header and "DATASUM" in hdu.header for hdu in hdulist)
        assert "gpnb" in hdulist[0].header["GPNBPROV"]
    assert names[:2] == ["EVENTS", "GTI"]
    assert names[2:] == ["EFFECTIVE AREA", "ENERGY DISPERSION", "POINT SPREAD FUNCTION", "BACKGROUND"]
    assert set(header) >= KEYS
    assert {name: columns[name].format for name in ("EVENT_ID", "TIME", "RA")} == {
        "EVENT_ID": "K", "TIME": "D", "RA": "E",
    }  # fmt: skip
    assert {name: columns[name].unit for name in ("TIME", "RA", "DEC", "ENERGY")} == {
        "TIME": "s", "RA": "deg", "DEC": "deg", "ENERGY": "TeV",
    }  # fmt: skip
    assert (header["ONTIME"], header["LIVETIME"], header["DEADC"]) == (300.0, pytest.approx(285.0), 0.95)
    assert (header["TSTART"], header["TSTOP"], header["TELAPSE"]) == (10.0, 400.0, 390.0)
    assert (header["MJDREFI"], header["TIMESYS"]) == (51910, "TT")
    assert header["MJDREFF"] == pytest.approx(7.428703703703703e-4, abs=1e-14)
    assert header["DATE-OBS"] == "2001-01-01"
    assert header["NAXIS2"] == 3
    back = gpnb.EventList.read(path)
    np.testing.assert_array_equal(back.column("EVENT_ID"), [3, 5407363825684, 2])
    np.testing.assert_array_equal(back.time_values, [20.25, 150.0, 310.0])
    np.testing.assert_allclose(back.ra_values, [83.6, 0.0, 359.5], rtol=1e-6)
    assert back.ra_values.max() < 360
    np.testing.assert_array_equal(back.column("PHASE"), [0.2, 0.1, 0.3])
    assert abs((back.time_reference - REFERENCE).to_value("s")) < 1e-9
    found = gpnb.GTI.read(path)
    np.testing.assert_array_equal(found.start_values, gti.start_values)
    np.testing.assert_array_equal(found.stop_values, gti.stop_values)


def test_intervals_of_another_reference_are_shifted(tmp_path, events):
    write_observation(tmp_path / "run.fits", events, GTI([0.0], [50.0], REFERENCE + 7 * u.s))
    found = gpnb.GTI.read(tmp_path / "run.fits")
    assert found.start_values[0] == pytest.approx(7.0, abs=1e-6)


@pytest.mark.parametrize("key", ["OBS_ID", "RA_PNT", "GEOLAT"])
def test_a_mandatory_keyword_is_asked_for(tmp_path, events, gti, key):
    del events.meta[key]
    with pytest.raises(ArgumentError, match=key):
        write_observation(tmp_path / "run.fits", events, gti)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_stays(tmp_path, events, gti):
    (tmp_path / "run.fits").write_text("mine")
    with pytest.raises(ArgumentError, match="overwrite"):
        write_observation(tmp_path / "run.fits", events, gti)
    assert (tmp_path / "run.fits").read_text() == "mine"
    write_observation(tmp_path / "run.fits", events, gti, overwrite=True)
    assert len(gpnb.EventList.read(tmp_path / "run.fits")) == 3


def test_an_unknown_part(tmp_path, events, gti):
    with pytest.raises(ArgumentError, match="'spectrum' is no part"):
        write_observation(tmp_path / "run.fits", events, gti, {"spectrum": None})


def store_of(folder, events, gti):
    (folder / "runs").mkdir(parents=True)
    write_irfs(folder / "irfs.fits.gz", cta_like())
    paths = []
    for number in (11, 12):
        events.meta["OBS_ID"] = number
        paths.append(folder / "runs" / f"{number}.fits.gz")
        write_observation(paths[-1], events, gti)
    return paths


def test_a_store_with_shared_responses(tmp_path, events, gti):
    paths = store_of(tmp_path / "here", events, gti)
    write_index(tmp_path / "here", paths, irfs=tmp_path / "here" / "irfs.fits.gz")
    shutil.move(tmp_path / "here", tmp_path / "there")  # paths are relative
    store = gpnb.DataStore.read(tmp_path / "there")
    assert store.obs_ids == [11, 12]
    row = store.table[0]
    assert (row["OBJECT"], row["EVENT_COUNT"], row["N_TELS"], row["QUALITY"]) == ("Crab Nebula", 3, 4, -1)
    assert (row["ZEN_PNT"], row["LIVETIME"], row["ONTIME"]) == (49.5, pytest.approx(285.0), 390.0)
    obs = store.select(obs_id=12)[0]
    assert obs.livetime.to_value("s") == pytest.approx(285.0)
    np.testing.assert_allclose(obs.aeff.values, cta_like()["aeff"].values, rtol=1e-6)
    np.testing.assert_allclose(obs.psf.values, cta_like()["psf"].values, rtol=1e-6)
    np.testing.assert_allclose(obs.bkg.values, cta_like()["bkg"].values, rtol=1e-6)
    np.testing.assert_allclose(obs.edisp.values, cta_like()["edisp"].values, rtol=1e-6, atol=1e-30)
    index = Table.read(tmp_path / "there" / "hdu-index.fits.gz")
    assert set(index["FILE_DIR"]) == {".", "runs"}
    assert not any(str(name).startswith("/") for name in index["FILE_NAME"])
    for name in ("hdu-index.fits.gz", "obs-index.fits.gz"):
        with fits.open(tmp_path / "there" / name, checksum=True) as hdulist:
            hdulist.verify("exception")


def test_an_index_finds_the_event_files(tmp_path, events, gti):
    store_of(tmp_path / "s", events, gti)
    write_index(tmp_path / "s", irfs={11: tmp_path / "s" / "irfs.fits.gz"})
    store = gpnb.DataStore.read(tmp_path / "s")
    assert store.obs_ids == [11, 12]
    runs = store.select()
    assert [run.has("aeff") for run in runs] == [True, False]


def test_an_index_names_only_files_below(tmp_path, events, gti):
    paths = store_of(tmp_path / "s", events, gti)
    (tmp_path / "t").mkdir()
    with pytest.raises(ArgumentError, match="lies outside"):
        write_index(tmp_path / "t", paths)
    with pytest.raises(DataFormatError, match="no event files"):
        write_index(tmp_path / "t")
    with pytest.raises(DataFormatError, match="no EVENTS"):
        write_index(tmp_path / "s", [tmp_path / "s" / "irfs.fits.gz"])


def test_facts_leave_the_table_out():
    header = {
        "TFORM12": "E",
        "NAXIS1": 3,
        "HDUCLAS1": "EVENTS",
        "OBJECT": "Crab",
        "DSVAL1": "x",
        "TELESCOP": "HESS",
        "": 1,
    }
    assert facts(header) == {"OBJECT": "Crab", "TELESCOP": "HESS"}


@pytest.mark.data
def test_a_real_run_is_written_and_read(tmp_path, data_dir):
    obs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(target="Crab Nebula")[0]
    parts = {name: getattr(obs, name) for name in ("aeff", "edisp", "psf", "bkg")}
    write_observation(tmp_path / "run.fits", obs.events, obs.gti, parts)
    write_index(tmp_path)
    back = gpnb.DataStore.read(tmp_path).select()[0]
    np.testing.assert_array_equal(back.events.time_values, np.sort(obs.events.time_values))
    np.testing.assert_allclose(np.sort(back.events.energy_values), np.sort(obs.events.energy_values), rtol=1e-6)
    np.testing.assert_allclose(back.psf.values, obs.psf.values, rtol=1e-6)
    assert back.livetime.to_value("s") == pytest.approx(obs.livetime.to_value("s"), rel=1e-6)
    with fits.open(tmp_path / "run.fits") as hdulist:
        hdulist.verify("exception")
