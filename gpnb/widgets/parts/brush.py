"""A brush over the x axis of a plot, without echoes of what Python itself brushes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import bqplot
import numpy as np


class Brush:
    """Ranges of x that the mouse brushes.

    Parameters
    ----------
    scale : bqplot.Scale
        Of the x axis.
    colour : str
        Of the range.
    callback : callable
        ``callback(ends, gesture)`` during the drag, with None as ends where it is cleared.
    """

    def __init__(self, scale: Any, colour: str, callback: Callable[[np.ndarray | None, Any], None]):
        self.selector = bqplot.interacts.BrushIntervalSelector(scale=scale, marks=[], color=colour)
        self._callback, self._own, self._held = callback, False, False
        self._gestures, self._gesture = itertools.count(), None
        self.selector.observe(lambda _: self._note(), "brushing")
        self.selector.observe(lambda _: self._brushed(), "selected")

    def show(self, ends: np.ndarray | None) -> None:
        """Show a range as brushed; not while the mouse drags it."""
        if self.selector.brushing:
            return
        shown = self.selector.selected
        if (ends is None and shown is None) or (ends is not None and shown is not None and np.array_equal(ends, shown)):
            return
        self._own = True
        try:
            self.selector.selected = ends
        finally:
            self._own = False

    def _note(self) -> None:
        """A drag that begins is a new gesture."""
        brushing = self.selector.brushing
        if brushing and not self._held:
            self._gesture = (id(self), next(self._gestures))  # type: ignore[assignment]
        self._held = brushing

    def _brushed(self) -> None:
        if self._own:
            return
        self._note()
        ends = self.selector.selected
        if ends is None or len(ends) != 2:
            self._callback(None, self._gesture)
        elif ends[0] != ends[1]:
            self._callback(np.sort(np.asarray(ends, dtype=float)), self._gesture)
