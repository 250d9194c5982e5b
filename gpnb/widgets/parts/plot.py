"""A plot in the look of the house, over bqplot: plain ticks, curves, steps, images, shaded spans, and a brush."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import bqplot
import ipywidgets
import numpy as np
import traitlets
from matplotlib.ticker import MaxNLocator

from gpnb.core.words import energy_ticks, log_ticks, number
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.part import Part

ACCENT, QUIET, MODEL, FINE, PURPLE, LINE = (
    f"var(--gpnb-{name})" for name in ("accent", "quiet", "model", "fine", "purple", "line")
)
"""Colours, as the theme has them."""

STYLES = ((ACCENT, "solid"), (MODEL, "dashed"), (FINE, "dotted"), (PURPLE, "dash_dotted"))
"""Colours of curves, each with its dash as the second cue."""

_DASHES = {"solid": "", "dashed": "7 4", "dotted": "2 3", "dash_dotted": "7 3 2 3"}
_MARGIN = {"top": 8, "bottom": 40, "left": 58, "right": 14}
_TICKS = (5, 4)
"""Steps along x and y."""

Brushed = Callable[[float | None, float | None, Any], None]


class PlotHead(Part):
    """Title, facts and legend of a plot.

    Attributes
    ----------
    title, facts : str
        What is plotted.
    legend : list of dict
        ``label colour``, with ``dash width`` for a line, ``fill`` (an opacity) for an area,
        ``colours low high`` for a bar.
    label : str
        What the figure is, for those who do not see it.
    """

    _esm = compose("plothead.js")
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    legend = traitlets.List().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)


class Plot:
    """One plot.

    Logarithmic axes are drawn as linear ones of the logarithm, so that a brush and empty bins work on both.

    Parameters
    ----------
    title : str
        Over the plot.
    log_x, log_y : bool
        Which axes are logarithmic.
    energy_x : bool
        Whether x is an energy, with ticks such as 0.3, 1, 3.
    height : int
        Pixels.
    square : bool
        Whether the frame is a square.
    """

    def __init__(
        self,
        title: str,
        log_x: bool = False,
        log_y: bool = False,
        energy_x: bool = False,
        height: int = 220,
        square: bool = False,
    ):
        self._log, self._energy_x = (log_x or energy_x, log_y), energy_x
        self._scales = {name: bqplot.LinearScale(allow_padding=False) for name in "xy"}
        self._axes = [
            bqplot.Axis(scale=self._scales["x"], label_location="end", label_offset="32px", tick_style=_away(0, 4)),
            bqplot.Axis(scale=self._scales["y"], side="left", label_offset="46px", tick_style=_away(-3, 0)),
        ]
        self._marks: dict[str, Any] = {}
        self.head = PlotHead(title=title)
        self.figure = bqplot.Figure(
            axes=self._axes,
            fig_margin=_MARGIN,
            padding_y=0,
            animation_duration=0,
            display_toolbar=False,
            **(_square(height) if square else {}),
            layout={"width": "100%", "height": f"{height}px", "min_width": "0"},
        )
        self.widget = ipywidgets.VBox([self.head, self.figure]).add_class("gpnb-plot")
        self._brush: Any = None

    def show_frame(
        self, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str, whole: bool = False
    ) -> None:
        """Set the ranges and titles of the axes, and their ticks; `whole` numbers only along a linear y."""
        labels = (x_label, y_label)
        for place, (low, high) in enumerate((x, y)):
            scale, axis = self._scales["xy"[place]], self._axes[place]
            first, last = (float(end) for end in self._to(place, np.array([low, high])))
            with scale.hold_sync():
                scale.min, scale.max = first, last
            ticks = self._ticks(place, low, high, whole and place == 1)
            values = self._to(place, np.array(list(ticks), dtype=float))
            with axis.hold_sync():
                axis.label = labels[place]
                axis.tick_values = values
                axis.tick_labels = {
                    _key(value): text for value, text in zip(values.tolist(), ticks.values(), strict=True)
                }

    def show_words(
        self, title: str = "", facts: str = "", legend: Sequence[dict[str, Any]] = (), label: str = ""
    ) -> None:
        """Set the words over the plot, and what screen readers call it."""
        with self.head.hold_sync():
            self.head.title = title or self.head.title
            self.head.facts, self.head.legend, self.head.label = facts, list(legend), label

    def show_steps(
        self, name: str, edges: np.ndarray, counts: np.ndarray, colour: str, fill: float, line: float
    ) -> None:
        """Show a histogram: an area of opacity `fill` under steps of width `line`."""
        y = np.append(counts, counts[-1:]).astype(float)
        if self._log[1]:
            y = np.maximum(y, 10 ** (self._scales["y"].min - 1))  # an empty bin lies below the frame
        self._draw(name, edges, y, colour, fill, line, interpolation="step-after")

    def show_curve(
        self, name: str, x: np.ndarray, y: np.ndarray, colour: str, dash: str = "solid", line: float = 2
    ) -> None:
        """Show a curve; values that are no numbers, or cannot be on a log axis, are left out."""
        good = np.flatnonzero(np.isfinite(self._to(0, x)) & np.isfinite(self._to(1, y)))
        if not good.size:
            self.hide(name)
            return
        part = slice(good[0], good[-1] + 1)  # bqplot stumbles over a curve that ends with no number
        self._draw(name, x[part], y[part], colour, 0, line, line_style=dash)

    def show_spans(self, name: str, spans: Sequence[tuple[float, float]], colour: str, fill: float = 0.14) -> None:
        """Shade ranges of a linear x axis."""
        low, high = self._scales["x"].min, self._scales["x"].max
        inside = [(max(a, low), min(b, high)) for a, b in spans if b > low and a < high]
        if not inside:
            self.hide(name)
            return
        x = [end for a, b in inside for end in (a, a, b)]
        y = [value for _ in inside for value in (np.nan, 1.0, 1.0)]
        self._draw(name, np.array(x), np.array(y) * self._scales["y"].max, colour, fill, 0, raw=True)

    def show_image(self, png: bytes, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show a picture that fills these ranges, its first row at the top."""
        if "image" not in self._marks:
            picture = ipywidgets.Image(value=png, format="png")
            self._add("image", bqplot.Image(image=picture, scales=self._scales))
        mark = self._marks["image"]
        mark.image.value = png
        with mark.hold_sync():
            mark.x, mark.y = self._to(0, np.array(x, dtype=float)), self._to(1, np.array(y, dtype=float))

    def hide(self, *names: str) -> None:
        """Take marks away that are there."""
        for name in names:
            if name in self._marks:
                del self._marks[name]
        self.figure.marks = list(self._marks.values())

    @property
    def names(self) -> list[str]:
        """Of what is shown."""
        return list(self._marks)

    def data(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What a mark shows, in the values of the axes."""
        mark = self._marks[name]
        x, y = (np.asarray(values, dtype=float) for values in (mark.x, mark.y))
        return self._from(0, x), self._from(1, y)

    def on_brush(self, callback: Brushed) -> None:
        """Let ranges of x be brushed: ``callback(low, high, gesture)`` during the drag, None for both where cleared."""
        self._brush = bqplot.interacts.BrushIntervalSelector(scale=self._scales["x"], marks=[], color=ACCENT)
        self._callback, self._own = callback, False
        self._held, self._gestures = False, itertools.count()
        self._gesture: Any = None
        self._brush.observe(lambda _: self._note(), "brushing")
        self._brush.observe(lambda _: self._brushed(), "selected")
        self.figure.interaction = self._brush

    def show_brush(self, span: tuple[float, float] | None) -> None:
        """Show a range as brushed; not while the mouse drags it."""
        brush = self._brush
        if brush.brushing:
            return
        ends = None if span is None else self._to(0, np.array(span, dtype=float))
        shown = brush.selected
        if (ends is None and shown is None) or (ends is not None and shown is not None and np.array_equal(ends, shown)):
            return
        self._own = True
        try:
            brush.selected = ends
        finally:
            self._own = False

    def _note(self) -> None:
        """A drag that begins is a new gesture."""
        if self._brush.brushing and not self._held:
            self._gesture = (id(self), next(self._gestures))
        self._held = self._brush.brushing

    def _brushed(self) -> None:
        if self._own:
            return
        self._note()
        ends = self._brush.selected
        if ends is None or len(ends) != 2:
            self._callback(None, None, self._gesture)
        elif ends[0] != ends[1]:
            low, high = sorted(self._from(0, np.asarray(ends, dtype=float)).tolist())
            self._callback(low, high, self._gesture)

    def _add(self, name: str, mark: Any) -> None:
        self._marks[name] = mark
        self.figure.marks = list(self._marks.values())

    def _draw(
        self,
        name: str,
        x: np.ndarray,
        y: np.ndarray,
        colour: str,
        fill: float,
        line: float,
        raw: bool = False,
        **more: Any,
    ) -> None:
        shown = {
            "x": self._to(0, x),
            "y": np.asarray(y, dtype=float) if raw else self._to(1, y),
            "colors": [colour],
            "fill_colors": [colour],
            "fill": "bottom" if fill else "none",
            "fill_opacities": [fill],
            "stroke_width": line,
            **more,
        }
        if name not in self._marks:
            self._add(name, bqplot.Lines(scales=self._scales, labels=[], **shown))
            return
        mark = self._marks[name]
        with mark.hold_sync():
            for trait, value in shown.items():
                setattr(mark, trait, value)

    def _to(self, place: int, values: np.ndarray) -> np.ndarray:
        values = np.asarray(values, dtype=float)
        if not self._log[place]:
            return values
        logs: np.ndarray = np.log10(values, out=np.full(values.shape, np.nan), where=values > 0)
        return logs

    def _from(self, place: int, values: np.ndarray) -> np.ndarray:
        return 10**values if self._log[place] else values

    def _ticks(self, place: int, low: float, high: float, whole: bool) -> dict[float, str]:
        if place == 0 and self._energy_x:
            return {tick: number(tick) for tick in energy_ticks(low, high, 5)}
        if self._log[place]:
            return {tick: text for tick, text in log_ticks(low, high).items() if low <= tick <= high}
        steps = MaxNLocator(_TICKS[place], integer=whole, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        inside = [float(f"{step:.12g}") for step in steps if low - 1e-9 <= step <= high + 1e-9]
        return {step: number(step) for step in inside}


def key(label: str, colour: str, dash: str = "solid", width: float = 2) -> dict[str, Any]:
    """A line of the legend."""
    return {"label": label, "colour": colour, "dash": _DASHES[dash], "width": width}


def _away(x: int, y: int) -> dict[str, str]:
    """Moves labels of ticks away from the frame, and from those of the other axis in the corner."""
    return {"transform": f"translate({x}px, {y}px)"}


def _square(height: int) -> dict[str, float]:
    """The shape of a figure around a frame that is a square."""
    side = height - _MARGIN["top"] - _MARGIN["bottom"]
    ratio = (side + _MARGIN["left"] + _MARGIN["right"]) / height
    return {"min_aspect_ratio": ratio, "max_aspect_ratio": ratio}


def _key(value: float) -> str:
    """A number as JavaScript writes it."""
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    small = abs(value) >= 1e-6 and int(exponent) < 0
    return np.format_float_positional(value, trim="-") if small else f"{mantissa}e{int(exponent):+d}"
