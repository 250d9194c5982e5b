"""Tables of results as ECSV or FITS files, with the recipe they came from."""

from __future__ import annotations

import os
import warnings
from typing import Any

from astropy.io import fits
from astropy.table import QTable, Table

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.header_text import as_ascii, plain_text
from gpnb.core.provenance import KEY, creator, provenance, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.core.text_table import read_text_table

HDU = "FLUXPOINTS"
_TEXT, _FITS = (".ecsv", ".ecsv.gz"), (".fits", ".fits.gz", ".fit", ".fit.gz")


def write_table(table: QTable, path: str | os.PathLike[str], recipe: Recipe, overwrite: bool) -> None:
    """Write a table, all or nothing.

    Raises
    ------
    ArgumentError
        If the file exists, or the end of its name is of another format.
    """
    table = Table(table)
    table.meta["CREATOR"] = creator()
    text = _is_text(path)
    with atomic_file(path, overwrite) as temporary:
        if text:
            table.meta["provenance"] = provenance(recipe)
            table.write(temporary, format="ascii.ecsv", overwrite=True)
        else:
            _hdus(table, recipe).writeto(temporary, overwrite=True, checksum=True)


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a table of fluxes: ECSV, or the first HDU called FLUXPOINTS, else the first table, of a FITS file.

    Raises
    ------
    DataFormatError
        If it cannot be read.
    """
    if not _is_text(path):
        with open_fits(path) as hdus:
            return _table_of(hdus, path)
    return read_text_table(path, "ascii.ecsv")


def _plain(value: Any) -> Any:
    return plain_text(value) if isinstance(value, str) else value


def _is_text(path: str | os.PathLike[str]) -> bool:
    name = str(path).lower()
    if not name.endswith((*_TEXT, *_FITS)):
        raise ArgumentError(f"{path}: the format is told by the end of the name, one of {', '.join((*_TEXT, *_FITS))}.")
    return name.endswith(_TEXT)


def _hdus(table: Table, recipe: Recipe) -> fits.HDUList:
    hdu = fits.table_to_hdu(as_ascii(table))
    hdu.name = HDU
    hdu.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
    with warnings.catch_warnings():
        # long provenance is what CONTINUE cards are for
        warnings.filterwarnings("ignore", "Card is too long", fits.verify.VerifyWarning)
        hdu.header.append(provenance_card(recipe))
    return fits.HDUList([fits.PrimaryHDU(), hdu])


def _table_of(hdus: fits.HDUList, path: str | os.PathLike[str]) -> Table:
    tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU)]
    if not tables:
        raise DataFormatError(f"{path} holds no table; flux points are rows of one.")
    hdu = next((item for item in tables if item.name == HDU), tables[0])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=fits.verify.VerifyWarning)
        columns = {column.name.lower(): hdu.data[column.name] for column in hdu.columns}
    native = {name: item.astype(item.dtype.newbyteorder("=")) for name, item in columns.items()}
    table = Table(native, meta={key: _plain(value) for key, value in hdu.header.items() if key not in (KEY, "")})
    for column in hdu.columns:
        if column.unit:
            table[column.name.lower()].unit = column.unit
    return table
