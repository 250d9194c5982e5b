"""The point spread function of a stack of runs, varying over the field; made when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord
from gpnb.irf.field_means import FieldMeans, MadeShare, Share
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

__all__ = ["MadePsf", "PsfShare", "RadialPsf", "ReducedPsf"]

_NODES = 200
"""Intervals of the angle."""

_FINEST = 20
"""Parts of the smallest 68 % radius that the first interval is."""

_STEEPEST, _HALVINGS = 2.0, 50
"""Largest growth of the angle from one node to the next, as a logarithm, and how often its range is halved."""


class PsfShare(Share, Protocol):
    """What one run, or a stack made before, adds."""

    def span(self, energy_true: Axis, keep: bool) -> tuple[float, float] | None:
        """Smallest 68 % radius and largest angle (deg) at energies with exposure; None if none has any."""


class ReducedPsf:
    """Profiles of the point spread function, weighted by the exposure of each run at each place.

    Parameters
    ----------
    energy_true : Axis
        Bins of true energy.
    shares : sequence of PsfShare
        What is asked when something asks.
    recipe : Recipe, optional
        How it was made.
    rad : ndarray, optional
        Nodes of the angle in deg; those that the shares need by default.
    """

    def __init__(
        self,
        energy_true: Axis,
        shares: Sequence[PsfShare],
        recipe: Recipe | None = None,
        rad: np.ndarray | None = None,
    ):
        self.energy_true, self._rad = energy_true, rad
        self.recipe = recipe or Recipe.memory("psf")
        self._field = FieldMeans(shares)
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
        made = cls(energy_true, (), recipe, rad)
        made._sums = sums
        return made

    def shares(self, exposure: SkyMap) -> tuple[PsfShare, ...]:
        """What it adds to a stack: that of its runs, or what was made of them, with the exposure of its dataset."""
        return self._field.shares or (MadePsf(exposure, self),)

    @property
    def rad(self) -> np.ndarray:
        """Nodes of the angle in deg, shape (n_rad,), the first 0, the last where all is contained."""
        if self._rad is None:
            asked = self._field.ask(lambda share, keep: share.span(self.energy_true, keep))
            spans = [span for span in asked if span is not None]
            if not spans:
                raise SelectionError("The map has no exposure, so there is no point spread function.")
            self._rad = _angles(min(low for low, _ in spans), max(high for _, high in spans))
        return self._rad

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its numbers take; 0 until something has asked for them."""
        return self._field.nbytes if self._sums is None else self._sums.nbytes

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
        where = to_skycoord(position)
        if self._sums is not None:
            density, _ = self._sums.at(where)
        else:
            density, _ = self._field.at(where, self.energy_true, self.rad)
        if not density.any():
            raise SelectionError("The map has no exposure, so there is no point spread function.")
        recipe = Recipe.of(".at()", on=self, position=position)
        return RadialPsf.from_table(self.energy_true, self.rad, density, recipe)

    @property
    def sums(self) -> NodeSums | None:
        """What it has at nodes on the sky, as from a file; None where it asks its runs."""
        return self._sums

    def __repr__(self) -> str:
        of = f"{len(self._field.shares)} runs" if self._sums is None else str(self._sums)
        what = f"<ReducedPsf of {of}, {self.energy_true.n} energies"
        if self._rad is None:
            return f"{what}, not made yet>"
        return f"{what}, {len(self._rad)} angles to {self._rad[-1]:.3g} deg, {self.nbytes / 1e6:.1f} MB>"


@dataclass(frozen=True, eq=False)
class MadePsf(MadeShare):
    """A point spread function in a stack, see `MadeShare`.

    Parameters
    ----------
    psf : ReducedPsf
        The function.
    """

    psf: ReducedPsf

    def span(self, energy_true: Axis, keep: bool) -> tuple[float, float] | None:
        """See `PsfShare`."""
        rad = self.psf.rad
        return float(rad[1]) * _FINEST, float(rad[-1])

    def values(self, position: SkyCoord, second: Any) -> np.ndarray:
        """See `MadeShare`."""
        return self.psf.at(position).evaluate(second)

    @property
    def nbytes(self) -> int:
        """See `Share`."""
        return self.psf.nbytes


def _angles(smallest: float, largest: float) -> np.ndarray:
    """Angles from 0 to the largest: even where the smallest function changes, in proportion to themselves far out."""
    first, low, high = smallest / _FINEST, 1e-6, _STEEPEST
    if first * _NODES >= largest:
        return np.linspace(0.0, largest, _NODES + 1)
    for _ in range(_HALVINGS):
        growth = (low + high) / 2
        low, high = (growth, high) if np.sinh(growth * _NODES) / growth < largest / first else (low, growth)
    rad = np.sinh(growth * np.arange(_NODES + 1))
    return np.asarray(rad * (largest / rad[-1]))
