"""Public data sets and catalogues, fetched once into the cache: resumed, checked, unpacked safely."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests

from gpnb.core.atomic import atomic_file, atomic_set, settled
from gpnb.core.cache_folder import cache_folder, downloads_folder
from gpnb.core.errors import DataFormatError, GpnbError
from gpnb.core.progress import CancelToken, Report
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import dump_yaml, load_yaml
from gpnb.fetch.registry import Entry, find_entry, registry
from gpnb.fetch.transfer import ResumableDownloader, file_sha256
from gpnb.fetch.unpack import unpack

_CHECKSUMS = "checksums.yaml"


@dataclass(frozen=True)
class Download:
    """What `download` did.

    Parameters
    ----------
    path : Path
        The file or folder.
    fetched : bool
        False: it was here already.
    sha256 : str
        Checksum of the file that was fetched; empty if none was.
    first_use : bool
        True: no checksum was known, so this one was taken on trust and recorded.
    """

    path: Path
    fetched: bool
    sha256: str = ""
    first_use: bool = False


def download(
    name: str | Entry, again: bool = False, progress: bool | Report = True, cancel: CancelToken | None = None
) -> Download:
    """Fetch a public data set or catalogue, unless it is here.

    Parameters
    ----------
    name : str or Entry
        Such as ``"hess-dl3-dr1"`` or ``"3fhl"``; `gpnb.fetch.registry.registry` has them all.
    again : bool
        Fetch it even if it is here, and replace it.
    progress : bool or callable
        True: a bar; a callable gets a `Progress` in bytes.
    cancel : CancelToken, optional
        Stops the download; it is continued the next time.

    Returns
    -------
    Download

    Raises
    ------
    SelectionError
        If nothing has that name.
    DataFormatError
        If the file is not the one expected (wrong checksum, unsafe or broken archive); nothing is kept then.
    GpnbError
        If it cannot be fetched; what has arrived is kept, and continued the next time.

    Examples
    --------
    >>> from gpnb.fetch.download import download
    >>> download("3fhl").path  # doctest: +SKIP
    """
    entry = find_entry(name) if isinstance(name, str) else name
    if settled(entry.path).exists() and not again:
        return Download(entry.path, fetched=False)
    cache_folder()  # its error is clearer than a failing mkdir
    expected = entry.sha256 or _recorded().get(entry.url, "")
    file = _fetch(entry, expected, progress, cancel)
    sha256 = expected or file_sha256(file)
    if entry.archive:
        _replace_folder(file, entry.path)
    if not expected:
        _record(entry.url, sha256)
    return Download(entry.path, fetched=True, sha256=sha256, first_use=not expected)


def told(name: str, again: bool = False, progress: bool | Report = True) -> Iterator[str]:
    """As `download`, but say in lines of text what is done."""
    entry = find_entry(name)
    yield f"{entry.name}: {entry.title}. Licence: {entry.licence}."
    done = download(entry, again=again, progress=progress)
    if done.first_use:
        yield (
            f"No checksum of {entry.url} was known: this file is trusted, its sha256 {done.sha256} is recorded in "
            f"{downloads_folder() / _CHECKSUMS}, and a later download must match it."
        )
    yield f"{done.path}{'' if done.fetched else ' (it was here)'}"


def listed() -> str:
    """A text table of all that can be downloaded."""
    width = max(len(name) for name in registry())
    return (
        "\n".join(
            f"{'*' if entry.path.exists() else ' '} {name:<{width}}  {entry.title} [{entry.licence}]"
            for name, entry in registry().items()
        )
        + "\n(* is here already)"
    )


def _fetch(entry: Entry, expected: str, progress: bool | Report, cancel: CancelToken | None) -> Path:
    """The file, whole and checked: an archive waits in a folder of its own."""
    final = entry.path if not entry.archive else downloads_folder() / ".archives" / entry.url.rpartition("/")[2]
    final.parent.mkdir(parents=True, exist_ok=True)
    fetcher = ResumableDownloader(final.with_name(f".{final.name}.part"), bool(expected), progress, cancel)
    fresh = final.with_name(f".{final.name}.new")  # what is here stays until the new file is whole
    fresh.unlink(missing_ok=True)
    known = f"sha256:{expected}" if expected else None
    try:
        with _quiet_pooch():
            pooch.retrieve(entry.url, known, fname=fresh.name, path=fresh.parent, downloader=fetcher)
    except requests.RequestException as error:
        raise _unreachable(entry, error) from error
    except GpnbError:
        raise
    except OSError as error:
        raise GpnbError(
            f"{final.parent} cannot be written to ({error.strerror}): make room, or set GPNB_CACHE."
        ) from error
    except ValueError as error:  # pooch's for a wrong checksum; it has removed the file
        raise DataFormatError(
            f"{entry.url} is not the file expected, and was removed: its sha256 is {fetcher.sha256} instead of "
            f"{expected} ({'known to gpnb' if entry.sha256 else f'recorded in {_CHECKSUMS}'}). Try again later."
        ) from error
    fresh.replace(final)
    return final


def _unreachable(entry: Entry, error: requests.RequestException) -> GpnbError:
    """One sentence for what can go wrong on the way."""
    status = getattr(error.response, "status_code", None)
    if status is not None:
        return GpnbError(
            f"{entry.name}: the server answers {status} for {entry.url}. The file may have moved: "
            f"fetch it by hand and put it at {entry.path}, or try again later."
        )
    reason = "timed out" if isinstance(error, requests.Timeout) else "cannot be reached, or was cut off"
    if isinstance(error, requests.exceptions.ProxyError):
        reason = "cannot be reached through the proxy of the environment"
    return GpnbError(
        f"{entry.name}: {entry.url} {reason}. Check the network, and HTTPS_PROXY if there is a proxy; "
        "ask again to continue where it stopped."
    )


def _replace_folder(archive: Path, folder: Path) -> None:
    """Unpack beside what is here, then put it in its place; the archive goes either way."""
    try:
        with atomic_set(folder.parent, overwrite=True) as made:
            unpack(archive, made / folder.name)
    finally:
        archive.unlink(missing_ok=True)


def _recorded() -> dict[str, str]:
    """Checksums of earlier downloads, by address."""
    path = downloads_folder() / _CHECKSUMS
    if not path.is_file():
        return {}
    try:
        data = load_yaml(read_text(path, "checksums (YAML)"), str(path))
    except DataFormatError as error:
        raise DataFormatError(f"{error} Mend it, or remove it to trust the next downloads anew.") from error
    return {str(url): str(sha256) for url, sha256 in data.items()} if isinstance(data, dict) else {}


def _record(url: str, sha256: str) -> None:
    recorded = {**_recorded(), url: sha256}
    with atomic_file(downloads_folder() / _CHECKSUMS, overwrite=True) as temporary:
        temporary.write_text(dump_yaml(recorded), encoding="utf-8")


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """What pooch would log, we say ourselves."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
