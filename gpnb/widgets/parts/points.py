"""Plots of points with errors, upper limits, curves, steps and bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bqplot
import numpy as np

from gpnb.panels.plot import Line, Points, SpectrumPlot
from gpnb.widgets.parts.plot import ACCENT, FINE, MODEL, PURPLE, QUIET, Plot, key

TEXT, GROUND = "var(--gpnb-text)", "var(--gpnb-ground)"

_COLOURS = {"model": MODEL, "quiet": QUIET, "accent": ACCENT, "fine": FINE, "purple": PURPLE, "text": TEXT}
_SIZE = 42
_HEAD = (0.006, 0.035)
"""Width and height of the head of an arrow, and twice the latter its length, in parts of the frame."""


class PointPlot(Plot):
    """A plot of what `gpnb.panels.plot` describes.

    Parameters
    ----------
    title : str
        Over the plot.
    log_x, log_y : bool
        Which axes are logarithmic; a logarithmic x is an energy.
    height : int
        Pixels.
    over : bool
        Whether another plot with the same x axis lies right below: titles and ticks of x are left to that one.
    bare : bool
        Whether there is no line of words over it.
    """

    def __init__(
        self,
        title: str,
        log_x: bool = True,
        log_y: bool = True,
        height: int = 220,
        over: bool = False,
        bare: bool = False,
    ):
        super().__init__(title, energy_x=log_x, log_y=log_y, height=height)
        self._over = False
        self._frame: Any = None
        self._tick_style = self._axes[0].tick_style
        self.figure.fig_margin = _margin(False)
        self.stand_over(over, height)
        if bare:
            self.widget.children = (self.figure,)
            self.widget.add_class("gpnb-plot-bare")

    def stand_over(self, over: bool, height: int) -> None:
        """Leave titles and ticks of x to the plot below, or not, in a figure of this height."""
        self.figure.layout.height = f"{height}px"
        if over != self._over:
            self._over, self._frame = over, None
            self.figure.fig_margin = _margin(over)
            self._axes[0].tick_style = {"display": "none"} if over else self._tick_style

    def show(self, plot: SpectrumPlot) -> None:
        """Show lines, points and band on the axes that the plot asks for."""
        self._log = (plot.log_x, plot.log_y)
        self._energy_x = plot.log_x
        frame = (plot.x, plot.y, "" if self._over else plot.x_label, plot.y_label)
        if frame != self._frame:
            self.show_frame(*frame)
            self._frame = frame
        wanted: list[str] = []
        for number, value in enumerate(plot.rules):
            colour = MODEL if value == 0 else QUIET
            wanted.append(f"rule {number}")
            self.show_curve(wanted[-1], np.array(plot.x), np.array([value, value]), colour, "dashed", line=1)
        if plot.band is not None:
            self._show_band(*plot.band)
            wanted.append("band")
        for number, line in enumerate(plot.lines):
            wanted.append(f"line {number}")
            self._show_line(wanted[-1], line)
        for number, points in enumerate(plot.points):
            wanted += [f"bars {number}", f"points {number}"]
            self._show_bars(f"bars {number}", points)
            self._show_marks(f"points {number}", points)
        self._arrange(wanted)

    def show_legend(self, plot: SpectrumPlot, facts: str, said: str) -> None:
        """Show the words over the plot."""
        self.show_words(plot.title, facts, legend_of(plot), said)

    def _arrange(self, wanted: Sequence[str]) -> None:
        """Take away what is not wanted, and draw the rest in this order."""
        order = [name for name in wanted if name in self._marks]
        if list(self._marks) != order:
            self._marks = {name: self._marks[name] for name in order}
            self.figure.marks = list(self._marks.values())

    def _show_line(self, name: str, line: Line) -> None:
        y = np.append(line.y, line.y[-1:]) if line.steps else line.y
        y = self._above(np.asarray(y, dtype=float))
        kind = "step-after" if line.steps else "linear"
        self._put(name, line.x, y, _COLOURS[line.role], line.width, interpolation=kind, line_style=line.dash)

    def _show_band(self, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        around = np.append(self._above(high), self._above(low)[::-1])
        look: dict[str, Any] = {"fill": "inside", "fill_opacities": [0.18], "close_path": True}
        self._put("band", np.append(x, x[::-1]), around, MODEL, 0, **look)

    def _show_bars(self, name: str, points: Points) -> None:
        """Error bars and arrows of upper limits, as one broken line."""
        low, high = self._above(points.y_low), self._above(points.y_high)
        sides = zip(points.x_low, points.x_high, points.y, strict=True)
        pieces = [np.array([[a, b], [y, y]]) for a, b, y in sides if b > a]
        pieces += [np.array([[x, x], [a, b]]) for x, a, b in zip(points.x, low, high, strict=True) if b > a]
        shown = [self._scaled(piece) for piece in pieces]
        for x, y in zip(points.x[points.limit], points.y[points.limit], strict=True):
            shown += self._arrow(float(x), float(y))
        good = [piece for piece in shown if np.isfinite(piece).all()]
        if not good:
            self._marks.pop(name, None)
            return
        x = np.concatenate([np.append(piece[0, :1], piece[0]) for piece in good])
        y = np.concatenate([np.append(np.nan, piece[1]) for piece in good])
        self._put(name, x, y, _COLOURS[points.role], 1.4, scaled=True)

    def _show_marks(self, name: str, points: Points) -> None:
        good = ~points.limit
        x, y = self._to(0, points.x[good]), self._to(1, points.y[good])
        there = np.isfinite(x) & np.isfinite(y)
        shown: dict[str, Any] = {"x": x[there], "y": y[there]}
        mark = self._marks.get(name)
        if mark is None:
            look: dict[str, Any] = {"colors": [GROUND], "stroke": _COLOURS[points.role], "stroke_width": 1.4}
            look |= {"marker": points.marker, "default_size": _SIZE}
            self._add(name, bqplot.Scatter(scales=self._scales, **look, **shown))
        else:
            _change(mark, {**shown, "stroke": _COLOURS[points.role], "marker": points.marker})

    def _arrow(self, x: float, y: float) -> list[np.ndarray]:
        """Shaft and head of an arrow down from a point, on the scales."""
        (place,), (top,) = self._to(0, np.array([x])), self._to(1, np.array([y]))
        wide, high = (self._scales[name].max - self._scales[name].min for name in "xy")
        half, head = _HEAD[0] * wide, _HEAD[1] * high
        tip = top - 2.6 * head
        return [
            np.array([[place, place], [top, tip]]),
            np.array([[place - half, place, place + half], [tip + head, tip, tip + head]]),
        ]

    def _scaled(self, piece: np.ndarray) -> np.ndarray:
        return np.array([self._to(0, piece[0]), self._to(1, piece[1])])

    def _above(self, values: np.ndarray) -> np.ndarray:
        """Values of a log axis, those below the frame just below it."""
        if not self._log[1]:
            return np.asarray(values, dtype=float)
        return np.asarray(np.maximum(values, 10 ** (self._scales["y"].min - 0.5)))

    def _put(
        self, name: str, x: np.ndarray, y: np.ndarray, colour: str, width: float, scaled: bool = False, **more: Any
    ) -> None:
        """A line; only what changed is sent."""
        shown: dict[str, Any] = {"x": x if scaled else self._to(0, x), "y": y if scaled else self._to(1, y)}
        shown |= {"colors": [colour], "fill_colors": [colour], "stroke_width": width, **more}
        if name in self._marks:
            _change(self._marks[name], shown)
        else:
            self._add(name, bqplot.Lines(scales=self._scales, labels=[], **shown))


def _margin(over: bool) -> dict[str, int]:
    return {"top": 8, "bottom": 8 if over else 40, "left": 64, "right": 14}


def _change(mark: Any, shown: dict[str, Any]) -> None:
    """Set what is different."""
    with mark.hold_sync():
        for trait, value in shown.items():
            now = getattr(mark, trait)
            if not (np.array_equal(now, value, equal_nan=True) if isinstance(value, np.ndarray) else now == value):
                setattr(mark, trait, value)


def legend_of(plot: SpectrumPlot) -> list[dict[str, Any]]:
    """Lines and points that have a label."""
    lines = [key(line.label, _COLOURS[line.role], line.dash, line.width) for line in plot.lines if line.label]
    marks = [
        {"label": points.label, "colour": _COLOURS[points.role], "marker": points.marker}
        for points in plot.points
        if points.label
    ]
    return [*lines, *marks]
