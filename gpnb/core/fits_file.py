"""Opening FITS files so that each fault is one sentence with file and HDU in it."""

from __future__ import annotations

import gzip
import io
import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning

from gpnb.core.errors import DataFormatError

_READ_FAULTS = (OSError, ValueError, TypeError, EOFError, zlib.error, fits.VerifyError)


@contextmanager
def open_fits(path: str | os.PathLike[str], keep: bool = False) -> Iterator[fits.HDUList]:
    """Open a FITS file for reading, compressed or not.

    Parameters
    ----------
    path : path
        The file.
    keep : bool
        Keep it open if it is compressed, for the next HDU of the same run: change nothing in it.

    Raises
    ------
    DataFormatError
        If the file is missing, not FITS, or cut short.
    """
    path = Path(path)
    if not path.is_file():
        raise DataFormatError(f"{path}: no such file. Check the path, or the index that names it.")
    with reading(path), warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*truncated.*", category=AstropyUserWarning)
        stamp = path.stat().st_mtime_ns
        if keep and path.suffix == ".gz":
            with _kept(path, stamp).use() as hdulist:
                yield hdulist
        else:
            source = io.BytesIO(_unzipped(path, stamp)) if path.suffix == ".gz" else path
            with fits.open(source, memmap=False, character_as_bytes=False) as hdulist:
                yield hdulist


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the many errors of a broken FITS file into one sentence."""
    try:
        yield
    except DataFormatError:
        raise
    except AstropyUserWarning as error:
        raise DataFormatError(f"{path} is cut short: copy or download it again.") from error
    except _READ_FAULTS as error:
        raise DataFormatError(f"{path} cannot be read as FITS ({error}): copy or download it again.") from error


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


def unit_factor(found: str | None, wanted: u.UnitBase | str, where: str) -> float:
    """What to multiply by to come from the unit of a column to `wanted` (1 if the column has none)."""
    if not found or not found.strip():
        return 1.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", u.UnitsWarning)
            return float(u.Unit(_tidy(found)).to(u.Unit(wanted)))
    except (ValueError, u.UnitConversionError) as error:
        raise DataFormatError(f"{where}: unit {found!r} is not convertible to {wanted}.") from error


def _tidy(unit: str) -> str:
    """The spellings met in real files: sr^(-1), s^-1 MeV^-1 sr^-1, 1/s/MeV/sr, m^2."""
    return unit.strip().replace("^", "**")


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
                forget_unzipped()  # it may have been read in part
                raise


@lru_cache(maxsize=4)
def _kept(path: Path, stamp: int) -> _Kept:
    return _Kept(_unzipped(path, stamp))


@lru_cache(maxsize=4)
def _unzipped(path: Path, stamp: int) -> bytes:  # noqa: ARG001
    """Content of a compressed file, kept for its next use; `stamp` tells a changed file apart."""
    with reading(path), gzip.open(path) as stream:
        return stream.read()


def forget_unzipped() -> None:
    """Drop the compressed files that are kept."""
    _unzipped.cache_clear()
    _kept.cache_clear()
