"""The planes of a map that serves as a shape: values between pixels and energies."""

from __future__ import annotations

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
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
        self.unit = self._set_unit(u.Unit("sr-1") if normalize else skymap.unit)

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

    def held(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those on the map, and for those beyond it the nearest at its edge."""
        ny, nx = self._data.shape[1:]
        return np.clip(x, -0.5, nx - 0.5), np.clip(y, -0.5, ny - 0.5)

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Brightness at pixels (x, y), zero beyond the map; shape (n, …)."""
        return self.slopes(x, y)[0]

    def slopes(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same, and its slopes with x and y."""
        ny, nx = self._data.shape[1:]
        inside = self.inside(x, y)
        (left, right, p, moves_x), (low, high, q, moves_y) = (
            _between(np.where(inside, at, 0.0), size) for at, size in ((x, nx), (y, ny))
        )
        corners = [np.where(inside, self._data[:, row, column], 0.0) for row in (low, high) for column in (left, right)]
        bottom, top = corners[0] + p * (corners[1] - corners[0]), corners[2] + p * (corners[3] - corners[2])
        by_x = (1 - q) * (corners[1] - corners[0]) + q * (corners[3] - corners[2])
        return bottom + q * (top - bottom), by_x * moves_x, (top - bottom) * moves_y

    def in_energy(self, value: np.ndarray, slopes: np.ndarray, axis: Axis, flux: bool) -> tuple[np.ndarray, np.ndarray]:
        """Planes at the energies of an axis, and slopes with anything.

        A shape is linear in ln E between those of the map, which keeps its integral, goes on unchanged beyond them,
        and is taken in the middle of each bin. A flux is a power law there, goes on as it came, with a warning, and is
        the mean over each bin.
        """
        assert self.energy is not None
        if not flux:
            index, part = self._segment(np.clip(axis.center_values, self.energy[0], self.energy[-1]))
            return _linear(value, index, part), _linear(slopes.swapaxes(0, 1), index, part[..., None]).swapaxes(0, 1)
        low, high = axis.low_values, axis.high_values
        if low[0] < self.energy[0] * (1 - 1e-6) or high[-1] > self.energy[-1] * (1 + 1e-6):
            warn(
                f"TemplateSource: its map goes from {self.energy[0]:.3g} to {self.energy[-1]:.3g} TeV, the data from "
                f"{low[0]:.3g} to {high[-1]:.3g} TeV: beyond, its outer power laws go on."
            )
        floor = np.maximum(value, TINY)
        logs, relative = np.log(floor), (slopes / floor).swapaxes(0, 1)
        means, moved = [], []
        for start, stop in zip(low, high, strict=True):
            nodes, weights = quadrature(start, stop)
            found, by = self._powers(logs, relative, nodes)
            means.append(np.tensordot(weights, found, axes=1) / (stop - start))
            moved.append(np.tensordot(weights, np.moveaxis(by, 1, 0), axes=1) / (stop - start))
        return np.stack(means), np.stack(moved, axis=1)

    def _segment(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The plane below each energy, and how far it is to the next one, for planes."""
        assert self.energy is not None
        if self.energy.size == 1:
            return np.zeros(energy.size, dtype=int), np.zeros((energy.size, 1, 1))
        nodes = np.log(self.energy)
        index = np.clip(np.searchsorted(nodes, np.log(energy)) - 1, 0, nodes.size - 2)
        return index, ((np.log(energy) - nodes[index]) / np.diff(nodes)[index])[:, None, None]

    def _powers(self, logs: np.ndarray, relative: np.ndarray, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Power laws between the planes, of which the logarithms are given, and the relative slopes with anything."""
        index, part = self._segment(energy)
        found = np.exp(_linear(logs, index, part))
        return found, found * _linear(relative, index, part[..., None]).swapaxes(0, 1)

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random pixels (x, y) of the first plane: a pixel, and a step that makes it bilinear."""
        ny, nx = self._data.shape[1:]
        weight = self._content[0].ravel()
        row, column = np.unravel_index(rng.choice(weight.size, size, p=weight / weight.sum()), (ny, nx))
        return _stepped(column, nx, rng), _stepped(row, ny, rng)


def _linear(planes: np.ndarray, index: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Straight lines between planes."""
    return np.asarray((1 - part) * planes[index] + part * planes[np.minimum(index + 1, len(planes) - 1)])


def _between(at: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The pixels on either side, how far it is from the first to the second, and whether it is between two."""
    place = np.clip(at, 0, size - 1)
    left = np.clip(np.floor(place).astype(int), 0, max(size - 2, 0))
    return left, np.minimum(left + 1, size - 1), place - left, (at >= 0) & (at < size - 1)


def _stepped(pixel: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Pixels spread to their neighbours; beyond the outer ones evenly over half a pixel."""
    found = pixel + rng.triangular(-1, 0, 1, pixel.size)
    even = 0.5 * rng.random(pixel.size)
    return np.where(found < 0, -even, np.where(found > size - 1, size - 1 + even, found))
