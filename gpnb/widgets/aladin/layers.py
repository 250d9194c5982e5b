"""What lies over the sky: how images, regions and points look, and the bytes of an image."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

import matplotlib as mpl
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from matplotlib.colors import to_hex

from gpnb.core.errors import ArgumentError

_STRETCHES = ("linear", "sqrt", "log", "asinh")
_LINES = ("solid", "dashed", "dotted")
_NAMES = ("hover", "always", "never")
_CUTS = (0.5, 99.9)
_COLOURS = 64


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
    """Colours of an image: matplotlib's colour map, stretch, first and last value with a colour."""

    cmap: str = "inferno"
    stretch: str = "asinh"
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _one_of("stretch", self.stretch, _STRETCHES)
        _map_name(self.cmap)

    def to_page(self) -> dict[str, Any]:
        """With the colours themselves, so that a map is the same here and in every picture."""
        steps = np.linspace(0, 1, _COLOURS)
        colours = [to_hex(colour) for colour in mpl.colormaps[_map_name(self.cmap)](steps)]
        return {**asdict(self), "low": float(self.low), "high": float(self.high), "colours": colours}


@dataclass(frozen=True)
class RegionStyle(_Style):
    """Lines of regions, px; filled with an opacity, or hatched."""

    colour: str = "white"
    line: str = "solid"
    width: float = 1.5
    fill: float = 0.0
    hatch: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "colour", _colour(self.colour))
        _one_of("line", self.line, _LINES)


@dataclass(frozen=True)
class PointStyle(_Style):
    """Crosses, px, and when their names are shown."""

    colour: str = "white"
    size: float = 9.0
    names: str = "hover"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "colour", _colour(self.colour))
        _one_of("names", self.names, _NAMES)


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
    name = "RdBu_r" if name == "diverging" else name
    if name not in mpl.colormaps:
        raise ArgumentError(f"cmap={name!r} is not a colour map of matplotlib, such as 'inferno'.")
    return name


def _colour(value: str) -> str:
    try:
        return to_hex(value)
    except ValueError as error:
        raise ArgumentError(f"colour={value!r} is not a colour, such as 'white' or '#56B4E9'.") from error
