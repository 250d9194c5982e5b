import multiprocessing
from pathlib import Path

import pytest

from gpnb.core.cache_folder import cache_folder
from gpnb.core.errors import ArgumentError
from gpnb.simulate.cache import made_once


def test_gpnb_cache_is_honoured(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "deep" / "cache"))
    assert cache_folder() == tmp_path / "deep" / "cache"
    assert cache_folder().is_dir()


def test_the_users_cache_is_the_default(tmp_path, monkeypatch):
    monkeypatch.delenv("GPNB_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "gpnb"


def test_a_cache_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ArgumentError, match="GPNB_CACHE"):
        cache_folder()


def test_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path))
    calls = []

    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "content").write_text("whole")

    for _ in range(2):
        assert made_once("thing-v1", make) == tmp_path / "thing-v1"
    assert len(calls) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thing-v1"]


def test_a_failure_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path))

    def make(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        made_once("thing-v1", make)
    assert list(tmp_path.iterdir()) == []


def _race(barrier, name, results):
    def make(folder: Path) -> None:
        (folder / "who").write_text(name)
        barrier.wait(timeout=30)  # both are half-way before either may finish

    results.put((name, str(made_once("thing-v1", make))))


def test_two_processes_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path))
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    processes = [context.Process(target=_race, args=(barrier, name, results)) for name in "ab"]
    for process in processes:
        process.start()
    answers = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert {path for _, path in answers} == {str(tmp_path / "thing-v1")}
    assert (tmp_path / "thing-v1" / "who").read_text() in ("a", "b")
    assert [path.name for path in tmp_path.iterdir()] == ["thing-v1"]
