"""Which values of an image get the first and the last colour."""

from __future__ import annotations

import numpy as np

from gpnb.panels.sky.view import SkyView

_CUTS = (0.5, 99.9)
"""Percentiles of the values that get the first and the last colour."""


def cuts(image: np.ndarray, view: SkyView) -> tuple[float, float]:
    """The first and last value with a colour: as the record says, else from percentiles."""
    values = image[np.isfinite(image)]
    if view.stretch == "log":
        values = values[values > 0]
    low, high = (float(end) for end in np.percentile(values, _CUTS)) if values.size else (0.0, 1.0)
    if not low < high and values.size:
        low, high = float(values.min()), float(values.max())
    low = low if view.low is None else view.low
    high = high if view.high is None else view.high
    if view.cmap == "diverging" and view.low is None and view.high is None:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    return (low, high) if low < high else (low, low + (abs(low) or 1.0))
