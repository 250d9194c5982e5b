"""The instrument panel: one response, or all of an observation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import number, unit_text
from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.columns import Column
from gpnb.panels.instrument.curves import curve_plots, kind_of
from gpnb.panels.instrument.images import image_of
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.plot import Plot

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


def plots(obj: Any, record: InstrumentView) -> list[Plot]:
    """A response against energy, and as an image where it depends on more."""
    image = image_of(obj, record)
    return [*curve_plots(obj, record), *([] if image is None else [image])]


def draw(obj: Any, record: InstrumentView, figure: Figure) -> None:
    """Draw the plots of a response side by side."""
    found = plots(obj, record)
    draw_grid(figure, found, len(found), 480 if len(found) == 1 else 960 // len(found), 300)


def draw_overview(found: Sequence[Plot], figure: Figure) -> None:
    """Draw the curves of several responses side by side."""
    columns = 2 if len(found) in (2, 4) else 3
    draw_grid(figure, found, columns, 960 // min(columns, max(len(found), 1)), 270)


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
