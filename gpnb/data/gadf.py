"""The GADF 0.3 store: an index of observations, an index of HDUs, and FITS files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.atomic import is_passing, settle
from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.data.formats import Contents, Key
from gpnb.data.index_read import read_index
from gpnb.data.loose_files import table_of_headers
from gpnb.data.parts import PARTS, Part

_SUFFIXES = (".fits.gz", ".fits")
_DEEPEST = 3
"""Levels below a folder in which an index is looked for."""

HDU_COLUMNS = ("OBS_ID", "HDU_TYPE", "HDU_CLASS", "FILE_DIR", "FILE_NAME", "HDU_NAME")
_RESPONSES = {"EFF_AREA": "aeff", "EDISP": "edisp", "RPSF": "psf", "PSF": "psf", "BKG": "bkg", "RAD_MAX": "rad_max"}


class GadfFormat:
    """GADF 0.3 and its dialects, as met in the files of H.E.S.S., MAGIC, VERITAS and CTA."""

    name = "GADF"

    def recognises(self, folder: Path) -> bool:
        """Whether an HDU index is in the folder, or up to three levels below."""
        return find_index(folder, "hdu-index") is not None

    def open(self, folder: Path, base_dir: Path | None = None) -> Contents:
        """Read both index files.

        Parameters
        ----------
        folder : Path
            The store, or the folder of its index files.
        base_dir : Path, optional
            The folder that files may lie in, where that is not the store's own.
        """
        index = find_index(folder, "hdu-index")
        if index is None:
            raise DataFormatError(f"{folder}: no hdu-index.fits.gz in it; expected a GADF store.")
        hdus = read_index(index, "HDU_INDEX")
        root = base_dir or store_root(folder, index.parent)
        parts = _parts_of(hdus, index, root)
        return Contents(_observation_table(index.parent, parts), parts)

    def open_files(self, paths: Sequence[Path]) -> Contents:
        """Take each file as one run, with the responses in it, or by its CALDB and IRF keywords."""
        headers: list[dict[str, Any]] = []
        parts: list[dict[str, Part]] = []
        for path in paths:
            with open_fits(path) as hdulist:
                found = {
                    kind: Part(path, hdu.name, cls) for hdu in hdulist[1:] for kind, cls in [classify(hdu)] if kind
                }
                if "events" not in found:
                    raise DataFormatError(f"{path} has no EVENTS table.")
                headers.append(dict(hdulist[found["events"].hdu].header))
            parts.append({**_caldb_parts(headers[-1]), **found})
        table = table_of_headers(headers, [str(path) for path in paths])
        return Contents(table, {(int(obs_id), ""): found for obs_id, found in zip(table["OBS_ID"], parts, strict=True)})


def find_index(folder: Path, stem: str) -> Path | None:
    """The nearest index file; those beside or above others win."""
    settle(folder)
    for depth in range(_DEEPEST + 1):
        for suffix in _SUFFIXES:
            paths = folder.glob("*/" * depth + stem + suffix)
            found = sorted(path for path in paths if not is_passing(path, folder))
            if found:
                settle(found[0].parent)
                return found[0]
    return None


def store_root(folder: Path, index_dir: Path) -> Path:
    """The folder that all files of the store must lie in.

    An index kept in ``…/index/…`` speaks for the folder above ``index``, as in the first CTA data challenge.
    """
    for parent in (index_dir, *index_dir.parents):
        if parent.name == "index":
            return parent.parent
    return folder


def _parts_of(hdus: Table, index: Path, root: Path) -> dict[Key, dict[str, Part]]:
    missing = [name for name in HDU_COLUMNS if name not in hdus.colnames]
    if missing:
        raise DataFormatError(f"{index}: column {missing[0]} is missing from the HDU index.")
    columns = [map(str, hdus[name]) for name in HDU_COLUMNS[1:]]  # whole columns: rows of a table are slow
    rows = list(zip(hdus["OBS_ID"].tolist(), *columns, strict=True))
    base = index.parent / str(hdus.meta.get("BASE_DIR", ""))
    paths = {(folder, name): _inside(base / folder / name, root, index) for folder, name in {row[3:5] for row in rows}}
    parts: dict[Key, dict[str, Part]] = {}
    types = hdus["EVENT_TYPE"] if "EVENT_TYPE" in hdus.colnames else [""] * len(hdus)
    for (number, given, hdu_class, folder, name, hdu), event_type in zip(rows, types, strict=True):
        kind = given.lower()
        if kind not in PARTS:
            continue
        part = Part(paths[folder, name], hdu, hdu_class.lower())
        found = parts.setdefault((int(number), str(event_type)), {})
        known = found.setdefault(kind, part)
        if known != part and known.hdu_class == part.hdu_class:
            raise DataFormatError(
                f"{index}: OBS_ID {number} has two parts {kind!r}, {_place(known)} and {_place(part)}: "
                "give each run a number of its own."
            )
        found[kind] = part
    return parts


def _place(part: Part) -> str:
    return f"{part.path.name}[{part.hdu}]"


def _inside(path: Path, root: Path, index: Path) -> Path:
    """The path without dots; the index may not lead out of the store."""
    plain = Path(os.path.normpath(path))
    if not plain.is_relative_to(os.path.normpath(root)):
        raise DataFormatError(
            f"{index} names {path.name} outside the store ({root}): "
            "if that is meant, say where files may lie with DataStore.read(…, base_dir=…)."
        )
    return plain


def _observation_table(folder: Path, parts: dict[Key, dict[str, Part]]) -> Table:
    """The observation index, kept to runs that have files; made from run numbers alone if there is none."""
    path = next(
        (folder / f"obs-index{suffix}" for suffix in _SUFFIXES if (folder / f"obs-index{suffix}").is_file()), None
    )
    if path is None:
        return Table({"OBS_ID": sorted({obs_id for obs_id, _ in parts})})
    table = read_index(path, "OBS_INDEX")
    if "OBS_ID" not in table.colnames:
        raise DataFormatError(f"{path}: column OBS_ID is missing.")
    ids = np.asarray(table["OBS_ID"])
    if len(np.unique(ids)) < len(ids):
        raise DataFormatError(f"{path}: run {_first_twice(ids)} is listed twice.")
    return table


def _first_twice(ids: np.ndarray) -> int:
    values, counts = np.unique(ids, return_counts=True)
    return int(values[counts > 1][0])


def classify(hdu: Any) -> tuple[str, str]:
    """Part name and HDU class of a table, from its keywords or its name; empty if it is none."""
    level = [str(hdu.header.get(f"HDUCLAS{number}", "")).strip().upper() for number in (1, 2, 4)]
    if level[0] in ("EVENTS", "GTI", "POINTING") or hdu.name in ("EVENTS", "GTI", "POINTING"):
        kind = (level[0] or hdu.name).lower()
        return kind, kind
    kind = _RESPONSES.get(level[1], "")
    return kind, level[2].lower() if "_" in level[2] else f"{kind}_{level[2].lower()}"


def _caldb_parts(header: dict[str, Any]) -> dict[str, Part]:
    """Responses by the CALDB and IRF keywords, below $CALDB."""
    caldb, irf, root = header.get("CALDB"), header.get("IRF"), os.environ.get("CALDB")
    if not (caldb and irf and root):
        return {}
    path = Path(root) / "data" / "cta" / str(caldb).strip() / "bcf" / str(irf).strip() / "irf_file.fits"
    with open_fits(path) as hdulist:
        return {kind: Part(path, hdu.name, cls) for hdu in hdulist[1:] for kind, cls in [classify(hdu)] if kind}
