"""What a stack of runs has at any place of the sky: asked of the runs themselves, weighted by their exposure there.

Nothing is kept on a grid, so that steep exposures, kinks of a response and the ends of fields of view are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.frames import separation
from gpnb.maps.axis import Axis
from gpnb.maps.sky_map import SkyMap

_KEPT = 1e8
"""Bytes: responses are kept until they take so many; those of further runs are read again whenever they are asked."""

_RECENT = 64
"""Places whose answers are kept."""

_TOUCHES = 1e-9
"""deg: on the rim of a field of view is within it."""


class Share(Protocol):
    """What one run, or a stack made before, adds; places are longitude and latitude in ICRS, deg."""

    def apart(self, lon: float, lat: float) -> float:
        """Angle (deg) from a place to the nearest that it sees; 0 where it sees it."""

    def nearest(self, lon: float, lat: float) -> tuple[float, float]:
        """The nearest place that it sees."""

    def at(self, lon: float, lat: float, true: Axis, second: Any, keep: bool) -> tuple[np.ndarray, np.ndarray]:
        """Values (n_true, n) and exposure (n_true,) at a place; `keep` what is read for it, or not.

        At energies without exposure, values of as near as there is some; else zero.
        """

    @property
    def nbytes(self) -> int:
        """Bytes of what it keeps."""


S = TypeVar("S", bound=Share)
T = TypeVar("T")


class FieldMeans:
    """The mean of the shares at any place, with memory that does not grow with their number.

    Parameters
    ----------
    shares : sequence of Share
        At least one.
    """

    def __init__(self, shares: Sequence[Any]):
        self.shares = tuple(shares)
        self._sizes: dict[int, int] = {}
        self._recent: dict[tuple[float, float], tuple[np.ndarray, np.ndarray]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept: responses, and answers."""
        return sum(self._sizes.values()) + sum(part.nbytes for found in self._recent.values() for part in found)

    def ask(self, question: Callable[[Any, bool], T], numbers: Iterable[int] | None = None) -> Iterator[T]:
        """Answers of the shares (or some) to a question, which is told whether it may keep what is read for it."""
        kept = sum(self._sizes.values())
        for number in range(len(self.shares)) if numbers is None else numbers:
            before, share = self._sizes.get(number, 0), self.shares[number]
            keep = before > 0 or kept < _KEPT
            yield question(share, keep)
            if keep:
                self._sizes[number] = share.nbytes
                kept += self._sizes[number] - before

    def at(self, position: SkyCoord, true: Axis, second: Any) -> tuple[np.ndarray, np.ndarray]:
        """The mean, shape (n_true, n), and the exposure (n_true,) that it stands on.

        Where no share sees anything, the nearest place that one sees is taken. Energies without exposure there have
        plain means of what their shares have nearest to it, zero if none has any.

        Parameters
        ----------
        position : SkyCoord
            One direction.
        true : Axis
            True energy.
        second : Axis or ndarray
            What values are for, in the terms of the shares; always the same.
        """
        where = position.icrs
        place = float(where.ra.deg), float(where.dec.deg)
        found = self._recent.get(place)
        if found is None:
            found = self._mean(*place, true, second)
            self._recent = dict([*self._recent.items(), (place, found)][-_RECENT:])
        return found

    def _mean(self, lon: float, lat: float, true: Axis, second: Any) -> tuple[np.ndarray, np.ndarray]:
        apart = np.array([share.apart(lon, lat) for share in self.shares])
        if _TOUCHES < apart.min() < np.inf:
            lon, lat = self.shares[int(apart.argmin())].nearest(lon, lat)
            apart = np.array([share.apart(lon, lat) for share in self.shares])
        seeing = np.flatnonzero(apart <= max(_TOUCHES, apart.min()))
        found = self.ask(lambda share, keep: share.at(lon, lat, true, second, keep), seeing.tolist())
        total, plain, weight, known = 0.0, 0.0, np.zeros(true.n), np.zeros(true.n)
        for values, exposure in found:
            total, plain = total + exposure[:, None] * values, plain + values
            weight, known = weight + exposure, known + values.any(axis=1)
        lit = weight > 0
        over = np.where(lit, weight, np.maximum(known, 1.0))
        return np.where(lit[:, None], total, plain) / over[:, None], weight


@dataclass(frozen=True, eq=False)
class MadeShare:
    """A response whose runs are not known any more, as a share of a stack.

    Parameters
    ----------
    exposure : SkyMap
        Of its dataset.
    """

    exposure: SkyMap

    def values(self, position: SkyCoord, second: Any) -> np.ndarray:
        """What it has at a position, shape (n_true, n)."""
        raise NotImplementedError

    def apart(self, lon: float, lat: float) -> float:
        """See `Share`."""
        if self._exposure(lon, lat).any():
            return 0.0
        return float(separation(lon, lat, *self.nearest(lon, lat))) if self._seen.any() else np.inf

    def nearest(self, lon: float, lat: float) -> tuple[float, float]:
        """See `Share`."""
        geom = self.exposure.geom.image()
        away = np.where(self._seen, np.nan_to_num(geom.separation(_position(lon, lat)), nan=np.inf), np.inf)
        place = geom.coords[np.unravel_index(int(away.argmin()), away.shape)].icrs
        return float(place.ra.deg), float(place.dec.deg)

    def at(self, lon: float, lat: float, true: Axis, second: Any, keep: bool) -> tuple[np.ndarray, np.ndarray]:
        """See `Share`."""
        return self.values(_position(lon, lat), second), self._exposure(lon, lat)

    @property
    def nbytes(self) -> int:
        """See `Share`."""
        return 0

    def _exposure(self, lon: float, lat: float) -> np.ndarray:
        """Of the pixel that holds a place; none beyond the map."""
        geom = self.exposure.geom
        x, y = (np.nan_to_num(float(pixel), nan=-1.0) for pixel in geom.coord_pixel(_position(lon, lat)))
        inside = (-0.5 <= x <= geom.nx - 0.5) and (-0.5 <= y <= geom.ny - 0.5)
        column, row = min(round(max(x, 0.0)), geom.nx - 1), min(round(max(y, 0.0)), geom.ny - 1)
        return np.asarray(self.exposure.data[:, row, column] * inside, dtype=float)

    @cached_property
    def _seen(self) -> np.ndarray:
        return np.asarray((self.exposure.data > 0).any(axis=0))


def _position(lon: float, lat: float) -> SkyCoord:
    return SkyCoord(lon, lat, unit="deg", frame="icrs")
