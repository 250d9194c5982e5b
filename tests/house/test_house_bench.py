"""The rows of the speed table tell their commit, and are measured again once their code has changed."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def sources(monkeypatch, tmp_path):
    """`benchmarks/sources.py`, with a repository and results of its own."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("sources", BENCHMARKS / "sources.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STORED", tmp_path / "sources.json")
    yield module
    sys.modules.pop("catalogue", None)


@pytest.fixture
def measured(sources, tmp_path):
    """A task that was measured with two files."""
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    pair = sources.Pair("task", "script", None)
    sources.record(pair, ["a.py", "b.py"])
    return pair


def test_a_row_is_kept_while_its_files_are_the_same(sources, measured, tmp_path):
    (tmp_path / "c.py").write_text("not of this task")
    assert sources.is_unchanged(measured)


def test_a_row_is_renewed_when_a_file_has_changed(sources, measured, tmp_path):
    (tmp_path / "b.py").write_text("other")
    assert not sources.is_unchanged(measured)


def test_a_row_is_renewed_when_a_file_has_gone(sources, measured, tmp_path):
    (tmp_path / "a.py").unlink()
    assert not sources.is_unchanged(measured)


def test_a_row_is_renewed_when_it_is_asked_otherwise(sources, measured):
    assert not sources.is_unchanged(sources.Pair("task", "script", None, arguments=("more",)))


def test_a_task_that_was_never_measured_is_measured(sources):
    assert not sources.is_unchanged(sources.Pair("new", "script", None))


def test_there_is_no_commit_without_git(sources):
    assert sources.commit() == ""


def test_every_row_tells_its_commit():
    rows = json.loads((BENCHMARKS / "results" / "speed.json").read_text(encoding="utf-8"))
    assert [row["task"] for row in rows if not row["commit"]] == []
