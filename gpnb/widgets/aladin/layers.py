"""What lies over the sky: how images, regions and points look, and the bytes of an image."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self
from zlib import crc32

import matplotlib as mpl
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from matplotlib.colors import to_hex

from gpnb.core.errors import ArgumentError
from gpnb.draw.colours import map_name
from gpnb.panels.sky.cuts import Scale
from gpnb.panels.sky.view import Stretch

_STRETCHES = ("linear", "sqrt", "log", "asinh")
_LINES = ("solid", "dashed", "dotted")
_NAMES = ("hover", "few", "always", "never")
_MARKERS = ("plus", "x", "diamond", "square", "triangle", "star", "circle", "dot")
_CUTS = (0.5, 99.9)
_COLOURS = 256


@dataclass(frozen=True)
class _Style:
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.opacity <= 1:
            raise ArgumentError(f"opacity={self.opacity!r} is not between 0 and 1.")

    def changed(self, changes: dict[str, Any]) -> Self:
        """The same with some values replaced."""
        known = {one.name for one in fields(self)}
        if unknown := set(changes) - known:
            raise ArgumentError(f"{min(unknown)!r} is no part of this layer's style: {', '.join(sorted(known))}.")
        return replace(self, **changes)

    def to_page(self) -> dict[str, Any]:
        """As the page's script takes it."""
        return asdict(self)


@dataclass(frozen=True)
class ImageStyle(_Style):
    """Colours of an image: matplotlib's colour map, and what `Scale` says."""

    cmap: str = "inferno"
    stretch: Stretch = "asinh"
    low: float = 0.0
    high: float = 1.0
    centred: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _one_of("stretch", self.stretch, _STRETCHES)
        _map_name(self.cmap)

    def to_page(self) -> dict[str, Any]:
        """With the colours themselves, so that a map is the same here and in every picture.

        Aladin Lite knows no scale about 0: there the colours are spread, and it is told to be linear.
        """
        scale = Scale(float(self.low), float(self.high), self.stretch, self.centred)
        steps, name, stretch = np.linspace(0, 1, _COLOURS), self.cmap, self.stretch
        if self.centred:
            steps, stretch = scale.places(np.linspace(scale.low, scale.high, _COLOURS)), "linear"
            name = f"{self.cmap}-{crc32(steps.tobytes()):x}"
        colours = [to_hex(colour) for colour in mpl.colormaps[_map_name(self.cmap)](steps)]
        looks = {"opacity": self.opacity, "cmap": name, "stretch": stretch}
        return {**looks, "low": scale.low, "high": scale.high, "colours": colours}


@dataclass(frozen=True)
class RegionStyle(_Style):
    """Lines of regions, px; filled with an opacity, or hatched; with a word beside them; open ones are contours."""

    colour: str = "white"
    line: str = "solid"
    width: float = 1.5
    fill: float = 0.0
    hatch: bool = False
    label: str = ""
    closed: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "colour", _colour(self.colour))
        _one_of("line", self.line, _LINES)


@dataclass(frozen=True)
class PointStyle(_Style):
    """Marks, px, and when their names are shown: "few" is while fewer than 20 are in view, else on hover.

    Where circles of the radius `within` (deg) are large on the screen there are no marks.
    """

    colour: str = "white"
    size: float = 9.0
    names: str = "hover"
    marker: str = "plus"
    within: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "colour", _colour(self.colour))
        _one_of("names", self.names, _NAMES)
        _one_of("marker", self.marker, _MARKERS)


@dataclass(frozen=True)
class Layer:
    """One layer: what the page is told of it, and the bytes that go with it."""

    kind: str
    style: ImageStyle | RegionStyle | PointStyle
    content: dict[str, Any] = field(default_factory=dict)
    buffers: tuple[bytes, ...] = ()

    def message(self, name: str) -> dict[str, Any]:
        """What shows it."""
        return {"gpnb": self.kind, "name": name, "style": self.style.to_page(), **self.content}


def fits_bytes(image: Any, header: Any = None) -> tuple[bytes, tuple[float, float]]:
    """A small FITS file of a picture, and cuts from percentiles of its values.

    Parameters
    ----------
    image : HDU, or array of two dimensions
        Values; what is not finite is transparent.
    header : Header or WCS, optional
        The coordinates of an array; an HDU has its own.

    Returns
    -------
    bytes, (float, float)

    Raises
    ------
    ArgumentError
        If there are not two dimensions, or no sky coordinates.
    """
    header = image.header if header is None and hasattr(image, "header") else header
    data = np.asarray(getattr(image, "data", image) if hasattr(image, "header") else image, dtype=np.float32)
    if data.ndim != 2:
        raise ArgumentError(f"image: two dimensions are expected, {data.ndim} were given.")
    if header is None:
        raise ArgumentError("header: an array needs a FITS header or a WCS; give one, or an HDU.")
    wcs = header if isinstance(header, WCS) else WCS(header)
    if not wcs.has_celestial:
        raise ArgumentError("header: it holds no sky coordinates.")
    file = io.BytesIO()
    fits.PrimaryHDU(data, header=wcs.celestial.to_header()).writeto(file)
    values = data[np.isfinite(data)]
    low, high = np.percentile(values, _CUTS) if values.size else (0.0, 1.0)
    return file.getvalue(), (float(low), float(high if high > low else low + 1.0))


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ArgumentError(f"{name}={value!r} is not one of {', '.join(choices)}.")


def _map_name(name: str) -> str:
    known = map_name(name)
    if known not in mpl.colormaps:
        raise ArgumentError(f"cmap={name!r} is not a colour map of matplotlib, such as 'inferno'.")
    return known


def _colour(value: str) -> str:
    try:
        return to_hex(value)
    except ValueError as error:
        raise ArgumentError(f"colour={value!r} is not a colour, such as 'white' or '#56B4E9'.") from error
