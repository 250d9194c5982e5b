"""The catalogues that are on this machine; each is read once."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from astropy.coordinates import SkyCoord

from gpnb.catalogs.kinds import KINDS
from gpnb.core.errors import SelectionError

if TYPE_CHECKING:
    from gpnb.catalogs.catalog import Catalog

_GEV = ("3fhl", "4fgl")
"""Catalogues that are asked last for names."""

_MOST = 8
"""Catalogues that are kept in memory."""


def catalogs_here() -> tuple[str, ...]:
    """Names of the catalogues that are on this machine now: a look at the disk, so do it once a panel."""
    return tuple(kind.name for kind in KINDS if kind.file is not None)


def local_catalog(name: str) -> Catalog:
    """A catalogue by its name, read anew only where its file is another one.

    Raises
    ------
    DataFormatError
        If it is not there.
    """
    kind = next((kind for kind in KINDS if kind.name == name), None)
    path = None if kind is None else kind.file
    return _read(name, path, 0 if path is None else path.stat().st_mtime_ns)


def place_of(name: str) -> SkyCoord:
    """Where a source lies, by its name in a catalogue on this machine: TeV catalogues first.

    Raises
    ------
    SelectionError
        If none of them has it, or there is none.
    """
    here = sorted(catalogs_here(), key=lambda known: known in _GEV)
    for known in here:
        with suppress(SelectionError):
            return local_catalog(known)[name].position
    where = f"none of {', '.join(here)} has it" if here else "no catalogue is on this machine"
    raise SelectionError(f"{name!r} is no position, and {where}: write it like 83.63d 22.01d.")


@lru_cache(_MOST)
def _read(name: str, path: Path | None, changed: int) -> Catalog:  # noqa: ARG001  (they tell files apart)
    from gpnb.catalogs.read import read_catalog  # models and products, which a panel opens without

    return read_catalog(name)
