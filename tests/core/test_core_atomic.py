"""The door for writing: all or nothing, for files and for sets of them, and nothing left behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gpnb.core import atomic
from gpnb.core.atomic import atomic_file, atomic_set, settle, settled, writing
from gpnb.core.errors import ArgumentError
from gpnb.core.scratch import PREFIX, scratch_folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def fill(folder, number, count=3):
    for item in range(count):
        (folder / f"{item}.txt").write_text(f"set {number}")


def contents(folder):
    return {path.read_text() for path in folder.glob("*.txt")}


@pytest.mark.parametrize("name", ["folder", "x" * 300, "a\0b", "no/such", "full"])
def test_where_nothing_can_be_written_is_told(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArgumentError, match="cannot be written"), atomic_file(tmp_path / name, overwrite=True):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == ["folder"]


def test_a_set_is_all_or_nothing(tmp_path):
    with atomic_set(tmp_path / "set") as made:
        fill(made, 1)
    with pytest.raises(ArgumentError, match="exists already"), atomic_set(tmp_path / "set") as made:
        fill(made, 2)
    with pytest.raises(TypeError), atomic_set(tmp_path / "set", overwrite=True) as made:
        fill(made, "3", count="many")
    assert contents(tmp_path / "set") == {"set 1"}
    with atomic_set(tmp_path / "set", overwrite=True) as made:
        fill(made, 4)
    assert contents(tmp_path / "set") == {"set 4"}
    assert names(tmp_path / "set") == ["0.txt", "1.txt", "2.txt"]


def test_folders_are_replaced_as_well(tmp_path):
    for number in (1, 2):
        with atomic_set(tmp_path, overwrite=True) as made:
            (made / "inner").mkdir()
            (made / "inner" / f"{number}.txt").write_text("x")
    assert names(tmp_path / "inner") == ["2.txt"]
    assert names(tmp_path) == ["inner"]


@pytest.mark.parametrize("door", [lambda path: settle(path.parent), settled])
def test_what_a_killed_writer_had_begun_to_move_is_finished(tmp_path, door):
    fill(tmp_path, 1)
    half = tmp_path / ".gpnb-commit"
    half.mkdir()
    fill(half, 2)
    (half / "0.txt").replace(tmp_path / "0.txt")
    door(tmp_path / "1.txt")
    assert contents(tmp_path) == {"set 2"}
    assert names(tmp_path) == ["0.txt", "1.txt", "2.txt"]


def test_a_newer_file_is_not_replaced_by_a_set_on_its_way(tmp_path):
    (tmp_path / ".gpnb-commit").mkdir()
    (tmp_path / ".gpnb-commit" / "a.txt").write_text("old")
    with atomic_file(tmp_path / "a.txt") as path:
        path.write_text("new")
    settle(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "new"


def test_in_a_folder_that_one_may_only_read_the_set_is_read_on_its_way(tmp_path, monkeypatch):
    fill(tmp_path, 1)
    (tmp_path / ".gpnb-commit").mkdir()
    fill(tmp_path / ".gpnb-commit", 2, count=1)

    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(atomic, "_finish", refuse)
    assert settled(tmp_path / "0.txt").read_text() == "set 2"
    assert settled(tmp_path / "1.txt").read_text() == "set 1"


def test_only_the_folders_of_the_dead_are_swept(tmp_path):
    script = f"import sys; sys.path[:0] = {sys.path!r}\nfrom pathlib import Path\n"
    script += "from gpnb.core.scratch import scratch_folder\n"
    script += f"with scratch_folder(Path({str(tmp_path)!r})) as f: print(f, flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    theirs = Path(process.stdout.readline().strip())
    with scratch_folder(tmp_path) as mine, scratch_folder(tmp_path):
        assert theirs.is_dir()
        assert mine.is_dir()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert theirs.is_dir()
    with scratch_folder(tmp_path):
        assert not theirs.is_dir()
    assert not [name for name in names(tmp_path) if name.startswith(PREFIX)]


def test_writing_tells_the_place():
    with pytest.raises(ArgumentError, match="out/a cannot be written"), writing(Path("out/a")):
        raise PermissionError(13, "Permission denied")
