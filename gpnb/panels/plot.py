"""The vocabulary of plots: what any plot shows, as plain arrays with what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gpnb.core.words import number

LOOKS = (
    ("accent", "solid", "circle"),
    ("model", "dashed", "square"),
    ("fine", "dotted", "diamond"),
    ("purple", "dash_dotted", "triangle-up"),
    ("attention", "dashed", "triangle-down"),
    ("text", "dotted", "cross"),
)
"""Role, dash and marker of what is drawn together: each colour has a second cue."""


def look(place: int) -> tuple[str, str, str]:
    """Role, dash and marker of one of those that are drawn together; where colours come again, the other cues differ.

    Examples
    --------
    >>> look(0), look(len(LOOKS))
    (('accent', 'solid', 'circle'), ('accent', 'dashed', 'square'))
    """
    again, number = divmod(place, len(LOOKS))
    _, dash, marker = LOOKS[(number + again) % len(LOOKS)]
    return LOOKS[number][0], dash, marker


_NONE: Any = None
"""What stands for ends of bars that are not given."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """A curve.

    Attributes
    ----------
    label : str
        As in a legend; empty for none.
    x, y : ndarray
        NaN where there is nothing.
    role : str
        What it is: "model", "quiet", "accent", "fine", "purple", "attention" or "text" give its colour.
    dash : str
        "solid", "dashed", "dotted" or "dash_dotted".
    width : float
        Pixels.
    """

    label: str = ""
    x: np.ndarray
    y: np.ndarray
    role: str = "model"
    dash: str = "solid"
    width: float = 2.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Steps:
    """Values in bins, as a histogram.

    Attributes
    ----------
    label, role, dash, width
        As for `Line`; a width of 0 for none.
    edges : ndarray
        Of the bins, one more than values.
    values : ndarray
        In each bin.
    fill : float
        Opacity of the area below; 0 for none.
    rows, notes
        As for `Points`, one a bin.
    """

    label: str = ""
    edges: np.ndarray
    values: np.ndarray
    role: str = "model"
    dash: str = "solid"
    width: float = 2.0
    fill: float = 0.0
    rows: Sequence[int] | None = None
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class Points:
    """Points with errors.

    Attributes
    ----------
    label, role
        As for `Line`; the role "text" is that of measured points.
    x, x_low, x_high, y, y_low, y_high : ndarray
        Where they are, and the ends of their bars; without ends there are no bars.
    limit : ndarray of bool
        Those that are upper limits, at `y`; by default none.
    marker : str
        "circle", "square", "diamond", "triangle-up", "triangle-down", "cross"; empty for bars alone.
    rows : sequence of int, optional
        Which rows of a table, or points of other plots, belong to them: what has one number lights up together.
    notes : mapping of str to sequence of str
        What a point tells beside its value and its bin when it is pointed at, by name, such as its run; one a point,
        empty for nothing.
    """

    label: str = ""
    x: np.ndarray
    y: np.ndarray
    x_low: np.ndarray = _NONE
    x_high: np.ndarray = _NONE
    y_low: np.ndarray = _NONE
    y_high: np.ndarray = _NONE
    limit: np.ndarray = _NONE
    role: str = "text"
    marker: str = "circle"
    rows: Sequence[int] | None = None
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("x_low", "x_high", "y_low", "y_high"):
            if getattr(self, name) is _NONE:
                object.__setattr__(self, name, getattr(self, name[0]))
        if self.limit is _NONE:
            object.__setattr__(self, "limit", np.zeros(len(self.x), dtype=bool))


@dataclass(frozen=True, eq=False, kw_only=True)
class Band:
    """The range round a curve.

    Attributes
    ----------
    x, low, high : ndarray
        Its lower and upper end at each x.
    role : str
        As for `Line`.
    """

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    role: str = "model"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A thin line from end to end at one value.

    Attributes
    ----------
    value : float
        Where.
    label, role, dash
        As for `Line`.
    """

    value: float
    label: str = ""
    role: str = "quiet"
    dash: str = "dashed"


@dataclass(frozen=True, eq=False, kw_only=True)
class Spans:
    """Ranges of x that are shaded.

    Attributes
    ----------
    label, role
        As for `Line`.
    ranges : sequence of (float, float)
        Their ends.
    fill : float
        Opacity.
    hatched : bool
        Whether they are hatched, not filled.
    """

    label: str = ""
    ranges: Sequence[tuple[float, float]]
    role: str = "accent"
    fill: float = 0.14
    hatched: bool = False

    def within(self, low: float, high: float) -> list[tuple[float, float]]:
        """The parts of the ranges between two ends."""
        cut = [(max(start, low), min(stop, high)) for start, stop in self.ranges]
        return [(start, stop) for start, stop in cut if start < stop]


COLOUR_MAP = "viridis"
"""Of images in plots."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Image:
    """Values in colours.

    Attributes
    ----------
    label : str
        Of the colours, with the unit.
    x, y : ndarray
        Edges of the pixels, even along the axes as they are drawn.
    values : ndarray, shape (len(y) - 1, len(x) - 1)
        NaN where there is nothing.
    low, high : float
        Values of the first and the last colour.
    log : bool
        Whether the colours are logarithmic.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Plot:
    """What is drawn on one pair of axes.

    Attributes
    ----------
    name, title, facts : str
        Which one, and the words over it.
    x, y : tuple of float
        Ranges of the axes.
    x_label, y_label : str
        Titles of the axes, with units.
    log_x, log_y : bool
        Which axes are logarithmic; a logarithmic x is an energy.
    whole_y : bool
        Whether only whole numbers stand along a linear y.
    square : bool
        Whether x and y have the same scale.
    x_ticks : mapping of float to str, optional
        The labels along x, where they are not numbers as usual.
    x_scale : pair of sequences of float, optional
        Places along x and the numbers that stand there, such as dates, in stretches of a first and a last one each.
    lines, steps, points, bands : tuple
        What is drawn.
    rules, marks : tuple of Rule
        Lines across at values of y, and upright ones at values of x.
    spans : tuple of Spans
        What is shaded.
    image : Image, optional
        What lies below.
    chosen : tuple of float, optional
        The range of x that is chosen.
    said : str
        What it is, for those who do not see it; by default its axes and what has a label.
    """

    name: str
    title: str = ""
    facts: str = ""
    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    log_x: bool = False
    log_y: bool = False
    whole_y: bool = False
    square: bool = False
    x_ticks: Mapping[float, str] | None = None
    x_scale: tuple[Sequence[float], Sequence[float]] | None = None
    lines: tuple[Line, ...] = ()
    steps: tuple[Steps, ...] = ()
    points: tuple[Points, ...] = ()
    bands: tuple[Band, ...] = ()
    rules: tuple[Rule, ...] = ()
    marks: tuple[Rule, ...] = ()
    spans: tuple[Spans, ...] = ()
    image: Image | None = None
    chosen: tuple[float, float] | None = None
    said: str = ""

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Name and content of all that is drawn, from the lowest to the topmost; what holds nothing is left out."""
        if self.image is not None:
            yield "image", self.image
        kinds = {"span": self.spans, "rule": self.rules, "mark": self.marks, "band": self.bands}
        kinds |= {"steps": self.steps, "line": self.lines, "points": self.points}
        for kind, items in kinds.items():
            for place, item in enumerate(items):
                if self._holds(kind, item):
                    yield f"{kind} {place}", item

    def labelled(self) -> list[tuple[str, Any]]:
        """Kind and content of what stands in the legend."""
        found = ((name.partition(" ")[0], item) for name, item in self.parts() if name != "image")
        order = ("steps", "line", "points", "rule", "mark", "span")
        return sorted(
            ((kind, item) for kind, item in found if getattr(item, "label", "")), key=lambda pair: order.index(pair[0])
        )

    @property
    def words(self) -> str:
        """What it is, for those who do not see it."""
        if self.said:
            return self.said
        if self.image is not None:
            low, high = (number(float(f"{end:.2g}")) for end in (self.image.low, self.image.high))
            return f"{self.image.label} by {self.x_label} and {self.y_label}, from {low} to {high}"
        names = ", ".join(item.label for _, item in self.labelled())
        return f"{self.y_label} by {self.x_label}" + (f": {names}" if names else "")

    def _holds(self, kind: str, item: Any) -> bool:
        """Whether there is something to be seen of a part: numbers, above 0 where an axis is logarithmic."""
        if kind == "span":
            return bool(item.within(*self.x))
        if kind in ("rule", "mark"):
            low, high = self.y if kind == "rule" else self.x
            return bool(low <= item.value <= high)
        if kind == "steps":
            return bool(np.isfinite(item.values).any())
        x, y = np.asarray(item.x, dtype=float), np.asarray(item.high if kind == "band" else item.y, dtype=float)
        good = np.isfinite(x) & np.isfinite(y)
        for values, log in ((x, self.log_x), (y, self.log_y)):
            good &= (values > 0) | (not log)
        return bool(good.any())


def log_range(values: Sequence[np.ndarray], least: float = 0.0) -> tuple[float, float]:
    """A range that holds these values with some room, at most six decades of it."""
    found = np.concatenate(values) if values else np.zeros(0)
    good = found[np.isfinite(found) & (found > 0)]
    if not good.size:
        return (1e-13, 1e-10) if not least else (least, 10.0)
    top = _round(1.8 * float(good.max()), np.ceil)
    return max(_round(float(good.min()) / 1.8, np.floor), top * 1e-6, least), top


def count_range(*tops: np.ndarray, room: float = 1.15) -> tuple[float, float]:
    """From 0 to the largest of these numbers, with some room above."""
    good = [values[np.isfinite(values)] for values in tops]
    return 0.0, room * max([float(values.max()) for values in good if values.size] + [0.0]) or 1.0


def _round(value: float, way: Callable[[float], float]) -> float:
    """A value to a tenth of a decade, so that axes stand still while a curve moves a little."""
    return float(10 ** (way(10 * np.log10(value)) / 10))
