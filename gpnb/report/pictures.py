"""How large pictures are meant to be: PNG files say how fine their dots are."""

from __future__ import annotations

import base64
import struct
from binascii import Error

from nbformat import NotebookNode

_SCREEN = 96 / 0.0254
"""Dots a metre of what is drawn dot by pixel."""


def screen_size(png: bytes) -> tuple[int, int] | None:
    """Width and height on the screen of a PNG that says its dots a metre; None of others.

    Examples
    --------
    >>> screen_size(b"not a picture") is None
    True
    """
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) < 33:
        return None
    place = png.find(b"pHYs", 0, 2000)
    if place < 0 or len(png) < place + 13 or png[place + 12] != 1:
        return None
    dots = struct.unpack(">II", png[place + 4 : place + 12])
    size = struct.unpack(">II", png[16:24])
    if 0 in dots:
        return None
    width, height = (round(pixels * _SCREEN / fine) for pixels, fine in zip(size, dots, strict=True))
    return width, height


def size_of(encoded: str) -> tuple[int, int] | None:
    """The same of a picture in base64."""
    try:
        return screen_size(base64.b64decode(encoded[:4000] + "=" * (-len(encoded[:4000]) % 4)))
    except (Error, ValueError):
        return None


def tell_sizes(notebook: NotebookNode) -> None:
    """Write into a notebook how large its pictures are meant to be; front ends show them dot by pixel else."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            content = output.get("data", {}).get("image/png")
            known = output.get("metadata", {}).get("image/png")
            size = None if content is None or known else size_of("".join("".join(content).split()))
            if size is not None:
                output.metadata["image/png"] = {"width": size[0], "height": size[1]}
