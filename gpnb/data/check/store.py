"""The check of a whole store, run by run, never stopping at the first fault."""

from __future__ import annotations

import os
import re
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

from astropy.io import fits

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import find_hdu, open_fits
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.data.check.agreement import check_agreement
from gpnb.data.check.events import EventFacts, check_events
from gpnb.data.check.finding import Finding, Place
from gpnb.data.check.index import Run, check_index, shown
from gpnb.data.check.intervals import IntervalFacts, check_gti
from gpnb.data.check.keywords import check_class
from gpnb.data.check.report import CheckReport
from gpnb.data.check.responses import check_response
from gpnb.data.formats import Contents
from gpnb.data.parts import IRFS, Part

_RUN = re.compile(r"\b[Rr]un (\d+)\b")
"""How findings name a run."""


def check_store(
    path: str | os.PathLike[str],
    base_dir: str | os.PathLike[str] | None = None,
    progress: bool | Report = False,
    cancel: CancelToken | None = None,
    recipe: Recipe | None = None,
) -> CheckReport:
    """Check a folder, also one whose index is broken.

    Parameters
    ----------
    path : path
        A folder with index files, or up to three levels above them.
    base_dir : path, optional
        Where files may lie, if the index leads out of the store.
    progress : bool or callable
        Told after each run.
    cancel : CancelToken, optional
        Asked before each run.
    recipe : Recipe, optional
        Of the report.

    Returns
    -------
    CheckReport

    Raises
    ------
    DataFormatError
        If there is no such folder.
    Cancelled
        If the token was cancelled.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise DataFormatError(f"{folder}: there is no such folder.")
    findings: list[Finding] = []
    runs = check_index(folder, Path(base_dir) if base_dir is not None else None, findings)
    made = recipe or Recipe.of(
        ".check()", on=Recipe.of("gpnb.DataStore.read()", path=str(path), name="store"), name="report"
    )
    return _check(runs, folder, findings, made, progress, cancel)


def check_contents(
    contents: Contents,
    name: str,
    recipe: Recipe,
    progress: bool | Report = False,
    cancel: CancelToken | None = None,
) -> CheckReport:
    """Check loose event files, which have no index; otherwise as `check_store`."""
    runs = [Run(obs_id, parts=parts) for (obs_id, _), parts in contents.parts.items()]
    return _check(runs, Path(name), [], recipe, progress, cancel)


def _check(
    runs: list[Run],
    folder: Path,
    findings: list[Finding],
    recipe: Recipe,
    progress: bool | Report,
    cancel: CancelToken | None,
) -> CheckReport:
    check = _FileCheck(folder, findings)
    told: dict[int, list[Finding]] = defaultdict(list)
    for run in track(runs, "Checking", progress, cancel):
        before = len(findings)
        check.run(run)
        told[run.obs_id] += findings[before:]
    by_run = _by_run(runs, findings, told, folder)
    return CheckReport(folder.name, tuple(findings), len(runs), len(check.files), recipe, by_run)


def _by_run(
    runs: list[Run], findings: list[Finding], told: dict[int, list[Finding]], folder: Path
) -> dict[int, tuple[Finding, ...]]:
    """What was told while a run was looked at, what names it, and what is in files that it shares with others."""
    of_file, of_number = defaultdict(list), defaultdict(list)
    for item in findings:
        of_file[item.file].append(item)
        for number in _RUN.findall(item.what):
            of_number[int(number)].append(item)
    found = {}
    for run in runs:
        files = {shown(part.path, folder) for part in run.parts.values()}
        others = [item for name in sorted(files) for item in of_file[name]]
        found[run.obs_id] = tuple(dict.fromkeys([*told[run.obs_id], *of_number[run.obs_id], *others]))
    return found


class _FileCheck:
    """Opens each file of a run once, and remembers what runs share."""

    def __init__(self, folder: Path, findings: list[Finding]):
        self._folder, self._findings = folder, findings
        self._responses: dict[tuple[Path, str], Any] = {}
        self.files: set[Path] = set()

    def run(self, run: Run) -> None:
        """All parts of a run, then what must agree between them."""
        found: dict[str, Any] = {}
        for path in dict.fromkeys(part.path for part in run.parts.values()):
            parts = {kind: part for kind, part in run.parts.items() if part.path == path}
            found |= self._file(path, parts)
        index = Place(self._findings, "hdu-index.fits.gz", "HDU_INDEX")
        check_agreement(index, run, found.pop("events", None), found.pop("gti", None), found)

    def _file(self, path: Path, parts: dict[str, Part]) -> dict[str, Any]:
        """What is in one file of a run, by kind."""
        known = {kind: (path, part.hdu.upper()) for kind, part in parts.items()}
        if all(key in self._responses for key in known.values()):
            return {kind: self._responses[key] for kind, key in known.items()}
        place, is_new = Place(self._findings, shown(path, self._folder)), path not in self.files
        self.files.add(path)
        if not path.is_file():
            if is_new:
                place.error("file-missing", "", "The index names this file, but it is not there.", "Copy it there.")
            return {}
        try:
            with open_fits(path) as hdulist, warnings.catch_warnings():
                warnings.simplefilter("ignore", fits.verify.VerifyWarning)  # what astropy mends is told below
                if is_new:
                    _check_sums(place, hdulist)
                return {kind: self._part(place, hdulist, kind, part) for kind, part in parts.items()}
        except DataFormatError as error:
            if is_new:
                what = str(error).removeprefix(str(path)).strip().rpartition(":")[0]
                place.error("file-unreadable", "", f"The file {what}.", "Copy or download it again.")
            return {}

    def _part(self, place: Place, hdulist: fits.HDUList, kind: str, part: Part) -> Any:
        """The facts about one HDU, or a response."""
        key = (part.path, part.hdu.upper())
        if kind in IRFS and key in self._responses:
            return self._responses[key]
        facts = self._table(place.at(part.hdu), hdulist, kind, part)
        if kind in IRFS:
            self._responses[key] = facts
        return facts

    def _table(self, place: Place, hdulist: fits.HDUList, kind: str, part: Part) -> Any:
        try:
            hdu = find_hdu(hdulist, part.hdu, part.path)
        except DataFormatError:
            names = ", ".join(hdu.name or "PRIMARY" for hdu in hdulist)
            place.error("hdu-missing", "", f"There is no such HDU; the file has: {names}.", "Correct file or index.")
            return None
        if not isinstance(hdu, fits.BinTableHDU):
            place.error("hdu-class", "XTENSION", "The HDU is no binary table.", "Correct file or index.")
            return None
        check_class(place, hdu, kind, part.hdu_class)
        facts: EventFacts | IntervalFacts | None = None
        if kind == "events":
            facts = check_events(place, hdu)
        elif kind == "gti":
            facts = check_gti(place, hdu)
        elif kind in IRFS:
            return check_response(place, hdu, part.hdu_class)
        return facts


def _check_sums(place: Place, hdulist: fits.HDUList) -> None:
    """CHECKSUM and DATASUM of all HDUs, before anything is read that could change them."""
    for number, hdu in enumerate(hdulist):  # also finds a file that is cut short
        where = place.at(hdu.name or f"HDU {number}")
        for key, verify in (("DATASUM", hdu.verify_datasum), ("CHECKSUM", hdu.verify_checksum)):
            if key in hdu.header and verify() == 0:
                what = f"{key} does not match: the HDU was changed after it was written, or is damaged."
                where.error("checksum", key, what, "Copy or download the file again, or write it anew.")
                break  # one of them is enough
