"""The flat sky: exact pixels of a map on a canvas, with what is drawn over them."""

from __future__ import annotations

import traitlets

from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.part import Part


class FlatSky(Part):
    """A canvas that shows pixels, and hands back what is drawn on it, in pixels of the image.

    Messages: ``shape(key, shape, tool)``, ``remove(key)``, ``click(x, y, reach)``, ``window(window)``,
    ``dragged(key, shape)``: a shape that is in the hand, None when it is no more;
    ``probe(x, y)``: a pixel of which more is wanted; asked only if `probes`.

    Attributes
    ----------
    pixels : bytes
        The values, float32, row by row from the lowest.
    image : dict
        ``nx ny low high stretch centred opacity unit name title size``.
    lut : bytes
        256 colours of three bytes.
    lattice, look
        Unit vectors on ``m`` × ``n`` places across the image, and their frame: for the read-out.
    grid, contours, shapes, points
        What is drawn over the pixels.
    lines : dict
        ``paths colour alpha``: thin lines below the shapes.
    pointed : int, optional
        The row that the place under the pointer belongs to; of points that have a ``row``.
    probes, told
        Whether Python tells more of a pixel that is pointed at, and what it told last: ``x y rows why``.
    window : list
        [x0, y0, x1, y1] that is looked at; empty for all.
    tools : list
        Triples (name, word, hint).
    """

    _esm = compose("flatsky/main.js")
    pixels = traitlets.Bytes().tag(sync=True)
    image = traitlets.Dict({"nx": 0, "ny": 0, "low": 0, "high": 1, "stretch": "linear"}).tag(sync=True)
    lut = traitlets.Bytes().tag(sync=True)
    lattice = traitlets.Bytes().tag(sync=True)
    look = traitlets.Dict().tag(sync=True)
    grid = traitlets.Dict().tag(sync=True)
    contours = traitlets.List().tag(sync=True)
    lines = traitlets.Dict().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    points = traitlets.List().tag(sync=True)
    window = traitlets.List().tag(sync=True)
    tools = traitlets.List().tag(sync=True)
    pointed = traitlets.Int(allow_none=True, default_value=None).tag(sync=True)
    probes = traitlets.Bool().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
