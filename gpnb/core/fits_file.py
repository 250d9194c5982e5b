"""The one door for reading FITS files: each fault is one sentence with the file in it, and memory is bounded."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning, AstropyWarning

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.fits_layout import check_layout
from gpnb.core.fits_units import unit_factor
from gpnb.core.packed import is_packed, unpacked
from gpnb.core.text_file import found_file


@contextmanager
def open_fits(path: str | os.PathLike[str], keep: bool = False) -> Iterator[fits.HDUList]:
    """Open a FITS file for reading, compressed or not.

    What goes wrong inside the block is told as a fault of the file.

    Parameters
    ----------
    path : path
        The file; ``.gz`` at the end of its name does not matter.
    keep : bool
        Keep it open if it is compressed, for the next HDU of the same run: change nothing in it.

    Raises
    ------
    DataFormatError
        If the file is missing, not FITS, damaged, or announces more than is in it.
    """
    found = found_file(path)
    with reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)  # what matters of it is told by those who read
        warnings.filterwarnings("error", message=".*truncated.*", category=AstropyUserWarning)
        stamp = found.stat().st_mtime_ns
        packed = is_packed(found)
        if keep and packed:
            with _kept(found, stamp).use() as hdulist:
                yield hdulist
            return
        with io.BytesIO(_unpacked(found, stamp)) if packed else found.open("rb") as stream:
            if not packed:
                check_layout(stream, found.stat().st_size, str(path))
                stream.seek(0)
            with fits.open(stream, memmap=False, character_as_bytes=False) as hdulist:
                yield hdulist


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the many errors of a broken FITS file into one sentence."""
    try:
        with faults_told(f"{path} cannot be read as FITS: copy or download it again"):
            yield
    except AstropyUserWarning as error:
        raise DataFormatError(f"{path} is cut short: copy or download it again.") from error


def find_hdu(hdulist: fits.HDUList, name: str | int, path: str | os.PathLike[str]) -> Any:
    """The HDU of that name (case and blanks do not matter), or number.

    Raises
    ------
    DataFormatError
        If there is none; the sentence lists those that are there.
    """
    if isinstance(name, int) and -len(hdulist) <= name < len(hdulist):
        return hdulist[name]
    for hdu in hdulist:
        if hdu.name.strip().upper() == str(name).strip().upper():
            return hdu
    names = ", ".join(hdu.name or "PRIMARY" for hdu in hdulist)
    raise DataFormatError(f"{path} has no HDU {name!r}; it has: {names}.")


def column_values(hdu: Any, name: str, unit: u.UnitBase | str, path: str | os.PathLike[str]) -> np.ndarray:
    """A column as float64 in `unit`; a column without a unit is taken to be in it.

    Raises
    ------
    DataFormatError
        If the column is missing or its unit is of another kind.
    """
    columns = {column.name.upper(): column for column in hdu.columns}
    if name.upper() not in columns:
        raise DataFormatError(f"{path}, HDU {hdu.name}: column {name} is missing; there are: {', '.join(columns)}.")
    column = columns[name.upper()]
    with reading(path):
        values = np.asarray(hdu.data[column.name], dtype=float)
    return values * unit_factor(column.unit, unit, f"{path}, HDU {hdu.name}, column {name}")


class _Kept:
    """A file in memory that stays open; one user at a time."""

    def __init__(self, content: bytes):
        self._hdulist = fits.open(io.BytesIO(content), memmap=False, character_as_bytes=False)
        self._lock = RLock()

    @contextmanager
    def use(self) -> Iterator[fits.HDUList]:
        with self._lock:
            try:
                yield self._hdulist
            except Exception:
                forget_unpacked()  # it may have been read in part
                raise


@lru_cache(maxsize=4)
def _kept(path: Path, stamp: int) -> _Kept:
    return _Kept(_unpacked(path, stamp))


@lru_cache(maxsize=4)
def _unpacked(path: Path, stamp: int) -> bytes:  # noqa: ARG001
    """Content of a compressed file, kept for its next use; `stamp` tells a changed file apart."""
    content = unpacked(path)
    check_layout(io.BytesIO(content), len(content), str(path))
    return content


def forget_unpacked() -> None:
    """Drop the compressed files that are kept."""
    _unpacked.cache_clear()
    _kept.cache_clear()
