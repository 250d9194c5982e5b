"""Damage, seeded: bytes, cards of FITS headers, numbers, lines and tokens of text, entries of plain data."""

import copy
import gzip
import json
import random
import struct

NUMBERS = (
    "0 -1 1 999999999 99999999999999999999 1E300 -1E-300 T F 'x' '' '1E5' NaN (1,2) '(3,3,3)' '999999999E' '1PE(9)' "  # noqa: SIM905
    "'20A' 'D' 'deg' 'TeV' 'furlong' 'none'".split()
)
WORDS = "nan inf -inf -1 0 1e999 x é None true [ ] { } &a *a : # !!int ' \" 0777 12:30:45 2031-02-03 <1 % ,".split()  # noqa: SIM905
WORDS += ["", "- ", "\x00", "\x1b[31m", "9" * 30, "\t", "\ufeff"]
VALUES = [None, [], {}, "", "x", -1, 0, 1e308, float("nan"), float("inf"), True, "1 m", [[[]]], {"a": 1}, 10**30, "é"]
DOUBLES = [float("nan"), float("inf"), -1.0, 0.0, 1e300]


def fits_file(content: bytes, rng: random.Random) -> bytes:
    """A FITS file with a fault or two."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4])):
        rng.choice([_flip, _card, _card, _card, _drop_card, _number, _number, _block, _cut])(content, rng)
    made = bytes(content)
    return gzip.compress(made, 1) if rng.random() < 0.05 else made


def text_file(content: bytes, rng: random.Random) -> bytes:
    """Text with a fault or two."""
    for _ in range(rng.choice([1, 1, 2, 4])):
        content = rng.choice([_bytes, _token, _token, _token, _line, _line, _cut_text])(content, rng)
    return content


def any_file(content: bytes, rng: random.Random) -> bytes:
    """Bytes with a fault or two."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 2, 8])):
        rng.choice([_flip, _flip, _block, _cut])(content, rng)
    return bytes(content)


def plain_data(data, rng: random.Random):
    """Lists and mappings with an entry replaced, taken away, doubled or called otherwise."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice([1, 1, 2, 3])):
        places = list(_places(data))
        if not places:
            return rng.choice(VALUES)
        owner, key = rng.choice(places)
        what = rng.random()
        if what < 0.6:
            owner[key] = copy.deepcopy(rng.choice(VALUES))
        elif what < 0.8:
            del owner[key]
        elif isinstance(owner, dict):
            owner[rng.choice(["", "type", "name", "x", "value", key])] = owner.pop(key)
        else:
            owner.append(copy.deepcopy(owner[key]))
    return data


def json_text(data, rng: random.Random) -> bytes:
    """As JSON; sometimes damaged again as text."""
    content = json.dumps(plain_data(data, rng)).encode()
    return text_file(content, rng) if rng.random() < 0.3 else content


def _places(data):
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield data, key
        yield from _places(value)


def _flip(content, rng):
    for _ in range(rng.choice([1, 3, 10])):
        if content:
            content[rng.randrange(len(content))] = rng.randrange(256)


def _block(content, rng):
    place, size = rng.randrange(len(content) or 1), rng.choice([1, 80, 2880])
    content[place : place + size] = rng.choice([b"\x00", b"\xff", b" ", b""]) * size


def _cut(content, rng):
    del content[rng.randrange(len(content) or 1) :]


def _cards(content):
    """Places of the cards of all headers."""
    return [
        place
        for place in range(0, len(content) - 80, 80)
        if content[place + 8 : place + 10] == b"= " and content[place : place + 8].rstrip().isupper()
    ]


def _card(content, rng):
    cards = _cards(content)
    if cards:
        place = rng.choice(cards)
        content[place + 10 : place + 80] = f"{rng.choice(NUMBERS):>20}".ljust(70).encode()[:70]


def _drop_card(content, rng):
    cards = _cards(content)
    if cards:
        place = rng.choice(cards)
        content[place : place + 80] = b"COMMENT".ljust(80)


def _number(content, rng):
    """A number of a table or image, in one of the sizes."""
    form, value = rng.choice(
        [(">d", v) for v in (float("nan"), float("inf"), -1.0, 0.0, 1e300)] + [(">i", -1), (">f", -5.0)]
    )
    size = struct.calcsize(form)
    place = rng.randrange(2880, max(len(content), 2881)) // size * size
    if place + size <= len(content):
        content[place : place + size] = struct.pack(form, value)


def _bytes(content, rng):
    return any_file(content, rng)


def _token(content, rng):
    tokens = content.decode(errors="replace").replace(",", " , ").replace(":", " : ").split(" ")
    tokens[rng.randrange(len(tokens))] = rng.choice(WORDS)
    return " ".join(tokens).replace(" , ", ",").replace(" : ", ": ").encode()


def _line(content, rng):
    lines = content.decode(errors="replace").splitlines()
    if not lines:
        return content
    place = rng.randrange(len(lines))
    lines[place : place + 1] = rng.choice([[], [lines[place]] * 2, [""], [rng.choice(WORDS)], [lines[place][1:]]])
    return "\n".join(lines).encode()


def _cut_text(content, rng):
    return content[: rng.randrange(len(content) or 1)]
