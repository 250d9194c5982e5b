"""A picture for light and for dark pages: the dark one is made from the light one, and both are small."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from gpnb.draw.style import NOTHING, png

_FAINT = 0.5
"""White in what is faint."""

GROUND = (22, 27, 34)
"""What lies behind a dark picture: the panel of a dark page."""

_COLOURS = 256
_EMPTY = np.array([int(NOTHING[place : place + 2], 16) for place in (1, 3, 5)], dtype=np.uint8)
"""The colour of an image where nothing is known."""


def both_pictures(figure: Figure) -> tuple[bytes, bytes]:
    """The picture for light and for dark pages, as PNG with 256 colours each.

    The dark one has the lightness turned around and the hues kept; images (skies, histograms in two dimensions) and
    their colour bars are as they are.
    """
    from PIL import Image

    drawn = png(figure)
    light = Image.open(io.BytesIO(drawn)).convert("RGB")
    pixels = np.asarray(light)
    dark = _turned(pixels)
    for left, right, bottom, top in _images(figure, pixels.shape[1] / figure.bbox.width):
        place = slice(pixels.shape[0] - top, pixels.shape[0] - bottom), slice(left, right)
        dark[place] = np.where(_is_nothing(pixels[place]), dark[place], pixels[place])
    return _small(light), _small(Image.fromarray(dark))


def _is_nothing(pixels: np.ndarray) -> np.ndarray:
    """Where nothing is known, and where the faint white lines of a grid cross that."""
    room = 255.0 - _EMPTY
    white = (pixels - _EMPTY.astype(float)) / room
    alike = np.abs(white - white.mean(axis=-1, keepdims=True)) * room <= 1.5
    part = white.mean(axis=-1, keepdims=True)
    return np.asarray(alike.all(axis=-1, keepdims=True) & (part >= -0.01) & (part < _FAINT))


def _turned(pixels: np.ndarray) -> np.ndarray:
    """Dark for light and light for dark, hues as they are; white becomes the ground."""
    values = pixels.astype(np.float32) / 255
    turned = values + 1 - values.max(axis=-1, keepdims=True) - values.min(axis=-1, keepdims=True)
    ground = np.array(GROUND, dtype=np.float32) / 255
    found: np.ndarray = np.round(255 * (ground + (1 - ground) * turned)).astype(np.uint8)
    return found


def _images(figure: Figure, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Left, right, bottom and top of what is an image, in dots."""
    axes = [item for place in figure.axes for item in (place, *place.child_axes)]
    for place in axes:
        if place.images or any(isinstance(item, QuadMesh) for item in place.collections):
            box = place.get_window_extent()
            yield round(box.x0 * scale), round(box.x1 * scale), round(box.y0 * scale), round(box.y1 * scale)


def _small(image: object) -> bytes:
    """An image as PNG with a palette, and its dots an inch."""
    from PIL import Image

    buffer = io.BytesIO()
    image.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(  # type: ignore[attr-defined]
        buffer, "PNG", optimize=True, dpi=(192, 192)
    )
    return buffer.getvalue()
