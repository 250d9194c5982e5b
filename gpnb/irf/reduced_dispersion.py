"""The energy dispersion of a stack of runs, varying over the field; made when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.irf.node_sums import NodeSums, node_grid
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap


class DispersionShare(Protocol):
    """What one run, or a stack made before, adds."""

    def add_to(self, sums: NodeSums, energy_true: Axis, energy: Axis) -> None:
        """Add exposure times probability, and exposure, at the nodes."""


class ReducedDispersion:
    """Probabilities to reconstruct true in other energies, weighted by the exposure of each run at each place.

    Parameters
    ----------
    geom : WcsGeometry
        The map.
    energy_true, energy : Axis
        Bins of true and reconstructed energy.
    shares : sequence of DispersionShare
        What is added up when something asks; then let go.
    recipe : Recipe, optional
        How it was made.
    """

    def __init__(
        self,
        geom: WcsGeometry,
        energy_true: Axis,
        energy: Axis,
        shares: Sequence[DispersionShare],
        recipe: Recipe | None = None,
    ):
        self._map, self.energy_true, self.energy = geom, energy_true, energy
        self.recipe = recipe or Recipe.memory("edisp")
        self._shares: tuple[DispersionShare, ...] = tuple(shares)
        self._made: NodeSums | None = None

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
        made = cls(sums.geom, energy_true, energy, (), recipe)
        made.geom, made._made = sums.geom, sums
        return made

    @cached_property
    def geom(self) -> WcsGeometry:
        """The nodes: a coarse grid that covers the map with a margin."""
        return node_grid(self._map)

    def shares(self, exposure: SkyMap, used: np.ndarray) -> tuple[DispersionShare, ...]:
        """What it adds to a stack: that of its runs, or what was made of them.

        Parameters
        ----------
        exposure : SkyMap
            Of its dataset.
        used : array of bool, shape (n_reco,)
            Energies that its dataset counts in: in the others it adds exposure alone, so that of the exposure of all
            runs, bins that only some of them use see the part of those.
        """
        shares = self._shares if self._made is None else (_MadeDispersion(self, exposure),)
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
        if self._made is None:
            shares = [_Placed(share, self.energy, places) for share in self._shares]
            return ReducedDispersion(self._map, self.energy_true, energy, shares, recipe)
        made = self._made
        total = np.zeros((len(made.total), energy.n, *made.total.shape[2:]), dtype=made.total.dtype)
        _add_placed(total, made.total, places)
        return ReducedDispersion.from_sums(self.energy_true, energy, NodeSums(made.geom, total, made.weight), recipe)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its numbers take; 0 until something has asked for them."""
        return self._made.nbytes if self._made else 0

    def at(self, position: SkyCoord | str) -> np.ndarray:
        """The matrix at a position, shape (n_true, n_reco).

        Rows sum to 1, less what falls outside of `energy`, or of a stack in energies that runs do not use.

        Parameters
        ----------
        position : SkyCoord or str
            One direction. Where there is no exposure, the nearest place with some is taken; a true energy without
            any exposure has a row of zeros.
        """
        return self._numbers.at(position)[0]

    def __repr__(self) -> str:
        what = f"<ReducedDispersion {self.geom.nx} × {self.geom.ny} nodes, {self.energy_true.n} → {self.energy.n} bins"
        return f"{what}, not made yet>" if self._made is None else f"{what}, {self.nbytes / 1e6:.1f} MB>"

    @property
    def _numbers(self) -> NodeSums:
        if self._made is None:
            self._made = self._make()
            self._shares = ()
        return self._made

    def _make(self) -> NodeSums:
        sums = NodeSums.zeros(self.geom, self.energy_true.n, self.energy.n)
        for share in self._shares:
            share.add_to(sums, self.energy_true, self.energy)
        return sums


@dataclass(frozen=True, eq=False)
class _MadeDispersion:
    """A dispersion whose runs are not known any more, as a share of a stack."""

    edisp: ReducedDispersion
    exposure: SkyMap

    def add_to(self, sums: NodeSums, energy_true: Axis, energy: Axis) -> None:
        sums.add_made(self.exposure, self.edisp.at)


@dataclass(frozen=True, eq=False)
class _Placed:
    """A share whose bins are put into others, or into none."""

    share: DispersionShare
    energy: Axis
    places: np.ndarray

    def add_to(self, sums: NodeSums, energy_true: Axis, energy: Axis) -> None:
        own = NodeSums.zeros(sums.geom, energy_true.n, self.energy.n)
        self.share.add_to(own, energy_true, self.energy)
        sums.weight[...] += own.weight
        _add_placed(sums.total, own.total, self.places)


def _add_placed(total: np.ndarray, own: np.ndarray, places: np.ndarray) -> None:
    """Add columns to those that they are in."""
    for number in np.flatnonzero(places >= 0).tolist():
        total[:, places[number]] += own[:, number]
