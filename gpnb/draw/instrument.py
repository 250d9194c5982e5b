"""The instrument panel: one response, or all of an observation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import number, unit_text
from gpnb.draw import html
from gpnb.draw.responses import draw_curves, draw_image
from gpnb.draw.style import PIXEL
from gpnb.panels.columns import Column
from gpnb.panels.instrument.curves import curve_plots, kind_of, overview_plots
from gpnb.panels.instrument.images import image_of
from gpnb.panels.instrument.view import InstrumentView

_WORDS = {
    "aeff": "Effective area",
    "edisp": "Energy dispersion",
    "psf": "Point spread function",
    "bkg": "Background",
    "rad": "Directional cut",
}


def record(obj: Any, **changes: Any) -> InstrumentView:  # noqa: ARG001  (every panel's signature)
    """The view record of a response; see `gpnb.panels.instrument.view.InstrumentView`."""
    return InstrumentView.build(**changes)


def draw(obj: Any, record: InstrumentView, figure: Figure) -> None:
    """Draw a response against energy, and as an image where it depends on more."""
    plots, image = curve_plots(obj, record), image_of(obj, record)
    count = len(plots) + (image is not None)
    figure.set_size_inches((960 if count > 1 else 480) * PIXEL, 300 * PIXEL)
    ratios = (1.7, 1) if image is not None and image.square else (1,) * count
    places = iter(figure.subplots(1, count, squeeze=False, width_ratios=ratios)[0])
    for plot in plots:
        draw_curves(next(places), plot)
    if image is not None:
        draw_image(next(places), image)


def draw_overview(responses: dict[str, Any], record: InstrumentView, figure: Figure) -> None:
    """Draw the curves of several responses side by side."""
    plots = overview_plots(responses, record)
    columns = 2 if len(plots) in (2, 4) else min(3, len(plots))
    rows = max(1, -(-len(plots) // columns))
    figure.set_size_inches(960 * PIXEL, 270 * rows * PIXEL)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, plot in zip(places, plots, strict=False):
        draw_curves(axes, plot)
    for axes in places[len(plots) :]:
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
    return html.frame(title(obj), facts(obj), [picture, html.table(columns, axis_rows(obj))], notes, repr(obj))


def title(response: Any) -> str:
    """What kind of response it is, in words."""
    return _WORDS[kind_of(response)]


def facts(response: Any) -> str:
    """Format, containment of a cut, telescope and run: one line."""
    enclosure = "point-like" if response.is_pointlike else "full enclosure"
    return f"{response.layout.hdu_class} · {enclosure}{_source(response)}"


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
