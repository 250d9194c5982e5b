"""Masks, slices and data frames of event lists, and all responses of a file."""

import sys

import numpy as np
import pytest

import gpnb


@pytest.fixture(scope="module")
def events(demo):
    return demo.select(target="Crab")[0].events


def test_masks_and_slices(events):
    hard = events[events.energy_values > 1]
    assert isinstance(hard, gpnb.EventList)
    assert len(hard) == pytest.approx(len(events.select(energy=("1 TeV", None))), abs=1)
    assert (events[5:9].energy_values == events.energy_values[5:9]).all()
    assert len(events[np.array([3, 1])]) == 2
    assert len(events[np.zeros(len(events), dtype=bool)]) == 0


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("ENERGY", r"events\.column\('ENERGY'\)"),
        (3, "One event is no list"),
        (np.ones(3, dtype=bool), "mask or places"),
    ],
)
def test_what_is_no_mask(events, key, said):
    with pytest.raises(gpnb.SelectionError, match=said):
        events[key]


def test_a_data_frame(events):
    frame = events.to_pandas()
    assert len(frame) == len(events)
    assert frame["ENERGY"].sum() == pytest.approx(events.table["ENERGY"].sum(), rel=1e-4)


def test_without_pandas_it_says_how_to_get_it(events, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(gpnb.MissingDependency, match=r"pip install 'gpnb\[pandas\]'"):
        events.to_pandas()


def test_all_responses_of_a_file(data_dir):
    path = data_dir / "hess-dl3-dr1" / "data" / "hess_dl3_dr1_obs_id_023523.fits.gz"
    found = gpnb.read_irf(path)
    assert set(found) == {"aeff", "edisp", "psf", "bkg"}
    assert found["aeff"].evaluate(1.0, 0.5) == gpnb.read_irf("AEFF", path=path).evaluate(1.0, 0.5)
    assert set(gpnb.read_irf(str(path))) == set(found)
    with pytest.raises(gpnb.ArgumentError, match="is no file, but may be a name or number"):
        gpnb.read_irf("AEFF")


def test_a_run_without_events_tells_where_it_pointed_from_its_row(demo):
    run = demo.select(target="Crab")[0]
    bare = gpnb.Observation(run.obs_id, {"gti": run.gti}, row=run.row)
    for found in (bare.pointing, bare.pointing_at(run.tmid), bare.pointing_at(run.gti.start)[0]):
        assert found.separation(run.pointing).deg < 1e-6
    assert bare.livetime.to_value("s") == pytest.approx(run.livetime.to_value("s"), rel=1e-6)
    assert bare.target == run.target
    with pytest.raises(gpnb.SelectionError, match="has no events"):
        _ = bare.events
    with pytest.raises(gpnb.DataFormatError, match="RA_PNT"):
        _ = gpnb.Observation(7, {}).pointing
    with pytest.raises(gpnb.SelectionError, match="it has: nothing"):
        _ = gpnb.Observation(7, {}).gti
