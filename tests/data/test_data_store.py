"""Stores: choosing runs, reading late, and one sentence for each fault."""

import pickle

import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time

import gpnb
from gpnb import DataFormatError, DataStore, SelectionError


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
        ({"target": "Vela"}, "the targets are Crab <b>, Off field"),
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
    assert len(obs.events) == 100
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
        assert len(DataStore.read(folder).select(obs_id=1)[0].events) == 100


def test_loose_files(tiny_store):
    store = DataStore.read([tiny_store / "data" / f"run_{number}.fits" for number in (1, 3)])
    assert store.obs_ids == [1, 3]
    assert store.select(target="Crab <b>").obs_ids == [1, 3]
    assert len(store.select(obs_id=3)[0].events) == 100


def test_event_types_are_separate_observations(tiny, tiny_store):
    types = ["a", "a", "b", "b", "a", "a"]
    tiny.write_index(tiny_store, [1, 2, 3], OBS_ID=[1, 1, 1, 1, 3, 3], EVENT_TYPE=types)
    runs = DataStore.read(tiny_store).select(obs_id=1)
    assert [obs.key for obs in runs] == [(1, "a"), (1, "b")]


def fault_truncated(folder, tiny):
    path = folder / "data" / "run_2.fits"
    path.write_bytes(path.read_bytes()[:9000])
    return "run_2.fits is cut short"


def fault_garbage(folder, tiny):
    (folder / "data" / "run_2.fits").write_bytes(b"<html>not found</html>" * 200)
    return "run_2.fits cannot be read as FITS"


def fault_missing_file(folder, tiny):
    (folder / "data" / "run_2.fits").unlink()
    return "run_2.fits: no such file"


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


def fault_nan(folder, tiny):
    hdu = tiny.events_hdu(2)
    hdu.data["ENERGY"][:3] = np.nan
    tiny.write_run(folder, 2, hdu)
    return "column ENERGY: 3 of 100 values are not numbers"


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


def test_bad_energies_can_be_dropped_as_the_sentence_says(tiny, tiny_store):
    fault_nan(tiny_store, tiny)
    events = DataStore.read(tiny_store).select(obs_id=2)[0].events
    assert len(events.select(where="ENERGY == ENERGY").energy_values) == 97


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
