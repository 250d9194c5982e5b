"""Stores: choosing runs, reading late, and one sentence for each fault."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb import DataFormatError, DataStore, SelectionError
from gpnb.core.replay import replay
from gpnb.data.check import check_store
from gpnb.data.write import write_index


def test_selection(tiny_store):
    store = DataStore.read(tiny_store)
    assert store.obs_ids == [1, 2, 3]
    assert store.select().obs_ids == [1, 2, 3]
    assert store.select(obs_id=[3, 1]).obs_ids == [3, 1]
    assert store.select(target="crab  <B>").obs_ids == [1, 2]
    assert store.select(cone=("83.6d 22.5d", "1 deg")).obs_ids == [1]
    assert store.select(where="ZEN_PNT > 30").select(where="ZEN_PNT < 40").obs_ids == [2]
    start = Time(51910, 0.000742870370370241, format="mjd", scale="tt") + (1e8 + 2.05e4) * gpnb.core.units.TIME
    assert store.select(time=(start, None)).obs_ids == [2, 3]
    assert store.select(time=(None, start)).obs_ids == [1, 2]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"obs_id": 7}, "Run 7 is not there; the runs are 1, 2, 3"),
        ({"target": "Vela"}, "the targets are: Crab <b>, Off field"),
        ({"where": "ZEN_PNT > 80"}, "No run of 3 meets where='ZEN_PNT > 80'"),
        ({"cone": ("83.6d 22.5d", "1")}, "has no unit"),
        ({"cone": "83.6d 22.5d"}, r"must be \(position, radius\)"),
    ],
)
def test_empty_or_wrong_selection_says_what_there_is(tiny_store, how, says):
    with pytest.raises(gpnb.GpnbError, match=says):
        DataStore.read(tiny_store).select(**how)


def test_observation(tiny_store):
    obs = DataStore.read(tiny_store).select(obs_id=2)[0]
    assert len(obs.events) == 93  # of 100, seven in the pause
    assert obs.gti.duration.to_value("s") == 900
    assert obs.livetime.to_value("s") == pytest.approx(810)
    assert obs.zenith.to_value("deg") == 35
    assert obs.pointing.ra.deg == 83.6
    assert obs.key == (2, "")
    assert obs.target == "Crab <b>"
    assert repr(obs) == "Observation(2, Crab <b>)"
    with pytest.raises(SelectionError, match=r"Run 2 has no effective area \(aeff\); it has: events, gti"):
        _ = obs.aeff


def test_pickle_by_path(tiny_store):
    runs = DataStore.read(tiny_store).select()
    expected = runs[0].events.energy_values
    data = pickle.dumps(runs)
    assert len(data) < 20_000
    assert np.array_equal(pickle.loads(data)[0].events.energy_values, expected)


def test_recipe_is_code_that_gives_the_same_runs(tiny_store):
    runs = DataStore.read(tiny_store).select(where="ZEN_PNT < 40")
    names = {}
    exec(runs[0].to_code(), names)
    assert names["runs"].obs_ids == runs.obs_ids
    assert names["obs"].obs_id == runs[0].obs_id


def test_index_found_below_the_folder(tiny, tiny_store):
    (tiny_store / "index" / "gps").mkdir(parents=True)
    for name in ("hdu-index.fits.gz", "obs-index.fits.gz"):
        (tiny_store / name).rename(tiny_store / "index" / "gps" / name)
    tiny.write_index(tiny_store / "index" / "gps", [1, 2, 3], FILE_DIR=["../../data"] * 6)
    for folder in (tiny_store, tiny_store / "index" / "gps"):
        assert len(DataStore.read(folder).select(obs_id=1)[0].events) == 93  # of 100, seven in the pause


def test_loose_files(tiny_store):
    store = DataStore.read([tiny_store / "data" / f"run_{number}.fits" for number in (1, 3)])
    assert store.obs_ids == [1, 3]
    assert store.select(target="Crab <b>").obs_ids == [1, 3]
    assert len(store.select(obs_id=3)[0].events) == 93  # of 100, seven in the pause


def test_event_types_are_separate_observations(tiny, tiny_store):
    types = ["a", "a", "b", "b", "a", "a"]
    tiny.write_index(tiny_store, [1, 2, 3], OBS_ID=[1, 1, 1, 1, 3, 3], EVENT_TYPE=types)
    runs = DataStore.read(tiny_store).select(obs_id=1)
    assert [obs.key for obs in runs] == [(1, "a"), (1, "b")]


def set_header(path, **keys):
    """Change keywords of the events; None removes one."""
    with fits.open(path) as hdus:
        for key, value in keys.items():
            if value is None:
                hdus["EVENTS"].header.remove(key, ignore_missing=True)
            else:
                hdus["EVENTS"].header[key] = value
        hdus.writeto(path, overwrite=True)


def fault_truncated(folder, tiny):
    path = folder / "data" / "run_2.fits"
    path.write_bytes(path.read_bytes()[:9000])
    return "run_2.fits is cut short"


def fault_garbage(folder, tiny):
    (folder / "data" / "run_2.fits").write_bytes(b"<html>not found</html>" * 200)
    return "run_2.fits cannot be read as FITS"


def fault_missing_hdu(folder, tiny):
    tiny.write_index(folder, [1, 2, 3], HDU_NAME=["EVENTS", "GTI", "EVTS", "GTI", "EVENTS", "GTI"])
    return "run_2.fits has no HDU 'EVTS'; it has: PRIMARY, EVENTS, GTI"


def fault_missing_column(folder, tiny):
    hdu = tiny.events_hdu(2)
    tiny.write_run(
        folder,
        2,
        fits.BinTableHDU.from_columns([c for c in hdu.columns if c.name != "ENERGY"], hdu.header, name="EVENTS"),
    )
    return "run_2.fits, HDU EVENTS: column ENERGY is missing"


def fault_wrong_unit(folder, tiny):
    hdu = tiny.events_hdu(2)
    hdu.columns["ENERGY"].unit = "deg"
    tiny.write_run(folder, 2, hdu)
    return "column ENERGY: unit 'deg' is not convertible to TeV"


def fault_no_time_reference(folder, tiny):
    hdu = tiny.events_hdu(2)
    del hdu.header["MJDREFI"]
    tiny.write_run(folder, 2, hdu)
    return "run_2.fits, HDU EVENTS: keyword MJDREFI is missing"


FAULTS = [value for name, value in list(globals().items()) if name.startswith("fault_")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__[6:])
def test_a_fault_is_one_sentence_when_first_used_and_the_good_runs_work(tiny, tiny_store, fault):
    says = fault(tiny_store, tiny)
    runs = DataStore.read(tiny_store).select()
    with pytest.raises(DataFormatError, match=says) as caught:
        _ = runs[1].events.energy_values
    assert "\n" not in str(caught.value)
    assert runs[0].events.energy_values.min() > 0
    assert runs[2].events.energy_values.min() > 0


@pytest.mark.parametrize("column", ["TIME", "RA", "DEC", "ENERGY"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_run_goes_on_without_events_that_are_no_numbers(tiny, tiny_store, column, value):
    hdu = tiny.events_hdu(2)
    hdu.data[column][[0, 3, 5]] = value
    path = tiny.write_run(tiny_store, 2, hdu)
    obs = DataStore.read(tiny_store).select(obs_id=2)[0]
    with pytest.warns(gpnb.DataWarning, match="run 2: 3 of 100 events have no finite"):
        kept = obs.events
    assert len(kept.energy_values) == 93 - 3
    events = gpnb.EventList.read(path)
    with pytest.raises(DataFormatError, match=f"column {column}: 3 of 100 values are not numbers") as caught:
        _ = getattr(events, f"{column.lower()}_values")
    advice = str(caught.value).split("where='")[1].split("'")[0]
    assert len(getattr(events.select(where=advice), f"{column.lower()}_values")) == 97


def test_index_out_of_the_store(tiny, tiny_store):
    tiny.write_index(tiny_store, [1, 2, 3], FILE_DIR=["../elsewhere"] * 6)
    with pytest.raises(DataFormatError, match=r"names run_\d.fits outside the store .* base_dir"):
        DataStore.read(tiny_store)
    assert len(DataStore.read(tiny_store, base_dir=tiny_store.parent)) == 3


def test_absolute_path_out_of_the_store(tiny, tiny_store):
    tiny.write_index(tiny_store, [1, 2, 3], FILE_DIR=["/etc"] * 6)
    with pytest.raises(DataFormatError, match="outside the store"):
        DataStore.read(tiny_store)


def test_no_store_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(tmp_path))
    with pytest.raises(DataFormatError, match="holds no store"):
        DataStore.read(tmp_path)
    with pytest.raises(DataFormatError, match="there is no such folder nor below GPNB_DATA"):
        DataStore.read("nothing-here")


def test_run_twice_in_the_index(tiny, tiny_store):
    tiny.write_index(tiny_store, [1, 2, 2])
    with pytest.raises(DataFormatError, match="run 2 is listed twice"):
        DataStore.read(tiny_store)


def test_name_below_the_data_folder(tiny_store, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(tiny_store.parent))
    assert len(DataStore.read(tiny_store.name)) == 3


def test_events_in_no_good_time_are_left_out(tiny, tiny_store):
    obs = DataStore.read(tiny_store).select(obs_id=2)[0]
    every = gpnb.EventList.read(tiny_store / "data" / "run_2.fits")
    assert (len(every), len(obs.events)) == (100, 93)
    assert obs.gti.contains(obs.events.time_values).all()
    assert len(obs.between(None, None).events) == 93
    assert obs.events.recipe.call == ".events"
    assert pickle.loads(pickle.dumps(obs)).events.time_values.tolist() == obs.events.time_values.tolist()


def test_intervals_rounded_to_seconds_keep_their_events(tiny, tiny_store):
    """As those of H.E.S.S.: no event is more than a second outside."""
    hdu = tiny.events_hdu(2)
    hdu.data["TIME"] = 1e8 + 2e4 + np.linspace(-0.9, 499.9, 100)
    tiny.write_run(tiny_store, 2, hdu)
    assert len(DataStore.read(tiny_store).select(obs_id=2)[0].events) == 100


def test_no_event_in_the_good_times_is_told(tiny, tiny_store):
    hdu = tiny.events_hdu(2)
    hdu.header["MJDREFI"] = 51911
    tiny.write_run(tiny_store, 2, hdu)
    with pytest.warns(gpnb.DataWarning, match="none of 100 events lies in the good time intervals: compare MJDREF"):
        assert not len(DataStore.read(tiny_store).select(obs_id=2)[0].events)


def trim_the_index(folder, tiny):
    path = folder / "hdu-index.fits.gz"
    index = Table.read(path)
    index[index["OBS_ID"] == 1].write(path, overwrite=True)


def trim_the_files(folder, tiny):
    for number in (2, 3):
        (folder / "data" / f"run_{number}.fits").unlink()


@pytest.mark.parametrize("trim", [trim_the_index, trim_the_files])
def test_runs_without_files(tiny, tiny_store, trim):
    trim(tiny_store, tiny)
    store = DataStore.read(tiny_store)
    with pytest.warns(gpnb.DataWarning, match="Runs 2, 3 are in the observation index, but without files here"):
        assert store.select().obs_ids == [1]
    with pytest.raises(SelectionError, match="Runs 2, 3 are in the observation index, but without files here: get"):
        store.select(obs_id=[1, 2, 3])
    with pytest.raises(SelectionError, match="Run 3 is in the observation index, but without files here: get"):
        store.select(target="Off field")
    assert store.select(obs_id=1).obs_ids == [1]


def test_event_types_are_made_again_each_as_itself(tiny, tiny_store):
    types = ["a", "a", "b", "b", "a", "a"]
    tiny.write_index(tiny_store, [1, 2, 3], OBS_ID=[1, 1, 1, 1, 3, 3], EVENT_TYPE=types)
    store = DataStore.read(tiny_store)
    for obs in store.select(obs_id=1):
        assert replay(obs.recipe).key == obs.key


def test_one_number_for_two_files_is_told(tiny, tiny_store):
    paths = [tiny_store / "data" / f"run_{number}.fits" for number in (1, 2, 3)]
    set_header(paths[1], OBS_ID=1)
    set_header(paths[2], OBS_ID="stacked")
    with pytest.warns(gpnb.DataWarning, match=r"run_2.fits has the same OBS_ID 1 as .*run_1.fits: .* run 2"):
        store = DataStore.read(paths)
    assert store.obs_ids == [1, 2, 3]
    runs = store.select()
    assert [obs.tstart for obs in runs] == sorted(obs.tstart for obs in runs)
    with pytest.warns(gpnb.DataWarning, match="has the same OBS_ID 1"):
        again = [replay(obs.recipe).tstart for obs in runs]
    assert again == [obs.tstart for obs in runs]


def test_one_number_for_two_files_in_the_index(tiny, tiny_store):
    tiny.write_index(tiny_store, [1, 2, 3], OBS_ID=[1, 1, 2, 2, 2, 2])
    with pytest.raises(DataFormatError, match=r"OBS_ID 2 has two parts 'events', run_2.fits\[EVENTS\] and run_3.fits"):
        DataStore.read(tiny_store)
    assert "two parts 'events'" in "".join(item.what for item in check_store(tiny_store).findings)
    for number in (1, 2):
        set_header(tiny_store / "data" / f"run_{number}.fits", TSTART=0.0, TSTOP=1.0)
    set_header(tiny_store / "data" / "run_3.fits", OBS_ID=2, TSTART=0.0, TSTOP=1.0)
    with pytest.raises(DataFormatError, match=r"run_\d.fits and .*run_\d.fits have the same OBS_ID 2"):
        write_index(tiny_store)


@pytest.mark.parametrize(
    ("text", "found"), [(["01", "2", "003"], [1, 2, 3]), (["1", "x", "3"], "'x' is no run number")]
)
def test_run_numbers_as_text(tiny, tiny_store, text, found):
    tiny.write_index(tiny_store, [1, 2, 3], OBS_ID=[one for one in text for _ in range(2)])
    if isinstance(found, str):
        with pytest.raises(DataFormatError, match=found):
            DataStore.read(tiny_store)
        return
    obs = Table.read(tiny_store / "obs-index.fits.gz")
    obs["OBS_ID"] = text
    obs.write(tiny_store / "obs-index.fits.gz", overwrite=True)
    store = DataStore.read(tiny_store)
    assert store.obs_ids == found == store.select().obs_ids
    assert store.select(obs_id="03").obs_ids == [3]
    with pytest.raises(gpnb.ArgumentError, match="obs_id='last' is no run number"):
        store.select(obs_id="last")


def test_units_of_the_index(tiny, tiny_store):
    plain = DataStore.read(tiny_store)
    path = tiny_store / "obs-index.fits.gz"
    obs = Table.read(path)
    obs["LIVETIME"] = [600.0, 600.0, 600.0]
    for name, unit, factor in (
        *(("RA_PNT", "rad", 180 / np.pi), ("DEC_PNT", "arcmin", 1 / 60), ("ZEN_PNT", "rad", 180 / np.pi)),
        *(("TSTART", "d", 86400), ("TSTOP", "h", 3600), ("LIVETIME", "min", 60)),
    ):
        obs[name] = obs[name] / factor
        obs[name].unit = unit
    obs.write(path, overwrite=True)
    store = DataStore.read(tiny_store)
    for name in ("RA_PNT", "DEC_PNT", "ZEN_PNT", "TSTART", "TSTOP"):
        np.testing.assert_allclose(store.table[name], plain.table[name], rtol=1e-14)
    runs = store.select(where="ZEN_PNT < 40")
    assert runs.obs_ids == [1, 2]
    assert runs.livetime.to_value("s") == pytest.approx(1200)
    assert runs[1].zenith.to_value("deg") == pytest.approx(35)
    assert store.select(cone=("83.6d 22.5d", "1 deg")).obs_ids == [1]
    span = runs[1].gti.start[0], runs[1].gti.stop[-1]
    assert store.select(time=span).obs_ids == [2]
    assert runs.split(Time([*span])).table["TSTOP"].unit == "s"


def test_times_of_the_index_in_timeunit(tiny, tiny_store):
    path = tiny_store / "obs-index.fits.gz"
    obs = Table.read(path)
    obs["TSTART"], obs["TSTOP"] = obs["TSTART"] / 86400, obs["TSTOP"] / 86400
    obs.meta["TIMEUNIT"] = "d"
    obs.write(path, overwrite=True)
    store = DataStore.read(tiny_store)
    gti = store.select(obs_id=2)[0].gti
    assert store.select(time=(gti.start[0], gti.stop[-1])).obs_ids == [2]


def test_loose_files_count_from_one_reference(tiny, tiny_store):
    paths = [tiny_store / "data" / f"run_{number}.fits" for number in (1, 2)]
    later = tiny.events_hdu(2)
    later.data["TIME"] -= 86400.0
    later.header["MJDREFI"] += 1
    later.header["TSTART"], later.header["TSTOP"] = 1e8 + 2e4 - 86400, 1e8 + 2e4 + 1000 - 86400
    later.header["RA_PNT"] = "05:34:24"
    tiny.write_run(tiny_store, 2, later)
    set_header(paths[0], TSTART=1e8 + 1e4, TSTOP=1e8 + 1e4 + 1000)
    for order in (paths, paths[::-1]):
        store = DataStore.read(order)
        for number in (1, 2):
            gti = store.select(obs_id=number)[0].gti
            assert store.select(time=(gti.start[0], gti.stop[-1])).obs_ids == [number]
        np.testing.assert_allclose(store.table["RA_PNT"], 83.6)


@pytest.mark.parametrize(
    ("told", "fraction"),
    [
        ({"DEADC": 0.9}, 0.9),
        ({"LIVETIME": 800.0, "ONTIME": 1000.0}, 0.8),
        ({"LIVETIME": 720.0}, 0.8),
        ({"DEADC": 0.0, "LIVETIME": 800.0, "ONTIME": 1000.0}, 0.8),
        ({"DEADC": "undef", "LIVETIME": 800.0, "ONTIME": 1000.0}, 0.8),
        ({"LIVETIME": 1000.4, "ONTIME": 1000.0}, 1.0),
        ({"DEADC": 0.0}, 0.0),
        ({"LIVETIME": 0.0, "ONTIME": 1000.0}, 0.0),
        ({"ONTIME": 1000.0}, 1.0),
        ({}, 1.0),
    ],
)
def test_live_fraction(tiny, tiny_store, told, fraction):
    path = tiny_store / "data" / "run_2.fits"
    set_header(path, **{"DEADC": None} | told)
    obs = DataStore.read([path]).select()[0]
    assert obs.live_fraction == pytest.approx(fraction)
    half = obs.between(None, obs.gti.start[0] + 250 * u.s)
    assert half.livetime.to_value("s") == pytest.approx(250 * fraction)
    assert half.between(None, None).livetime.to_value("s") == pytest.approx(250 * fraction)


def test_live_fractions_that_contradict_each_other(tiny, tiny_store):
    path = tiny_store / "data" / "run_2.fits"
    set_header(path, DEADC=0.05, LIVETIME=950.0, ONTIME=1000.0)
    obs = DataStore.read([path]).select()[0]
    with pytest.warns(gpnb.DataWarning, match=r"run 2: DEADC is 0.05, but LIVETIME / ONTIME is 0.95: DEADC is used"):
        assert obs.live_fraction == 0.05
    set_header(path, DEADC=None, LIVETIME=1100.0)
    with pytest.raises(DataFormatError, match=r"LIVETIME / ONTIME=1.1 is not a live fraction"):
        _ = DataStore.read([path]).select()[0].livetime


@pytest.mark.parametrize("missing", ["RA_PNT", "DEC_PNT", "OBJECT", "TSTART"])
def test_what_the_index_lacks_is_named(tiny_store, missing):
    path = tiny_store / "obs-index.fits.gz"
    table = Table.read(path)
    table.remove_column(missing)
    table.write(path, overwrite=True)
    how = {"OBJECT": {"target": "Crab"}, "TSTART": {"time": ("2004-01-01", None)}}
    with pytest.raises(SelectionError, match=f"observation table has no (column )?{missing}"):
        DataStore.read(tiny_store).select(**how.get(missing, {"cone": ("83.6d 22.5d", "1 deg")}))
    (tiny_store / "obs-index.fits.gz").unlink()
    with pytest.raises(SelectionError, match="observation table has no column RA_PNT"):
        DataStore.read(tiny_store).select(cone=("83.6d 22.5d", "1 deg"))
