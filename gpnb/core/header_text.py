"""Text of any alphabet in FITS headers, which hold printable ASCII alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import Table

_FOREIGN = re.compile(r"[^\x20-\x7e]|\\(?=[xuU][0-9a-f])")
_ESCAPED = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")


def header_text(text: str) -> str:
    r"""Text as a header can hold it: letters beyond ASCII as ``\xe9``, ``\u2013``; `plain_text` turns it back.

    Examples
    --------
    >>> header_text("Crab–Nébula")
    'Crab\\u2013N\\xe9bula'
    """
    return _FOREIGN.sub(lambda found: _escape(found[0]), text)


def plain_text(text: Any) -> str:
    """The text that `header_text` was given; others as it stands.

    Examples
    --------
    >>> plain_text(header_text("Crab–Nébula"))
    'Crab–Nébula'
    """
    return _ESCAPED.sub(lambda found: _letter(found[0]), str(text))


def header_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords with their text as a header can hold it."""
    return {key: header_text(value) if isinstance(value, str) else value for key, value in values.items()}


def as_ascii(table: Table) -> Table:
    """A copy of a table that FITS can hold: text in its header and columns as `header_text` writes it."""
    copy = table.copy(copy_data=False)
    copy.meta = header_values(copy.meta)
    for name in copy.colnames:
        if copy[name].dtype.kind == "U":
            copy[name] = np.char.encode(
                np.array([header_text(item) for item in copy[name].ravel()]).reshape(copy[name].shape), "ascii"
            )
    return copy


def _escape(letter: str) -> str:
    number = ord(letter)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _letter(escape: str) -> str:
    number = int(f"0x{escape[2:]}", 0)
    return chr(number) if number <= 0x10FFFF else escape
