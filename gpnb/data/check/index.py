"""The two index tables of a store, and the runs they name (GADF 0.3, data_storage)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.data.check.finding import Finding, Place
from gpnb.data.check.keywords import check_time
from gpnb.data.gadf import HDU_COLUMNS, find_index, store_root
from gpnb.data.index_read import read_index
from gpnb.data.parts import PARTS, Part

_OBS_COLUMNS = ("RA_PNT", "DEC_PNT", "TSTART", "TSTOP")
_RANGES = {"RA_PNT": (-180.0, 360.0), "DEC_PNT": (-90.0, 90.0), "ZEN_PNT": (0.0, 180.0), "DEADC": (0.0, 1.0)}


@dataclass
class Run:
    """One run of a store.

    Parameters
    ----------
    obs_id : int
        Its number.
    facts : dict
        Its row of the observation index; empty if it has none.
    reference : Time or None
        What the times of that row count from.
    parts : dict
        Its parts by kind.
    outside : set of str
        Kinds whose files may not be looked at, because they lie outside of the store.
    """

    obs_id: int
    facts: dict[str, Any] = field(default_factory=dict)
    reference: Time | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)

    def names(self, kind: str) -> bool:
        """Whether the index names a part, wherever it lies."""
        return kind in self.parts or kind in self.outside


def check_index(folder: Path, base_dir: Path | None, findings: list[Finding]) -> list[Run]:
    """Both tables; gives the runs of the HDU index, without files that lie outside of the store."""
    path = find_index(folder, "hdu-index")
    if path is None:
        place = Place(findings, "hdu-index.fits.gz")
        place.error("index-missing", "", f"There is no HDU index in {folder.name}.", "Write it: write_index(folder).")
        return []
    obs_rows, reference = _observations(path.parent, folder, findings)
    place = Place(findings, shown(path, folder), "HDU_INDEX")
    table = _table(path, place)
    if table is None or not _has_columns(place, table, HDU_COLUMNS):
        return []
    runs = _runs(place, table, path, base_dir or store_root(folder, path.parent))
    if obs_rows is not None:
        _compare(place, obs_rows, runs)
        for (obs_id, _), run in runs.items():
            run.facts, run.reference = obs_rows.get(obs_id, {}), reference
    return list(runs.values())


def shown(path: Path, folder: Path) -> str:
    """A path as findings name it: below the store, else in full."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _observations(
    index_dir: Path, folder: Path, findings: list[Finding]
) -> tuple[dict[int, dict[str, Any]] | None, Time | None]:
    """The rows of the observation index by run, and its time reference."""
    paths = [index_dir / f"obs-index{suffix}" for suffix in (".fits.gz", ".fits")]
    path = next((item for item in paths if item.is_file()), None)
    place = Place(findings, shown(path or paths[0], folder), "OBS_INDEX")
    if path is None:
        what = "There is no observation index; only run numbers are known."
        place.at("").warning("index-missing", "", what, "Write it: write_index(folder).")
        return None, None
    table = _table(path, place)
    if table is None or not _has_columns(place, table, ("OBS_ID",)):
        return None, None
    _check_rows(place, table)
    reference = check_time(place, table.meta, is_index=True)
    return {int(row["OBS_ID"]): {name: row[name] for name in table.colnames} for row in table}, reference


def _table(path: Path, place: Place) -> Table | None:
    try:
        return read_index(path, place.hdu)
    except DataFormatError as error:
        what = str(error).removeprefix(str(path)).strip()
        place.error("index-unreadable", "", f"It {what}" if what else "It is empty.", "Write it: write_index(folder).")
        return None


def _has_columns(place: Place, table: Table, names: tuple[str, ...]) -> bool:
    missing = [name for name in names if name not in table.colnames]
    for name in missing:
        place.error("index-column", name, f"The column {name} of the index is missing.", "Write the index again.")
    return not missing


def _check_rows(place: Place, table: Table) -> None:
    """Run numbers that come twice, columns that are missing, numbers out of range."""
    ids, counts = np.unique(np.asarray(table["OBS_ID"]), return_counts=True)
    for obs_id in ids[counts > 1]:
        what = f"Run {obs_id} is listed more than once."
        place.error("index-duplicate", "OBS_ID", what, "Keep one row a run.")
    if "OBS_MODE" not in table.colnames:
        what = "The column OBS_MODE is missing; POINTING is taken."
        place.note("index-column", "OBS_MODE", what, "Write it for other readers.")
    for name in _OBS_COLUMNS:
        if name not in table.colnames:
            place.warning("index-column", name, f"The column {name} is missing.", "Write the index again.")
    for name, (low, high) in _RANGES.items():
        if name in table.colnames:
            values = np.asarray(table[name], dtype=float)
            bad = np.isfinite(values) & ((values < low) | (values > high))
            if bad.any():
                runs = ", ".join(str(obs_id) for obs_id in np.asarray(table["OBS_ID"])[bad][:5])
                what = f"{name} is outside of {low:g} to {high:g} for run {runs}."
                place.error("index-value", name, what, "Correct it, in deg for angles.")


def _runs(place: Place, table: Table, path: Path, root: Path) -> dict[tuple[int, str], Run]:
    """The runs by number and event type."""
    base = path.parent / str(table.meta.get("BASE_DIR", ""))
    types = table["EVENT_TYPE"] if "EVENT_TYPE" in table.colnames else [""] * len(table)
    runs: dict[tuple[int, str], Run] = {}
    outside: set[Path] = set()
    for row, event_type in zip(table, types, strict=True):
        obs_id, kind = int(row["OBS_ID"]), str(row["HDU_TYPE"]).lower()
        run = runs.setdefault((obs_id, str(event_type)), Run(obs_id))
        if kind not in PARTS:
            what = f"Run {obs_id} has a part {kind!r}, which gpnb does not read."
            place.note("hdu-type", "HDU_TYPE", what, f"Nothing; known are {', '.join(PARTS)}.")
            continue
        file = Path(os.path.normpath(base / str(row["FILE_DIR"]) / str(row["FILE_NAME"])))
        if not file.is_relative_to(os.path.normpath(root)):
            if file not in outside:
                what = f"{file.name} of run {obs_id} lies outside of the store."
                place.error("path-outside", "FILE_DIR, FILE_NAME", what, "Move the file, or give base_dir.")
            outside.add(file)
            run.outside.add(kind)
            continue
        part = Part(file, str(row["HDU_NAME"]), str(row["HDU_CLASS"]).lower())
        _check_twice(place, run, kind, part)
        run.parts[kind] = part
    return runs


def _check_twice(place: Place, run: Run, kind: str, part: Part) -> None:
    known = run.parts.get(kind, part)
    if known == part:
        return
    if known.hdu_class == part.hdu_class:
        what = f"Run {run.obs_id} has two parts {kind!r}: the store cannot be opened."
        place.error("index-duplicate", "OBS_ID", what, "Give each run a number of its own.")
    else:
        what = f"Run {run.obs_id} has more than one part {kind!r}; the last is taken."
        place.warning("index-duplicate", "HDU_TYPE", what, "Keep one row a part.")


def _compare(place: Place, rows: dict[int, dict[str, Any]], runs: dict[tuple[int, str], Run]) -> None:
    """Runs that only one of the tables has."""
    with_files = {obs_id for obs_id, _ in runs}
    for obs_id in sorted(set(rows) - with_files):
        what = f"Run {obs_id} is in the observation index, but has no files."
        place.error("run-without-files", "OBS_ID", what, "Add its files to the HDU index, or take it out.")
    for obs_id in sorted(with_files - set(rows)):
        what = f"Run {obs_id} has files, but is not in the observation index: it cannot be selected."
        place.warning("run-not-listed", "OBS_ID", what, "Add it to the observation index.")
