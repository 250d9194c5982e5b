"""The one style of the pictures, and what all panels draw alike; never pyplot."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from markupsafe import escape
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from gpnb.core.words import energy_ticks, log_ticks, number, power

BLUE, SKY, VERMILION, GREEN = "#0072B2", "#56B4E9", "#D55E00", "#009E73"
ORANGE, PURPLE = "#E69F00", "#CC79A7"
TEXT, QUIET, LINE, NOTHING = "#1F2328", "#4B535C", "#C3CAD2", "#DDE1E6"

CURVES = ((BLUE, "-"), (VERMILION, (0, (5, 1.5))), (GREEN, (0, (1.2, 1.2))), (PURPLE, (0, (5, 1.5, 1.2, 1.5))))
"""Colours of curves, each with its dash as the second cue."""

PIXEL = 1 / 96
"""A pixel of the screen, in inches."""

_STEPS = [1, 2, 2.5, 5, 10]
_TITLE, _FACTS = "_gpnb title", "_gpnb facts"
"""How the words over a plot are found again; legends pass over what begins so."""

_LOCK = threading.RLock()


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> bytes:
        return png(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture, and how large it is on the screen: it has two dots a pixel."""
        width, height = (round(size / PIXEL) for size in self.get_size_inches())
        encoded = base64.b64encode(png(self)).decode("ascii")
        return {"image/png": encoded}, {"image/png": {"width": width, "height": height}}


@contextmanager
def styled() -> Iterator[None]:
    """The style of gpnb within a block; one thread at a time, since matplotlib's settings are global."""
    with _LOCK, mpl.rc_context(_style()):
        yield


@cache
def _style() -> dict[str, Any]:
    path = Path(__file__).with_name("gpnb.mplstyle")
    return dict(mpl.rc_params_from_file(path, use_default_template=False))


def new_figure(width: int = 960, height: int = 400) -> Picture:
    """An empty picture of a size in pixels of the screen."""
    with styled():
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.04)
        figure = Picture(figsize=(width * PIXEL, height * PIXEL), layout=layout)
        FigureCanvasAgg(figure)
    return figure


def set_height(figure: Figure, height: int) -> None:
    """Set the height of a picture, in pixels of the screen."""
    figure.set_size_inches(figure.get_figwidth(), height * PIXEL)


def png(figure: Figure, scale: float = 2) -> bytes:
    """The picture as PNG, with `scale` dots a pixel of the screen."""
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format="png", dpi=96 * scale, metadata={"Software": "gpnb"})
    return buffer.getvalue()


def heading(axes: Any, title: str, facts: str = "") -> None:
    """A bold title over some axes, followed by facts in quiet letters."""
    shown = axes.set_title(plain(title))
    shown.set_label(_TITLE)
    if facts:
        axes.annotate(
            plain(facts),
            xy=(1, 0),
            xycoords=shown,
            xytext=(8, 0),
            textcoords="offset points",
            color=QUIET,
            va="bottom",
            fontsize=8.25,
            annotation_clip=False,
            label=_FACTS,
        )


def say_once(figure: Figure, page: str) -> None:
    """Leave out of the only heading of a picture what the page around it says already."""
    texts: list[Any] = figure.findobj(Text)
    titles, facts = ([item for item in texts if item.get_label() == kind] for kind in (_TITLE, _FACTS))
    if len(titles) != 1:
        return
    (title,) = titles
    known = f">{_on_page(title)}</b>" in page
    more = [item.get_text() for item in facts if known and _on_page(item) not in page]
    for item in facts:
        if known or _on_page(item) in page:
            item.remove()
    if known:
        title.set(text=" · ".join(more), color=QUIET, fontsize=8.25, fontweight="normal")


def _on_page(text: Text) -> str:
    """A text of a picture as a page has it."""
    return str(escape(text.get_text().replace(r"\$", "$")))


def plain(text: str) -> str:
    """Text of a header without matplotlib's formula signs."""
    return text.replace("$", r"\$")


def energy_axis(axis: Any, low: float, high: float) -> None:
    """Log energy axis (TeV) with few plain labels: 0.5, 1, 3, 10, 30."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    axis.set_major_locator(FixedLocator(energy_ticks(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def log_axis(axis: Any) -> None:
    """Log axis with few labels, as powers of ten outside 0.01 to 1000."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = sorted(axis.get_view_interval())
    ticks = log_ticks(low, high)
    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: ticks.get(value, "")))


def few_ticks(axis: Any, most: int = 5, integer: bool = False) -> None:
    """At most `most` steps on a linear axis, with plain labels."""
    axis.set_major_locator(MaxNLocator(most, integer=integer, steps=_STEPS))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 12) if abs(value) > 1e-9 else value)))


def colour_bar(axes: Any, drawn: Any, label: str, integer: bool = False) -> None:
    """A thin bar beside an image, as high as the image."""
    pixels = axes.get_position().width * axes.figure.get_figwidth() / PIXEL
    place = axes.inset_axes((1 + 8 / pixels, 0, 10 / pixels, 1))
    bar = axes.figure.colorbar(drawn, cax=place)
    bar.outline.set_visible(False)
    place.tick_params(length=2, color=LINE)
    low, high = drawn.norm.vmin, drawn.norm.vmax
    if isinstance(drawn.norm, LogNorm):
        ticks, written = energy_ticks(low, high), power
    else:
        steps = MaxNLocator(5, integer=integer, steps=_STEPS).tick_values(low, high)
        ticks, written = [float(step) for step in steps if low <= step <= high], number
    bar.set_ticks(ticks, labels=[written(float(f"{tick:.6g}")) for tick in ticks])
    place.yaxis.set_minor_locator(NullLocator())
    bar.set_label(label)
