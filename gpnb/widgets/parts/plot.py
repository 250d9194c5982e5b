"""The one live part for plots: shows every `Plot`, over bqplot, and sends only what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bqplot
import ipywidgets
import numpy as np
import traitlets

from gpnb.panels.plot import Band, Image, Line, Plot, Points, Rule, Spans, Steps
from gpnb.widgets.parts.brush import Brush
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.look import GROUND, colour_of, legend_of
from gpnb.widgets.parts.part import Part
from gpnb.widgets.parts.picture import png_of
from gpnb.widgets.parts.ticks import key_of, ticks_of

_MARGIN = {"top": 8, "bottom": 40, "left": 64, "right": 14}
_SIZE = 42
_HEAD = (0.006, 0.035)
"""Width and height of the head of an arrow, and twice the latter its length, in parts of the frame."""

_HATCH = (0.012, 0.08)
"""Distance and slope of the lines of a hatch, in parts of the width."""

Brushed = Callable[[float | None, float | None, Any], None]


class PlotHead(Part):
    """Title, facts and legend of a plot.

    Attributes
    ----------
    title, facts : str
        What is plotted.
    legend : list of dict
        ``label colour``, with ``dash width`` for a line, ``fill`` (an opacity) for an area, ``marker`` for points,
        ``colours low high`` for a bar.
    label : str
        What the figure is, for those who do not see it.
    """

    _esm = compose("plothead.js")
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    legend = traitlets.List().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)


class PlotView:
    """One plot.

    Logarithmic axes are drawn as linear ones of the logarithm, so that a brush and empty bins work on both.

    Parameters
    ----------
    height : int
        Pixels.
    over : bool
        Whether another plot with the same x axis lies right below: titles and ticks of x are left to that one.
    bare : bool
        Whether there is no line of words over it.

    Attributes
    ----------
    head : PlotHead
        The words over it.
    figure : bqplot.Figure
        What is drawn.
    widget : Widget
        Both.
    shown : Plot or None
        What is shown.
    """

    def __init__(self, height: int = 220, over: bool = False, bare: bool = False):
        self.shown: Plot | None = None
        self._scales = {name: bqplot.LinearScale(allow_padding=False) for name in "xy"}
        self._axes = {
            "x": bqplot.Axis(
                scale=self._scales["x"], label_location="end", label_offset="32px", tick_style=_away(0, 4)
            ),
            "y": bqplot.Axis(scale=self._scales["y"], side="left", label_offset="46px", tick_style=_away(-3, 0)),
        }
        self._tick_style = self._axes["x"].tick_style
        self._marks: dict[str, Any] = {}
        self._brush: Brush | None = None
        self._over = False
        self._frame: Any = None
        self._image: Image | None = None
        self.head = PlotHead()
        self.figure = bqplot.Figure(
            axes=list(self._axes.values()),
            fig_margin=_MARGIN,
            padding_y=0,
            animation_duration=0,
            display_toolbar=False,
            layout={"width": "100%", "height": f"{height}px", "min_width": "0"},
        )
        self.widget = ipywidgets.VBox([self.figure] if bare else [self.head, self.figure]).add_class("gpnb-plot")
        if bare:
            self.widget.add_class("gpnb-plot-bare")
        self.stand_over(over, height)

    def stand_over(self, over: bool, height: int) -> None:
        """Leave titles and ticks of x to the plot below, or not, in a figure of this height."""
        self.figure.layout.height = f"{height}px"
        if over != self._over:
            self._over, self._frame = over, None
            self.figure.fig_margin = {**_MARGIN, "bottom": 8} if over else _MARGIN
            self._axes["x"].tick_style = {"display": "none"} if over else self._tick_style

    def show(self, plot: Plot, legend: Sequence[dict[str, Any]] | None = None) -> None:
        """Show a plot; with `legend` other lines stand over it than its own."""
        self.shown = plot
        self._show_frame(plot)
        wanted = ["chosen"] if self._brush is None and plot.chosen is not None else []
        for name, item in plot.parts():
            kind, _, number = name.partition(" ")
            _SHOWN[kind](self, name, item)
            wanted += [f"bars {number}", name] if kind == "points" else [name]
        self._show_chosen(plot)
        self._arrange(wanted)
        with self.head.hold_sync():
            self.head.title, self.head.facts, self.head.label = plot.title, plot.facts, plot.words
            self.head.legend = list(legend_of(plot) if legend is None else legend)

    @property
    def names(self) -> list[str]:
        """Of what is drawn, from the lowest to the topmost."""
        return list(self._marks)

    def data(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What a mark shows, in the values of the axes."""
        mark = self._marks[name]
        return self._from("x", np.asarray(mark.x, dtype=float)), self._from("y", np.asarray(mark.y, dtype=float))

    def on_brush(self, callback: Brushed) -> None:
        """Let ranges of x be brushed: ``callback(low, high, gesture)`` during the drag, None for both where cleared."""

        def brushed(ends: np.ndarray | None, gesture: Any) -> None:
            low, high = (None, None) if ends is None else self._from("x", ends).tolist()
            callback(low, high, gesture)

        self._brush = Brush(self._scales["x"], colour_of("accent"), brushed)
        self.figure.interaction = self._brush.selector

    # The frame.

    def _show_frame(self, plot: Plot) -> None:
        """Ranges, titles and ticks of the axes."""
        self._log = {"x": plot.log_x, "y": plot.log_y}
        frame = (plot.x, plot.y, plot.x_label, plot.y_label, plot.x_ticks, plot.whole_y, plot.log_x, plot.log_y)
        if frame == self._frame:
            return
        self._frame = frame
        if plot.square:
            self._make_square()
        labels = {"x": "" if self._over else plot.x_label, "y": plot.y_label}
        for name, scale in self._scales.items():
            first, last = self._to(name, np.array(getattr(plot, name))).tolist()
            with scale.hold_sync():
                scale.min, scale.max = first, last
            ticks, axis = ticks_of(plot, name), self._axes[name]
            values = self._to(name, np.array(list(ticks), dtype=float))
            with axis.hold_sync():
                axis.label, axis.tick_values = labels[name], values
                axis.tick_labels = {
                    key_of(value): text for value, text in zip(values.tolist(), ticks.values(), strict=True)
                }

    def _make_square(self) -> None:
        """The shape of a figure round a frame that is a square."""
        height = int(self.figure.layout.height.removesuffix("px"))
        side = height - _MARGIN["top"] - _MARGIN["bottom"]
        ratio = (side + _MARGIN["left"] + _MARGIN["right"]) / height
        self.figure.min_aspect_ratio = self.figure.max_aspect_ratio = ratio

    def _show_chosen(self, plot: Plot) -> None:
        """The chosen range: as brushed where it can be, else shaded."""
        if self._brush is not None:
            self._brush.show(None if plot.chosen is None else self._to("x", np.array(plot.chosen)))
        elif plot.chosen is not None:
            self._show_spans("chosen", Spans(ranges=[plot.chosen], fill=0.22))

    def _arrange(self, wanted: Sequence[str]) -> None:
        """Take away what is not wanted, and draw the rest in this order."""
        order = [name for name in wanted if name in self._marks]
        shown = [self._marks[name] for name in order]
        gone = [mark for name, mark in self._marks.items() if name not in order]
        self._marks = dict(zip(order, shown, strict=True))
        if self.figure.marks != shown:
            self.figure.marks = shown
        for mark in gone:
            mark.close()

    # The parts.

    def _show_line(self, name: str, line: Line) -> None:
        x, y = self._to("x", line.x), self._to("y", self._above(line.y))
        good = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        part = slice(good[0], good[-1] + 1)  # bqplot stumbles over a curve that ends with no number
        self._put(name, x[part], y[part], line.role, line.width, line_style=line.dash)

    def _show_steps(self, name: str, steps: Steps) -> None:
        y = self._above(np.append(steps.values, steps.values[-1:]))
        look: dict[str, Any] = {"interpolation": "step-after", "line_style": steps.dash}
        look |= {"fill": "bottom" if steps.fill else "none", "fill_opacities": [steps.fill]}
        self._put(name, self._to("x", steps.edges), self._to("y", y), steps.role, steps.width, **look)

    def _show_band(self, name: str, band: Band) -> None:
        around = np.append(self._above(band.high), self._above(band.low)[::-1])
        x = self._to("x", np.append(band.x, band.x[::-1]))
        self._put(name, x, self._to("y", around), band.role, 0, fill="inside", fill_opacities=[0.18], close_path=True)

    def _show_rule(self, name: str, rule: Rule) -> None:
        low, high = self._ends("x")
        self._put_rule(name, rule, np.array([low, high]), self._to("y", np.full(2, rule.value)))

    def _show_mark(self, name: str, rule: Rule) -> None:
        low, high = self._ends("y")
        self._put_rule(name, rule, self._to("x", np.full(2, rule.value)), np.array([low, high]))

    def _put_rule(self, name: str, rule: Rule, x: np.ndarray, y: np.ndarray) -> None:
        self._put(name, x, y, rule.role, 1, line_style=rule.dash)

    def _show_spans(self, name: str, spans: Spans) -> None:
        """Areas from top to bottom within the frame, or hatches, as one broken line."""
        (first, last), (bottom, top) = self._ends("x"), self._ends("y")
        ends = self._from("x", np.array([first, last])).tolist()
        inside = [tuple(self._to("x", np.array(piece)).tolist()) for piece in spans.within(*ends)]
        if spans.hatched:
            pieces = [piece for low, high in inside for piece in _hatch(low, high, last - first, bottom, top)]
            self._put_pieces(name, pieces, spans.role, 1, opacities=[0.35])
            return
        x = np.array([end for low, high in inside for end in (low, low, high)])
        y = np.array([value for _ in inside for value in (np.nan, top, top)])
        self._put(name, x, y, spans.role, 0, fill="bottom", fill_opacities=[spans.fill])

    def _show_image(self, name: str, image: Image) -> None:
        """The pixels as a picture, its first row at the top."""
        x, y = (self._to(axis, values[[0, -1]]) for axis, values in (("x", image.x), ("y", image.y)))
        mark = self._marks.get(name)
        if mark is None:
            picture = ipywidgets.Image(value=png_of(image), format="png")
            self._marks[name] = bqplot.Image(image=picture, scales=self._scales, x=x, y=y)
        else:
            if image is not self._image:
                mark.image.value = png_of(image)
            _change(mark, {"x": x, "y": y})
        self._image = image

    def _show_points(self, name: str, points: Points) -> None:
        self._show_bars(name.replace("points", "bars"), points)
        good = ~points.limit if points.marker else np.zeros(len(points.x), dtype=bool)
        x, y = self._to("x", points.x[good]), self._to("y", points.y[good])
        there = np.isfinite(x) & np.isfinite(y)
        look: dict[str, Any] = {"x": x[there], "y": y[there], "stroke": colour_of(points.role)}
        look |= {"marker": points.marker or "circle"}
        if name in self._marks:
            _change(self._marks[name], look)
        else:
            fixed = {"colors": [GROUND], "stroke_width": 1.4, "default_size": _SIZE}
            self._marks[name] = bqplot.Scatter(scales=self._scales, **fixed, **look)

    def _show_bars(self, name: str, points: Points) -> None:
        """Error bars and arrows of upper limits, as one broken line."""
        low, high = self._above(points.y_low), self._above(points.y_high)
        sides = zip(points.x_low, points.x_high, points.y, strict=True)
        pieces = [np.array([[a, b], [y, y]]) for a, b, y in sides if b > a]
        pieces += [np.array([[x, x], [a, b]]) for x, a, b in zip(points.x, low, high, strict=True) if b > a]
        shown = [np.array([self._to("x", piece[0]), self._to("y", piece[1])]) for piece in pieces]
        for x, y in zip(points.x[points.limit], points.y[points.limit], strict=True):
            shown += self._arrow(float(x), float(y))
        self._put_pieces(name, shown, points.role, 1.4)

    def _arrow(self, x: float, y: float) -> list[np.ndarray]:
        """Shaft and head of an arrow down from a point, on the scales."""
        (place,), (top,) = self._to("x", np.array([x])), self._to("y", np.array([y]))
        wide, high = (self._scales[name].max - self._scales[name].min for name in "xy")
        half, head = _HEAD[0] * wide, _HEAD[1] * high
        tip = top - 2.6 * head
        return [
            np.array([[place, place], [top, tip]]),
            np.array([[place - half, place, place + half], [tip + head, tip, tip + head]]),
        ]

    # Marks of bqplot.

    def _put_pieces(self, name: str, pieces: Sequence[np.ndarray], role: str, width: float, **more: Any) -> None:
        """Pieces of a broken line, on the scales."""
        good = [piece for piece in pieces if np.isfinite(piece).all()]
        if not good:
            self._marks.pop(name, None)
            return
        x = np.concatenate([np.append(piece[0, :1], piece[0]) for piece in good])
        y = np.concatenate([np.append(np.nan, piece[1]) for piece in good])
        self._put(name, x, y, role, width, **more)

    def _put(self, name: str, x: np.ndarray, y: np.ndarray, role: str, width: float, **more: Any) -> None:
        """A line on the scales; only what changed is sent."""
        colour = colour_of(role)
        shown = {"x": x, "y": y, "colors": [colour], "fill_colors": [colour], "stroke_width": width, **more}
        if name in self._marks:
            _change(self._marks[name], shown)
        else:
            self._marks[name] = bqplot.Lines(scales=self._scales, labels=[], **shown)

    # From values to scales and back.

    def _ends(self, name: str) -> tuple[float, float]:
        return self._scales[name].min, self._scales[name].max

    def _to(self, name: str, values: np.ndarray) -> np.ndarray:
        values = np.asarray(values, dtype=float)
        if not self._log[name]:
            return values
        logs: np.ndarray = np.log10(values, out=np.full(values.shape, np.nan), where=values > 0)
        return logs

    def _from(self, name: str, values: np.ndarray) -> np.ndarray:
        return 10**values if self._log[name] else values

    def _above(self, values: np.ndarray) -> np.ndarray:
        """Values of y; on a log axis those below the frame lie just below it."""
        values = np.asarray(values, dtype=float)
        return np.asarray(np.maximum(values, 10 ** (self._scales["y"].min - 0.5))) if self._log["y"] else values


_SHOWN: dict[str, Callable[[PlotView, str, Any], None]] = {
    "image": PlotView._show_image,
    "span": PlotView._show_spans,
    "rule": PlotView._show_rule,
    "mark": PlotView._show_mark,
    "band": PlotView._show_band,
    "steps": PlotView._show_steps,
    "line": PlotView._show_line,
    "points": PlotView._show_points,
}


def _hatch(low: float, high: float, width: float, bottom: float, top: float) -> list[np.ndarray]:
    """Slanted lines from bottom to top of a frame of this width, cut at two places of x."""
    step, run = _HATCH[0] * width, _HATCH[1] * width
    starts = step * np.arange(np.floor((low - run) / step), np.ceil(high / step))
    first, last = (np.clip((end - starts) / run, 0, 1) for end in (low, high))
    pairs = zip(starts, first, last, strict=True)
    return [
        np.array([[start + a * run, start + b * run], [bottom + a * (top - bottom), bottom + b * (top - bottom)]])
        for start, a, b in pairs
        if b > a
    ]


def _change(mark: Any, shown: dict[str, Any]) -> None:
    """Set what is different."""
    with mark.hold_sync():
        for trait, value in shown.items():
            now = getattr(mark, trait)
            if not (np.array_equal(now, value, equal_nan=True) if isinstance(value, np.ndarray) else now == value):
                setattr(mark, trait, value)


def _away(x: int, y: int) -> dict[str, str]:
    """Moves labels of ticks away from the frame, and from those of the other axis in the corner."""
    return {"transform": f"translate({x}px, {y}px)"}
