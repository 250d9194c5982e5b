"""Rows of the H.E.S.S. Galactic plane survey (H.E.S.S. Collaboration 2018, A&A 612, A1)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.catalogs.sed import published_points
from gpnb.catalogs.source import R68_PER_SIGMA, CatalogSource, Shape, filled
from gpnb.core.errors import DataFormatError
from gpnb.models.collection import Models
from gpnb.models.gaussian import GaussianSource
from gpnb.models.point import PointSource
from gpnb.models.shell import ShellSource
from gpnb.models.sky import SkyModel
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import ExpCutoffPowerLaw, PowerLaw, SpectralModel
from gpnb.products.flux_points import FluxPoints

_DNDE = "cm-2 s-1 TeV-1"
_ERROR = "{}_Err"
_SHELL_WIDTH = 0.05
"""Thickness of a shell in parts of its outer radius; the catalogue gives only the latter."""


class SourceHGPS(CatalogSource):
    """A source of the survey; positions and shapes are in Galactic coordinates."""

    @property
    def spectral_model(self) -> SpectralModel:
        """A power law, with exponential cut-off where that is significantly better; for the whole source."""
        kind = self._text("Spectral_Model")
        if kind not in ("PL", "ECPL"):
            raise DataFormatError(f"{self.name}: spectral model {kind!r} is neither PL nor ECPL.")
        shape = {
            "amplitude": self._pair(f"Flux_Spec_{kind}_Diff_Pivot", _DNDE, _ERROR),
            "reference": (self._value(f"Energy_Spec_{kind}_Pivot", "TeV"), math.nan),
            "index": self._pair(f"Index_Spec_{kind}", "", _ERROR),
        }
        if kind == "PL":
            return PowerLaw(**filled(PowerLaw, **shape))
        shape["lambda_"] = self._pair("Lambda_Spec_ECPL", "TeV-1", _ERROR)
        return ExpCutoffPowerLaw(**filled(ExpCutoffPowerLaw, **shape))

    @property
    def spatial_model(self) -> SpatialModel:
        """A point (also where only an upper limit of the size is known), a Gaussian, or a shell.

        A source of several Gaussians is given as one of the catalogue's overall size; `components` has them all.
        """
        place = {"lon": self._pair("GLON", "deg", _ERROR), "lat": self._pair("GLAT", "deg", _ERROR)}
        kind = self._text("Spatial_Model")
        size, error = self._pair("Size", "deg", _ERROR)
        if kind == "Point-Like" or not size > 0:
            return PointSource(frame="galactic", **filled(PointSource, **place))
        if kind.endswith("Gaussian"):
            return GaussianSource(frame="galactic", **filled(GaussianSource, **place, sigma=(size, error)))
        if kind == "Shell":
            shape = {"radius": (size * (1 - _SHELL_WIDTH), error), "width": (size * _SHELL_WIDTH, math.nan)}
            return ShellSource(frame="galactic", **filled(ShellSource, **place, **shape))
        raise DataFormatError(f"{self.name}: spatial model {kind!r} is not known.")

    def components(self) -> Models:
        """One model a Gaussian of the catalogue's table of components; the flux is shared as in the flux map."""
        table = self._extras.get("HGPS_GAUSS_COMPONENTS")
        named = [str(item).strip() for item in self._text("Components").split(",") if item.strip()]
        if table is None or len(named) < 2:
            return Models([self.model()])
        names = [str(item).strip() for item in table["Component_ID"]]
        rows = [table[names.index(item)] for item in named]
        total = sum(float(row["Flux_Map"]) for row in rows)
        return Models([self._component(row, float(row["Flux_Map"]) / total) for row in rows])

    def flux_points(self) -> FluxPoints:
        """Its flux points; upper limits are at 95 % confidence."""
        columns = {name: self._values(f"Flux_Points_{column}", unit) for name, (column, unit) in _POINTS.items()}
        limited = np.asarray(self.row["Flux_Points_Flux_Is_UL"]) == 1
        for name in ("dnde", "dnde_errn", "dnde_errp"):
            columns[name] = np.where(limited, np.nan, columns[name])
        columns["dnde_ul"] = np.where(limited, columns["dnde_ul"], np.nan)
        count = int(self.row["N_Flux_Points"])
        return published_points({name: item[:count] for name, item in columns.items()}, self, cl=0.95)

    @property
    def _extent(self) -> Shape | None:
        size, kind = self._value("Size", "deg"), self._text("Spatial_Model")
        if kind == "Point-Like" or not size > 0:
            return None
        radius = size * R68_PER_SIGMA if kind.endswith("Gaussian") else size
        return Shape(radius, radius)

    @property
    def _uncertainty(self) -> Shape | None:
        radius = self._value("Pos_Err_95", "deg")
        return Shape(radius, radius) if radius > 0 else None

    def _component(self, row: Any, share: float) -> SkyModel:
        numbers = {
            name: (float(row[column]), float(row[_ERROR.format(column)]))
            for name, column in {"lon": "GLON", "lat": "GLAT", "sigma": "Size"}.items()
        }
        spectrum = self.spectral_model
        amplitude = spectrum.parameters[list(spectrum.declared).index("amplitude")]
        scaled = replace(amplitude, value=amplitude.value * share, error=amplitude.error * share)
        return SkyModel(
            spectral=spectrum.replace(amplitude=scaled),
            spatial=GaussianSource(frame="galactic", **filled(GaussianSource, **numbers)),
            name=str(row["Component_ID"]).strip(),
        )


_POINTS = {
    "e_ref": ("Energy", "TeV"),
    "e_min": ("Energy_Min", "TeV"),
    "e_max": ("Energy_Max", "TeV"),
    "dnde": ("Flux", _DNDE),
    "dnde_errn": ("Flux_Err_Lo", _DNDE),
    "dnde_errp": ("Flux_Err_Hi", _DNDE),
    "dnde_ul": ("Flux_UL", _DNDE),
}
"""Our names of a flux point's columns, and theirs."""
