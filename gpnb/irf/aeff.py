"""The effective area."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.irf.interpolate import Nodes, interpolate, interpolate_table
from gpnb.irf.layout import ENERGY_TRUE, OFFSET, Layout, ValueColumn
from gpnb.irf.response import Response, door


class EffectiveArea(Response):
    """Effective area after all cuts, against true energy and offset (GADF ``AEFF_2D``).

    Linear in value, in the logarithm of the energy and in offset, through the bin centres. Between an
    outermost node and the edge of the axis the line goes on (not below zero), as in Gammapy and GammaLib;
    outside the edges the area is zero, but nearer to the pointing than the first edge it is held.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy_true`` and ``offset``.
    values : ndarray or Quantity, shape (n_energy, n_offset)
        cm2, or with a unit.
    header, recipe
        See `Response`.

    Examples
    --------
    >>> from gpnb import Axis
    >>> energy = Axis.energy("0.1 TeV", "10 TeV", nbin=2, name="energy_true")
    >>> offset = Axis.from_edges([0, 1, 2], "offset", "deg")
    >>> area = EffectiveArea((energy, offset), [[1, 1], [3, 3]] * u.km**2)
    >>> area(energy="1 TeV", offset="0.5 deg").to("km2")
    <Quantity 2. km2>
    """

    layout = Layout(
        "aeff_2d",
        "EFF_AREA",
        "EFFECTIVE AREA",
        (ENERGY_TRUE, OFFSET),
        (ValueColumn("EFFAREA", "m2", "cm2", most=1e16),),
    )

    def __call__(self, energy: Any, offset: Any) -> u.Quantity:
        """The effective area at true energies and offsets that broadcast, as a Quantity."""
        return self.evaluate(*door(energy=(energy, "TeV"), offset=(offset, "deg"))) * u.cm**2

    def evaluate(self, energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """The effective area in cm2; float method: energy in TeV, offset in deg, broadcast."""
        result: np.ndarray = np.maximum(interpolate(self.values, self._nodes, (energy, offset)), 0.0)
        return result

    def evaluate_grid(self, energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """The effective area in cm2, shape (n_energy, n_offset), for 1-D energies and offsets; fast float method."""
        result: np.ndarray = np.maximum(interpolate_table(self.values, self._nodes, (energy, offset)), 0.0)
        return result

    def nodes(self, number: int) -> Nodes:  # noqa: D102
        return Nodes(self.axes[number], extend=True, hold_below=number == 1)
