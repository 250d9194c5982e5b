"""The energy dispersion of a stack of runs, varying over the field; made when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord
from gpnb.irf.field_means import FieldMeans, MadeShare, Share
from gpnb.irf.node_sums import NodeSums
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap


class ReducedDispersion:
    """Probabilities to reconstruct true in other energies, weighted by the exposure of each run at each place.

    Parameters
    ----------
    energy_true, energy : Axis
        Bins of true and reconstructed energy.
    shares : sequence of Share
        What is asked when something asks.
    recipe : Recipe, optional
        How it was made.
    """

    def __init__(self, energy_true: Axis, energy: Axis, shares: Sequence[Share], recipe: Recipe | None = None):
        self.energy_true, self.energy = energy_true, energy
        self.recipe = recipe or Recipe.memory("edisp")
        self._field = FieldMeans(shares)
        self._sums: NodeSums | None = None

    @classmethod
    def constant(cls, matrix: Any, energy_true: Axis, energy: Axis, geom: WcsGeometry) -> ReducedDispersion:
        """One matrix everywhere.

        Parameters
        ----------
        matrix : ndarray, shape (n_true, n_reco)
            Probabilities.
        energy_true, energy : Axis
            Bins of true and reconstructed energy.
        geom : WcsGeometry
            Where, such as the geometry of a map.
        """
        values = np.asarray(matrix, dtype=float)
        if values.shape != (energy_true.n, energy.n):
            raise ArgumentError(f"matrix must have the shape {(energy_true.n, energy.n)}, not {values.shape}.")
        return cls.from_sums(energy_true, energy, NodeSums.constant(geom, values))

    @classmethod
    def from_sums(
        cls, energy_true: Axis, energy: Axis, sums: NodeSums, recipe: Recipe | None = None
    ) -> ReducedDispersion:
        """From exposure times probability, and exposure; float method."""
        made = cls(energy_true, energy, (), recipe)
        made._sums = sums
        return made

    def shares(self, exposure: SkyMap, used: np.ndarray) -> tuple[Share, ...]:
        """What it adds to a stack: that of its runs, or what was made of them.

        Parameters
        ----------
        exposure : SkyMap
            Of its dataset.
        used : array of bool, shape (n_reco,)
            Energies that its dataset counts in: in the others it adds exposure alone, so that of the exposure of all
            runs, bins that only some of them use see the part of those.
        """
        shares = self._field.shares or (_MadeDispersion(exposure, self),)
        places = np.where(used, np.arange(self.energy.n), -1)
        return shares if used.all() else tuple(_Placed(share, self.energy, places) for share in shares)

    def placed(self, energy: Axis, places: np.ndarray) -> ReducedDispersion:
        """The same for other bins of reconstructed energy, each a sum of its own; float method.

        Parameters
        ----------
        energy : Axis
            The other bins.
        places : array of int, shape (n_reco,)
            Which of them each of its own bins is in; -1: in none, so that what is reconstructed there is lost.
        """
        recipe = Recipe.memory("edisp")
        if self._sums is None:
            shares = [_Placed(share, self.energy, places) for share in self._field.shares]
            return ReducedDispersion(self.energy_true, energy, shares, recipe)
        sums = NodeSums(self._sums.geom, _placed(self._sums.total, places, energy.n), self._sums.weight)
        return ReducedDispersion.from_sums(self.energy_true, energy, sums, recipe)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its numbers take; 0 until something has asked for them."""
        return self._field.nbytes if self._sums is None else self._sums.nbytes

    def at(self, position: SkyCoord | str) -> np.ndarray:
        """The matrix at a position, shape (n_true, n_reco).

        Rows sum to 1, less what falls outside of `energy`, or of a stack in energies that runs do not use.

        Parameters
        ----------
        position : SkyCoord or str
            One direction. Where there is no exposure, the nearest place with some is taken; a true energy without
            any exposure has a row of zeros.
        """
        where = to_skycoord(position)
        if self._sums is not None:
            return self._sums.at(where)[0]
        return self._field.at(where, self.energy_true, self.energy)[0]

    @property
    def sums(self) -> NodeSums | None:
        """What it has at nodes on the sky, as from a file; None where it asks its runs."""
        return self._sums

    def __repr__(self) -> str:
        of = f"{len(self._field.shares)} runs" if self._sums is None else str(self._sums)
        what = f"<ReducedDispersion of {of}, {self.energy_true.n} → {self.energy.n} bins"
        return f"{what}, {self.nbytes / 1e6:.1f} MB>" if self.nbytes else f"{what}, not made yet>"


@dataclass(frozen=True, eq=False)
class _MadeDispersion(MadeShare):
    """An energy dispersion in a stack, see `MadeShare`."""

    edisp: ReducedDispersion

    def values(self, position: SkyCoord, second: Any) -> np.ndarray:
        return self.edisp.at(position)

    @property
    def nbytes(self) -> int:
        return self.edisp.nbytes


@dataclass(frozen=True, eq=False)
class _Placed:
    """A share whose bins are put into others, or into none."""

    share: Share
    energy: Axis
    places: np.ndarray

    def apart(self, lon: float, lat: float) -> float:
        return self.share.apart(lon, lat)

    def nearest(self, lon: float, lat: float) -> tuple[float, float]:
        return self.share.nearest(lon, lat)

    def at(self, lon: float, lat: float, true: Axis, second: Any, keep: bool) -> tuple[np.ndarray, np.ndarray]:
        values, exposure = self.share.at(lon, lat, true, self.energy, keep)
        return _placed(values, self.places, second.n), exposure

    @property
    def nbytes(self) -> int:
        return self.share.nbytes


def _placed(own: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    """Sums of columns in each of the places where they are; shape (n_true, n, …)."""
    found = np.zeros((len(own), n, *own.shape[2:]), dtype=own.dtype)
    for number in np.flatnonzero(places >= 0).tolist():
        found[:, places[number]] += own[:, number]
    return found
