"""Reading a catalogue, by its name or from a file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

from gpnb.catalogs.catalog import Catalog
from gpnb.catalogs.kinds import KINDS, Kind
from gpnb.core.binding import told
from gpnb.core.cache_folder import find_data
from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import open_fits, reading
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe


@told
def read_catalog(name: str | os.PathLike[str]) -> Catalog:
    """Read a catalogue.

    Parameters
    ----------
    name : str or path
        ``"3fhl"``, ``"4fgl"``, ``"hgps"`` or ``"gamma-cat"``, looked for in ``catalogs/`` below ``$GPNB_DATA`` and
        among the downloads; or a FITS file in one of their formats.

    Returns
    -------
    Catalog

    Raises
    ------
    DataFormatError
        If it is not there (the sentence says how to get it), or the file is in none of the formats.

    Examples
    --------
    >>> import gpnb
    >>> crab = read_catalog("gamma-cat")["Crab nebula"]  # doctest: +SKIP
    >>> crab.model().spectral.integral("1 TeV", "10 TeV")  # doctest: +SKIP
    """
    recipe = Recipe("gpnb.read_catalog()", {"name": str(name)}, (), "catalog")
    path = _path_of(name)
    tables = _tables(path)
    for kind in KINDS:
        main = next((table for table in tables.values() if kind.columns <= set(table.colnames)), None)
        if main is not None:
            return Catalog(kind, main, tables, recipe)
    formats = ", ".join(kind.name for kind in KINDS)
    raise DataFormatError(f"{path} is no catalogue in a known format: expected the columns of one of {formats}.")


def _path_of(name: str | os.PathLike[str]) -> Path:
    kind = _kind_of(str(name))
    if kind is None:
        found = find_data(name)
        if found is not None and found.is_file():
            return found
        wanted = meant(str(name), [kind.name for kind in KINDS], "there are")
        raise DataFormatError(f"There is no catalogue or file {str(name)!r}: {wanted} Or give a FITS file.")
    found = kind.file
    if found is None:
        given = os.environ.get("GPNB_DATA")
        missing = f"it is not in {Path(given) / 'catalogs'}" if given else "GPNB_DATA is not set"
        raise DataFormatError(
            f"The catalogue {kind.name} is not here ({missing}): fetch it with `gpnb download {kind.name}`, "
            f"or set GPNB_DATA to a folder with {kind.files[0]}."
        )
    return found


def _kind_of(name: str) -> Kind | None:
    plain = name.casefold().replace("-", "").replace("_", "")
    return next((kind for kind in KINDS if kind.name.replace("-", "") == plain), None)


def _tables(path: Path) -> dict[str, Table]:
    """All tables of a FITS file by HDU name, without photons in their units."""
    with open_fits(path) as hdulist, reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", u.UnitsWarning)  # odd spellings; what is used is converted, or refused
        found: dict[str, Table] = {}
        for number, hdu in enumerate(hdulist):
            if isinstance(hdu, fits.BinTableHDU):
                found[hdu.name.strip().upper() or f"HDU {number}"] = _table(hdu)
    return found


def _table(hdu: Any) -> Table:
    table = Table.read(hdu, mask_invalid=False)
    for column in table.itercols():
        if column.unit is not None:
            column.unit = _without_photons(column.unit)
        if column.dtype.kind in "SU":
            table[column.name] = np.char.strip(np.asarray(column, dtype=str))
    return table


def _without_photons(unit: u.UnitBase) -> u.UnitBase:
    """The unit without ``ph``, which counts and is no dimension here."""
    if u.ph not in getattr(unit, "bases", ()):
        return unit
    power = unit.powers[unit.bases.index(u.ph)]
    return unit / u.ph**power
