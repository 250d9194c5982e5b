"""Which values of an image get which colour: cuts, stretch, and what is centred on 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.panels.sky.view import SkyView, Stretch

_CUTS = (0.5, 99.9)
"""Percentiles of the values that get the first and the last colour."""

_CENTRED = ("significance", "residual", "residuals")
"""Maps whose 0 means "as expected": by default a diverging colour map has it in its middle."""

_FLOOR = 1e-6
"""A logarithm begins at this part of the last value, if the first one is not above 0."""

_DECADES = 1000.0
"""What a logarithm of both signs spans on each side of 0."""

_BENDS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "linear": (lambda part: part, lambda place: place),
    "sqrt": (np.sqrt, np.square),
    "asinh": (
        lambda part: np.arcsinh(10 * part) / np.arcsinh(10),
        lambda place: np.sinh(place * np.arcsinh(10)) / 10,
    ),
    "log": (
        lambda part: np.log1p((_DECADES - 1) * part) / np.log(_DECADES),
        lambda place: np.expm1(place * np.log(_DECADES)) / (_DECADES - 1),
    ),
}
"""Stretches of a part from 0 to 1, and back; the logarithm as it is about 0."""


@dataclass(frozen=True)
class Scale:
    """From values to places in a colour map, 0 to 1.

    Parameters
    ----------
    low, high : float
        The values of the first and the last colour.
    stretch : {"linear", "sqrt", "log", "asinh"}
        How values between them are spread; from 0 to both sides where it is centred.
    centred : bool
        Whether 0 has the colour in the middle: then `low` is below and `high` above it.

    Examples
    --------
    >>> Scale(-2.0, 8.0, centred=True).places(np.array([-2.0, -1.0, 0.0, 4.0, 8.0])).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    low: float
    high: float
    stretch: Stretch = "linear"
    centred: bool = False

    def places(self, values: Any) -> np.ndarray:
        """Where values lie, cut at both ends; NaN stays."""
        given, bend = np.asarray(values, dtype=float), _BENDS[self.stretch][0]
        if self.centred:
            side = np.where(given < 0, self.low, self.high)
            return np.asarray(0.5 + 0.5 * np.sign(given) * bend(np.clip(given / side, 0, 1)))
        if self.stretch == "log":
            first = np.log(self.floor)
            return np.asarray((np.log(np.clip(given, self.floor, self.high)) - first) / (np.log(self.high) - first))
        return np.asarray(bend(np.clip((given - self.low) / (self.high - self.low), 0, 1)))

    def values(self, places: Any) -> np.ndarray:
        """The values that lie there."""
        given, back = np.asarray(places, dtype=float), _BENDS[self.stretch][1]
        if self.centred:
            side = np.where(given < 0.5, -self.low, self.high)
            return np.asarray(np.sign(given - 0.5) * side * back(np.abs(2 * given - 1)))
        if self.stretch == "log":
            return np.asarray(self.floor * (self.high / self.floor) ** given)
        return np.asarray(self.low + (self.high - self.low) * back(given))

    @property
    def floor(self) -> float:
        """Where a logarithm begins."""
        return max(self.low, self.high * _FLOOR)


def colours_of(view: SkyView, name: str) -> str:
    """The colour map of a layer: as the record says, else one that fits what it is."""
    return view.cmap or ("diverging" if name in _CENTRED else "inferno")


def scale_of(image: np.ndarray, view: SkyView, name: str = "") -> Scale:
    """The scale of an image: cut as the record says, else at percentiles; those of a diverging map lie about 0.

    Parameters
    ----------
    image : ndarray
        The values.
    view : SkyView
        Its cuts, stretch and colour map.
    name : str
        Of the layer.
    """
    if image.dtype == bool:
        return Scale(0.0, 1.0)
    if colours_of(view, name) == "diverging":
        return Scale(*_about_zero(image, view), view.stretch, centred=True)
    return Scale(*_percentiles(image, view), view.stretch)


def _percentiles(image: np.ndarray, view: SkyView) -> tuple[float, float]:
    values = image[np.isfinite(image)]
    if view.stretch == "log":
        values = values[values > 0]
    low, high = (float(end) for end in np.percentile(values, _CUTS)) if values.size else (0.0, 1.0)
    if not low < high and values.size:
        low, high = float(values.min()), float(values.max())
    low = low if view.low is None else view.low
    high = high if view.high is None else view.high
    if low < high:
        return low, high
    wide = abs(high if view.low is None else low) or 1.0  # an end that was given stays
    return (high - wide, high) if view.low is None and view.high is not None else (low, low + wide)


def _about_zero(image: np.ndarray, view: SkyView) -> tuple[float, float]:
    """Ends on both sides of 0: an end that is not given, or lies on the wrong side, mirrors the other."""
    low, high = view.low, view.high
    if low is None and high is None:
        values = image[np.isfinite(image)]
        high = float(np.abs(np.percentile(values, _CUTS)).max()) if values.size else 1.0
    if low is not None and high is not None and low < 0 < high:
        return low, high
    reach = max(abs(end) for end in (low, high) if end is not None) or 1.0
    return -reach, reach
