"""A point spread function as profiles against the angle, one a bin of true energy: what cubes are folded with."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.irf.pieces import Pieces, rising_or_falling
from gpnb.irf.psf import to_fraction
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

CONTAINED, FARTHER = 0.999, 1.12
"""Part of what is seen of a point within an angle, and how many times farther functions go: what is left beyond is
0.02 % of Gaussians at most, and of long tails, as the LAT has them, 0.1 % at most.
"""

_STEPS = 48
"""Halvings of the interval that holds a containment radius."""

_NEGLIGIBLE = 1e-16
"""Part of the peak below which a density is zero: slopes of less have no inverse."""

_NEAR = 8
"""Pixels from the middle, within which contents of a kernel are found by rays."""

_RAYS = 32
"""Gauss-Legendre nodes along the side of a rectangle whose content is found."""


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class RadialPsf:
    """Density against the angle, at one place; made by `from_table`.

    A cubic in each interval (no overshoot), flat at zero, nothing beyond the last node; normalised so that
    the integral of 2 pi r P(r) over it is exactly 1.

    Parameters
    ----------
    energy_true : Axis
        Bins of true energy.
    rad : ndarray, shape (n_rad,)
        Nodes in deg, the first 0.
    density : ndarray, shape (n_true, n_rad)
        deg-2, normalised.
    recipe : Recipe
        How it was made.
    """

    energy_true: Axis
    rad: np.ndarray
    density: np.ndarray
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("psf"))

    @classmethod
    def from_table(cls, energy_true: Axis, rad: Any, density: Any, recipe: Recipe | None = None) -> Self:
        """From densities at nodes, of any normalisation.

        Parameters
        ----------
        energy_true : Axis
            Bins of true energy.
        rad : Quantity, or ndarray in deg, shape (n_rad,)
            Rising from 0.
        density : ndarray, shape (n_true, n_rad)
            Energies without a positive, finite function take that of the nearest energy that has one.
        recipe : Recipe, optional
            How the table was made.

        Raises
        ------
        ArgumentError
            If shapes or nodes do not fit, or no energy has a function.

        Examples
        --------
        >>> energy = Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
        >>> rad = np.linspace(0, 0.5, 101)
        >>> psf = RadialPsf.from_table(energy, rad, np.exp(-0.5 * (rad / np.array([[0.1], [0.05]])) ** 2))
        >>> psf
        <RadialPsf 2 energies of 1 to 100 TeV, r68 0.151 to 0.0755 deg>
        """
        rad = to_array(rad, "deg", "rad") if isinstance(rad, u.Quantity) else np.asarray(rad, dtype=float)
        values = np.asarray(density, dtype=float)
        if rad.ndim != 1 or len(rad) < 3 or rad[0] != 0 or not np.all(np.diff(rad) > 0):
            raise ArgumentError(f"rad={rad!r} must be at least three angles that rise from 0.")
        if values.shape != (energy_true.n, len(rad)):
            raise ArgumentError(f"density must have the shape {(energy_true.n, len(rad))}, not {values.shape}.")
        values = np.where(np.isfinite(values), values, 0.0)
        peak = values.max(axis=1, keepdims=True)
        values = np.divide(values, peak, out=np.zeros(values.shape), where=values > _NEGLIGIBLE * peak)
        norm = 2 * np.pi * _moment(rising_or_falling(rad, values.T), 1)(rad[-1])
        usable = norm > 0
        if not usable.any():
            raise ArgumentError("density: no energy has a positive function.")
        values = _from_nearest(values / np.where(usable, norm, 1.0)[:, None], usable, energy_true)
        return cls(energy_true, rad, values, recipe or Recipe.memory("psf"))

    def evaluate(self, rad: np.ndarray) -> np.ndarray:
        """The density (deg-2) at angles (deg), shape (n_true, *rad.shape); float method."""
        rad = np.abs(np.asarray(rad, dtype=float))
        values = self._profile(np.minimum(rad, self.rad[-1])) * (rad <= self.rad[-1])[..., None]
        return np.asarray(np.moveaxis(values, -1, 0))

    def containment(self, rad: np.ndarray) -> np.ndarray:
        """The probability within angles (deg), shape (n_true, *rad.shape); float method."""
        rad = np.clip(np.asarray(rad, dtype=float), 0.0, self.rad[-1])
        return np.asarray(np.moveaxis(2 * np.pi * self._cumulative(rad), -1, 0))

    def containment_radius(self, fraction: float) -> np.ndarray:
        """The angle (deg) that contains a fraction, shape (n_true,); float method.

        Raises
        ------
        ArgumentError
            If the fraction is not in [0, 1).
        """
        wanted = to_fraction(np.asarray(fraction)) / (2 * np.pi)
        curve = self._cumulative(self.rad)
        index = np.clip((curve <= wanted).sum(axis=0) - 1, 0, len(self.rad) - 2)
        coefficients = self._cumulative.c[:, index, np.arange(self.energy_true.n)]
        start, low = self.rad[index], np.zeros(self.energy_true.n)
        high = self.rad[index + 1] - start
        for _ in range(_STEPS):
            middle = (low + high) / 2
            less = np.polyval(coefficients, middle) < wanted
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return np.asarray(start + (low + high) / 2)

    @cached_property
    def variance(self) -> np.ndarray:
        """Mean square of the angle along one axis (deg2), shape (n_true,)."""
        return np.asarray(np.pi * _moment(self._profile, 3)(self.rad[-1]))

    def kernel(self, geom: WcsGeometry) -> SkyMap:
        """The probability in each pixel of a source in the middle of a map.

        Parameters
        ----------
        geom : WcsGeometry
            The pixels, such as a cutout; taken as rectangles of the size that they have in the middle.

        Returns
        -------
        SkyMap
            With the axis ``energy_true``; integrals over pixels, whose sum is what the map contains.
        """
        sides = geom.plane.sides(np.array((geom.nx - 1) / 2), np.array((geom.ny - 1) / 2))
        (x, column), (y, row) = (_from_middle(n) for n in (geom.nx, geom.ny))
        quarter = self.in_pixels(x * sides[0], y * sides[1], sides)
        values = quarter[:, row[:, None], column]
        return SkyMap(geom.cube([self.energy_true]), values, "", Recipe.of(".kernel()", on=self, geom=geom))

    def in_pixels(self, x: np.ndarray, y: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """The probability in rectangles near a source, shape (n_true, ny, nx); float method.

        Parameters
        ----------
        x, y : array, shape (nx,), (ny,)
            Rising offsets of their middles from the source, deg, one side apart.
        sides : array, shape (2,)
            Their sides, deg.
        """
        found = self._far(x, y, sides)
        parts = [np.flatnonzero(np.abs(at) < _NEAR * side) for at, side in zip((x, y), sides, strict=True)]
        if all(part.size for part in parts):
            (across, dx), (along, dy) = zip(parts, sides, strict=True)
            edges = [np.append(at - side / 2, at[-1] + side / 2) for at, side in ((x[across], dx), (y[along], dy))]
            content = self._content(edges[0][None, :], edges[1][:, None])
            found[:, along[:, None], across] = np.diff(np.diff(content, axis=1), axis=2)
        return found

    def _far(self, x: np.ndarray, y: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """What pixels hold, by three places a side: right far from the source, where the density is smooth."""
        nodes, weights = np.polynomial.legendre.leggauss(3)
        across = (x[:, None] + sides[0] / 2 * nodes).ravel()
        found = np.empty((self.energy_true.n, y.size, x.size))
        for number, line in enumerate(y):  # one by one: memory
            density = self.evaluate(np.hypot(across, (line + sides[1] / 2 * nodes)[:, None]))
            both = np.einsum("jyxk,y,k->jx", density.reshape(len(density), 3, -1, 3), weights, weights)
            found[:, number] = both * sides[0] * sides[1] / 4
        return found

    def _content(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """What rectangles from the middle to (x, y) contain, with the sign of x y; shape (n_true, ny, nx)."""
        x, y = np.broadcast_arrays(x, y)
        total = self._triangle(np.abs(x), np.abs(y)) + self._triangle(np.abs(y), np.abs(x))
        return np.asarray(total * np.sign(x * y))

    def _triangle(self, near: np.ndarray, along: np.ndarray) -> np.ndarray:
        """The part within the triangle (0, 0), (near, 0), (near, along): the mean over its angles of what rays hold.

        With the angle = arctan(sinh(u)) a ray has the length near * cosh(u): even steps in u follow all scales.
        """
        nodes, weights = np.polynomial.legendre.leggauss(_RAYS)
        end = np.arcsinh(np.divide(along, near, out=np.zeros(near.shape), where=near > 0))
        result = np.zeros((self.energy_true.n, *near.shape))
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            stretch = np.cosh(end * node)
            result += self.containment(near * stretch) * (weight * end / stretch)
        return np.asarray(result / (2 * np.pi))

    @cached_property
    def _profile(self) -> Pieces:
        return rising_or_falling(self.rad, self.density.T)

    @cached_property
    def _cumulative(self) -> Pieces:
        return _moment(self._profile, 1)

    def __repr__(self) -> str:
        low, high = self.energy_true.low_values[0], self.energy_true.high_values[-1]
        r68 = self.containment_radius(0.68)
        energies = f"{self.energy_true.n} energies of {low:.4g} to {high:.4g} TeV"
        return f"<RadialPsf {energies}, r68 {r68[0]:.3g} to {r68[-1]:.3g} deg>"


def outermost(rad: np.ndarray, density: np.ndarray) -> int:
    """Which angle is far enough: nearly all is contained within it; of several functions, for the widest.

    Parameters
    ----------
    rad : ndarray, shape (n_rad,)
        Nodes, rising from 0.
    density : ndarray, shape (…, n_rad)
        At them.
    """
    ring = 2 * np.pi * rad * np.nan_to_num(density)
    contained = np.cumsum((ring[..., 1:] + ring[..., :-1]) * np.diff(rad) / 2, axis=-1)
    enough = (contained >= CONTAINED * contained[..., -1:]).reshape(-1, len(rad) - 1).all(axis=0)
    return min(int(np.searchsorted(rad, FARTHER * rad[1 + int(enough.argmax())])), len(rad) - 1)


def _from_middle(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances of pixels from the middle of a row of them, in pixels, and which of them each pixel has."""
    away = np.abs(np.arange(n) - (n - 1) / 2)
    return away[n // 2 :], away.astype(int)


def _moment(profile: Pieces, power: int) -> Pieces:
    """The integral of r^power P(r) from zero to each angle, exact."""
    return profile.times_power(power).integral()


def _from_nearest(values: np.ndarray, usable: np.ndarray, energy: Axis) -> np.ndarray:
    """Rows that are not usable, from the nearest energy that is."""
    places, known = np.log(energy.center_values), np.flatnonzero(usable)
    nearest = known[np.abs(places[:, None] - places[known]).argmin(axis=1)]
    return np.asarray(values[nearest])
