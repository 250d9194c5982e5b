"""Flux points: the flux of a source in bins of energy."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from astropy.table import QTable, Table

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.products.estimates import Estimates
from gpnb.products.sed import Spectrum


@unchanging
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FluxPoints(Displayed, Estimates):
    """Flux in energy bins with asymmetric errors, upper limits and likelihood scans; see `Estimates` for the fields.

    Any column of the SED format is had by name, with its unit: ``points["e2dnde_errp"]``.

    Examples
    --------
    >>> from astropy import units as u
    >>> from astropy.table import QTable
    >>> table = QTable({"e_ref": [1, 3] * u.TeV, "dnde": [4e-11, 3e-12] * u.Unit("TeV-1 s-1 cm-2")})
    >>> points = FluxPoints.from_table(table)
    >>> points["e2dnde"]
    <Quantity [4.0e-11, 2.7e-11] TeV / (s cm2)>
    """

    panel: ClassVar[str] = "points"

    @classmethod
    def from_table(
        cls,
        table: Table,
        sed_type: str | None = None,
        reference: Spectrum | None = None,
        recipe: Recipe | None = None,
        **settings: Any,
    ) -> Self:
        """Flux points from a table in the SED format of GADF or Gammapy.

        Parameters
        ----------
        table : Table
            One row an energy; rows without a reference energy are left out.
        sed_type : str, optional
            Which kind of flux to take; by default what ``SED_TYPE`` in the header or the columns say.
        reference : SpectralModel, optional
            The spectrum the fluxes are compared with; by default the table's, else a power law of index 2.
        recipe : Recipe, optional
            How the table was made.
        **settings
            Fields that the table does not say: ``cl``, ``sided``, ``name``.

        Raises
        ------
        DataFormatError
            If the table holds no fluxes, or a unit is of another kind.
        """
        from gpnb.products.flux_points_file import fields_of

        return cls(**{**fields_of(table, sed_type, reference), **settings}, recipe=recipe or Recipe.memory("points"))

    @classmethod
    def read(cls, path: str | os.PathLike[str], sed_type: str | None = None, reference: Spectrum | None = None) -> Self:
        """Read flux points from an ECSV or FITS file in the layout of GADF, Gammapy or fermipy.

        Parameters
        ----------
        path : path
            Its name ends in ``.ecsv``, or ``.fits`` (also compressed).
        sed_type, reference
            See `from_table`.

        Raises
        ------
        DataFormatError
            If the file is missing or holds no flux points.
        """
        from gpnb.products.files import read_table

        recipe = Recipe.of_call(cls.read, locals(), name="points")
        return cls.from_table(read_table(path), sed_type, reference, recipe)

    @property
    def table(self) -> QTable:
        """One row a point, with differential fluxes; `to_table` gives other kinds."""
        return self.to_table()

    def to_table(self, sed_type: str = "dnde") -> QTable:
        """One row a point.

        Parameters
        ----------
        sed_type : {"dnde", "e2dnde", "flux", "eflux", "norm", "likelihood"}
            Kind of flux; the last gives norms with their reference spectrum, −2 ln L and its scans.
        """
        columns = {name: self.quantity(name) for name in ("e_ref", "e_min", "e_max")}
        if sed_type in ("norm", "likelihood"):
            columns |= {name: self.quantity(name) for name in ("ref_dnde", "ref_flux", "ref_eflux")}
        return QTable({**columns, **self._columns(sed_type)}, meta=self._meta(sed_type))

    def write(self, path: str | os.PathLike[str], sed_type: str = "likelihood", overwrite: bool = False) -> None:
        """Write them as an ECSV or FITS table in the layout of GADF and Gammapy, with their provenance.

        Parameters
        ----------
        path : path
            Its name ends in ``.ecsv``, ``.fits`` or ``.fits.gz``.
        sed_type : str
            See `table`; only ``"likelihood"`` keeps everything. Gammapy reads the other kinds: it takes the norms of
            the first scan for those of all.
        overwrite : bool
            Replace an existing file.
        """
        from gpnb.products.files import write_table
        from gpnb.products.flux_points_file import with_gadf_scan

        write_table(with_gadf_scan(self.to_table(sed_type)), path, self.recipe, overwrite)

    def view(
        self,
        workspace: Any = None,
        name: str | None = None,
        *,
        models: Any = None,
        published: Any = None,
        **changes: Any,
    ) -> Any:
        """Open the panel of these points, beside spectra and what others found.

        Parameters
        ----------
        workspace : Workspace, optional
            Share its selection and history.
        name : str, optional
            What the panel is called there.
        models, published
            See `gpnb.Sed`.
        **changes
            View settings that differ from the defaults, such as ``quantity="dnde"``.
        """
        if models is None and published is None:
            return super().view(workspace, name, **changes)
        return self._beside(models, published).view(workspace, name, **changes)

    def plot(self, ax: Any = None, *, models: Any = None, published: Any = None, **changes: Any) -> Any:
        """Draw these points, beside spectra and what others found.

        Parameters
        ----------
        ax : Axes, optional
            Draw into these axes of matplotlib.
        models, published
            See `gpnb.Sed`.
        **changes
            View settings that differ from the defaults, such as ``quantity="dnde"``.
        """
        if models is None and published is None:
            return super().plot(ax, **changes)
        return self._beside(models, published).plot(ax, **changes)

    def _beside(self, models: Any, published: Any) -> Any:
        from gpnb.products.energy_distribution import Sed

        return Sed(self, models, published)

    def __getitem__(self, name: str) -> Any:
        return self.quantity(name)

    def __len__(self) -> int:
        return len(self.e_ref)

    def select(self, rows: Any) -> Self:
        """Some of the points.

        Parameters
        ----------
        rows : array of bool, slice or list of int
            Which.
        """
        index = np.arange(len(self))[rows]
        if np.ndim(index) != 1:
            raise ArgumentError(f"rows={rows!r} must choose several points: a list, a slice or a mask.")
        arrays = {name: value[index] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        extra = {name: item[index] for name, item in self.extra.items()}
        recipe = Recipe.of(".select()", on=self, name="points", rows=index.tolist())
        return replace(self, **arrays, extra=extra, recipe=recipe)

    def __repr__(self) -> str:
        if not len(self):
            return "FluxPoints(none)"
        low, high = np.nanmin(self._or_ref(self.e_min)), np.nanmax(self._or_ref(self.e_max))
        name = f"{self.name}, " if self.name else ""
        sizes = {"point": len(self), "upper limit": int(self.is_ul.sum())}
        points, limits = (f"{size} {word}{'s' * (size != 1)}" for word, size in sizes.items())
        return f"FluxPoints({name}{points}, {low:.3g} to {high:.3g} TeV, {limits})"

    def _or_ref(self, energy: np.ndarray) -> np.ndarray:
        return np.where(np.isfinite(energy), energy, self.e_ref)
