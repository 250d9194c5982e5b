"""Reading instrument responses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from astropy.io import fits

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_file import find_hdu, open_fits
from gpnb.core.recipe import Recipe
from gpnb.irf.aeff import EffectiveArea
from gpnb.irf.background import Background2D, Background3D
from gpnb.irf.edisp import EnergyDispersion
from gpnb.irf.psf_gauss import Psf3Gauss
from gpnb.irf.psf_king import PsfKing
from gpnb.irf.psf_table import PsfTable
from gpnb.irf.rad_max import RadMax
from gpnb.irf.response import Response
from gpnb.irf.table import TableReader, tell

CLASSES: dict[str, type[Response]] = {
    kind.layout.hdu_class: kind
    for kind in (EffectiveArea, EnergyDispersion, PsfTable, Psf3Gauss, PsfKing, Background2D, Background3D, RadMax)
}
"""HDU class of an index, such as ``"aeff_2d"`` → the class of the response."""

_TYPES = {"EFF_AREA": "aeff", "EDISP": "edisp", "RPSF": "psf", "PSF": "psf", "BKG": "bkg", "RAD_MAX": "rad_max"}
"""``HDUCLAS2`` → what legacy values of ``HDUCLAS4`` lack."""


@told
def read_irf(
    hdu: fits.BinTableHDU | str | int | os.PathLike[str],
    hdu_class: str | None = None,
    source: str | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    recipe: Recipe | None = None,
    alignment: str = "RADEC",
) -> Any:
    """Read one instrument response (GADF 0.2 and 0.3, and the legacy form of CTA 1DC), or all of a file.

    Parameters
    ----------
    hdu : BinTableHDU, str or int
        The table, or its name or number in `path`; or a file alone, for all responses that it holds.
    hdu_class : str, optional
        ``"aeff_2d"``, ``"psf_3gauss"`` …, as in an HDU index; from the header by default.
    source : str, optional
        The file, for messages, where `hdu` is a table.
    path : str or path, optional
        The file, where `hdu` is a name or number.
    recipe : Recipe, optional
        How it came about, such as an observation's; by default this call.
    alignment : {"RADEC", "ALTAZ"}
        Of a ``BKG_3D`` that does not say so; the format says ALTAZ, other tools and most files mean RADEC.

    Returns
    -------
    EffectiveArea, EnergyDispersion, PsfTable, Psf3Gauss, PsfKing, Background2D, Background3D or RadMax
        Of a file alone, a dict of them by kind: ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``.

    Raises
    ------
    DataFormatError
        If there is no such file or HDU, or the table is not such a response; names file, HDU and column.
    ArgumentError
        If `hdu` and `path` do not go together.

    Examples
    --------
    >>> import gpnb
    >>> area = gpnb.read_irf("AEFF", path="run.fits.gz")  # doctest: +SKIP
    """
    if path is not None:
        return _read_file(path, hdu, hdu_class, recipe, alignment)
    if isinstance(hdu, str | os.PathLike) and Path(hdu).is_file():
        return _read_all(hdu, alignment)
    if isinstance(hdu, str | int | os.PathLike):
        raise ArgumentError(f"hdu={hdu!r} is no file, but may be a name or number in one: give path as well.")
    source = source or "(memory)"
    kind = CLASSES[_class_of(hdu, hdu_class, source)]
    reader = TableReader(hdu, kind.layout, source)
    axes, header = reader.axes(), reader.header()
    if kind is Background3D and "FOVALIGN" not in header:
        file = Path(source).name
        tell(f"{file}, HDU {hdu.name}: FOVALIGN is missing; the field of view is taken as aligned with {alignment}.")
        header["FOVALIGN"] = alignment
    recipe = recipe or Recipe.memory(hdu.name.lower() or "irf")
    return kind.from_columns(axes, header, recipe, **reader.values(axes))


def _read_file(
    path: str | os.PathLike[str], hdu: Any, hdu_class: str | None, recipe: Recipe | None, alignment: str
) -> Response:
    name = os.fspath(path)
    if isinstance(hdu, fits.BinTableHDU):
        raise ArgumentError("With path, hdu must be the name or number of the HDU.")
    with open_fits(path, keep=True) as file:
        table = find_hdu(file, hdu, path)
        recipe = recipe or Recipe.of("gpnb.read_irf()", hdu=hdu, path=name, name=table.name.lower() or "irf")
        response: Response = read_irf(table, hdu_class, name, recipe=recipe, alignment=alignment)
    return response


def _read_all(path: str | os.PathLike[str], alignment: str) -> dict[str, Response]:
    """All responses of a file, by kind."""
    with open_fits(path, keep=True) as file:
        kinds = {hdu.name: _TYPES.get(str(hdu.header.get("HDUCLAS2", "")).strip().upper(), "") for hdu in file}
    found: dict[str, Response] = {}
    for name, kind in kinds.items():
        if not kind:
            continue
        if kind in found:
            raise DataFormatError(f"{os.fspath(path)} holds several responses of the kind {kind}: give hdu and path.")
        found[kind] = _read_file(path, name, None, None, alignment)
    if not found:
        raise DataFormatError(f"{os.fspath(path)} holds no responses: there is no HDU with HDUCLAS2 of one.")
    return found


def _class_of(hdu: fits.BinTableHDU, hdu_class: str | None, source: str) -> str:
    """The class of a table: as given, or by its keywords, ``2D`` of the CTA 1DC standing for ``AEFF_2D``."""
    where = f"{source}, HDU {hdu.name or '(no name)'}"
    if hdu_class is not None:
        name = hdu_class.strip().lower()
        if name not in CLASSES:
            raise DataFormatError(f"{where}: {hdu_class!r} is not a known HDU class; known are {', '.join(CLASSES)}.")
        return name
    kind, name = (str(hdu.header.get(key, "")).strip() for key in ("HDUCLAS2", "HDUCLAS4"))
    for key, value in (("HDUCLAS2", kind), ("HDUCLAS4", name)):
        if not value:
            raise DataFormatError(f"{where}: the keyword {key} is missing, so its class is not known: give hdu_class.")
    for candidate in (name.lower(), f"{_TYPES.get(kind.upper(), kind)}_{name}".lower()):
        if candidate in CLASSES:
            return candidate
    raise DataFormatError(f"{where}: HDUCLAS2={kind!r}, HDUCLAS4={name!r} is no response that gpnb reads.")
