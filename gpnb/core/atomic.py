"""Writing that never leaves half a file behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpnb.core.errors import ArgumentError


@contextmanager
def atomic_file(path: str | os.PathLike[str], overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `path`, renamed to it when the block ends without an error.

    Raises
    ------
    ArgumentError
        If `path` exists and `overwrite` is False, or its folder does not exist.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_file(Path(folder) / "notes.txt") as temporary:
    ...         _ = temporary.write_text("all or nothing")
    ...     [path.name for path in Path(folder).iterdir()]
    ['notes.txt']
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise ArgumentError(f"{target} exists already: give overwrite=True to replace it.")
    if not target.parent.is_dir():
        raise ArgumentError(f"{target} cannot be written: the folder {target.parent} does not exist.")
    suffix = "".join(target.suffixes)  # the writer may compress by suffix
    handle, name = tempfile.mkstemp(prefix=".", suffix=suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
