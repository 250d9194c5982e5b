"""Spectra of five simulated instruments: complete, small, made again the same, and as their truth says."""

import numpy as np
import pytest
import yaml
from scipy.stats import norm

import gpnb
from gpnb.core.errors import DataFormatError
from gpnb.simulate import joint as room
from gpnb.simulate.arrays import ARRAYS, ENERGY, ENERGY_TRUE
from gpnb.simulate.demo import expected, truth

RUNS = {"fact": 1, "fermi": 1, "hess": 4, "magic": 2, "veritas": 2}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Made now, in a cache of its own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPNB_CACHE", str(folder))
        specs = gpnb.demo_store(part="joint", progress=False)
    return folder / "demo-joint-v1", specs


@pytest.fixture(scope="module")
def specs():
    return gpnb.demo_store(part="joint", progress=False)


def of(specs, instrument):
    return [item for item in specs if item.name.startswith(f"{instrument}-")]


def test_what_is_there(fresh):
    folder, specs = fresh
    assert {path.name for path in folder.iterdir()} == {*RUNS, "truth.yaml", "README.txt"}
    for instrument, count in RUNS.items():
        assert len(of(specs, instrument)) == count
        assert len(list((folder / instrument).iterdir())) == 4 * count
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3e6
    assert "Nothing in here was ever measured" in (folder / "README.txt").read_text()


def test_made_again_the_same(fresh, specs):
    """If this fails, the content has changed without `VERSION`, or the cache holds one made while working."""
    folder, again = fresh
    for one, other in zip(specs, again, strict=True):
        assert np.array_equal(one.counts, other.counts)
        assert np.array_equal(one.counts_off, other.counts_off)
    assert (
        yaml.safe_load((folder / "truth.yaml").read_text())["targets"]["Crab"]["expected"] == expected("joint")["Crab"]
    )


def test_files_hold_what_was_simulated(specs):
    for array in ARRAYS:
        for item, made in zip(of(specs, array.name), room.expected_runs(array), strict=True):
            assert (item.name, item.obs_ids) == (made.name, made.obs_ids)
            np.testing.assert_allclose(item.exposure, made.exposure, rtol=1e-12)
            np.testing.assert_allclose(item.alpha, made.alpha, rtol=1e-12)
            np.testing.assert_array_equal(item.edisp, made.edisp)
            np.testing.assert_array_equal(item.flags, made.flags)


def test_instruments_differ(specs):
    lows = {array.name: of(specs, array.name)[0].summary.energy_min for array in ARRAYS}
    assert sorted(lows, key=lows.get) == ["fermi", "magic", "veritas", "fact", "hess"]
    for array in ARRAYS:
        low, high = array.energy
        summary = of(specs, array.name)[0].summary
        assert low <= summary.energy_min
        assert summary.energy_max <= high
        half = array.effective_area(np.array([array.threshold]))
        assert half == pytest.approx(array.area * 1e4 / 2)


def test_dispersion_is_a_normal_one_in_the_logarithm():
    for array in ARRAYS:
        row = array.energy_dispersion()[np.abs(np.log(ENERGY_TRUE.center_values)).argmin()]
        x = np.log(ENERGY.center_values)
        mean = (row * x).sum()
        assert row.sum() == pytest.approx(1, abs=1e-6)
        assert mean == pytest.approx(0, abs=0.1)
        bin_width = np.log(10) / 20
        assert np.sqrt((row * (x - mean) ** 2).sum()) == pytest.approx(
            np.hypot(array.resolution, bin_width / 12**0.5), 0.01
        )


def test_counts_are_those_expected(specs):
    """Of each instrument, ON and OFF, within what happens once in ten thousand times."""
    for instrument, item in expected("joint")["Crab"].items():
        on = sum(run.summary.n_on for run in of(specs, instrument))
        off = sum(run.summary.background for run in of(specs, instrument))
        mu = item["counts"] + item["background"]
        assert abs(on - mu) < norm.isf(1e-4) * np.sqrt(mu), instrument
        scatter = sum(run.summary.alpha * run.summary.background for run in of(specs, instrument))
        assert abs(off - item["background"]) < norm.isf(1e-4) * np.sqrt(scatter), instrument


def test_the_truth_is_the_crab_of_the_other_part(specs):
    crab = truth("joint")["Crab"]
    assert crab["crab"] == truth("cta")["Crab"]["crab"]
    result = gpnb.fit(specs, crab)
    assert result.success, result.message
    true = np.array([crab.parameters[name].value for name in result.names])
    assert np.all(np.abs(result.values - true) < 3 * result.errors)
    assert 0.8 < result.stat / result.dof < 1.2


@pytest.mark.slow
def test_fits_of_many_draws_are_unbiased():
    """Pulls of the joint fit over other seeds: mean 0, width 1."""
    crab = truth("joint")["Crab"]
    empty = [run for array in ARRAYS for run in room.expected_runs(array)]
    pulls = []
    for seed in range(60):
        draws = [gpnb.simulate_spectrum(run, crab, 10_000 * seed + run.obs_ids[0]) for run in empty]
        result = gpnb.fit(draws, crab)
        true = np.array([crab.parameters[name].value for name in result.names])
        pulls.append((result.values - true) / result.errors)
    assert np.mean(pulls, axis=0) == pytest.approx(0, abs=4 / 60**0.5)
    assert np.std(pulls, axis=0) == pytest.approx(1, abs=4 / 120**0.5)


def test_a_folder_of_folders_is_read(fresh, tmp_path, monkeypatch):
    folder, specs = fresh
    assert gpnb.Datasets.read(folder).names == specs.names
    assert gpnb.Datasets.read(folder / "hess").names == [item.name for item in of(specs, "hess")]
    monkeypatch.setenv("GPNB_DATA", str(folder.parent))
    assert gpnb.Datasets.read("demo-joint-v1").names == specs.names
    specs[:2].write(tmp_path / "own" / "lab")
    assert gpnb.Datasets.read(tmp_path / "own").names == [f"lab-{name}" for name in specs.names[:2]]
    with pytest.raises(DataFormatError, match="or the folders in it"):
        gpnb.Datasets.read(folder.parent / "none")


def test_the_code_makes_it_again(specs):
    names = {}
    exec(specs.recipe.to_code(), names)
    assert names["specs"].names == specs.names


@pytest.mark.data
def test_the_real_ones_are_read(data_dir):
    found = gpnb.Datasets.read(data_dir / "joint-crab" / "spectra")
    assert {name: len(of(found, name)) for name in RUNS} == RUNS
    assert "hess-obs23523" in found.names
