"""The one door for writing: never half a file, never half a set of files, always one clear sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpnb.core.errors import ArgumentError
from gpnb.core.scratch import PREFIX, alone_in, scratch_folder, throw_away

_COMMIT = ".gpnb-commit"
"""A set of files on its way: what is in it belongs into the folder that it lies in."""


@contextmanager
def atomic_file(path: str | os.PathLike[str], overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary path of the same name, moved to `path` when the block ends without an error.

    Raises
    ------
    ArgumentError
        If `path` exists and `overwrite` is False, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_file(Path(folder) / "notes.txt") as temporary:
    ...         _ = temporary.write_text("all or nothing")
    ...     [path.name for path in Path(folder).iterdir()]
    ['notes.txt']
    """
    target = Path(path)
    with writing(target):
        if not target.parent.is_dir():
            raise ArgumentError(f"{target} cannot be written: the folder {target.parent} does not exist.")
        if target.is_dir():
            raise ArgumentError(f"{target} cannot be written: it is a folder; give the name of a file in it.")
        if target.exists() and not overwrite:
            raise ArgumentError(f"{target} exists already: give overwrite=True to replace it.")
        with scratch_folder(target.parent) as folder:
            temporary = folder / target.name
            yield temporary
            settle(target.parent)
            temporary.replace(target)


@contextmanager
def atomic_set(folder: str | os.PathLike[str], overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary folder; what is in it when the block ends without an error goes into `folder`, all or nothing.

    A process that is killed on the way leaves the old set, or a new one that is complete for everyone who
    comes through the doors of gpnb: they finish what it began.

    Parameters
    ----------
    folder : path
        Made if it does not exist. What lies there under other names stays.
    overwrite : bool
        Replace what lies there under the same names.

    Raises
    ------
    ArgumentError
        If one of the names is taken and `overwrite` is False, or the folder cannot be written.
    """
    target = Path(folder)
    with writing(target):
        target.mkdir(parents=True, exist_ok=True)
        with scratch_folder(target) as temporary:
            made = temporary / "set"
            made.mkdir()
            yield made
            taken = [item.name for item in sorted(made.iterdir()) if (target / item.name).exists()]
            if taken and not overwrite:
                raise ArgumentError(f"{target / taken[0]} exists already: give overwrite=True to replace it.")
            with alone_in(target):
                _finish(target)
                made.rename(target / _COMMIT)  # from here on the new set counts
                _finish(target)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the errors of a file system into one sentence about `path`.

    Raises
    ------
    ArgumentError
        For a full disk, a folder without permission, an impossible name …
    """
    if "\0" in str(path):
        raise ArgumentError(f"{str(path)!r} cannot be written: a name has no NUL character.")
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ArgumentError(f"{path} cannot be written ({why}): make room there, or choose another place.") from error


def is_passing(path: Path, folder: Path) -> bool:
    """Whether a path below a folder is of a writer at work, or of one that was killed."""
    return any(part.startswith((PREFIX, _COMMIT)) for part in path.relative_to(folder).parts)


def settle(folder: Path) -> None:
    """Finish a set of files that a killed writer had begun to move to its place."""
    if (folder / _COMMIT).is_dir():
        with alone_in(folder):
            _finish(folder)


def settled(path: Path) -> Path:
    """Where a file is to be read: at its place, after `settle`; in a folder that one may only read, on its way."""
    waiting = path.parent / _COMMIT
    if waiting.is_dir():
        try:
            settle(path.parent)
        except OSError:
            return waiting / path.name if (waiting / path.name).exists() else path
    return path


def _finish(folder: Path) -> None:
    waiting = folder / _COMMIT
    if not waiting.is_dir():
        return
    for item in sorted(waiting.iterdir()):
        target = folder / item.name
        if target.is_dir() and not target.is_symlink():
            throw_away(target)
        item.replace(target)
    waiting.rmdir()
