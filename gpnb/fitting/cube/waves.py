"""From a point spread function and a shape to what is seen at an angle from the source, by Hankel transform.

On a flat sky a convolution is a product of transforms; the mean over a pixel is a product too. Of an elongated shape
the angular harmonics are taken apart: g(r, psi) = sum over even m of g_m(r) cos m psi, with psi from the major axis.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol
from weakref import WeakValueDictionary

import numpy as np
from scipy.special import j0, j1, jv, roots_legendre

from gpnb.core.errors import FitError
from gpnb.fitting.cube.sphere import Ladder
from gpnb.irf.pieces import Pieces, hermite
from gpnb.irf.radial_psf import RadialPsf

_SMALL = 1e-6
"""Of a transform: less is not there."""

_FINEST = 12.0
"""Wave numbers reach this many times the inverse of the smallest width."""

_PER_WIDTH = 5.0
"""Nodes in angle within the smallest width: their cubic pieces are then right to 1e-6 of the peak."""

_NODES_PER_TURN, _FEWEST = 0.6, 48
"""Wave numbers for each radian that the largest angle turns by, and at least."""

_EVEN_WIDTHS = 10.0
"""Widths beyond a shape's reach from which on angles lie further apart: there is nothing sharp."""

_PER_OCTAVE, _TOGETHER = 8, 16
"""Steps of angle come in so many sizes a factor of two, and their numbers in multiples: most sources share a grid."""

_ONE_SIGMA = 0.3935
"""Of a Gaussian, within its width."""

_ANGLES = 48
"""Directions over half a turn, over which harmonics of a shape are averaged."""

_MOST_NUMBERS = 4e7
"""In the tables of Bessel functions of one source: 300 MB, for a source of 700 widths of what is seen of a point."""

_BESSEL_STEP, _AT_ONCE = 0.05, 10**6
"""Of the tables of higher Bessel functions; and how many numbers are looked up at once."""


class TooWideError(FitError):
    """A source so wide that its tables would not fit into memory."""


class Shape(Protocol):
    """What has a transform; see `gpnb.models.spatial.SpatialModel`."""

    def waves(self, along: np.ndarray, across: np.ndarray, values: tuple[float, ...]) -> np.ndarray:
        """The transform and its slopes."""


class WaveTables:
    """What a source looks like at any angle, for each true energy: values and slopes at the nodes of a ladder.

    Parameters
    ----------
    psf : RadialPsf or None
        None where the source is seen as it is.
    n_true : int
        Number of true energies.
    pixel : pair of float
        Sides of a pixel, deg.
    reach : float
        How far the shape goes, deg.
    harmonics : int
        Even ones beside the round part; 0 for a round shape.

    Attributes
    ----------
    ladder : Ladder
        The angles.
    radius : float
        deg: nothing is seen beyond.
    orders : tuple of int
        The harmonics.
    width : float
        The smallest of what is seen, deg.

    Raises
    ------
    TooWideError
        If they would take more memory than they should.
    """

    def __init__(
        self, psf: RadialPsf | None, n_true: int, pixel: tuple[float, float], reach: float, harmonics: int = 0
    ):
        self.width = seen_width(psf, pixel)
        spread = float(psf.rad[-1]) if psf is not None else 0.0
        width = 2 ** (np.floor(np.log2(self.width) * _PER_OCTAVE) / _PER_OCTAVE)  # so that others have the same
        step, self.radius = float(width / _PER_WIDTH), spread + reach + max(pixel)
        turns = self.radius / step
        if not 2 * (harmonics + 1) * turns * _n_waves(turns) <= _MOST_NUMBERS:
            raise TooWideError(
                f"A source that reaches {reach:.3g} deg is too wide where a point is seen {self.width:.2g} deg wide: "
                f"start with a smaller{' or rounder' * (harmonics > 0)} one, and limit it, or take larger pixels."
            )
        self.orders = tuple(range(0, 2 * harmonics + 1, 2))
        self.ladder = Ladder.to(self.radius, step, _rounded(_EVEN_WIDTHS * _PER_WIDTH + reach / step))
        whole = Ladder(step, self.ladder.even, _rounded(self.ladder.n))
        self._grid = _grid_of(whole, _rounded(turns))
        q = self._grid.q
        seen = np.ones((n_true, q.size)) if psf is None else self._grid.transform(psf)
        seen = seen * pixel_waves(q, pixel)
        seen[np.abs(seen) < _SMALL] = 0.0
        self._seen = seen * self._grid.weights

    def of(self, shape: Shape, values: tuple[float, ...], moved: tuple[int, ...]) -> np.ndarray:
        """Tables of a shape.

        Parameters
        ----------
        shape : Shape
            The shape.
        values : tuple of float
            Of its parameters beside the position.
        moved : tuple of int
            Those of them whose derivatives are wanted.

        Returns
        -------
        array, shape (1 + n_moved, n, 2, n_order, n_true)
            Density (deg-2), and its derivatives, in each harmonic; values, and their slopes per node.
        """
        wanted = [0, *(1 + place for place in moved)]
        turns = max(_ANGLES, 2 * self.orders[-1]) if len(self.orders) > 1 else 1
        angle = np.pi * np.arange(turns) / turns
        q = self._grid.q[:, None]
        along, across = q * np.cos(angle), q * np.sin(angle)
        waves = np.asarray(shape.waves(along, across, values))[wanted]
        n = self.ladder.n
        found = np.empty((len(wanted), n, 2, len(self.orders), len(self._seen)))
        for place, order in enumerate(self.orders):
            part = (waves * np.cos(order * angle)).mean(axis=-1) * (1 if order == 0 else 2) * (-1) ** (order // 2)
            rows = (part[:, None, :] * self._seen).reshape(-1, q.size)
            for side, basis in enumerate(self._grid.bessel(order)):
                table = (rows @ basis[:, :n]).reshape(len(wanted), len(self._seen), n)
                found[:, :, side, place] = table.transpose(0, 2, 1)
        found[:, :, 1] *= self.ladder.steps[:, None, None]
        found[:, -1] = 0.0  # so that it ends without a step
        return found


def _n_waves(turns: float) -> float:
    """How many wave numbers angles need that reach so many steps."""
    return _NODES_PER_TURN * _FINEST / _PER_WIDTH * turns + _FEWEST


def _rounded(number: float) -> int:
    """Up, so that others have the same."""
    return int(np.ceil(number / _TOGETHER)) * _TOGETHER


class _Grid:
    """Wave numbers and angles, and the Bessel functions that lead from one to the other.

    Parameters
    ----------
    ladder : Ladder
        The angles.
    turns : int
        The largest of them, in even steps.

    Attributes
    ----------
    q, weights : array
        Wave numbers (deg-1), and the weights of the integral over them.
    """

    def __init__(self, ladder: Ladder, turns: int):
        most = _FINEST / (_PER_WIDTH * ladder.step)
        nodes, weights = _gauss(int(_n_waves(turns)))
        self.q = (nodes + 1) * most / 2
        self.weights = weights * most / 2 * self.q / (2 * np.pi)
        self._angles = ladder.angles
        self._bessel: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._rings: tuple[bytes, np.ndarray] | None = None

    def bessel(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """J_m(q r) and its derivative with r, each of shape (n_q, n)."""
        if order not in self._bessel:
            self._bessel[order] = _bessel(order, self.q, self._angles)
        return self._bessel[order]

    def transform(self, psf: RadialPsf) -> np.ndarray:
        """Of each true energy, 1 at q = 0; shape (n_true, n_q)."""
        nodes, weights = _gauss(4)
        half = np.diff(psf.rad)[:, None] / 2
        rad = (psf.rad[:-1, None] + half * (nodes + 1)).ravel()
        mass = psf.evaluate(rad) * (2 * np.pi * rad * (half * weights).ravel())
        key, kept = psf.rad.tobytes(), self._rings
        if kept is None or kept[0] != key:
            kept = self._rings = key, j0(np.outer(rad, self.q))
        return np.asarray(mass @ kept[1] / mass.sum(axis=1, keepdims=True))


_GRIDS: WeakValueDictionary[tuple[Ladder, int], _Grid] = WeakValueDictionary()
"""Those that sources have now."""


def _grid_of(ladder: Ladder, turns: int) -> _Grid:
    grid = _GRIDS.get((ladder, turns))
    if grid is None:
        grid = _GRIDS[ladder, turns] = _Grid(ladder, turns)
    return grid


def pixel_waves(q: np.ndarray, pixel: tuple[float, float]) -> np.ndarray:
    """Transform of a pixel, its mean over all directions."""
    angle = (np.arange(_ANGLES) + 0.5) * np.pi / 2 / _ANGLES
    x, y = (q[:, None] * side / 2 * part for side, part in zip(pixel, (np.cos(angle), np.sin(angle)), strict=True))
    return np.asarray((np.sinc(x / np.pi) * np.sinc(y / np.pi)).mean(axis=1))


def seen_width(psf: RadialPsf | None, pixel: tuple[float, float]) -> float:
    """The smallest width of anything that is seen, deg."""
    own = 0.0 if psf is None else float(np.min(psf.containment_radius(_ONE_SIGMA)))
    return float(np.hypot(own, min(pixel) / 3))


def _bessel(order: int, q: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """J_m(q r) and its derivative with r, each of shape (n_q, n_r)."""
    argument = np.outer(q, radius)
    if order == 0:
        return j0(argument), -q[:, None] * j1(argument)
    values = _bessel_pieces(order, int(2 ** np.ceil(np.log2(max(float(argument.max()), 8)))))
    slopes = values.slope()
    found = np.empty((2, *argument.shape))
    for rows in np.array_split(np.arange(q.size), 1 + argument.size // _AT_ONCE):  # memory
        found[:, rows] = values(argument[rows])[..., 0], q[rows, None] * slopes(argument[rows])[..., 0]
    return found[0], found[1]


@lru_cache(maxsize=64)
def _bessel_pieces(order: int, last: int) -> Pieces:
    """J_m, of which scipy's own is too slow for so many places: cubics with exact slopes, right to 1e-8."""
    nodes = np.arange(0, last + 2 * _BESSEL_STEP, _BESSEL_STEP)
    below, own, above = (jv(order + by, nodes)[:, None] for by in (-1, 0, 1))
    return hermite(nodes, own, (below - above) / 2)


@lru_cache(maxsize=64)
def _gauss(n: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = roots_legendre(n)  # numpy's takes minutes for thousands
    return np.asarray(nodes), np.asarray(weights)
