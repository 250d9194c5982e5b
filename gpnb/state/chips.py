"""The selection as chips: short texts that people read, and type over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from astropy.time import Time

from gpnb.core.errors import ArgumentError, GpnbError
from gpnb.core.sky_regions import region_text, to_regions
from gpnb.core.units import to_time
from gpnb.core.words import number, real_minus
from gpnb.state.selection import Selection

_RANGE = re.compile(r"\s+(?:–|-|to)\s+|\s*[–,]\s*|(?<=[\d.])-(?=[\d.])")
_CIRCLE = re.compile(r"^(?:circle\s+)?(?P<place>.+?)\s+r(?:adius)?\s*=?\s*(?P<radius>\S+)$", re.IGNORECASE)
_SHAPES = {"Circle": "circle", "Ellipse": "ellipse", "Rectangle": "box", "Polygon": "polygon"}
_SECOND = 5
"""Digits after the point of a date (MJD) that tell seconds."""


@dataclass(frozen=True)
class Chip:
    """One part of the selection, as people see it.

    Attributes
    ----------
    name : str
        The argument of `Selection`.
    title, text : str
        Its name and its value, for people; the text is empty where nothing is restricted.
    typed : str
        The value as it can be typed again.
    example : str
        What may be typed.
    """

    name: str
    title: str
    text: str
    typed: str
    example: str


def chips(selection: Selection, names: tuple[str, ...] = ("region", "energy", "time", "phase", "runs")) -> list[Chip]:
    """The chips of a selection.

    Examples
    --------
    >>> [(chip.title, chip.text) for chip in chips(Selection(energy=("0.7 TeV", "30 TeV"))) if chip.text]
    [('Energy', '0.7 – 30 TeV')]
    """
    return [Chip(name, name.capitalize(), *_PARTS[name].write(selection), _PARTS[name].example) for name in names]


def read_chip(name: str, text: str) -> Any:
    """What was typed into a chip, as the argument of `Selection`; empty text takes the restriction away.

    Parameters
    ----------
    name : str
        ``"region"``, ``"energy"``, ``"time"``, ``"phase"`` or ``"runs"``.
    text : str
        Such as ``"83.63 22.01 r 0.11"``, ``"0.7 – 30 TeV"``, ``"53945.90 – 53945.98"``.

    Raises
    ------
    ArgumentError
        If it cannot be read; the sentence shows what can.

    Examples
    --------
    >>> read_chip("energy", "0.7 - 30 TeV")
    ('0.7 TeV', '30 TeV')
    """
    part = _PARTS[name]
    if not text.strip():
        return () if name == "runs" else None
    try:
        return part.read(text.strip())
    except (GpnbError, ValueError) as error:
        raise ArgumentError(f"{name.capitalize()} {text!r} cannot be read: write it like {part.example}.") from error


def region_words(text: str) -> str:
    """A region of DS9 text for people: ``"circle 83.63° +22.01° r 0.11°"``."""
    if not text:
        return ""
    region: Any = to_regions(text)[0]
    kind = type(region).__name__.removesuffix("SkyRegion")
    shape = _SHAPES.get(kind, kind.casefold())
    if not hasattr(region, "center"):
        return f"{shape} of {len(region.vertices)} corners"
    lon, lat = region.center.spherical.lon.deg, region.center.spherical.lat.deg
    size = f" r {region.radius.to_value('deg'):.4g}°" if hasattr(region, "radius") else ""
    if hasattr(region, "width"):
        size = f" {region.width.to_value('deg'):.3g}° × {region.height.to_value('deg'):.3g}°"
    frame = "" if region.center.frame.name == "icrs" else f" {region.center.frame.name}"
    return real_minus(f"{shape}{frame} {lon:.6g}° {lat:+.6g}°{size}")


def read_span(name: str, text: str) -> tuple[float | None, float | None] | None:
    """A range of plain numbers as typed: ``"0 – 0.02"``, ``"< 0.02"``, ``"> 0.5"``; None for empty text.

    Raises
    ------
    ArgumentError
        If it cannot be read.
    """
    if not text.strip():
        return None
    try:
        low, high = (None if end is None else float(end) for end in _open_ends(text.strip()))
    except ValueError as error:
        raise ArgumentError(f"{name}: {text!r} cannot be read; type it like 0 – 0.02, or < 0.02.") from error
    return low, high


def write_span(value: tuple[float | None, float | None] | None) -> str:
    """A range of plain numbers, as `read_span` takes it."""
    if value is None:
        return ""
    low, high = value
    if low is None or high is None:
        return f"< {high:g}" if low is None else f"> {low:g}"
    return f"{low:g} – {high:g}"


def _open_ends(text: str) -> tuple[str | None, str | None]:
    if text[0] in "<>":
        end = text[1:].strip()
        return (None, end) if text[0] == "<" else (end, None)
    return _ends(text)


@dataclass(frozen=True)
class _Part:
    read: Callable[[str], Any]
    write: Callable[[Selection], tuple[str, str]]
    example: str


def _read_region(text: str) -> str:
    circle = _CIRCLE.match(text)
    if "(" in text or circle is None:
        return region_text(to_regions(text)[0])
    words = circle["place"].replace("°", "").replace(",", " ").split()
    frame = words.pop(0).lower() if words[0].isalpha() else "icrs"
    lon, lat = (float(word) for word in words)
    radius = circle["radius"].removesuffix("°").removesuffix("deg")
    return f"{frame}; circle({lon}, {lat}, {float(radius)})"


def _write_region(selection: Selection) -> tuple[str, str]:
    return region_words(selection.region_ds9), selection.region_ds9


def _ends(text: str) -> tuple[str, str]:
    low, high = _RANGE.split(text, maxsplit=1)
    return low.strip(), high.strip()


def _read_energy(text: str) -> tuple[str | None, str | None]:
    low, high = _open_ends(text)
    if low is None or high is None:
        return low, high
    unit = high.lstrip("0123456789.eE+-").strip()
    return (low if any(letter.isalpha() for letter in low.lstrip("0123456789.eE+-")) else f"{low} {unit}", high)


def _write_energy(selection: Selection) -> tuple[str, str]:
    if selection.energy_tev is None:
        return "", ""
    low, high = selection.energy_tev
    if low is None or high is None:
        sign, end = ("<", high) if low is None else (">", low)
        return f"{sign} {number(_short(end))} TeV", f"{sign} {end!r} TeV"
    return f"{number(_short(low))} – {number(_short(high))} TeV", f"{low!r} – {high!r} TeV"


def _short(value: float | None) -> float:
    return float(f"{value:.3g}")


def _read_time(text: str) -> tuple[Time, Time]:
    start, stop = (_one_time(end) for end in _ends(text))
    return start, stop


def _one_time(text: str) -> Time:
    try:
        return Time(float(text), format="mjd", scale="tt")
    except ValueError:
        return to_time(text)


def _write_time(selection: Selection) -> tuple[str, str]:
    if selection.time_isot is None:
        return "", ""
    times = [to_time(text).tt for text in selection.time_isot]
    shown, typed = ([f"{time.mjd:.{digits}f}" for time in times] for digits in (_SECOND, 9))
    return f"MJD {' – '.join(shown)}", " – ".join(typed)


def _read_phase(text: str) -> tuple[float, float]:
    low, high = _ends(text)
    return float(low), float(high)


def _write_phase(selection: Selection) -> tuple[str, str]:
    text = "" if selection.phase is None else " – ".join(f"{end:g}" for end in selection.phase)
    return text, text


def _read_runs(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.replace(",", " ").split())


def _write_runs(selection: Selection) -> tuple[str, str]:
    typed = ", ".join(map(str, selection.runs))
    return (typed if len(selection.runs) <= 3 else f"{len(selection.runs)} runs"), typed


_PARTS = {
    "region": _Part(_read_region, _write_region, "83.63 22.01 r 0.11 (degrees), or galactic 0 0 r 0.5, or DS9 text"),
    "energy": _Part(_read_energy, _write_energy, "0.7 – 30 TeV, or > 1 TeV"),
    "time": _Part(_read_time, _write_time, "53945.90 – 53945.98 (MJD, TT), or two ISO times"),
    "phase": _Part(_read_phase, _write_phase, "0.3 – 0.6"),
    "runs": _Part(_read_runs, _write_runs, "23523, 23526"),
}
