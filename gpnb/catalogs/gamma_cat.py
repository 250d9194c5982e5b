"""Rows of gamma-cat, the open collection of published TeV sources."""

from __future__ import annotations

import math

from astropy import units as u

from gpnb.catalogs.sed import published_points
from gpnb.catalogs.source import R68_PER_SIGMA, R95_PER_SIGMA, CatalogSource, Shape, filled
from gpnb.core.errors import SelectionError
from gpnb.models.gaussian import GaussianSource
from gpnb.models.point import PointSource
from gpnb.models.shell import ShellSource
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import ExpCutoffPowerLaw, PowerLaw, SpectralModel
from gpnb.models.spectral_catalog import PowerLaw2
from gpnb.products.flux_points import FluxPoints

_DNDE = "cm-2 s-1 TeV-1"
_ERROR = "{}_err"
_NO_UPPER_END = 1e6
"""TeV: the upper end of a flux that is published as "above" an energy."""

_SHELL_WIDTH = 0.2
"""Thickness of a shell in parts of its outer radius; the collection gives only the latter."""


class SourceGammaCat(CatalogSource):
    """A source of the collection; errors are the statistical ones."""

    @property
    def spectral_model(self) -> SpectralModel:
        """A power law, by its norm or its integral flux, or one with exponential cut-off."""
        makers = {"pl": self._power_law, "pl2": self._power_law_2, "ecpl": self._cut_off}
        kind = self._text("spec_type")
        if kind not in makers:
            raise SelectionError(f"{self.name} has no spectrum in gamma-cat: give the model one of your own.")
        return makers[kind]()

    @property
    def spatial_model(self) -> SpatialModel:
        """A Gaussian or a shell; a point if no shape is published."""
        kind, galactic = self._text("morph_type"), self._text("morph_pa_frame") == "galactic"
        frame = "galactic" if galactic else "icrs"
        center = self.position.transform_to(frame).spherical
        place = {"lon": (float(center.lon.deg), math.nan), "lat": (float(center.lat.deg), math.nan)}
        size, error = self._pair("morph_sigma", "deg", _ERROR)
        if kind == "gauss" and size > 0:
            e = (math.sqrt(1 - (self._minor / size) ** 2), math.nan)
            shape = {"sigma": (size, error), "e": e, "phi": (self._angle, math.nan)}
            return GaussianSource(frame=frame, **filled(GaussianSource, **place, **shape))
        if kind == "shell" and size > 0:
            shape = {"radius": (size * (1 - _SHELL_WIDTH), error), "width": (size * _SHELL_WIDTH, math.nan)}
            return ShellSource(frame=frame, **filled(ShellSource, **place, **shape))
        return PointSource(frame=frame, **filled(PointSource, **place))

    def flux_points(self) -> FluxPoints:
        """Its flux points, as published; edges of energy bins are often missing."""
        energies = {name: self._values(f"sed_{name}", "TeV") for name in ("e_ref", "e_min", "e_max")}
        fluxes = {
            name: self._values(f"sed_{name}", _DNDE)
            for name in ("dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul")
        }
        return published_points({**energies, **fluxes}, self)

    @property
    def _extent(self) -> Shape | None:
        kind, size = self._text("morph_type"), self._value("morph_sigma", "deg")
        if kind not in ("gauss", "shell") or not size > 0:
            return None
        if kind == "shell":
            return Shape(size, size)
        return Shape(size * R68_PER_SIGMA, self._minor * R68_PER_SIGMA, self._icrs_angle())

    @property
    def _uncertainty(self) -> Shape | None:
        radius = self._value("pos_err", "deg") * R95_PER_SIGMA
        return Shape(radius, radius) if radius > 0 else None

    @property
    def _minor(self) -> float:
        """Standard deviation along the minor axis (deg); that of the major one if none is published."""
        size, minor = self._value("morph_sigma", "deg"), self._value("morph_sigma2", "deg")
        return minor if 0 < minor < size else size

    @property
    def _angle(self) -> float:
        angle = self._value("morph_pa", "deg")
        return angle if math.isfinite(angle) else 0.0

    def _icrs_angle(self) -> float:
        """Angle of the major axis from celestial north."""
        if self._text("morph_pa_frame") != "galactic":
            return self._angle
        center = self.position.galactic
        along = center.directional_offset_by(self._angle * u.deg, 0.01 * u.deg)
        return float(center.icrs.position_angle(along.icrs).deg)

    def _power_law(self) -> SpectralModel:
        return PowerLaw(**filled(PowerLaw, **self._norm("pl")))

    def _power_law_2(self) -> SpectralModel:
        high = self._value("spec_pl2_e_max", "TeV")
        shape = {
            "flux": self._pair("spec_pl2_flux", "cm-2 s-1", _ERROR),
            "index": self._pair("spec_pl2_index", "", _ERROR),
            "e_min": (self._value("spec_pl2_e_min", "TeV"), math.nan),
            "e_max": (high if math.isfinite(high) else _NO_UPPER_END, math.nan),
        }
        return PowerLaw2(**filled(PowerLaw2, **shape))

    def _cut_off(self) -> SpectralModel:
        cut, error = self._pair("spec_ecpl_e_cut", "TeV", _ERROR)
        shape = {**self._norm("ecpl"), "lambda_": (1 / cut, error / cut**2)}
        return ExpCutoffPowerLaw(**filled(ExpCutoffPowerLaw, **shape))

    def _norm(self, kind: str) -> dict[str, tuple[float, float]]:
        return {
            "amplitude": self._pair(f"spec_{kind}_norm", _DNDE, _ERROR),
            "index": self._pair(f"spec_{kind}_index", "", _ERROR),
            "reference": (self._value(f"spec_{kind}_e_ref", "TeV"), math.nan),
        }
