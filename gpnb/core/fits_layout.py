"""The sizes that a FITS file announces, checked against what is there before anything believes them."""

from __future__ import annotations

import math
from typing import BinaryIO

from gpnb.core.errors import DataFormatError
from gpnb.core.packed import largest

_BLOCK, _CARD = 2880, 80
_LONGEST = 2000
"""Blocks of one header: 72 000 cards, far more than the longest provenance."""

_MOST = {b"NAXIS": 999, b"TFIELDS": 999}
"""What the standard allows."""

_COUNTS = (b"BITPIX", b"NAXIS", b"PCOUNT", b"GCOUNT", b"TFIELDS", b"ZBITPIX", b"ZNAXIS")


def check_layout(stream: BinaryIO, size: int, source: str) -> None:
    """Walk through the headers of a FITS file.

    Parameters
    ----------
    stream : file object
        The file, unpacked.
    size : int
        Its bytes.
    source : str
        Its name, for errors.

    Raises
    ------
    DataFormatError
        If a header announces more axes or columns than the standard allows, more data than there are, or negative
        sizes.
    """
    place = number = 0
    while place < size:
        cards, begin = _header(stream, place, f"{source}, HDU number {number}")
        if not cards:
            return  # no header of an HDU: what it is, its reader says
        sizes = _sizes(cards, f"{source}, HDU number {number}")
        data = _data_size(sizes)
        if begin + data > size:
            raise DataFormatError(
                f"{source} is cut short: HDU number {number} announces {data} bytes of data, of which "
                f"{max(size - begin, 0)} are there; copy or download it again."
            )
        _check_image(sizes, data, f"{source}, HDU number {number}")
        place, number = begin + -(-data // _BLOCK) * _BLOCK, number + 1


def _header(stream: BinaryIO, place: int, where: str) -> tuple[list[bytes], int]:
    """The cards that tell of sizes, and where the data begin."""
    stream.seek(place)
    cards: list[bytes] = []
    for number in range(_LONGEST):
        block = stream.read(_BLOCK)
        if number == 0 and not block.startswith((b"SIMPLE  =", b"XTENSION=")):
            return [], place
        for start in range(0, len(block), _CARD):
            card = block[start : start + _CARD]
            if card[:8] == b"END     ":
                return cards, place + (number + 1) * _BLOCK
            if card.startswith(_COUNTS):
                cards.append(card)
        if len(block) < _BLOCK:
            return [], place
    raise DataFormatError(f"{where}, has a header without end: copy or download the file again.")


def _sizes(cards: list[bytes], where: str) -> dict[bytes, int]:
    found = {}
    for card in cards:
        key, text = card[:8].rstrip(), card[10:].split(b"/")[0].strip()
        try:
            found[key] = int(text)
        except ValueError:
            raise DataFormatError(f"{where}: {key.decode()} is no whole number, but {text[:40]!r}.") from None
        if key not in (b"BITPIX", b"ZBITPIX") and not 0 <= found[key] <= _MOST.get(key, found[key]):
            raise DataFormatError(
                f"{where}: {key.decode()}={found[key]} cannot be; FITS has 0 to {_MOST.get(key, '…')}."
            )
    return found


def _data_size(sizes: dict[bytes, int]) -> int:
    lengths = [sizes.get(b"NAXIS%d" % axis, 0) for axis in range(1, sizes.get(b"NAXIS", 0) + 1)]
    if not lengths:
        return 0
    if lengths[0] == 0 and sizes.get(b"GCOUNT", 1) > 1:
        lengths = lengths[1:]  # random groups, an old form
    values = math.prod(lengths) + sizes.get(b"PCOUNT", 0)
    return abs(sizes.get(b"BITPIX", 8)) // 8 * sizes.get(b"GCOUNT", 1) * values


def _check_image(sizes: dict[bytes, int], data: int, where: str) -> None:
    """A compressed image may not become much larger than images do."""
    lengths = [sizes.get(b"ZNAXIS%d" % axis, 0) for axis in range(1, sizes.get(b"ZNAXIS", 0) + 1)]
    becomes = math.prod(lengths) * abs(sizes.get(b"ZBITPIX", 8)) // 8 if lengths else 0
    if becomes > largest(data):
        raise DataFormatError(f"{where}: a compressed image of {data} bytes announces {becomes}: not read.")
