"""What all point spread functions have in common."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.irf.interpolate import Nodes, interpolate, interpolate_table
from gpnb.irf.response import Response, door
from gpnb.irf.units import with_units


class Psf(Response):
    """Probability a solid angle of the angle between true and reconstructed direction.

    Always normalised to 1. Nodes without a usable function (empty bins, NaN, ``SIGMA == 0``) take that of
    the nearest energy that has one; energies outside the axis take that of its end; beyond the last edge in
    offset density and containment are zero and the containment radius is NaN.

    Subclasses with parameters give the parameters at the nodes and three functions of them.
    """

    def __call__(self, energy: Any, offset: Any, rad: Any) -> u.Quantity:
        """The density at true energies, offsets and angles that broadcast, as a Quantity."""
        arrays = door(energy=(energy, "TeV"), offset=(offset, "deg"), rad=(rad, "deg"))
        return self.evaluate(*arrays) / u.sr

    def evaluate(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        """The density dP/dOmega in sr-1; float method: TeV, deg, deg, broadcast."""
        density = self._density(self._parameters(energy, offset), np.asarray(rad, dtype=float))
        return np.where(self._nodes[1].inside(np.asarray(offset, dtype=float)), density, 0.0)

    @with_units("", energy="TeV", offset="deg", rad="deg")
    def containment(self, energy: Any, offset: Any, rad: Any) -> Any:
        """The probability within an angle; with units, or floats: TeV, deg, deg; broadcast."""
        return self._containment(energy, offset, rad)

    def containment_table(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        """As `containment` for 1-D energies and offsets, shape (n_energy, n_offset, *rad.shape); fast float method."""
        rad = np.asarray(rad, dtype=float)
        parameters = interpolate_table(self._filled, self._held, (energy, offset))
        parameters = parameters.reshape(parameters.shape[:2] + (1,) * rad.ndim + parameters.shape[2:])
        inside = self._nodes[1].inside(np.asarray(offset, dtype=float))
        result: np.ndarray = self._contained(parameters, rad) * inside.reshape((1, -1) + (1,) * rad.ndim)
        return result

    @told
    @with_units("deg", energy="TeV", offset="deg")
    def containment_radius(self, energy: Any, offset: Any, *, fraction: Any = 0.68) -> Any:
        """The angle that contains a fraction.

        Parameters
        ----------
        energy, offset : Quantity or str, or array
            True energy and angle from the pointing, with units; or all floats, in TeV and deg. They broadcast.
        fraction : array
            In [0, 1).

        Returns
        -------
        Quantity or array
            With a unit if they have; else in deg.

        Raises
        ------
        ArgumentError
            If a fraction is not in [0, 1).

        Examples
        --------
        >>> import gpnb
        >>> obs.psf.containment_radius("1 TeV", "0.5 deg", fraction=0.68)  # doctest: +SKIP
        <Quantity 0.0754 deg>
        """
        return self._containment_radius(energy, np.asarray(offset, dtype=float), to_fraction(fraction))

    def _containment(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        contained = self._contained(self._parameters(energy, offset), np.asarray(rad, dtype=float))
        return np.where(self._nodes[1].inside(np.asarray(offset, dtype=float)), contained, 0.0)

    def _containment_radius(self, energy: np.ndarray, offset: np.ndarray, fraction: np.ndarray) -> np.ndarray:
        radius = self._radius(self._parameters(energy, offset), fraction)
        return np.where(self._nodes[1].inside(offset), radius, np.nan)

    def nodes(self, number: int) -> Nodes:  # noqa: D102
        return Nodes(self.axes[number], hold_below=True, hold_above=number == 0)

    def require(self, usable: np.ndarray) -> None:
        """Raise `DataFormatError` if the function is usable at no node."""
        if not usable.any():
            raise DataFormatError(f"{self!r} is empty: it has no energy and offset with a positive function.")

    @property
    def _filled(self) -> np.ndarray:
        """The parameters at the nodes, shape (n_energy, n_offset, n_parameter), usable everywhere."""
        raise NotImplementedError

    def _density(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def _contained(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def _radius(self, parameters: np.ndarray, fraction: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    @cached_property
    def _held(self) -> tuple[Nodes, Nodes]:
        """Energy and offset, held outside, so that the functions always get usable parameters."""
        return self._nodes[0], Nodes(self.axes[1], hold_below=True, hold_above=True)

    def _parameters(self, energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        return interpolate(self._filled, self._held, (energy, offset))


def to_fraction(values: np.ndarray) -> np.ndarray:
    """Fractions as a float array; `ArgumentError` unless they are in [0, 1)."""
    fraction = np.asarray(values, dtype=float)
    if not np.all((fraction >= 0) & (fraction < 1)):
        raise ArgumentError(f"fraction={values!r} must be at least 0 and less than 1, such as 0.68.")
    return fraction
