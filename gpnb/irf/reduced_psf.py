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
from gpnb.core.units import to_skycoord
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

_FEW = 16
"""Runs: up to as many are asked at the place itself; of more, means at nodes are kept, so that memory is bounded.

Between nodes, kinks of a response at its own offsets and the ends of fields of view are smoothed: by some hundredths of
the peak at worst, some thousandths in the middle.
"""

_STEEPEST = 2.0
"""Largest growth of the angle from one node to the next, as a logarithm."""


class PsfShare(Protocol):
    """What one run, or a stack made before, adds."""

    def span(self, energy_true: Axis) -> tuple[float, float] | None:
        """Smallest 68 % radius and largest angle (deg) at energies with exposure; None if none has any."""

    def add_to(self, sums: NodeSums, energy_true: Axis, rad: np.ndarray) -> None:
        """Add exposure times density (deg-2) at angles (deg), and exposure, at the nodes."""

    def at(self, position: SkyCoord, energy_true: Axis, rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Exposure times density (deg-2) at angles (deg), shape (n_true, n_rad), and exposure, at a position."""

    @property
    def nbytes(self) -> int:
        """Bytes of what it keeps."""


class ReducedPsf:
    """Profiles of the point spread function, weighted by the exposure of each run at each place.

    Parameters
    ----------
    geom : WcsGeometry
        The map.
    energy_true : Axis
        Bins of true energy.
    shares : sequence of PsfShare
        What is added up when something asks; then let go where there are many.
    recipe : Recipe, optional
        How it was made.
    """

    def __init__(self, geom: WcsGeometry, energy_true: Axis, shares: Sequence[PsfShare], recipe: Recipe | None = None):
        self._map, self.energy_true = geom, energy_true
        self.recipe = recipe or Recipe.memory("psf")
        self._shares: tuple[PsfShare, ...] = tuple(shares)
        self._rad: np.ndarray | None = None
        self._sums: NodeSums | None = None

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
        made.geom, made._rad, made._sums = sums.geom, rad, sums
        return made

    @cached_property
    def geom(self) -> WcsGeometry:
        """The nodes: a coarse grid that covers the map with a margin."""
        return node_grid(self._map)

    def shares(self, exposure: SkyMap) -> tuple[PsfShare, ...]:
        """What it adds to a stack: that of its runs, or what was made of them, with the exposure of its dataset."""
        return self._shares or (_MadePsf(self, exposure),)

    @property
    def rad(self) -> np.ndarray:
        """Nodes of the angle in deg, shape (n_rad,), the first 0, the last where all is contained."""
        if self._rad is None:
            spans = [span for share in self._shares if (span := share.span(self.energy_true)) is not None]
            if not spans:
                raise SelectionError("The map has no exposure, so there is no point spread function.")
            self._rad = _angles(min(low for low, _ in spans), max(high for _, high in spans))
        return self._rad

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its numbers take; 0 until something has asked for them."""
        if self._rad is None:
            return 0
        return sum(share.nbytes for share in self._shares) + (self._sums.nbytes if self._sums is not None else 0)

    def at(self, position: SkyCoord | str) -> RadialPsf:
        """The point spread function at a position.

        Parameters
        ----------
        position : SkyCoord or str
            One direction. Where there is no exposure, the nearest place with some is taken; at energies without any,
            the nearest energy that has some.

        Returns
        -------
        RadialPsf

        Raises
        ------
        SelectionError
            If a run has no point spread function, or there is no exposure at all.
        """
        density, weight = self._mean(to_skycoord(position))
        if not weight.any():
            raise SelectionError("The map has no exposure, so there is no point spread function.")
        recipe = Recipe.of(".at()", on=self, position=position)
        return RadialPsf.from_table(self.energy_true, self.rad, density, recipe)

    def on_nodes(self) -> ReducedPsf:
        """The same by means at nodes alone: for those who ask at many places, quick wherever it comes from."""
        return ReducedPsf.from_sums(self.energy_true, self.rad, self._at_nodes(), self.recipe)

    def __repr__(self) -> str:
        what = f"<ReducedPsf {self.geom.nx} × {self.geom.ny} nodes, {self.energy_true.n} energies"
        if self._rad is None:
            return f"{what}, not made yet>"
        return f"{what}, {len(self.rad)} angles to {self.rad[-1]:.3g} deg, {self.nbytes / 1e6:.1f} MB>"

    def _mean(self, position: SkyCoord) -> tuple[np.ndarray, np.ndarray]:
        """The mean density at a position, shape (n_true, n_rad), and the exposure that it stands on."""
        if position.isscalar and 0 < len(self._shares) <= _FEW:
            parts = [share.at(position, self.energy_true, self.rad) for share in self._shares]
            total, weight = (np.sum(item, axis=0) for item in zip(*parts, strict=True))
            if weight.any():
                return np.divide(total, weight[:, None], out=np.zeros(total.shape), where=weight[:, None] > 0), weight
        return self._at_nodes().at(position)

    def _at_nodes(self) -> NodeSums:
        """Sums at nodes, which need the runs no more where these are many."""
        if self._sums is None:
            sums = NodeSums.zeros(self.geom, self.energy_true.n, len(self.rad))
            for share in self._shares:
                share.add_to(sums, self.energy_true, self.rad)
            self._sums = sums
            if len(self._shares) > _FEW:
                self._shares = ()
        return self._sums


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

    def at(self, position: SkyCoord, energy_true: Axis, rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = (np.asarray(pixel, dtype=float) for pixel in self.exposure.geom.coord_pixel(position))
        geom = self.exposure.geom
        inside = (-0.5 <= x <= geom.nx - 0.5) and (-0.5 <= y <= geom.ny - 0.5)
        exposure = self.exposure.data[:, round(float(y)), round(float(x))] if inside else np.zeros(energy_true.n)
        return exposure[:, None] * self.psf.at(position).evaluate(rad), exposure

    @property
    def nbytes(self) -> int:
        return self.psf.nbytes


def _angles(smallest: float, largest: float) -> np.ndarray:
    """Angles from 0 to the largest: even where the smallest function changes, in proportion to themselves far out."""
    from scipy.optimize import brentq  # here, because it takes long to import

    first = smallest / _FINEST
    if first * _NODES >= largest:
        return np.linspace(0.0, largest, _NODES + 1)
    growth = brentq(lambda b: np.log(np.sinh(b * _NODES) / b) - np.log(largest / first), 1e-6, _STEEPEST)
    rad = np.sinh(growth * np.arange(_NODES + 1))
    return np.asarray(rad * (largest / rad[-1]))
