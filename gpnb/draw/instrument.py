"""The instrument panel: one response, or all of an observation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import number, unit_text
from gpnb.draw import html
from gpnb.draw import responses as show
from gpnb.draw.style import PIXEL
from gpnb.state.columns import Column
from gpnb.state.views import InstrumentView

_WORDS = {
    "aeff": "Effective area",
    "edisp": "Energy dispersion",
    "psf": "Point spread function",
    "bkg": "Background",
    "rad": "Directional cut",
}
_CURVES: dict[str, tuple[Callable[..., None], ...]] = {
    "aeff": (show.area_curves,),
    "edisp": (show.resolution_curves, show.bias_curves),
    "psf": (show.containment_curves, show.profile_curves),
    "bkg": (show.rate_curves,),
    "rad": (show.cut_curves,),
}
_IMAGES: dict[str, Callable[..., None]] = {
    "aeff": show.area_image,
    "edisp": show.migration_image,
    "psf": show.containment_image,
    "bkg": show.field_image,
}


def record(obj: Any, **changes: Any) -> InstrumentView:  # noqa: ARG001  (every panel's signature)
    """The view record of a response; see `gpnb.state.views.InstrumentView`."""
    return InstrumentView.build(**changes)


def draw(obj: Any, record: InstrumentView, figure: Figure) -> None:
    """Draw a response against energy, and as an image where it depends on more."""
    kind = kind_of(obj)
    image = _IMAGES.get(kind)
    axis = obj.offset_axis
    if kind in ("aeff", "psf") and axis is not None and axis.n == 1:
        image = None
    count = len(_CURVES[kind]) + (image is not None)
    figure.set_size_inches((960 if count > 1 else 480) * PIXEL, 300 * PIXEL)
    ratios = (1.7, 1) if kind == "bkg" else (1,) * count  # the field of view is square
    places = iter(figure.subplots(1, count, squeeze=False, width_ratios=ratios)[0])
    for curve in _CURVES[kind]:
        curve(next(places), obj, record)
    if image is not None:
        image(next(places), obj, record)


def draw_overview(responses: dict[str, Any], record: InstrumentView, figure: Figure) -> None:
    """Draw the first curves of several responses side by side."""
    columns = 3 if len(responses) == 3 else 2
    rows = max(1, -(-len(responses) // columns))
    figure.set_size_inches(960 * PIXEL, 270 * rows * PIXEL)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, response in zip(places, responses.values(), strict=False):
        _CURVES[kind_of(response)][0](axes, response, record)
    for axes in places[len(responses) :]:
        axes.set_visible(False)


def summary(
    obj: Any,
    record: InstrumentView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """Axes and header of a response, as safe HTML."""
    columns = [Column("axis"), Column("bins", number=True), Column("from", number=True)]
    columns += [Column("to", number=True), Column("unit")]
    facts = f"{obj.layout.hdu_class} · {'point-like' if obj.is_pointlike else 'full enclosure'}{_source(obj)}"
    return html.frame(_WORDS[kind_of(obj)], facts, [picture, html.table(columns, axis_rows(obj))], notes, repr(obj))


def kind_of(response: Any) -> str:
    """``"aeff"``, ``"edisp"``, ``"psf"``, ``"bkg"`` or ``"rad"``."""
    return str(response.layout.hdu_class).partition("_")[0]


def axis_rows(response: Any) -> list[list[str]]:
    """Name, bins, ends and unit of each axis."""
    rows = []
    for axis in response.axes:
        ends = (
            (axis.center_values[0], axis.center_values[-1])
            if axis.is_node
            else (axis.low_values[0], axis.high_values[-1])
        )
        words = [number(float(f"{end:.4g}")) for end in np.asarray(ends, dtype=float)]
        rows.append([axis.name.replace("_", " "), str(axis.n), *words, unit_text(axis.unit) or "–"])
    return rows


def _source(response: Any) -> str:
    names = [str(response.header.get(key, "")).strip() for key in ("TELESCOP", "OBS_ID")]
    return "".join(f" · {name}" for name in names if name)
