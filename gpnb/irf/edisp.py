"""The energy dispersion, and the matrix that takes true to reconstructed energy."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.irf.interpolate import Nodes, gather, interpolate
from gpnb.irf.layout import ENERGY_TRUE, MIGRA, OFFSET, Layout, ValueColumn
from gpnb.irf.response import Response, door
from gpnb.irf.units import with_units
from gpnb.maps.axis import Axis

SUB_BINS = 5
"""Energies at which a true-energy bin is sampled."""

SUB_BIN_INDEX = 2.5
"""Of the power law by which they are weighted: spectra fall within a bin, and the mean energy of its photons is low."""

NEGLIGIBLE = 1e-8
"""Smaller elements of a kernel are set to zero."""


class EnergyDispersion(Response):
    """Density of the migration mu = E_reco / E_true, against true energy and offset (GADF ``EDISP_2D``).

    A probability density: at every energy and offset it is normalised to 1 over the migration axis,
    because tables in use are not (the sums of CTA 1DC reach 2900, those of Prod5 are 0.01). Where the
    table holds nothing, and outside the energies or beyond the offsets of the table, it is zero.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy_true``, ``migra`` and ``offset``.
    values : ndarray, shape (n_energy, n_migra, n_offset)
        Kept as it is, without a copy.
    header, recipe
        See `Response`.
    """

    layout = Layout(
        "edisp_2d", "EDISP", "ENERGY DISPERSION", (ENERGY_TRUE, MIGRA, OFFSET), (ValueColumn("MATRIX", "", ""),)
    )

    def __call__(self, energy_true: Any, migra: Any, offset: Any) -> u.Quantity:
        """The density at true energies, migrations and offsets that broadcast, as a Quantity."""
        arrays = door(energy_true=(energy_true, "TeV"), migra=(migra, ""), offset=(offset, "deg"))
        return self.evaluate(*arrays) * u.dimensionless_unscaled

    def evaluate(self, energy_true: np.ndarray, migra: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """The density dP/dmu; float method: energy in TeV, offset in deg, broadcast."""
        norm = interpolate(self._norm, self._energy_and_offset, (energy_true, offset))
        return _ratio(interpolate(self.values, self._nodes, (energy_true, migra, offset)), norm)

    def kernel(self, energy_true_axis: Axis, energy_axis: Axis, offset: float) -> np.ndarray:
        """The probability to reconstruct each true-energy bin in each reconstructed-energy bin.

        Parameters
        ----------
        energy_true_axis, energy_axis : Axis
            True and reconstructed energy.
        offset : float
            deg.

        Returns
        -------
        ndarray, shape (n_true, n_reco)
            Sums over reconstructed energy are 1, less what falls outside of `energy_axis`.

        Notes
        -----
        R(J, I) = CDF(E_J,hi / E) - CDF(E_J,lo / E), averaged over 5 energies E of the true bin I, for a spectrum
        E^-2.5: with eight bins a decade, counts of a power law of index 2.6 are then right to 0.2 % (1.5 % if evenly).
        """
        return np.asarray(self.kernel_table(energy_true_axis, energy_axis, np.array([offset]))[:, 0])

    def kernel_table(self, energy_true_axis: Axis, energy_axis: Axis, offset: np.ndarray) -> np.ndarray:
        """As `kernel` for 1-D offsets, shape (n_true, n_offset, n_reco); fast float method."""
        energy = energy_true_axis.refine(SUB_BINS).center_values
        index, weight = self._nodes[2].locate(offset)
        first, last = int(index.min()), int(index.max()) + 1
        # sums up to an edge and in all are linear in offset, their ratio is not
        rows = interpolate(self._cumulative[:, first : last + 1], self._nodes[:1], (energy,))
        migra = energy_axis.edge_values[None, :] / energy[:, None]
        sums = np.diff(_at_edges(rows, self.axes[1].edge_values, migra[:, None]), axis=-1)
        sums = np.moveaxis(np.concatenate([sums, rows[..., -1:]], axis=-1), 1, 0)
        sums = gather(sums, [(index - first, weight)]) * self._nodes[2].inside(offset)[:, None, None]
        share = _ratio(sums[..., :-1], sums[..., -1:]).reshape(len(offset), -1, SUB_BINS, energy_axis.n)
        photons = energy.reshape(-1, SUB_BINS) ** (1 - SUB_BIN_INDEX)
        kernel: np.ndarray = np.einsum("is,oisj->ioj", photons / photons.sum(axis=1, keepdims=True), share)
        kernel[kernel < NEGLIGIBLE] = 0.0
        return kernel

    @with_units("", energy="TeV", offset="deg")
    def bias(self, energy: Any, offset: Any) -> Any:
        """Mean of E_reco / E_true - 1; with units, or floats in TeV and deg; NaN where the table holds nothing."""
        mean, _ = self._moments(energy, offset)
        return mean - 1

    @with_units("", energy="TeV", offset="deg")
    def resolution(self, energy: Any, offset: Any) -> Any:
        """Standard deviation of E_reco / E_true; with units, or floats in TeV and deg; NaN without a table there.

        Long tails count much in it: what is called energy resolution is most often `half_width`.
        """
        return self._moments(energy, offset)[1]

    @with_units("", energy="TeV", offset="deg")
    def half_width(self, energy: Any, offset: Any, content: float = 0.68) -> Any:
        """Half of the central interval of E_reco / E_true that holds a part of the events.

        Parameters
        ----------
        energy, offset : Quantity or str, or array
            With units, or floats in TeV and deg; they broadcast.
        content : float
            The part; as much lies below the interval as above.

        Returns
        -------
        array
            NaN where the table holds nothing.
        """
        rows = np.asarray(interpolate(self._cumulative, self._energy_and_offset, (energy, offset)), dtype=float)
        shape, edges = rows.shape[:-1], self.axes[1].edge_values
        found = np.full(int(np.prod(shape)), np.nan)
        ends = 0.5 + 0.5 * np.array([-content, content])
        for place, row in enumerate(rows.reshape(-1, rows.shape[-1])):
            if row[-1] > 0:
                low, high = np.interp(ends * row[-1], row, edges)
                found[place] = 0.5 * (high - low)
        return found.reshape(shape)

    def nodes(self, number: int) -> Nodes:  # noqa: D102
        return Nodes(self.axes[number], hold_below=number == 2)

    @property
    def _energy_and_offset(self) -> tuple[Nodes, Nodes]:
        return self._nodes[0], self._nodes[2]

    @cached_property
    def _norm(self) -> np.ndarray:
        """Sums over migration, shape (n_energy, n_offset)."""
        result: np.ndarray = np.einsum("imo,m->io", self.values, self.axes[1].width_values)
        return result

    @cached_property
    def _cumulative(self) -> np.ndarray:
        """Sums up to each migration edge, shape (n_energy, n_offset, n_migra + 1); computed on first use."""
        steps = np.moveaxis(self.values, 1, 2) * self.axes[1].width_values
        result = np.zeros((*steps.shape[:2], steps.shape[2] + 1), dtype=np.float32)
        np.cumsum(steps, axis=2, out=steps)
        result[..., 1:] = steps
        return result

    def _moments(self, energy: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the migration."""
        axis = self.axes[1]
        weight = (
            interpolate(np.moveaxis(self.values, 1, 2), self._energy_and_offset, (energy, offset)) * axis.width_values
        )
        with np.errstate(invalid="ignore"):
            weight = weight / weight.sum(axis=-1, keepdims=True)
        mean = (weight * axis.center_values).sum(axis=-1)
        variance = (weight * (axis.center_values - mean[..., None]) ** 2).sum(axis=-1)
        return mean, np.sqrt(variance)


def perfect_dispersion(energy_true: Axis, energy: Axis) -> np.ndarray:
    """The kernel of a perfect instrument: the part of each true bin (in log energy) in each bin."""
    low, high = np.log(energy_true.low_values)[:, None], np.log(energy_true.high_values)[:, None]
    shared = np.minimum(high, np.log(energy.high_values)) - np.maximum(low, np.log(energy.low_values))
    return np.asarray(np.clip(shared, 0.0, None) / (high - low))


def _ratio(value: np.ndarray, norm: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.divide(
        value, norm, out=np.zeros(np.broadcast_shapes(value.shape, norm.shape)), where=norm > 0
    )
    return result


def _at_edges(rows: np.ndarray, edges: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Each row, given at `edges`, interpolated at its row of `wanted`, which broadcasts; held outside."""
    index = np.clip(np.searchsorted(edges, wanted, side="right") - 1, 0, len(edges) - 2)
    weight = np.clip((wanted - edges[index]) / (edges[index + 1] - edges[index]), 0.0, 1.0)
    shape = (*rows.shape[:-1], wanted.shape[-1])
    first, second = (np.take_along_axis(rows, np.broadcast_to(index + side, shape), axis=-1) for side in (0, 1))
    result: np.ndarray = first + weight * (second - first)
    return result
