"""A cube as a likelihood needs it: the voxels with photons, and which others may be used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import rotation, to_frame
from gpnb.datasets.map import MapDataset

_SQUARE_DEGREES = (180 / np.pi) ** 2


@dataclass(frozen=True, eq=False)
class Voxels:
    """Where photons landed in a cube.

    Parameters
    ----------
    dataset : MapDataset
        With a positive number of usable bins.
    """

    dataset: MapDataset

    @cached_property
    def usable(self) -> np.ndarray:
        """True where a bin may be used, shape (n_energy, ny, nx)."""
        dataset = self.dataset
        _check(dataset)
        sky = np.isfinite(dataset.geom.solid_angle)
        return np.asarray(dataset.usable & sky)

    @cached_property
    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        counts = self.dataset.counts.data
        seen = np.flatnonzero((counts != 0) & self.usable)
        return np.unravel_index(seen, counts.shape)[0], seen % counts[0].size

    @property
    def energy(self) -> np.ndarray:
        """The energy bin of each voxel with photons."""
        return self._places[0]

    @property
    def pixel(self) -> np.ndarray:
        """Its pixel, counted along the rows of the map."""
        return self._places[1]

    @cached_property
    def counts(self) -> np.ndarray:
        """Its photons."""
        return self.at_photons(self.dataset.counts.data)

    def at_photons(self, cube: np.ndarray) -> np.ndarray:
        """Values of a cube where photons are."""
        return np.asarray(cube.reshape(len(cube), -1)[self.energy, self.pixel], dtype=float)

    def totals(self, cube: np.ndarray) -> np.ndarray:
        """Sum of a cube over usable pixels, for each energy."""
        return np.asarray(np.where(self.usable, cube, 0).sum(axis=(1, 2), dtype=float))

    @cached_property
    def planes(self) -> tuple[np.ndarray, np.ndarray]:
        """Different planes of usable pixels, shape (n_plane, n_pixel), and which of them each energy has."""
        flat = self.usable.reshape(len(self.usable), -1)
        packed = [row.tobytes() for row in np.packbits(flat, axis=1)]
        first = {key: number for number, key in reversed(list(enumerate(packed)))}
        chosen = sorted(first.values())
        return flat[chosen], np.array([chosen.index(first[key]) for key in packed])

    @cached_property
    def area(self) -> np.ndarray:
        """Of each pixel, deg2."""
        return np.asarray(np.nan_to_num(self.dataset.geom.solid_angle).ravel() * _SQUARE_DEGREES)

    @cached_property
    def _vectors(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def spreads(self) -> dict[Any, Any]:
        """What images are convolved with; most sources share one."""
        return {}

    def vectors(self, frame: str) -> np.ndarray:
        """Unit vectors of the pixels in a frame, shape (3, n_pixel)."""
        if frame not in self._vectors:
            geom = self.dataset.geom
            own = geom.plane.vectors.reshape(3, -1)
            self._vectors[frame] = own if frame == geom.frame else rotation(geom.frame, frame) @ own
        return self._vectors[frame]

    def pixel_of(self, lon: np.ndarray, lat: np.ndarray, frame: str) -> np.ndarray:
        """Float pixels (x, y) of places in a frame, deg; shape (2, n)."""
        geom = self.dataset.geom
        return np.array(geom.pixel(*to_frame(np.atleast_1d(lon), np.atleast_1d(lat), frame, geom.frame)))

    def pixel_sides(self, lon: float, lat: float, frame: str) -> tuple[float, float]:
        """Sides of a pixel near a place, deg."""
        geom = self.dataset.geom
        x, y = np.clip(np.nan_to_num(self.pixel_of(np.array(lon), np.array(lat), frame)[:, 0]), 0, (geom.nx, geom.ny))
        corners = geom.plane.directions(np.array([x - 0.5, x + 0.5, x, x]), np.array([y, y, y - 0.5, y + 0.5]))
        sides = np.degrees(np.linalg.norm(corners[:, 1::2] - corners[:, ::2], axis=0))
        if not np.isfinite(sides).all():
            sides = np.abs(geom.plane.scales)
        return float(sides[0]), float(sides[1])


def _check(dataset: MapDataset) -> None:
    for name in ("counts", "background", "exposure"):
        sky_map = getattr(dataset, name)
        if sky_map is None:
            continue
        values = sky_map.data if name == "exposure" else sky_map.data[dataset.usable]
        if not np.isfinite(values).all() or (name != "background" and (values < 0).any()):
            raise ArgumentError(
                f"{dataset.name}: {name} has values that are negative or not finite in usable bins; "
                "mask them with .masked(), or mend the response."
            )
