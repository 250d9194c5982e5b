"""The pixels of a cube that lie in a region, and sums over them, energy by energy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frames import from_vectors
from gpnb.core.sky_regions import to_regions
from gpnb.datasets.map import MapDataset
from gpnb.datasets.off_sums import joined_acceptance
from gpnb.maps.masks import region_array


@dataclass(frozen=True, eq=False)
class InRegion:
    """A cube's pixels with their centre in a region.

    Parameters
    ----------
    cube : MapDataset
        The data.
    region : SkyRegion
        Where.
    rows, columns : array of int, shape (n,)
        The pixels.
    """

    cube: MapDataset
    region: Any
    rows: np.ndarray
    columns: np.ndarray

    @classmethod
    def of(cls, cube: MapDataset, region: Any) -> InRegion:
        """From a region or DS9 text.

        Raises
        ------
        ArgumentError
            If it is not one region.
        SelectionError
            If no pixel lies in it.
        """
        found = to_regions(region)
        if len(found) != 1:
            raise ArgumentError(f"region: one region is expected, not {len(found)}; join several with '|'.")
        rows, columns = np.nonzero(region_array(cube.geom, found[0]))
        if not rows.size:
            raise SelectionError(f"region={region!r}: no pixel of {cube.name} has its centre there.")
        return cls(cube, found[0], rows, columns)

    @cached_property
    def usable(self) -> np.ndarray:
        """True for bins that may be used, shape (n_energy, n)."""
        return self.values(self.cube.usable)

    @property
    def flags(self) -> np.ndarray:
        """Of the sums: those of energies without a usable pixel are the reasons of all."""
        reasons = np.bitwise_or.reduce(self.values(self.cube.flags.data).astype(np.uint8), axis=1)
        return np.where(self.usable.any(axis=1), np.uint8(0), reasons)

    @property
    def center(self) -> SkyCoord:
        """The middle of the region; of one without, the mean direction of its pixels."""
        if hasattr(self.region, "center"):
            return self.region.center
        geom = self.cube.geom
        mean = geom.plane.vectors[:, self.rows, self.columns].mean(axis=1)
        lon, lat = from_vectors(mean)
        return SkyCoord(lon, lat, unit="deg", frame=geom.frame)

    def values(self, data: np.ndarray) -> np.ndarray:
        """Of the pixels, shape (…, n)."""
        return np.asarray(data[..., self.rows, self.columns])

    def sums(self, data: np.ndarray) -> np.ndarray:
        """Over usable pixels, shape (n_energy,)."""
        return np.asarray(np.where(self.usable, self.values(data), 0).sum(axis=1, dtype=float))

    def off(self) -> dict[str, Any]:
        """OFF counts with both acceptances; nothing where the background is predicted.

        OFF regions of neighbours are nearly the same: their mean stands for all.
        """
        maps = self.cube.maps
        if not {"counts_off", "acceptance", "acceptance_off", "background"} <= maps.keys():
            return {}
        number = np.maximum(self.usable.sum(axis=1), 1)
        off, bare = (self.sums(maps[name].data) / number for name in ("counts_off", "acceptance_off"))
        on, background = (self.sums(maps[name].data) for name in ("acceptance", "background"))
        acceptance_off = joined_acceptance(on, off, background, bare)
        return {"counts_off": off, "acceptance": on, "acceptance_off": acceptance_off}
