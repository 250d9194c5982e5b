"""The point spread function of a stack of runs, varying over the field; made when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.irf.node_sums import NodeSums, node_grid
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

__all__ = ["PsfShare", "RadialPsf", "ReducedPsf"]

_NODES = 200
"""Intervals of the angle."""

_FINEST = 20
"""Parts of the smallest 68 % radius that the first interval is."""

_STEEPEST = 2.0
"""Largest growth of the angle from one node to the next, as a logarithm."""


class PsfShare(Protocol):
    """What one run, or a stack made before, adds."""

    def span(self, energy_true: Axis) -> tuple[float, float] | None:
        """Smallest 68 % radius and largest angle (deg) at energies with exposure; None if none has any."""

    def add_to(self, sums: NodeSums, energy_true: Axis, rad: np.ndarray) -> None:
        """Add exposure times density (deg-2) at angles (deg), and exposure, at the nodes."""


class ReducedPsf:
    """Profiles of the point spread function, weighted by the exposure of each run at each place.

    Parameters
    ----------
    geom : WcsGeometry
        The map.
    energy_true : Axis
        Bins of true energy.
    shares : sequence of PsfShare
        What is added up when something asks; then let go.
    recipe : Recipe, optional
        How it was made.
    """

    def __init__(self, geom: WcsGeometry, energy_true: Axis, shares: Sequence[PsfShare], recipe: Recipe | None = None):
        self._map, self.energy_true = geom, energy_true
        self.recipe = recipe or Recipe.memory("psf")
        self._shares: tuple[PsfShare, ...] = tuple(shares)
        self._made: tuple[np.ndarray, NodeSums] | None = None

    @classmethod
    def constant(cls, radial: RadialPsf, geom: WcsGeometry) -> ReducedPsf:
        """One function everywhere.

        Parameters
        ----------
        radial : RadialPsf
            The function.
        geom : WcsGeometry
            Where, such as the geometry of a map.
        """
        return cls.from_sums(radial.energy_true, radial.rad, NodeSums.constant(geom, radial.density))

    @classmethod
    def from_sums(cls, energy_true: Axis, rad: np.ndarray, sums: NodeSums, recipe: Recipe | None = None) -> ReducedPsf:
        """From exposure times density (deg-2) at angles (deg), and exposure; float method."""
        made = cls(sums.geom, energy_true, (), recipe)
        made.geom, made._made = sums.geom, (rad, sums)
        return made

    @cached_property
    def geom(self) -> WcsGeometry:
        """The nodes: a coarse grid that covers the map with a margin."""
        return node_grid(self._map)

    def shares(self, exposure: SkyMap) -> tuple[PsfShare, ...]:
        """What it adds to a stack: that of its runs, or what was made of them, with the exposure of its dataset."""
        return self._shares if self._made is None else (_MadePsf(self, exposure),)

    @property
    def rad(self) -> np.ndarray:
        """Nodes of the angle in deg, shape (n_rad,), the first 0, the last where all is contained."""
        return self._numbers[0]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its numbers take; 0 until something has asked for them."""
        return self._made[1].nbytes if self._made else 0

    def at(self, position: SkyCoord | str) -> RadialPsf:
        """The point spread function at a position.

        Parameters
        ----------
        position : SkyCoord or str
            One direction. Where there is no exposure, the nearest place with some is taken.

        Returns
        -------
        RadialPsf

        Raises
        ------
        SelectionError
            If a run has no point spread function, or there is no exposure at all.
        """
        rad, sums = self._numbers
        density, weight = sums.at(position)
        if not weight.any():
            raise SelectionError("The map has no exposure, so there is no point spread function.")
        recipe = Recipe.of(".at()", on=self, position=position)
        return RadialPsf.from_table(self.energy_true, rad, density, recipe)

    def __repr__(self) -> str:
        what = f"<ReducedPsf {self.geom.nx} × {self.geom.ny} nodes, {self.energy_true.n} energies"
        if self._made is None:
            return f"{what}, not made yet>"
        return f"{what}, {len(self.rad)} angles to {self.rad[-1]:.3g} deg, {self.nbytes / 1e6:.1f} MB>"

    @property
    def _numbers(self) -> tuple[np.ndarray, NodeSums]:
        if self._made is None:
            self._made = self._make()
            self._shares = ()
        return self._made

    def _make(self) -> tuple[np.ndarray, NodeSums]:
        spans = [span for share in self._shares if (span := share.span(self.energy_true)) is not None]
        if not spans:
            raise SelectionError("The map has no exposure, so there is no point spread function.")
        rad = _angles(min(low for low, _ in spans), max(high for _, high in spans))
        sums = NodeSums.zeros(self.geom, self.energy_true.n, len(rad))
        for share in self._shares:
            share.add_to(sums, self.energy_true, rad)
        return rad, sums


@dataclass(frozen=True, eq=False)
class _MadePsf:
    """A function whose runs are not known any more, as a share of a stack."""

    psf: ReducedPsf
    exposure: SkyMap

    def span(self, energy_true: Axis) -> tuple[float, float] | None:
        rad = self.psf.rad
        return float(rad[1]) * _FINEST, float(rad[-1])

    def add_to(self, sums: NodeSums, energy_true: Axis, rad: np.ndarray) -> None:
        sums.add_made(self.exposure, lambda position: self.psf.at(position).evaluate(rad))


def _angles(smallest: float, largest: float) -> np.ndarray:
    """Angles from 0 to the largest: even where the smallest function changes, in proportion to themselves far out."""
    from scipy.optimize import brentq  # here, because it takes long to import

    first = smallest / _FINEST
    if first * _NODES >= largest:
        return np.linspace(0.0, largest, _NODES + 1)
    growth = brentq(lambda b: np.log(np.sinh(b * _NODES) / b) - np.log(largest / first), 1e-6, _STEEPEST)
    rad = np.sinh(growth * np.arange(_NODES + 1))
    return np.asarray(rad * (largest / rad[-1]))
