"""The planes of a map that serves as a shape: values between pixels and energies."""

from __future__ import annotations

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.fits_units import without_counts
from gpnb.core.units import DNDE
from gpnb.core.warn import warn
from gpnb.maps.axis import Axis
from gpnb.maps.sky_map import SkyMap
from gpnb.models.integrate import quadrature
from gpnb.models.log_log import TINY


class Planes:
    """Brightness on the pixels of a map, one plane an energy.

    Parameters
    ----------
    skymap : SkyMap
        2-D, or with one axis of energy.
    normalize : bool
        Scale each plane to an integral of one.

    Attributes
    ----------
    energy : array or None
        TeV, one a plane; None if there is one plane for all.
    unit : unit
        Of the brightness: sr-1, or differential flux per solid angle.

    Raises
    ------
    ArgumentError
        If the map has other axes or another unit, or is empty at some energy.
    """

    def __init__(self, skymap: SkyMap, normalize: bool):
        geom = skymap.geom
        if len(geom.axes) > 1 or any(axis.kind != "energy" for axis in geom.axes):
            names = ", ".join(axis.name for axis in geom.axes)
            raise ArgumentError(f"map has the axes {names}: a template has none, or one of energy.")
        self.energy = geom.axes[0].center_values if geom.axes else None
        data = skymap.data.astype(float).reshape(-1, geom.ny, geom.nx)
        bad = ~(data >= 0) & np.isfinite(geom.solid_angle)
        if bad.any():
            warn(f"TemplateSource: {bad.sum()} values of its map are negative or not numbers; they count as zero.")
        self._data = np.where(data >= 0, data, 0.0)
        area = np.nan_to_num(geom.solid_angle)
        self._content = self._data * area
        if normalize:
            total = self._content.sum(axis=(1, 2), keepdims=True)
            if not (total > 0).all():
                raise ArgumentError("map is zero everywhere at some energy: it has no shape there.")
            self._data, self._content = self._data / total, self._content / total
        self.unit = self._set_unit(u.Unit("sr-1") if normalize else without_counts(skymap.unit))
        self._kept: tuple[bytes, np.ndarray] | None = None

    @property
    def data(self) -> np.ndarray:
        """Brightness of the pixels, shape (n, ny, nx)."""
        return self._data

    def _set_unit(self, unit: u.UnitBase) -> u.UnitBase:
        if unit == u.dimensionless_unscaled:
            return u.Unit("sr-1")
        for known in (u.Unit("sr-1"), DNDE / u.sr):
            if unit.is_equivalent(known):
                self._data = self._data * unit.to(known)
                return known
        raise ArgumentError(f"map is in '{unit}': give it in sr-1 or TeV-1 s-1 cm-2 sr-1, or normalize=True.")

    def inside(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Whether pixels (x, y) lie on the map."""
        ny, nx = self._data.shape[1:]
        return np.asarray((x >= -0.5) & (x <= nx - 0.5) & (y >= -0.5) & (y <= ny - 0.5))

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Brightness at pixels (x, y), bilinear, zero beyond the map; shape (n, …)."""
        ny, nx = self._data.shape[1:]
        inside = self.inside(x, y)
        (left, right, p), (low, high, q) = (
            _between(np.where(inside, at, 0.0), size) for at, size in ((x, nx), (y, ny))
        )
        bottom, top = ((1 - p) * self._data[:, row, left] + p * self._data[:, row, right] for row in (low, high))
        return np.where(inside, (1 - q) * bottom + q * top, 0.0)

    def in_energy(self, axis: Axis) -> np.ndarray:
        """Planes at the energies of an axis.

        A shape is linear in ln E between those of the map, which keeps its integral, goes on unchanged beyond them,
        and is taken in the middle of each bin. A flux is a power law there, goes on as it came, with a warning, and is
        the mean over each bin.
        """
        key = axis.edge_values.tobytes()
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._means_of(axis) if self.unit != u.Unit("sr-1") else self._middles_of(axis)
        return self._kept[1]

    def _middles_of(self, axis: Axis) -> np.ndarray:
        assert self.energy is not None
        index, part = self._segment(np.clip(axis.center_values, self.energy[0], self.energy[-1]))
        return _linear(self._data, index, part)

    def _means_of(self, axis: Axis) -> np.ndarray:
        assert self.energy is not None
        low, high = axis.low_values, axis.high_values
        if low[0] < self.energy[0] * (1 - 1e-6) or high[-1] > self.energy[-1] * (1 + 1e-6):
            warn(
                f"TemplateSource: its map goes from {self.energy[0]:.3g} to {self.energy[-1]:.3g} TeV, the data from "
                f"{low[0]:.3g} to {high[-1]:.3g} TeV: beyond, its outer power laws go on."
            )
        logs, means = np.log(np.maximum(self._data, TINY)), []
        for start, stop in zip(low, high, strict=True):
            nodes, weights = quadrature(start, stop)
            means.append(np.tensordot(weights, np.exp(_linear(logs, *self._segment(nodes))), axes=1) / (stop - start))
        return np.stack(means)

    def _segment(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The plane below each energy, and how far it is to the next one, for planes."""
        assert self.energy is not None
        if self.energy.size == 1:
            return np.zeros(energy.size, dtype=int), np.zeros((energy.size, 1, 1))
        nodes = np.log(self.energy)
        index = np.clip(np.searchsorted(nodes, np.log(energy)) - 1, 0, nodes.size - 2)
        return index, ((np.log(energy) - nodes[index]) / np.diff(nodes)[index])[:, None, None]

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random pixels (x, y) of the first plane: a pixel, and a step that makes it bilinear."""
        ny, nx = self._data.shape[1:]
        weight = self._content[0].ravel()
        row, column = np.unravel_index(rng.choice(weight.size, size, p=weight / weight.sum()), (ny, nx))
        return _stepped(column, nx, rng), _stepped(row, ny, rng)


def _linear(planes: np.ndarray, index: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Straight lines between planes."""
    return np.asarray((1 - part) * planes[index] + part * planes[np.minimum(index + 1, len(planes) - 1)])


def _between(at: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pixels on either side, and how far it is from the first to the second."""
    place = np.clip(at, 0, size - 1)
    left = np.clip(np.floor(place).astype(int), 0, max(size - 2, 0))
    return left, np.minimum(left + 1, size - 1), place - left


def _stepped(pixel: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Pixels spread to their neighbours; beyond the outer ones evenly over half a pixel."""
    found = pixel + rng.triangular(-1, 0, 1, pixel.size)
    even = 0.5 * rng.random(pixel.size)
    return np.where(found < 0, -even, np.where(found > size - 1, size - 1 + even, found))
