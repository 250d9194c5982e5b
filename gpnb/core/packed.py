"""Compressed files, told by how they begin, unpacked into bounded memory."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpnb.core.errors import DataFormatError

_OPENERS: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_ALWAYS = 256 << 20
"""Bytes that any file may unpack to."""

_RATIO = 20
"""Bytes that a larger file may unpack to, by the byte on disk: real data shrink less."""


def largest(size: int) -> int:
    """The bytes that compressed content of this size may become."""
    return max(_ALWAYS, _RATIO * size)


def is_packed(path: Path) -> bool:
    """Whether a file is compressed, whatever its name says."""
    return _opener(path) is not None


def unpacked(path: Path) -> bytes:
    """All of a file, unpacked if it is compressed.

    Raises
    ------
    DataFormatError
        If it becomes much larger than data of its size do.
    """
    opener = _opener(path)
    if opener is None:
        return path.read_bytes()
    most = largest(path.stat().st_size)
    with opener(path) as stream:
        content: bytes = stream.read(most + 1)
    if len(content) > most:
        raise DataFormatError(f"{path} unpacks to more than {most >> 20} MiB, as data of its size do not: not read.")
    return content


def _opener(path: Path) -> Callable[[Path], Any] | None:
    with path.open("rb") as stream:
        start = stream.read(6)
    return next((opener for mark, opener in _OPENERS.items() if start.startswith(mark)), None)
