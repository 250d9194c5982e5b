"""Norms of a source at many pixels at once, exact: one row a pixel, one column a photon.

With q = m/b, the source's counts for norm one over the background where a photon is, n such photons and S the sum of m
over all that counts, −2 ln L falls from norm zero to x by 2 (Σ n ln(1 + x q) − x S).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_MOST = 100
_EXACT = 3e-3
"""In standard deviations, and of a distance: a step so small is the last one, and the next would be its square."""

_CLOSE = 1 - 1e-9
"""Of the way to where no counts would be predicted."""

_SKEWED = 3.0
"""Most that a first guess may be off by."""


@dataclass(frozen=True, eq=False)
class Norms:
    """The best norm of each pixel and what is known of it.

    Parameters
    ----------
    q : array, shape (n_pixel, n_photon)
        The source over the background; zero where it is not seen.
    n : array, shape (n_photon,)
        Photons.
    total : array, shape (n_pixel,)
        Counts of the source for norm one, in all that counts; positive.
    floor : array, shape (n_pixel,)
        The least norm: below, fewer than no counts are predicted somewhere.

    Examples
    --------
    Four photons where one is expected:

    >>> norms = Norms(np.array([[0.5]]), np.array([4.0]), np.array([0.5]), np.array([-2.0]))
    >>> norms.best.round(6).tolist(), norms.ts.round(6).tolist()
    ([6.0], [5.090355])
    >>> [float(side[0].round(4)) for side in norms.errors()]
    [3.363, 4.6927]
    """

    q: np.ndarray
    n: np.ndarray
    total: np.ndarray
    floor: np.ndarray

    @cached_property
    def best(self) -> np.ndarray:
        """Where −2 ln L is least."""
        if not self.n.size:
            return self.floor.copy()
        return np.asarray(np.maximum(_roots(self.q, self.n, self.total), self.floor))

    @cached_property
    def _relative(self) -> np.ndarray:
        """The source over all that is predicted at the best norm."""
        return np.asarray(self.q / (1 + self.best[:, None] * self.q))

    @property
    def ts(self) -> np.ndarray:
        """How much less likely no source is, in −2 ln L."""
        gain = np.log(1 + self.best[:, None] * self.q) @ self.n - self.best * self.total
        return np.asarray(np.maximum(2 * gain, 0.0))

    @property
    def error(self) -> np.ndarray:
        """From the curvature; NaN without a photon."""
        curvature = self._relative**2 @ self.n
        return np.where(curvature > 0, 1 / np.sqrt(np.maximum(curvature, np.finfo(float).tiny)), np.nan)

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper, where −2 ln L has risen by 1; the lower one ends at the floor."""
        room = self.best - self.floor
        lower = _rises(-1, self._relative, self.n, self.total, 1.0, room)
        return lower, _rises(1, self._relative, self.n, self.total, 1.0, np.full(room.shape, np.inf))

    def limit(self, delta: float) -> np.ndarray:
        """Where −2 ln L has risen by `delta` from the best norm that is not negative."""
        start = np.maximum(self.best, 0.0)
        relative = self.q / (1 + start[:, None] * self.q)
        return np.asarray(start + _rises(1, relative, self.n, self.total, delta, np.full(start.shape, np.inf)))


def _roots(q: np.ndarray, n: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Where f(x) = Σ n q/(1 + x q) = total; −∞ without a photon.

    1/f is concave, and linear for one photon: after one step Newton's for 1/f = 1/total come from below, without a
    bracket. None is below where the nearest photon alone would have its root.
    """
    top = q.argmax(axis=1)
    most = q[np.arange(len(q)), top]
    moving = np.flatnonzero(most > 0)
    found, low = np.full(len(q), -np.inf), np.full(len(q), -np.inf)
    low[moving] = n[top[moving]] / total[moving] - 1 / most[moving]
    found[moving] = np.maximum(low[moving], 0.0)
    own = q if moving.size == len(q) else q[moving]
    for _ in range(_MOST):
        if not moving.size:
            break
        x = found[moving]
        relative = x[:, None] * own
        relative += 1
        np.divide(own, relative, out=relative)
        first = relative @ n
        relative *= relative
        second = relative @ n
        stepped = np.maximum(x + (1 / total[moving] - 1 / first) * first**2 / second, low[moving])
        found[moving] = stepped
        still = np.abs(stepped - x) * np.sqrt(second) > _EXACT
        if not still.all():
            moving, own = moving[still], own[still]
    return found


def _rises(
    side: int, relative: np.ndarray, n: np.ndarray, total: np.ndarray, delta: float, room: np.ndarray
) -> np.ndarray:
    """How far away −2 ln L has risen by `delta`, on one side of where the source has this part of the prediction.

    Newton's steps for a convex function, from where its first three derivatives lead; at most as far as there is room.
    """
    squares = relative**2
    second, third = squares @ n, (squares * relative) @ n
    slope = np.maximum(side * (total - relative @ n), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = delta / (slope + np.sqrt(slope**2 + second * delta))
        skew = np.clip(1 + side * guess * np.nan_to_num(third / second) / 3, 1 / _SKEWED, _SKEWED)
    found = np.minimum(np.nan_to_num(guess * skew, posinf=0.0), room * _CLOSE)
    moving, own = np.arange(len(found)), relative
    for _ in range(_MOST):
        at = found[moving]
        part = (side * at)[:, None] * own
        part += 1
        value = 2 * (side * at * total[moving] - np.log(part) @ n) - delta  # not log1p, which is slower
        np.divide(own, part, out=part)
        steep = 2 * side * (total[moving] - part @ n)
        with np.errstate(divide="ignore", invalid="ignore"):
            stepped = np.where(steep > 0, at - value / steep, at)
        beyond = stepped >= room[moving] * _CLOSE
        stepped = np.where(beyond, (at + room[moving]) / 2, stepped)
        found[moving] = stepped
        still = np.abs(stepped - at) > _EXACT * np.abs(stepped)
        if not still.any():
            break
        moving, own = moving[still], own[still]
    return np.where(found >= room * (1 - _EXACT), room, found)
