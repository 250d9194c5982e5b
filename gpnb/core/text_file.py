"""The one door for reading text: plain files of bounded size, in UTF-8 with or without a byte-order mark."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from gpnb.core.atomic import settled
from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.packed import unpacked

_MOST = 64 << 20
"""Bytes of text: the largest tables of light curves have a tenth."""


def found_file(path: str | os.PathLike[str]) -> Path:
    """The regular file of that name; as other tools do, with or without the ``.gz`` it has on disk.

    Variables of the environment in the name are filled in.

    Raises
    ------
    DataFormatError
        If there is none, or it is something else than a file.
    """
    given = Path(os.path.expandvars(path))
    other = (
        given.with_name(given.name[:-3] if given.name.endswith(".gz") else f"{given.name}.gz") if given.name else given
    )
    with faults_told(f"{given} cannot be read"):
        for place in (settled(given), settled(other)):
            if place.is_file():
                return place
        if given.exists():
            raise DataFormatError(f"{given} is {'a folder' if given.is_dir() else 'no regular file'}: give a file.")
    raise DataFormatError(f"{given}: no such file. Check the path, or the index that names it.")


def read_text(path: str | os.PathLike[str], what: str) -> str:
    """All text of a file.

    Parameters
    ----------
    path : path
        The file, compressed or not.
    what : str
        What it should be, for errors: ``"a workspace (JSON)"``.

    Raises
    ------
    DataFormatError
        If there is no such file, or it is no text, or more of it than text of that kind has.
    """
    found = found_file(path)
    with faults_told(f"{path} cannot be read as {what}"):
        if found.stat().st_size > _MOST:
            raise DataFormatError(f"{path} has {found.stat().st_size >> 20} MiB: too much for {what}.")
        content = unpacked(found)
        if len(content) > _MOST:
            raise DataFormatError(f"{path} unpacks to {len(content) >> 20} MiB: too much for {what}.")
        return content.decode("utf-8-sig")


def parse_json(text: str, source: str, what: str) -> Any:
    """The content of JSON text.

    Raises
    ------
    DataFormatError
        If it is none.

    Examples
    --------
    >>> parse_json("[1, 2]", "a.json", "a list")
    [1, 2]
    """
    with faults_told(f"{source} cannot be read as {what}"):
        return json.loads(text)
