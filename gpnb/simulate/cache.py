"""Folders that are made once, whole or not at all, also when several processes want them at the same time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gpnb.core.atomic import writing
from gpnb.core.cache_folder import cache_folder
from gpnb.core.scratch import scratch_folder


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` in the cache, filled by `make` if it is not there yet.

    Parameters
    ----------
    name : str
        With a version in it: what is there is never changed.
    make : callable
        Fills the empty folder it is given. That is a temporary one, renamed when it is complete; if
        another process was quicker its folder stays, and this one is thrown away.

    Raises
    ------
    ArgumentError
        If the cache folder cannot be written to.
    """
    parent = cache_folder()
    final = parent / name
    if final.is_dir():
        return final
    with writing(parent), scratch_folder(parent) as temporary:
        made = temporary / name
        made.mkdir()
        make(made)
        _move(made, final)
    return final


def _move(temporary: Path, final: Path) -> None:
    """Rename, unless another process has put a full folder there meanwhile."""
    try:
        temporary.rename(final)
    except OSError:
        if not final.is_dir():
            raise
