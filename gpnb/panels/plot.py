"""What a plot consists of: lines, points with errors, a band, as plain arrays with what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MARKERS = ("circle", "square", "diamond", "triangle-up")
"""Of points that are drawn together."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve.

    Attributes
    ----------
    label : str
        As in a legend; empty for none.
    x, y : ndarray
        NaN where there is nothing.
    role : str
        What it is: "model", "quiet", "accent", "fine" or "purple" give its colour.
    dash : str
        "solid", "dashed", "dotted" or "dash_dotted".
    width : float
        Pixels.
    steps : bool
        Whether x are edges, and y constant between them.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    role: str = "model"
    dash: str = "solid"
    width: float = 2.0
    steps: bool = False


@dataclass(frozen=True, eq=False)
class Points:
    """Points with errors.

    Attributes
    ----------
    label, role
        As for `Line`; the role "text" is that of measured points.
    x, x_low, x_high, y, y_low, y_high : ndarray
        Where they are, and the ends of their bars.
    limit : ndarray of bool
        Those that are upper limits, at `y`.
    marker : str
        "circle", "square", "diamond" or "triangle-up".
    """

    label: str
    x: np.ndarray
    x_low: np.ndarray
    x_high: np.ndarray
    y: np.ndarray
    y_low: np.ndarray
    y_high: np.ndarray
    limit: np.ndarray
    role: str = "text"
    marker: str = "circle"


@dataclass(frozen=True, eq=False)
class SpectrumPlot:
    """What is drawn on one pair of axes.

    Attributes
    ----------
    name, title, facts : str
        Which one.
    x, y : tuple of float
        Ranges of the axes.
    x_label, y_label : str
        Titles of the axes, with units.
    log_x, log_y : bool
        Which axes are logarithmic; a logarithmic x is an energy.
    lines, points : tuple
        What is drawn.
    band : tuple of ndarray, optional
        x, lower and upper end of the model's band.
    rules : tuple of float
        Values of y with a thin line across.
    """

    name: str
    title: str
    facts: str
    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    log_x: bool = True
    log_y: bool = True
    lines: tuple[Line, ...] = ()
    points: tuple[Points, ...] = ()
    band: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    rules: tuple[float, ...] = ()


def log_range(values: Sequence[np.ndarray], least: float = 0.0) -> tuple[float, float]:
    """A range that holds these values with some room, at most six decades of it."""
    found = np.concatenate(values) if values else np.zeros(0)
    good = found[np.isfinite(found) & (found > 0)]
    if not good.size:
        return (1e-13, 1e-10) if not least else (least, 10.0)
    top = _round(1.8 * float(good.max()), np.ceil)
    return max(_round(float(good.min()) / 1.8, np.floor), top * 1e-6, least), top


def _round(value: float, way: Callable[[float], float]) -> float:
    """A value to a tenth of a decade, so that axes stand still while a curve moves a little."""
    return float(10 ** (way(10 * np.log10(value)) / 10))
