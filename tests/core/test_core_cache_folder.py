from pathlib import Path

import pytest

import gpnb
from gpnb.core.cache_folder import data_roots, downloads_folder, find_data
from gpnb.core.errors import DataFormatError


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A data folder and a cache of the test's own, in a working folder of its own."""
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GPNB_DATA", str(tmp_path / "data"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_a_folder_here_wins_over_data_and_data_over_downloads(places):
    assert find_data("set") is None
    (places / "cache" / "downloads" / "set").mkdir(parents=True)
    assert find_data("set") == places / "cache" / "downloads" / "set"
    (places / "data" / "set").mkdir(parents=True)
    assert find_data("set") == places / "data" / "set"
    (places / "here" / "set").mkdir()
    assert find_data("set") == Path("set")


def test_an_absolute_path_is_looked_for_there_only(places):
    assert find_data(places / "nowhere") is None
    assert find_data(places / "here") == places / "here"


def test_looking_makes_no_folder(places, monkeypatch):
    find_data("set")
    assert not (places / "cache").exists()
    monkeypatch.delenv("GPNB_DATA")
    assert data_roots() == [downloads_folder()]


def test_a_downloaded_store_is_opened_by_name(places, tiny_downloaded):
    tiny_downloaded(places / "cache" / "downloads" / "my-set")
    assert gpnb.DataStore.read("my-set").obs_ids == [1]
    with pytest.raises(DataFormatError, match="gpnb download"):
        gpnb.DataStore.read("other-set")


@pytest.fixture
def tiny_downloaded():
    from astropy.table import Table

    def make(folder: Path) -> None:
        folder.mkdir(parents=True)
        columns = ("OBS_ID", "HDU_TYPE", "HDU_CLASS", "FILE_DIR", "FILE_NAME", "HDU_NAME")
        Table(rows=[(1, "events", "events", "", "run.fits", "EVENTS")], names=columns).write(
            folder / "hdu-index.fits.gz"
        )
        Table({"OBS_ID": [1]}).write(folder / "obs-index.fits.gz")

    return make
