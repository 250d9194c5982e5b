"""Temporary folders beside what is written. A writer that is killed leaves its one; the next writer sweeps it away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without: nothing is swept there
    fcntl = None  # type: ignore[assignment]

PREFIX = ".gpnb-writing-"


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a new empty folder in `parent` that is gone after the block.

    It is locked as long as its process lives: so one can tell those of dead ones, which are removed first.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with scratch_folder(Path(parent)) as folder:
    ...         folder.parent == Path(parent), folder.is_dir()
    (True, True)
    """
    _sweep(parent)
    folder, lock = _new(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes and threads that ask for the same out of a folder, waiting for them first."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        _lock(lock, wait=True)
        yield
    finally:
        os.close(lock)


def throw_away(folder: Path) -> None:
    """Remove a folder and all in it; if that is stopped on the way, the next writer goes on."""
    doomed = folder.with_name(f"{PREFIX}{os.urandom(6).hex()}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def _new(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # another writer took it for a dead one's
            continue
        _lock(lock, wait=True)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _sweep(parent: Path) -> None:
    with os.scandir(parent) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(PREFIX)]
    for path in left if fcntl else ():
        try:
            lock = os.open(path, os.O_RDONLY)
        except OSError:
            continue  # another one was quicker, or it is another user's
        if _lock(lock, wait=False):
            shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _lock(handle: int, wait: bool) -> bool:
    """Whether the lock was got; a file system without locks gives none."""
    if not fcntl:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
