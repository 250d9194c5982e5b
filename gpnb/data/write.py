"""Writing observations as a GADF 0.3 store: event files, responses, index tables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from astropy.io import fits
from astropy.time import Time

from gpnb.core.atomic import atomic_file, atomic_set, is_passing
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.provenance import creator, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.index_tables import hdu_index, obs_index, observation_row, parts_of_file
from gpnb.data.run_tables import DEFAULTS, events_hdu, facts, gti_hdu, interval_keys
from gpnb.data.timeref import seconds_from

_MANDATORY = ("OBS_ID", "RA_PNT", "DEC_PNT", "GEOLON", "GEOLAT", "ALTITUDE")
_ORDER = ("events", "gti", "aeff", "edisp", "psf", "bkg", "rad_max")


def write_observation(
    path: str | os.PathLike[str],
    events: EventList,
    gti: GTI,
    irfs: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write one observation to a file: EVENTS, GTI, and the responses given.

    Parameters
    ----------
    path : path
        Ending in ``.fits`` or ``.fits.gz``.
    events : EventList
        Its header (``events.meta``) must tell OBS_ID, RA_PNT, DEC_PNT, GEOLON, GEOLAT and ALTITUDE; what follows
        from the intervals (TSTART, TSTOP, ONTIME, LIVETIME …) is computed, the live fraction is its DEADC,
        or LIVETIME / ONTIME.
    gti : GTI
        Good time intervals; they and the events are written in seconds from the reference of the events.
    irfs : mapping, optional
        ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``: responses to put into the same file.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    ArgumentError
        If the file exists, the header lacks a mandatory keyword, or there is no interval.
    DataFormatError
        If its DEADC is no live fraction.
    """
    missing = [key for key in _MANDATORY if key not in events.meta]
    if missing:
        raise ArgumentError(f"{path}: the header of the events lacks {', '.join(missing)}; set it in events.meta.")
    if not len(gti):
        raise ArgumentError(f"{path}: {gti!r} is empty: a run has at least one good time interval.")
    shift = float(seconds_from(gti.reference, events.time_reference))
    start, stop = gti.start_values + shift, gti.stop_values + shift
    header = {**DEFAULTS, **facts(events.meta), **interval_keys(events, start, stop)}
    tables = [events_hdu(events, header), gti_hdu(start, stop, events.time_reference)]
    _write(path, [*tables, *_irf_hdus(irfs or {})], events.recipe, overwrite)


def write_irfs(path: str | os.PathLike[str], irfs: Mapping[str, Any], overwrite: bool = False) -> None:
    """Write responses to a file of their own, which the index may name for many observations.

    Parameters
    ----------
    path : path
        Ending in ``.fits`` or ``.fits.gz``.
    irfs : mapping
        ``aeff``, ``edisp``, ``psf``, ``bkg``, ``rad_max``.
    overwrite : bool
        Whether an existing file may be replaced.
    """
    if not irfs:
        raise ArgumentError(f"{path}: there is no response to write: give one of {', '.join(_ORDER[2:])}.")
    first = next(iter(irfs.values()))
    _write(path, _irf_hdus(irfs), first.recipe, overwrite)


def write_index(
    folder: str | os.PathLike[str],
    paths: Sequence[str | os.PathLike[str]] | None = None,
    irfs: str | os.PathLike[str] | Mapping[int, str | os.PathLike[str]] | None = None,
) -> None:
    """Write ``hdu-index.fits.gz`` and ``obs-index.fits.gz``, both or none; existing ones are replaced.

    Parameters
    ----------
    folder : path
        Where the index files go; all files must lie in it or below.
    paths : sequence of paths, optional
        The event files; by default every FITS file below that has an EVENTS table.
    irfs : path or mapping of obs_id to path, optional
        The file of responses shared by all runs, or by those named; responses in an event file come first.

    Raises
    ------
    ArgumentError
        If a file lies outside of `folder`.
    DataFormatError
        If a file has no EVENTS table or no run number, two have the same number, or there are no files.
    """
    folder = Path(folder)
    rows, entries = [], []
    known: dict[int, Path] = {}
    for path in _event_files(folder) if paths is None else [Path(item) for item in paths]:
        row = observation_row(path)
        if row["OBS_ID"] in known:
            raise DataFormatError(
                f"{known[row['OBS_ID']]} and {path} have the same OBS_ID {row['OBS_ID']}: "
                "give each run a number of its own."
            )
        known[row["OBS_ID"]] = path
        shared = irfs.get(row["OBS_ID"]) if isinstance(irfs, Mapping) else irfs
        parts = {**(parts_of_file(Path(shared), folder) if shared is not None else {}), **parts_of_file(path, folder)}
        entries += [{"OBS_ID": row["OBS_ID"], **parts[kind]} for kind in _ORDER if kind in parts]
        rows.append(row)
    if not rows:
        raise DataFormatError(f"{folder}: no event files to make an index of.")
    recipe = Recipe.of("gpnb.data.write.write_index()", folder=folder.name)
    with atomic_set(folder, overwrite=True) as made:
        _write(made / "hdu-index.fits.gz", [hdu_index(entries)], recipe)
        _write(made / "obs-index.fits.gz", [obs_index(rows)], recipe)


def _write(path: str | os.PathLike[str], hdus: Sequence[Any], recipe: Recipe, overwrite: bool = False) -> None:
    """All tables with checksums, the provenance in the primary header."""
    primary = fits.PrimaryHDU()
    primary.header["CREATOR"] = creator()
    primary.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
    primary.header.append(provenance_card(recipe))
    for hdu in hdus:
        hdu.header.setdefault("CREATED", Time.now().isot)
    with atomic_file(path, overwrite) as temporary:
        fits.HDUList([primary, *hdus]).writeto(temporary, overwrite=True, checksum=True)


def _irf_hdus(irfs: Mapping[str, Any]) -> list[fits.BinTableHDU]:
    unknown = sorted(set(irfs) - set(_ORDER))
    if unknown:
        raise ArgumentError(f"{unknown[0]!r} is no part of an observation; known are: {', '.join(_ORDER[2:])}.")
    return [irfs[kind].to_hdu() for kind in _ORDER if kind in irfs]


def _event_files(folder: Path) -> list[Path]:
    found = []
    paths = [*folder.rglob("*.fits"), *folder.rglob("*.fits.gz")]
    for path in sorted(item for item in paths if not is_passing(item, folder)):
        with open_fits(path) as hdulist:
            if "EVENTS" in hdulist:
                found.append(path)
    return found
