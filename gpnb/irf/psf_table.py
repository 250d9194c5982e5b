"""The point spread function as a table."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gpnb.irf.interpolate import Nodes, interpolate, interpolate_table, nearest_usable
from gpnb.irf.layout import ENERGY_TRUE, OFFSET, RAD, Layout, ValueColumn
from gpnb.irf.psf import Psf
from gpnb.maps.axis import Axis


class PsfTable(Psf):
    """Density in bins of the angle (GADF ``PSF_TABLE``).

    The values are the mean densities of the bins; the containment up to an angle is the exact sum of
    the bins, linear in solid angle within one. Normalised to 1 up to the last edge.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy_true``, ``offset`` and ``rad``.
    values : ndarray or Quantity, shape (n_energy, n_offset, n_rad)
        sr-1, or with a unit; bins that are all zero or NaN are filled from their neighbours.
    header, recipe
        See `Response`.
    """

    layout = Layout(
        "psf_table",
        "RPSF",
        "POINT SPREAD FUNCTION",
        (ENERGY_TRUE, OFFSET, RAD),
        (ValueColumn("RPSF", "sr-1", "sr-1", allow_nan=True),),
    )

    def evaluate(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        """The density dP/dOmega in sr-1; float method: TeV, deg, deg, broadcast; zero beyond the last edge."""
        return interpolate(self._filled, self._nodes, (energy, offset, rad))

    def _containment(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        nodes = (self._nodes[0], self._nodes[1], self._rad_edges)
        return interpolate(self._cumulative, nodes, (energy, offset, np.square(rad)))

    def containment_table(self, energy: np.ndarray, offset: np.ndarray, rad: np.ndarray) -> np.ndarray:
        """As `containment` for 1-D energies and offsets, shape (n_energy, n_offset, *rad.shape); fast float method."""
        rad = np.asarray(rad, dtype=float)
        contained = interpolate(np.moveaxis(self._cumulative, 2, 0), (self._rad_edges,), (np.square(rad),))
        contained = np.moveaxis(contained, (-2, -1), (0, 1))
        return interpolate_table(contained, self._nodes[:2], (energy, offset))

    def _containment_radius(self, energy: np.ndarray, offset: np.ndarray, fraction: np.ndarray) -> np.ndarray:
        curve = interpolate(self._cumulative, self._held, (energy, offset))
        square = self._rad_edges.axis.center_values
        last = len(square) - 2
        index = np.minimum((curve <= fraction[..., None]).sum(axis=-1) - 1, last)[..., None]
        curve = np.broadcast_to(curve, index.shape[:-1] + curve.shape[-1:])
        low, high = (np.take_along_axis(curve, index + side, axis=-1)[..., 0] for side in (0, 1))
        weight = np.divide(fraction - low, high - low, out=np.zeros(low.shape), where=high > low)
        radius = np.sqrt(square[index[..., 0]] + weight * np.diff(square)[index[..., 0]])
        return np.where(self._nodes[1].inside(offset), radius, np.nan)

    @cached_property
    def _filled(self) -> np.ndarray:
        """The densities, normalised, with empty bins filled."""
        density = np.maximum(np.nan_to_num(self.values, posinf=0.0), 0.0)
        norm = density @ self._solid_angles
        usable = norm > 0
        self.require(usable)
        density = np.divide(density, norm[..., None], out=np.zeros(density.shape), where=usable[..., None])
        return nearest_usable(density, usable)

    @cached_property
    def _cumulative(self) -> np.ndarray:
        """The probability up to each edge in angle, shape (n_energy, n_offset, n_rad + 1)."""
        result = np.zeros((*self.values.shape[:2], self.values.shape[2] + 1))
        np.cumsum(self._filled * self._solid_angles, axis=2, out=result[..., 1:])
        return result

    @property
    def _edges(self) -> np.ndarray:
        """Edges in angle, deg; the first bin starts at zero, also for nodes."""
        return np.append(0.0, self.axes[2].edge_values[1:])

    @property
    def _solid_angles(self) -> np.ndarray:
        """sr, of the rings between the edges."""
        result: np.ndarray = -2 * np.pi * np.diff(np.cos(np.deg2rad(self._edges)))
        return result

    @cached_property
    def _rad_edges(self) -> Nodes:
        """The edges as nodes, in deg2: there the containment is linear within a bin."""
        return Nodes(Axis.from_nodes(self._edges**2, "rad2", "deg2"), hold_below=True, hold_above=True)
