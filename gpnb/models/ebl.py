"""Absorption of gamma rays by the extragalactic background light."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Self

import numpy as np

from gpnb.core.cache_folder import find_data
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.near import meant, same_name
from gpnb.core.recipe import Recipe
from gpnb.models.base import Declared
from gpnb.models.opacity import OpacityTable
from gpnb.models.parameter import Parameter
from gpnb.models.spectrum import NormModel

_FILES = {
    "dominguez": "ebl/ebl_dominguez11.fits.gz",
    "finke": "ebl/frd_abs.fits.gz",
    "franceschini": "ebl/ebl_franceschini.fits.gz",
    "franceschini17": "ebl/ebl_franceschini_2017.fits.gz",
    "saldana-lopez21": "ebl/ebl_saldana-lopez_2021.fits.gz",
}


class EBLAbsorption(NormModel):
    """What is left of a spectrum on its way from a source, exp(-alpha_norm tau(E, z)).

    Made by `read`, and multiplied with a spectrum. The optical depth tau is linear in redshift and ln E between
    the nodes of its table.

    Parameters
    ----------
    table : OpacityTable
        tau against redshift and energy.
    source : str
        Where it was read from.
    redshift : float
        z of the source, frozen; not above the table's highest.
    alpha_norm : float
        Factor on tau, frozen at 1.

    Examples
    --------
    >>> import gpnb
    >>> model = gpnb.PowerLaw() * gpnb.EBLAbsorption.read("dominguez", redshift=0.1)  # doctest: +SKIP
    """

    redshift = Declared(0.1, min=0.0, frozen=True)
    alpha_norm = Declared(1.0, min=0.0, frozen=True)

    def __init__(self, table: OpacityTable, source: str, **given: Any):
        super().__init__(**given)
        self.table, self.source = table, source
        self._values["redshift"] = self._limited()

    @classmethod
    def read(cls, source: str | os.PathLike[str] = "dominguez", redshift: Any = 0.1, alpha_norm: Any = 1.0) -> Self:
        """Read a published table.

        Parameters
        ----------
        source : str or path
            ``"dominguez"`` (Dominguez et al. 2011, MNRAS 410, 2556), ``"franceschini"`` (Franceschini et al. 2008,
            A&A 487, 837), ``"finke"`` (Finke et al. 2010, ApJ 712, 238), ``"franceschini17"`` (Franceschini &
            Rodighiero 2017, A&A 603, A34) or ``"saldana-lopez21"`` (Saldana-Lopez et al. 2021, MNRAS 507, 5144),
            looked for in ``ebl/`` below ``$GPNB_DATA`` and among the downloads; or a file in the same format.
        redshift, alpha_norm : float or Parameter
            The parameters.

        Raises
        ------
        DataFormatError
            If the table is not there, or not in the XSPEC format.
        """
        name = same_name(str(source), _FILES) or str(source)
        path = find_data(_FILES.get(name, name))
        if path is None and name not in _FILES:
            hint = meant(name, _FILES, "published ones are")
            raise DataFormatError(f"The absorption {name!r} is not known: {hint} Or give a file.")
        if path is None:
            raise DataFormatError(
                f"The absorption {name!r} is not here: give a file, or one of {', '.join(_FILES)} "
                "with GPNB_DATA set to the folder that holds ebl/."
            )
        return cls(OpacityTable.read(path), name, redshift=redshift, alpha_norm=alpha_norm)

    @property
    def recipe(self) -> Recipe:
        """The call of `read` that gives this model."""
        redshift, alpha = self.values
        return Recipe.of("gpnb.EBLAbsorption.read()", source=self.source, redshift=redshift, alpha_norm=alpha)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML; the table is named, not written."""
        return {**super().to_dict(), "source": self.source}

    @classmethod
    def _from_dict(cls, data: dict[str, Any]) -> Self:
        if "source" not in data:
            raise DataFormatError("The model EBLAbsorption needs the entry 'source'.")
        blank = cls.read(data["source"])
        return blank.replace(**cls._parameters_of(data))

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Transmission at plain energies (TeV)."""
        redshift, alpha = self.values
        return np.asarray(np.exp(-alpha * self.table.at(redshift, energy)[0]))

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivatives with redshift and norm."""
        redshift, alpha = self.values
        depth, slope = self.table.at(redshift, energy)
        return np.stack([-alpha * slope, -depth]) * np.exp(-alpha * depth)

    def _with(self, changed: dict[str, Parameter]) -> Self:
        copy = super()._with(changed)
        copy._values["redshift"] = copy._limited()
        return copy

    def _limited(self) -> Parameter:
        """The redshift, its limits within the table."""
        highest, item = float(self.table.redshift[-1]), self.redshift
        if not 0 <= item.value <= highest:
            raise ArgumentError(f"redshift={item.value} must lie between 0 and {highest:.4g}, the table's end.")
        return replace(item, min=max(item.min, 0.0), max=min(item.max, highest))


def source_of_file(name: str) -> str | None:
    """The published table that a file of this name holds."""
    return next((source for source, file in _FILES.items() if file.rpartition("/")[2] == name), None)
