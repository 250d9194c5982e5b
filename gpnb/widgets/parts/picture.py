"""Images of plots, as PNG, and the bar that tells their colours; matplotlib comes with the first image."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.plot import COLOUR_MAP, Image

_STOPS = 9


@lru_cache(maxsize=4)
def png_of(image: Image) -> bytes:
    """Values as a picture, one pixel each, the first row at the bottom; transparent where there is none.

    Those shown last are kept: an image is the costliest part of a plot, and the one that changes least.
    """
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.image import imsave

    from gpnb.draw.colours import colour_map

    norm = (LogNorm if image.log else Normalize)(image.low, image.high, clip=True)
    pixels = colour_map(COLOUR_MAP)(norm(np.ma.masked_invalid(image.values)), bytes=True)
    buffer = io.BytesIO()
    imsave(buffer, np.ascontiguousarray(pixels[::-1]), format="png", pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


def colour_key(image: Image) -> dict[str, Any]:
    """An entry of a legend: the colours between two values."""
    from matplotlib.colors import to_hex

    from gpnb.draw.colours import colour_map

    colours = [to_hex(colour_map(COLOUR_MAP)(place)) for place in np.linspace(0, 1, _STOPS)]
    ends = [number(float(f"{end:.2g}")) for end in (image.low, image.high)]
    return {"label": image.label, "colours": colours, "low": ends[0], "high": ends[1]}
