"""The axis of time of a light curve: days, with long pauses cut short, and few labels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.data.timeref import seconds_from

_ROOM = 0.013
"""Of the axis, that a character of a date takes where the panel is narrow."""

_DAY = 86400.0
_PAUSE = 6 * 3600.0
"""A pause so long can be cut short."""

_MOST = 6
"""Stretches of time; with more, pauses stay as they are."""

_GAP, _MARGIN = 0.05, 0.025
"""Room for a pause, and at the ends, in parts of the time with data."""

_FEWEST = 4
"""Labels, at least."""


@dataclass(frozen=True, eq=False)
class TimeAxis:
    """Where times are drawn.

    Parameters
    ----------
    reference : Time
        From where seconds are counted.
    seconds, places : array
        Ends of the stretches of time, and where they are drawn, days.
    """

    reference: Time
    seconds: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, start: Time, stop: Time, pauses: bool) -> TimeAxis:
        """The axis of bins of time; with `pauses` all is to scale."""
        reference = start.min().tt
        low, high = seconds_from(start, reference), seconds_from(stop, reference)
        order = np.argsort(low)
        low, high = low[order], np.maximum.accumulate(high[order])
        breaks = np.flatnonzero(low[1:] - high[:-1] >= _PAUSE) + 1
        if pauses or len(breaks) >= _MOST:
            breaks = breaks[:0]
        first, last = low[np.append(0, breaks)], high[np.append(breaks - 1, -1)]
        size = float((last - first).sum())
        margin, gap = _MARGIN * size, _GAP * size if len(breaks) else 0.0
        edge = np.minimum(margin, 0.4 * gap) if len(breaks) else margin
        first, last = (
            first - np.append(margin, np.full(len(breaks), edge)),
            last + np.append(np.full(len(breaks), edge), margin),
        )
        lengths = last - first
        begin = np.append(0.0, np.cumsum(lengths)[:-1]) + 0.2 * gap * np.arange(len(lengths))
        places = np.column_stack([begin, begin + lengths]).ravel()
        return cls(reference, np.column_stack([first, last]).ravel(), places / _DAY)

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the axis."""
        return float(self.places[0]), float(self.places[-1])

    @property
    def breaks(self) -> list[float]:
        """Where pauses are cut short."""
        return [float(place) for place in 0.5 * (self.places[1:-1:2] + self.places[2::2])]

    def shows(self, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """Which spans of time, s from the reference, lie at least in part in what is drawn."""
        low, high = np.asarray(start)[:, None], np.asarray(stop)[:, None]
        return np.asarray(((high >= self.seconds[::2]) & (low <= self.seconds[1::2])).any(axis=1))

    def place(self, seconds: np.ndarray) -> np.ndarray:
        """Where times are drawn."""
        return np.asarray(np.interp(seconds, self.seconds, self.places))

    def places_of(self, time: Time) -> np.ndarray:
        """Where times are drawn."""
        return self.place(seconds_from(time, self.reference))

    def time(self, place: float) -> Time:
        """The time that is drawn there."""
        return self.reference + float(np.interp(place, self.places, self.seconds)) * u.s

    @property
    def scale(self) -> tuple[list[float], list[float]]:
        """Places and the dates there (MJD, TT): the first and the last of each stretch of time."""
        return self.places.tolist(), (float(self.reference.mjd) + self.seconds / _DAY).tolist()

    @property
    def ticks(self) -> dict[float, str]:
        """Places with dates (MJD, TT); the whole days are written where they change, and room is left before them."""
        lengths = np.diff(self.seconds)[::2] / _DAY
        step = _step(float(lengths.sum()) / _FEWEST)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        zero, last = float(self.reference.mjd), None
        labels: dict[float, str] = {}
        for first, stop in self.seconds.reshape(-1, 2) / _DAY + zero:
            for number in range(math.ceil(first / step), math.floor(stop / step) + 1):
                date = number * step
                whole = math.floor(date + 1e-9)
                text = f"{date:.{digits}f}"
                place = float(self.place(np.array([(date - zero) * _DAY]))[0])
                if whole == last and digits:
                    text = text[text.index(".") :]
                elif labels and place - max(labels) < _ROOM * len(text) * (self.places[-1] - self.places[0]):
                    del labels[max(labels)]
                labels[place] = text
                last = whole
            last = None
        return labels


def _step(most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not more."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= most * (1 + 1e-9))
