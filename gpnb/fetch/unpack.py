"""Unpacking archives of others: nothing is written outside the folder, nothing but files and folders."""

from __future__ import annotations

import gzip
import posixpath
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from gpnb.core.atomic import writing
from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.scratch import scratch_folder

_ALWAYS = 1 << 30
"""Bytes that any archive may become."""

_RATIO, _MOST_FILES, _CHUNK = 20, 200_000, 1 << 20

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
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(folder.parent) as temporary:
            content = temporary / "content"
            content.mkdir()
            _extract(archive, content)
            for inner in sorted(content.rglob("*.tar.gz")):
                if not inner.is_symlink():
                    _extract(inner, inner.parent)
                    inner.unlink()
            items = list(content.iterdir())
            if not items:
                raise DataFormatError(f"{archive.name} is empty: download it again.")
            if len(items) == 1 and items[0].is_dir() and not items[0].is_symlink():
                content = items[0]
            _check_links(content, archive)
            content.rename(folder)


def _check_links(content: Path, archive: Path) -> None:
    """Links lead nowhere but into the folder that comes out, also once its one folder has been taken."""
    for path in content.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(content.resolve()):
            raise _refused(archive, path.name, "is a link that leads out of the folder")


def _extract(archive: Path, folder: Path) -> None:
    with faults_told(f"{archive.name} cannot be unpacked, download it again"):
        if zipfile.is_zipfile(archive):
            _extract_zip(archive, folder)
        elif tarfile.is_tarfile(archive):
            _extract_tar(archive, folder)
        else:
            raise DataFormatError(f"{archive.name} is neither a tar nor a zip archive: download it again.")


def _extract_tar(archive: Path, folder: Path) -> None:
    most = most_of(archive.stat().st_size)
    with tarfile.open(archive) as tar:
        members, size = [], 0
        for member in tar:  # one by one: the sizes are known before anything is unpacked
            _check_path(member.name, archive)
            _check_member(member, archive)
            members.append(member)
            size += max(member.size, 0)
            _check_size(archive, size, len(members), most)
        tar.extractall(folder, members, **_FILTER)  # noqa: S202  (checked above, and by the filter)
    _check_end(archive)


def most_of(size: int) -> int:
    """The bytes that an archive of this size may become: of real data it is three times as much."""
    return max(_ALWAYS, _RATIO * size)


def _check_size(archive: Path, size: int, count: int, most: int) -> None:
    if size > most or count > _MOST_FILES:
        raise DataFormatError(
            f"{archive.name} was not unpacked: it becomes more than {most >> 20} MiB or {_MOST_FILES} files, "
            "as archives of data of its size do not."
        )


def _check_end(archive: Path) -> None:
    """Read a compressed archive to its end, where the checksum is: tar stops at its own."""
    with archive.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    if packed:
        with gzip.open(archive) as stream:
            while stream.read(_CHUNK):
                pass


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
        items = packed.infolist()
        _check_size(archive, sum(item.file_size for item in items), len(items), most_of(archive.stat().st_size))
        for item in items:
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
