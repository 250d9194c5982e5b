"""The cut on direction of point-like analyses."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import DataFormatError
from gpnb.core.recipe import Recipe
from gpnb.irf.interpolate import Nodes, interpolate
from gpnb.irf.layout import ENERGY_RECO, OFFSET, Layout, ValueColumn
from gpnb.irf.response import Response, door
from gpnb.irf.units import with_units
from gpnb.maps.axis import Axis


class RadMax(Response):
    """Largest angle from the source, against **reconstructed** energy and offset (GADF ``RAD_MAX_2D``).

    Linear in the logarithm of the energy and in offset, through the bin centres, as in Gammapy; held outside.
    Events are cut by the value of their bin, as the responses were made: `applied`.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy`` and ``offset``.
    values : ndarray or Quantity, shape (n_energy, n_offset)
        deg, or with a unit.
    header, recipe
        See `Response`.
    """

    layout = Layout("rad_max_2d", "RAD_MAX", "RAD_MAX", (ENERGY_RECO, OFFSET), (ValueColumn("RAD_MAX", "deg", "deg"),))

    @classmethod
    def from_response(cls, response: Response) -> Self:
        """The one cut that a point-like response names in its header, ``RAD_MAX``.

        Raises
        ------
        DataFormatError
            If the response is not point-like, or names none.
        """
        value = response.number("RAD_MAX")
        if not response.is_pointlike or value is None:
            raise DataFormatError(
                f"{response!r} has no RAD_MAX keyword of a point-like response: give a RAD_MAX_2D HDU."
            )
        energy = response.energy_axis.edges[[0, -1]]
        axes = (Axis.energy_edges(energy), Axis.from_edges([0.0, 180.0], "offset", "deg"))
        header = {**response.header, "HDUCLAS3": "POINT-LIKE"}
        recipe = Recipe.of("gpnb.irf.RadMax.from_response()", response=response, name="rad_max")
        return cls(axes, np.full((1, 1), value), header, recipe)

    @property
    def is_fixed(self) -> bool:
        """Whether the cut is the same for all energies and offsets."""
        return bool(np.ptp(self.values) == 0)

    @property
    def is_pointlike(self) -> bool:
        """Always True: only point-like responses have such a cut."""
        return True

    def __call__(self, energy: Any, offset: Any) -> u.Quantity:
        """The cut at reconstructed energies and offsets that broadcast, as a Quantity."""
        return self.evaluate(*door(energy=(energy, "TeV"), offset=(offset, "deg"))) * u.deg

    def evaluate(self, energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """The cut in deg; float method: energy in TeV, offset in deg, broadcast."""
        return interpolate(self.values, self._nodes, (energy, offset))

    @with_units("deg", energy="TeV", offset="deg")
    def applied(self, energy: Any, offset: Any) -> Any:
        """The cut as it is applied to events, that of the nearest node; with units, or floats: TeV, deg; broadcast."""
        places = [
            node.locate(np.asarray(value, dtype=float))
            for node, value in zip(self._nodes, (energy, offset), strict=True)
        ]
        nearest = tuple(index + (weight >= 0.5) for index, weight in places)
        return np.asarray(self.values[nearest], dtype=float)

    def nodes(self, number: int) -> Nodes:  # noqa: D102
        return Nodes(self.axes[number], hold_below=True, hold_above=True)
