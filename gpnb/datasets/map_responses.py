"""The reduced responses of a cube in its file: on a coarse map, or one table for all the sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy import units as u
from astropy.io import fits

from gpnb.core.errors import DataFormatError
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.radial_psf import outermost
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.axis import Axis
from gpnb.maps.files import map_from_hdus
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.plane_table import read_planes

_PER_SQUARE_DEGREE = (np.pi / 180) ** 2


@dataclass(frozen=True, eq=False)
class _Nodes:
    """A response at nodes on the sky.

    Parameters
    ----------
    geom : WcsGeometry
        Its pixels are the nodes.
    axes : tuple of Axis
        The response's own one, and true energy.
    values : Quantity, shape (n_true, n, ny, nx)
        The response.
    weight : array, shape (n_true, ny, nx)
        The exposure, which weighs it between nodes.
    """

    geom: WcsGeometry
    axes: tuple[Axis, ...]
    values: u.Quantity
    weight: np.ndarray

    def sums(self, values: np.ndarray, true: Axis) -> NodeSums:
        """Weighted, at the true energies of the exposure."""
        values = np.nan_to_num(np.asarray(values, dtype=float))
        sums = values * self.weight[:, None], self.weight
        return NodeSums(self.geom, *(_at_energies(each, self.axes[1], true) for each in sums))


def read_psf(hdus: fits.HDUList, geom: WcsGeometry, true: Axis, source: str, name: str = "PSF") -> ReducedPsf:
    """Mean densities by angle.

    Parameters
    ----------
    hdus : HDUList
        An open file.
    geom : WcsGeometry
        Of the counts.
    true : Axis
        True energy of the exposure; the densities are linear in ln E between their own energies.
    source : str
        The file, for errors.
    name : str
        The HDU.

    Raises
    ------
    DataFormatError
        If its axes are others than angle and true energy.
    """
    nodes = _nodes(hdus, name, geom, source)
    names = [axis.name for axis in nodes.axes]
    if names != ["rad", "energy_true"]:
        raise DataFormatError(f"{source}, HDU {name}: expected the axes rad and energy_true, not {', '.join(names)}.")
    rad = nodes.axes[0].centers.to_value("deg")
    density = nodes.values.to_value("sr-1") * _PER_SQUARE_DEGREE
    if rad[0] > 0:
        rad, density = np.concatenate([[0.0], rad]), np.concatenate([density[:, :1], density], axis=1)
    if name == "PSF":  # our own ends where it was made to
        rad = rad[: outermost(rad, np.moveaxis(density, 1, -1)) + 1]
    return ReducedPsf.from_sums(true, rad, nodes.sums(density[:, : len(rad)], true))


def read_dispersion(hdus: fits.HDUList, geom: WcsGeometry, axes: tuple[Axis, Axis], source: str) -> ReducedDispersion:
    """Chances of each energy, or densities of the migration, of the HDU ``EDISP``.

    Parameters
    ----------
    hdus : HDUList
        An open file.
    geom : WcsGeometry
        Of the counts.
    axes : tuple of Axis
        True energy of the exposure, and energy of the counts.
    source : str
        The file, for errors.

    Raises
    ------
    DataFormatError
        If its axes are others than energy or migration and true energy, or chances are for other bins.
    """
    nodes, (true, energy) = _nodes(hdus, "EDISP", geom, source), axes
    names = [axis.name for axis in nodes.axes]
    if names == ["energy", "energy_true"]:
        shape = nodes.values.shape[:2]
        if shape != (true.n, energy.n):
            raise DataFormatError(
                f"{source}, HDU EDISP: expected chances from {true.n} true to {energy.n} measured energies, as "
                f"exposure and counts have them, not from {shape[0]} to {shape[1]}."
            )
        return ReducedDispersion.from_sums(true, energy, nodes.sums(nodes.values.value, nodes.axes[1]))
    if names != ["migra", "energy_true"]:
        raise DataFormatError(
            f"{source}, HDU EDISP: expected the axes energy or migra, and energy_true, not {', '.join(names)}."
        )
    density = nodes.sums(nodes.values.value, true)
    chances = _from_migration(density.total, nodes.axes[0].edge_values, true, energy)
    return ReducedDispersion.from_sums(
        true, energy, NodeSums(nodes.geom, chances * density.weight[:, None], density.weight)
    )


def _nodes(hdus: fits.HDUList, name: str, geom: WcsGeometry, source: str) -> _Nodes:
    if not hdus[name].is_image:
        axes, values = read_planes(hdus, name, source)
        node = NodeSums.constant(geom, np.ones((1, 1))).geom
        weight = np.ones((values.shape[0], 1, 1))
        return _Nodes(node, axes, values.reshape(*values.shape, 1, 1), weight)
    found = map_from_hdus(hdus, name, source)
    geom = found.geom.image()
    weight = _weights(hdus, f"{name}_EXPOSURE", (found.geom.shape[0], *geom.shape), source)
    return _Nodes(geom, found.geom.axes, found.quantity, weight)


def _weights(hdus: fits.HDUList, name: str, shape: tuple[int, ...], source: str) -> np.ndarray:
    """Exposure at the nodes; one everywhere if it is not there, or is empty as of responses made by hand."""
    if name not in hdus:
        return np.ones(shape)
    weight = map_from_hdus(hdus, name, source).quantity.to_value("cm2 s").astype(float).reshape(shape)
    return weight if (weight > 0).any() else np.ones(shape)


def _at_energies(values: np.ndarray, own: Axis, wanted: Axis) -> np.ndarray:
    """Linear in ln E along the first axis, held beyond its ends."""
    if own.n == wanted.n and np.allclose(own.center_values, wanted.center_values, rtol=1e-5):
        return values
    return _between(values, np.interp(np.log(wanted.center_values), np.log(own.center_values), np.arange(own.n)))


def _between(rows: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Straight lines between rows, at float places among them."""
    low = place.astype(int)
    part = (place - low).reshape(-1, *(1,) * (rows.ndim - 1))
    return np.asarray((1 - part) * rows[low] + part * rows[np.minimum(low + 1, len(rows) - 1)])


def _from_migration(density: np.ndarray, edges: np.ndarray, true: Axis, energy: Axis) -> np.ndarray:
    """Chances of each energy: differences of the cumulated density; shape (n_true, n_energy, ny, nx)."""
    steps = density * np.diff(edges)[:, None, None]
    total = steps.sum(axis=1, keepdims=True)
    cumulated = np.concatenate([np.zeros_like(total), np.cumsum(steps, axis=1)], axis=1)
    cumulated = np.divide(cumulated, total, out=np.zeros_like(cumulated), where=total > 0)
    found = np.empty((true.n, energy.n, *density.shape[2:]))
    for number, centre in enumerate(true.center_values):
        place = np.interp(energy.edge_values / centre, edges, np.arange(edges.size))
        found[number] = np.diff(_between(cumulated[number], place), axis=0)
    return found
