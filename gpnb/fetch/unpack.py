"""Unpacking archives of others: nothing is written outside the folder, nothing but files and folders."""

from __future__ import annotations

import posixpath
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from gpnb.core.errors import DataFormatError

_FAULTS = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)

_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Python's own guard, which 3.11 has from 3.11.4 on; before, links are refused altogether."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar or zip archive into a folder that does not exist yet; it appears whole or not at all.

    If all lies in one folder of the archive, that folder's content is taken. Tar archives inside are unpacked where
    they lie.

    Parameters
    ----------
    archive : Path
        The file.
    folder : Path
        What it becomes.

    Raises
    ------
    DataFormatError
        If it is no such archive, is damaged, or holds something that does not belong there: an absolute path, one with
        ``..``, a link that leads out, a device. Nothing is kept then.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        content = temporary / "content"
        _extract(archive, content)
        for inner in sorted(content.rglob("*.tar.gz")):
            if not inner.is_symlink():
                _extract(inner, inner.parent)
                inner.unlink()
        items = list(content.iterdir())
        if len(items) == 1 and items[0].is_dir() and not items[0].is_symlink():
            content = items[0]
        content.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _extract(archive: Path, folder: Path) -> None:
    try:
        if tarfile.is_tarfile(archive):
            _extract_tar(archive, folder)
        elif zipfile.is_zipfile(archive):
            _extract_zip(archive, folder)
        else:
            raise DataFormatError(f"{archive.name} is neither a tar nor a zip archive: download it again.")
    except DataFormatError:
        raise
    except _FAULTS as error:
        raise DataFormatError(f"{archive.name} cannot be unpacked ({error}): download it again.") from error


def _extract_tar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            _check_path(member.name, archive)
            _check_member(member, archive)
        tar.extractall(folder, **_FILTER)  # noqa: S202  (checked above, and by the filter)


def _check_member(member: tarfile.TarInfo, archive: Path) -> None:
    if (member.issym() or member.islnk()) and not _FILTER:
        raise _refused(archive, member.name, "is a link, which this version of Python cannot unpack safely")
    if member.issym():
        _check_path(posixpath.join(posixpath.dirname(member.name), member.linkname), archive, member.linkname)
    elif member.islnk():
        _check_path(member.linkname, archive)
    elif not (member.isfile() or member.isdir()):
        raise _refused(archive, member.name, "is neither a file nor a folder")


def _extract_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for item in packed.infolist():
            _check_path(item.filename, archive)
            kind = stat.S_IFMT(item.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _refused(archive, item.filename, "is neither a file nor a folder")
        packed.extractall(folder)  # noqa: S202  (checked above)


def _check_path(name: str, archive: Path, target: str = "") -> None:
    """Refuse what leads out of the folder: as a path of Unix and of Windows."""
    plain = name.replace("\\", "/")
    given = (target or name).replace("\\", "/")
    if given.startswith("/") or given[1:2] == ":":
        raise _refused(archive, target or name, "is an absolute path")
    # the path of a file may not go up at all; a link may, inside the folder
    if posixpath.normpath(plain).startswith("..") or (not target and ".." in plain.split("/")):
        raise _refused(archive, target or name, "leads out of the folder")


def _refused(archive: Path, name: str, why: str) -> DataFormatError:
    return DataFormatError(f"{archive.name} was not unpacked: {name!r} in it {why}. Do not trust this archive.")
