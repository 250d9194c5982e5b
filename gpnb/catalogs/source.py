"""One row of a catalogue."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.faults import faults_told
from gpnb.core.fits_units import unit_factor
from gpnb.core.recipe import Recipe
from gpnb.models.base import Model
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import SpectralModel
from gpnb.products.flux_points import FluxPoints

if TYPE_CHECKING:
    from regions import SkyRegion

R68_PER_SIGMA = math.sqrt(-2 * math.log(1 - 0.68))
"""Radius that holds 68 % of a Gaussian in two dimensions, in standard deviations."""

R95_PER_SIGMA = math.sqrt(-2 * math.log(1 - 0.95))


@dataclass(frozen=True)
class Shape:
    """Where something ends: an ellipse, in degrees; the angle of its major axis from north (ICRS) to east."""

    major: float
    minor: float
    angle: float = 0.0

    def region(self, center: SkyCoord) -> SkyRegion:
        """The ellipse, or circle, at a place."""
        from regions import CircleSkyRegion, EllipseSkyRegion

        if self.major == self.minor:
            return CircleSkyRegion(center, self.major * u.deg)
        # the height points north at angle 0
        return EllipseSkyRegion(center, 2 * self.minor * u.deg, 2 * self.major * u.deg, self.angle * u.deg)


def filled(kind: type[Model], **given: tuple[float, float]) -> dict[str, Any]:
    """Parameters of a model with values and errors, in the model's own units."""
    return {
        name: replace(kind.declared[name], value=float(value), error=float(error))
        for name, (value, error) in given.items()
    }


class CatalogSource(ABC):
    """A source of a catalogue: position, model, flux points, region.

    Parameters
    ----------
    name : str
        Its name in the catalogue.
    position : SkyCoord
        Its place.
    row : astropy.table.Row
        All that the catalogue says of it.
    extras : mapping of Table
        The catalogue's other tables, by HDU name.
    recipe : Recipe
        How it was taken from the catalogue.
    """

    def __init__(self, name: str, position: SkyCoord, row: Any, extras: Mapping[str, Table], recipe: Recipe):
        self.name = name
        self.position = position
        self.row = row
        self.recipe = recipe
        self._extras = extras

    @property
    @abstractmethod
    def spectral_model(self) -> SpectralModel:
        """Its spectrum, with the errors of the catalogue.

        Raises
        ------
        SelectionError
            If the catalogue has none.
        """

    @property
    @abstractmethod
    def spatial_model(self) -> SpatialModel:
        """Its shape; a point if the catalogue has none."""

    @abstractmethod
    def flux_points(self) -> FluxPoints:
        """Its flux points.

        Returns
        -------
        FluxPoints
            What is not known is NaN.
        """

    @property
    @abstractmethod
    def _extent(self) -> Shape | None:
        """Its edge: a disk's, a shell's, or where 68 % of a Gaussian lie; None for a point."""

    @property
    @abstractmethod
    def _uncertainty(self) -> Shape | None:
        """Where it is with 95 % probability; None if the catalogue does not say."""

    @property
    def extent(self) -> u.Quantity:
        """Radius of its edge along the major axis (68 % containment for a Gaussian), zero for a point."""
        return (self._extent.major if self._extent else 0.0) * u.deg

    def model(self, name: str | None = None) -> SkyModel:
        """The source as a model; parameters carry the errors of the catalogue.

        Parameters
        ----------
        name : str, optional
            The model's name; without it, the source's, each dot an underscore.

        Raises
        ------
        SelectionError
            If the catalogue has no spectrum for it.
        """
        return SkyModel(spectral=self.spectral_model, spatial=self.spatial_model, name=name or self.name)

    def components(self) -> Models:
        """The parts it is modelled with; most sources are one."""
        return Models([self.model()])

    def region(self, kind: str | None = None) -> SkyRegion:
        """The source on the sky.

        Parameters
        ----------
        kind : str, optional
            ``"extent"`` for its edge, ``"position"`` for where it is with 95 % probability;
            without it the edge, and for a point the latter.

        Returns
        -------
        regions.CircleSkyRegion or regions.EllipseSkyRegion

        Raises
        ------
        SelectionError
            If the catalogue does not say.
        """
        shapes = {"extent": self._extent, "position": self._uncertainty}
        if kind not in (None, *shapes):
            raise ArgumentError(f"kind={kind!r} is not known: give 'extent' or 'position'.")
        shape = shapes[kind] if kind else self._extent or self._uncertainty
        if shape is None:
            what = {"extent": "extent", "position": "position error"}.get(kind or "", "extent or position error")
            raise SelectionError(f"{self.name} has no {what} in its catalogue: draw a circle about its position.")
        return shape.region(self.position)

    def _value(self, column: str, unit: str = "") -> float:
        """A number of the row in a unit; NaN if the catalogue has no such column."""
        if column not in self.row.colnames:
            return math.nan
        with faults_told(f"{self.name}: column {column} of its catalogue holds no number"):
            return float(self.row[column]) * self._factor(column, unit)

    def _values(self, column: str, unit: str = "") -> np.ndarray:
        """An array of the row in a unit."""
        with faults_told(f"{self.name}: column {column} of its catalogue holds no numbers"):
            return np.asarray(self.row[column], dtype=float) * self._factor(column, unit)

    def _pair(self, column: str, unit: str = "", error: str = "Unc_{}") -> tuple[float, float]:
        """A number and its error."""
        return self._value(column, unit), self._value(error.format(column), unit)

    def _text(self, column: str) -> str:
        """A text of the row, empty if the catalogue has no such column."""
        return str(self.row[column]).strip() if column in self.row.colnames else ""

    def _factor(self, column: str, unit: str) -> float:
        found = self.row.table[column].unit
        return unit_factor(found.to_string() if found else None, unit, f"{self.name}, column {column}")

    def __repr__(self) -> str:
        place = self.position.icrs
        return f"{type(self).__name__}({self.name}, ra={place.ra.deg:.4f} deg, dec={place.dec.deg:.4f} deg)"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(str(self.row[name]))}</td>"
            f"<td>{escape(str(self.row.table[name].unit or ''))}</td></tr>"
            for name in self.row.colnames
        )
        return f"<b>{escape(self.name)}</b><table>{cells}</table>"
