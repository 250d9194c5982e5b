"""The demo store: complete, valid, as its truth says, and made again the same."""

import pickle

import numpy as np
import pytest
import yaml
from astropy.io import fits
from scipy.stats import norm

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.core.frames import separation
from gpnb.data.store import DataStore
from gpnb.simulate import demo as room
from gpnb.simulate.expect import expected_counts
from gpnb.simulate.scene import targets

RUNS = {
    "Galactic Centre": [1001, 1002, 1003],
    "Crab": [2001, 2002, 2003, 2004],
    "Demo AGN": [3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008],
    "Off field": [4001, 4002, 4003],
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A store made now, in a cache of its own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPNB_CACHE", str(folder))
        store = room.demo_store(progress=False)
    assert store.path == folder / "demo-cta-v4"
    return store


def test_the_runs(demo):
    assert isinstance(demo, DataStore)
    assert demo.obs_ids == [number for numbers in RUNS.values() for number in numbers]
    for target, numbers in RUNS.items():
        assert demo.select(target=target).obs_ids == numbers
    table = demo.table
    assert np.all((table["EVENT_COUNT"] > 20_000) & (table["EVENT_COUNT"] < 80_000))
    assert np.all((table["ZEN_PNT"] > 15) & (table["ZEN_PNT"] < 35))
    assert len(set(table["DATE-OBS"][table["OBJECT"] == "Demo AGN"])) == 2
    np.testing.assert_allclose(table["DEADC"], 0.98)
    assert "demo_store(part='cta')" in demo.recipe.to_code()


def test_files_are_valid_and_small(fresh):
    files = [path for path in fresh.path.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 60e6
    assert {path.name for path in fresh.path.iterdir()} == {
        *("README.txt", "truth.yaml", "irfs.fits", "events", "hdu-index.fits.gz", "obs-index.fits.gz")
    }
    assert "Nothing in here was ever measured" in (fresh.path / "README.txt").read_text()
    for path in files:
        if ".fits" in path.name:
            with fits.open(path, checksum=True) as hdulist:
                hdulist.verify("exception")


def test_every_run_is_complete(fresh):
    for obs in fresh.select():
        assert len(obs.events) == obs.row["EVENT_COUNT"]
        assert np.all(np.diff(obs.events.time_values) >= 0)
        assert np.all(obs.gti.contains(obs.events.time_values))
        assert obs.events.offset_values.max() < 5 + 1e-4
        assert obs.livetime.to_value("s") == pytest.approx(0.98 * obs.ontime.to_value("s"))
        assert obs.aeff.threshold == (0.1, 100.0)
        assert obs.bkg.alignment == "RADEC"


def test_made_again_the_same(fresh):
    for target in targets():
        obs = room.observations(target)[-1]
        again = gpnb.simulate_events(obs, target.models, seed=room._SEED)
        stored = fresh.select(obs_id=obs.obs_id)[0].events
        for name in stored.column_names:
            assert stored.column(name).tobytes() == again.column(name).tobytes(), (target.name, name)


def test_the_cached_store_is_of_this_version(demo, fresh):
    """If this fails, the content has changed without `VERSION`, or the cache holds a store made while working."""
    assert (demo.path / "truth.yaml").read_text() == (fresh.path / "truth.yaml").read_text()
    np.testing.assert_array_equal(demo.table["EVENT_COUNT"], fresh.table["EVENT_COUNT"])


def test_truth(demo):
    found = room.truth()
    assert list(found) == list(RUNS)
    for target in targets():
        assert found[target.name].names == target.models.names
        assert all(a == b for a, b in zip(found[target.name], target.models, strict=True))
    plain = yaml.safe_load((demo.path / "truth.yaml").read_text())
    assert plain["version"] == room.VERSION


def test_strong_and_faint_sources():
    sigma = {name: item["significance"] for name, item in room.expected()["Galactic Centre"].items() if name != "plane"}
    assert sum(value > 8 for value in sigma.values()) >= 5
    assert 1 <= sum(value < 7 for value in sigma.values()) <= 2
    centers = [model.spatial.center.icrs for model in room.truth()["Galactic Centre"] if model.name != "plane"]
    for number, first in enumerate(centers):
        assert all(first.separation(second).deg > 0.6 for second in centers[:number])


def test_counts_are_those_expected(demo):
    deviations = []
    for target, models in room.truth().items():
        runs = demo.select(target=target)
        for number, model in enumerate(models, start=1):
            drawn = sum(int(np.sum(run.events.column("MC_ID") == number)) for run in runs)
            # the extended ones are expected from a thousand positions: 2 %
            mu = sum(expected_counts(run, model) for run in runs)
            deviations.append((drawn - mu) / np.hypot(np.sqrt(mu), 0.02 * mu * (model.name == "plane")))
            assert room.expected()[target][model.name]["counts"] == pytest.approx(mu, rel=1e-3)
    assert np.max(np.abs(deviations)) < norm.isf(1e-4)


def test_counts_in_the_circles(demo):
    """On-source counts minus what the background rate gives, against the truth file."""
    runs = demo.select(target="Galactic Centre")
    ra, dec = (np.concatenate([getattr(run.events, name) for run in runs]) for name in ("ra_values", "dec_values"))
    expected = room.expected()["Galactic Centre"]
    for model in room.truth()["Galactic Centre"]:
        center, item = model.spatial.center.icrs, expected[model.name]
        found = np.sum(separation(ra, dec, center.ra.deg, center.dec.deg) < item["radius"])
        mu = item["counts_in_circle"] + item["background_in_circle"]
        diffuse = 80  # at most, of the plane or of the source in it
        assert -4 * np.sqrt(mu) < found - mu < 4 * np.sqrt(mu) + diffuse + 450 * (model.name == "plane")


def test_the_flare_is_in_the_first_night(demo):
    agn = [np.sum(run.events.column("MC_ID") == 1) for run in demo.select(target="Demo AGN")]
    assert int(np.argmax(agn)) in (1, 2)
    assert max(agn) > 4 * np.mean(agn[4:])
    assert np.std(agn[4:]) < 3 * np.sqrt(np.mean(agn[4:]))


def test_other_parts_are_a_clear_error():
    for part in ("agn", "lat", "../cta"):
        with pytest.raises(SelectionError, match="there are: cta, joint, pulsar"):
            gpnb.demo_store(part=part)


def test_read_by_name(demo):
    assert gpnb.DataStore.read("demo").obs_ids == demo.obs_ids


def test_runs_travel_by_path(demo):
    runs = demo.select(target="Crab")
    again = pickle.loads(pickle.dumps(runs))
    assert len(pickle.dumps(runs)) < 100_000
    np.testing.assert_array_equal(again[0].events.time_values, runs[0].events.time_values)


def test_the_code_of_simulated_events_runs(demo):
    obs, crab = demo.select(target="Crab")[0], room.truth()["Crab"]["crab"]
    events = gpnb.simulate_events(obs, crab, seed=5, radius="0.7 deg", energy=("1 TeV", None))
    names = {}
    exec(events.recipe.to_code(), names)
    np.testing.assert_array_equal(names["events"].energy_values, events.energy_values)


def test_progress_is_told(tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(room, "targets", lambda: (targets()[3],))
    room.make_cta(tmp_path, progress=steps.append)
    assert (steps[-1].done, steps[-1].total) == (3, 3)
