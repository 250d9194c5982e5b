"""Rows of the catalogues of the Large Area Telescope: 3FHL, and the format of 4FGL with its data releases."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np

from gpnb.catalogs.sed import band_points
from gpnb.catalogs.source import R68_PER_SIGMA, R95_PER_SIGMA, CatalogSource, Shape, filled
from gpnb.core.errors import DataFormatError
from gpnb.core.warn import warn
from gpnb.models.disk import DiskSource
from gpnb.models.gaussian import GaussianSource
from gpnb.models.point import PointSource
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import LogParabola, PowerLaw, SpectralModel
from gpnb.models.spectral_catalog import SuperExpCutoffPowerLaw4FGL, SuperExpCutoffPowerLaw4FGLDR3
from gpnb.products.flux_points import FluxPoints

_DNDE = "cm-2 s-1 TeV-1"

_BANDS_4FGL = {
    7: (50, 100, 300, 1e3, 3e3, 1e4, 3e4, 3e5),
    8: (50, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6),
}
"""Band edges in MeV by number of bands, for files without a table of them (4FGL to DR2, and DR3)."""


class FermiSource(CatalogSource):
    """What the catalogues of the LAT share: positions, extended sources, fluxes in bands."""

    @property
    def spatial_model(self) -> SpatialModel:
        """A point, or the disk or Gaussian of the catalogue's table of extended sources.

        Templates (maps, rings) are not in the catalogue's file: an ellipse of their axes stands for them, with a
        `DataWarning`.
        """
        entry = self._extended
        if entry is None:
            return PointSource(**filled(PointSource, **self._place()))
        lon, lat = ((float(entry[name]), math.nan) for name in ("RAJ2000", "DEJ2000"))
        form, major, minor, angle = self._form(entry)
        shape = {"e": (math.sqrt(1 - (minor / major) ** 2), math.nan), "phi": (angle, math.nan)}
        if form == "2D Gaussian":
            sigma = major / R68_PER_SIGMA, math.nan
            return GaussianSource(**filled(GaussianSource, lon=lon, lat=lat, sigma=sigma, **shape))
        if form != "Disk":
            template = str(entry["Spatial_Filename"]).strip()
            warn(f"{self.name}: its template {template} is not in the catalogue; a disk stands for it.")
        return DiskSource(**filled(DiskSource, lon=lon, lat=lat, radius=(major, math.nan), **shape))

    def flux_points(self) -> FluxPoints:
        """Its flux points, from the fluxes in bands; see the base class."""
        return band_points(
            self._edges(),
            self._values("Flux_Band", "cm-2 s-1"),
            self._values("Unc_Flux_Band", "cm-2 s-1").reshape(-1, 2),
            self._values("Sqrt_TS_Band"),
            self,
        )

    @property
    def _extent(self) -> Shape | None:
        if self._extended is None:
            return None
        _, major, minor, angle = self._form(self._extended)
        return Shape(major, minor, angle)

    @property
    def _uncertainty(self) -> Shape | None:
        major, minor = self._value("Conf_95_SemiMajor", "deg"), self._value("Conf_95_SemiMinor", "deg")
        if not major > 0:  # extended sources have none
            return None
        angle = self._value("Conf_95_PosAng", "deg")
        return Shape(major, minor, angle if math.isfinite(angle) else 0.0)

    @property
    def _extended(self) -> Any:
        """The row of the table of extended sources, if this is one."""
        name, table = self._text("Extended_Source_Name"), self._extras.get("EXTENDEDSOURCES")
        if not name or table is None:
            return None
        names = [str(item).replace(" ", "") for item in table["Source_Name"]]
        found = name.replace(" ", "")
        return table[names.index(found)] if found in names else None

    @staticmethod
    def _form(entry: Any) -> tuple[str, float, float, float]:
        """Form, semi-axes and angle (deg) of an extended source."""
        axes = (float(entry[f"Model_{name}"]) for name in ("SemiMajor", "SemiMinor", "PosAng"))
        major, minor, angle = axes
        return str(entry["Model_Form"]).strip(), major, minor, angle

    def _place(self) -> dict[str, tuple[float, float]]:
        """Position and its error of one standard deviation; in longitude it widens toward the poles."""
        lon, lat = self._value("RAJ2000", "deg"), self._value("DEJ2000", "deg")
        error = self._value("Conf_95_SemiMajor", "deg") / R95_PER_SIGMA
        return {"lon": (lon, error / math.cos(math.radians(lat))), "lat": (lat, error)}

    @abstractmethod
    def _edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends of the bands, TeV."""

    def _bounds(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The bands of the catalogue's own table; None if it has no such table."""
        table = self._extras.get("ENERGYBOUNDS")
        if table is None:
            return None
        low, high = (table[f"{side}Energy"].quantity.to_value("TeV") for side in ("Lower", "Upper"))
        return np.asarray(low, dtype=float), np.asarray(high, dtype=float)

    def _unknown(self, kind: str) -> DataFormatError:
        return DataFormatError(f"{self.name}: spectrum type {kind!r} is not one of the catalogues of the LAT.")


class Source3FHL(FermiSource):
    """A source of the third catalogue of hard LAT sources (Ajello et al. 2017, ApJS 232, 18), 10 GeV to 2 TeV."""

    @property
    def spectral_model(self) -> SpectralModel:
        """A power law, or a log-parabola where that is significantly better."""
        kind = self._text("SpectrumType")
        norm = {
            "amplitude": self._pair("Flux_Density", _DNDE),
            "reference": (self._value("Pivot_Energy", "TeV"), math.nan),
        }
        if kind == "PowerLaw":
            return PowerLaw(**filled(PowerLaw, **norm, index=self._pair("PowerLaw_Index")))
        if kind == "LogParabola":
            shape = {"alpha": self._pair("Spectral_Index"), "beta": self._pair("beta")}
            return LogParabola(**filled(LogParabola, **norm, **shape))
        raise self._unknown(kind)

    def _edges(self) -> tuple[np.ndarray, np.ndarray]:
        bounds = self._bounds()
        edges = np.array([10, 20, 50, 150, 500, 2000]) * 1e-3
        return bounds if bounds is not None else (edges[:-1], edges[1:])


class Source4FGL(FermiSource):
    """A source of the fourth LAT catalogue (Abdollahi et al. 2020, ApJS 247, 33) or of a data release of it."""

    @property
    def spectral_model(self) -> SpectralModel:
        """A power law, log-parabola or power law with super-exponential cut-off, as the catalogue chose."""
        kind = self._text("SpectrumType")
        makers = {"PowerLaw": self._power_law, "LogParabola": self._log_parabola, "PLSuperExpCutoff": self._cut_off}
        if kind not in makers:
            raise self._unknown(kind)
        return makers[kind]()

    def _power_law(self) -> SpectralModel:
        return PowerLaw(**filled(PowerLaw, **self._norm("PL"), index=self._pair("PL_Index")))

    def _log_parabola(self) -> SpectralModel:
        shape = {"alpha": self._pair("LP_Index"), "beta": self._pair("LP_beta")}
        return LogParabola(**filled(LogParabola, **self._norm("LP"), **shape))

    def _cut_off(self) -> SpectralModel:
        """DR3 changed the formula and, with it, the names of the columns."""
        kind: type[SpectralModel] = SuperExpCutoffPowerLaw4FGL
        index, factor = "PLEC_Index", "PLEC_Expfactor"
        if "PLEC_ExpfactorS" in self.row.colnames:
            kind, index, factor = SuperExpCutoffPowerLaw4FGLDR3, "PLEC_IndexS", "PLEC_ExpfactorS"
        shape = {
            "index_1": self._pair(index),
            "expfactor": self._pair(factor),
            "index_2": self._pair("PLEC_Exp_Index"),
        }
        return kind(**filled(kind, **self._norm("PLEC"), **shape))

    def _norm(self, form: str) -> dict[str, tuple[float, float]]:
        return {
            "amplitude": self._pair(f"{form}_Flux_Density", _DNDE),
            "reference": (self._value("Pivot_Energy", "TeV"), math.nan),
        }

    def _edges(self) -> tuple[np.ndarray, np.ndarray]:
        bounds, number = self._bounds(), np.size(self.row["Flux_Band"])
        if bounds is not None and len(bounds[0]) == number:
            return bounds
        if number not in _BANDS_4FGL:
            raise DataFormatError(f"{self.name}: {number} bands, but no table EnergyBounds that says which.")
        edges = np.array(_BANDS_4FGL[number]) * 1e-6
        return edges[:-1], edges[1:]
