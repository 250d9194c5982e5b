"""Fluxes in bands from a spectrum that is fitted with all its free parameters, as for each bin of a light curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.progress import CancelToken
from gpnb.core.units import ENERGY
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.counted import Counted, has_cubes, used_energies
from gpnb.estimate.cube_bins import CubeCounts
from gpnb.estimate.norm_profile import effective_counts
from gpnb.estimate.norms import FITTED, UL_BELOW
from gpnb.estimate.refit import background_norms
from gpnb.fitting.fit import fit
from gpnb.fitting.flux_profile import FluxLikelihood, FluxProfile
from gpnb.fitting.limits import Limits, norm_of
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.models.spectrum import SpectralModel
from gpnb.products.estimates import EFFECTIVE
from gpnb.products.sed import reference_columns
from gpnb.stats.intervals import delta_stat

_SCAN_REACH = 5.0
"""In errors: how far scans go."""

_COUNTED = ("n_on", "n_off", "excess", "background", "signal")


@dataclass(frozen=True, eq=False)
class FreeShape:
    """Fits a source's spectrum to data, and gives its flux in bands.

    Parameters
    ----------
    models : Models
        All sources.
    source : SkyModel
        The one whose spectrum is fitted.
    refit : bool
        Fit the other sources too; else they are held.
    axes : mapping
        ``e_ref``, ``e_min`` and ``e_max`` of the bands, TeV.
    reference : mapping
        Its spectrum as it was given, in the bands; see `reference_columns`.
    limits : Limits
        What the upper limits are.
    n_scan : int
        Points of a likelihood scan.
    statistic : str, optional
        By default what suits the background.
    backgrounds : bool
        Fit the norm of predicted backgrounds of cubes too.

    Raises
    ------
    ArgumentError
        If nothing of the spectrum is free, or limits are Bayesian: what the shape may be has no density.
    """

    models: Models
    source: SkyModel
    refit: bool
    axes: dict[str, np.ndarray]
    reference: dict[str, np.ndarray]
    limits: Limits
    n_scan: int
    statistic: str | None
    backgrounds: bool = False

    def __post_init__(self) -> None:
        if self.limits.method == "bayesian":
            raise ArgumentError("limits='bayesian' holds the shape: give shape='fixed', or other limits.")
        if not self.source.spectral.free:
            raise ArgumentError(f"shape='free', but no parameter of {self.source.name} is free: thaw what shall be.")

    def fit(self, datasets: Sequence[Counted], cancel: CancelToken | None = None) -> FitResult:
        """The spectrum of some data.

        Raises
        ------
        FitError
            If they do not tell it: there is no minimum, or a free parameter has no error.
        """
        used = [item for item in datasets if used_energies(item).any()]
        if not used:
            raise FitError("no bin is usable")
        start = Models([*self._start, *background_norms(used)]) if self.backgrounds else self._start
        result = fit(used, start, statistic=self.statistic, progress=False, cancel=cancel)
        if not result.success:
            raise FitError(result.message)
        return result

    @property
    def _start(self) -> Models:
        """The models with what is fitted free; what is linked to the source stays as it was given."""
        if self.refit:
            return self.models
        models, own = self.models, f"{self.source.name}."
        for name, item in models.parameters.items():
            if not name.startswith(own):
                models = (models.link(name, "") if item.link.startswith(own) else models).freeze(name)
        return models

    def parameters(self, result: FitResult) -> dict[str, u.Quantity]:
        """Values and errors of the spectrum's free parameters."""
        return self._columns(result.models[self.source.name].spectral)

    @property
    def unknown(self) -> dict[str, u.Quantity]:
        """As `parameters`, NaN: of a bin that does not tell."""
        return {name: value * np.nan for name, value in self._columns(self.source.spectral).items()}

    def _columns(self, spectral: SpectralModel) -> dict[str, u.Quantity]:
        found: dict[str, u.Quantity] = {}
        for item in (spectral.parameters[spectral.names.index(name)] for name in self.source.spectral.free):
            unit = u.Unit(item.unit)
            found |= {item.name: item.value * unit, f"{item.name}_err": item.error * unit}
        return found

    def row(self, result: FitResult, datasets: Sequence[Counted], cells: Sequence[np.ndarray]) -> Any:
        """The fields of one bin of time, as `fitted_norms` gives them, with the reference of that shape."""
        spectral = result.models[self.source.name].spectral
        ends = self.axes["e_min"], self.axes["e_max"]
        covariance = result.spectral_covariance(self.source.name)
        _, error = spectral.integral_error(ends[0] * ENERGY, ends[1] * ENERGY, covariance)
        unit = self.reference["ref_flux"]
        norm, errors = spectral.integral_between(*ends) / unit, error.value / unit
        fields = {name: np.full((1, len(norm)), np.nan) for name in FITTED}
        fields |= {name: np.full((1, len(norm), self.n_scan), np.nan) for name in ("norm_scan", "stat_scan")}
        fields |= {"norm": norm[None], "norm_err": errors[None], "stat": np.full((1, len(norm)), result.stat)}
        number = norm_of(result, self.source.name)
        for band in range(len(norm) if number is not None else 0):
            for name, value in self._profiled(result, number, band, errors[band]).items():
                fields[name][0, band] = value
        significance = np.sign(fields["norm"]) * np.sqrt(np.maximum(fields["ts"], 0.0))
        fields["is_ul"] = ~(significance >= UL_BELOW) & np.isfinite(fields["norm_ul"])
        with np.errstate(divide="ignore", invalid="ignore"):
            shape = {name: values / norm for name, values in reference_columns(spectral, **self.axes).items()}
        extra = self._counts(result.models, norm, fields["norm_ul"][0], datasets, cells)
        return {**fields, **{name: shape[name][None] for name in ("ref_dnde", "ref_eflux")}, "extra": extra}

    def _profiled(self, result: FitResult, number: int | None, band: int, error: float) -> dict[str, Any]:
        """What the profile likelihood of the flux in a band tells."""
        assert number is not None
        ends = float(self.axes["e_min"][band]), float(self.axes["e_max"][band])
        unit = float(self.reference["ref_flux"][band])
        likelihood = FluxLikelihood(result.likelihood(), number, self.source.name, ends, unit)
        profile = FluxProfile(likelihood, number, error)
        best, least, null = profile.best, profile.least, profile.at(0.0)
        upper = profile.end(1, 1.0) - best
        rise = delta_stat(self.limits.cl, self.limits.sided)
        if best < 0 and self.limits.method == "bounded":
            rise += null - least
        reach = _SCAN_REACH * (upper if np.isfinite(upper) else error)
        norms = np.linspace(max(best - reach, profile.low), best + reach, self.n_scan)
        return {
            "norm_errn": best - profile.end(-1, 1.0),
            "norm_errp": upper,
            "norm_ul": profile.end(1, rise),
            "ts": max(null - least, 0.0),
            "stat_null": null,
            "norm_scan": norms,
            "stat_scan": profile.scan(norms),
        }

    def _counts(
        self, models: Models, norm: np.ndarray, limit: np.ndarray, datasets: Sequence[Counted], cells: Sequence[Any]
    ) -> dict[str, np.ndarray]:
        """Counts in the bands, and those of the fitted spectrum; the latter over the norm too."""
        parts = [_in_bins(item, cell, models, self.source.name) for item, cell in zip(datasets, cells, strict=True)]
        bins = {name: np.concatenate([part[name] for part in parts]) for name in ("cell", *_COUNTED)}
        found = {name: np.bincount(bins["cell"], bins[name], len(norm)) for name in _COUNTED}
        with np.errstate(divide="ignore", invalid="ignore"):
            found["ref_npred"] = found["signal"] / norm
            if has_cubes(datasets):
                signal = bins["signal"] / norm[bins["cell"]]
                plain = bins["cell"], bins["n_on"], bins["background"], signal, limit
                found |= dict(zip(EFFECTIVE, effective_counts(*plain), strict=True))
        return {name: values[None] for name, values in found.items()}


def _in_bins(item: Counted, cell: np.ndarray, models: Models, source: str) -> dict[str, np.ndarray]:
    """The band and the counts of each usable bin: of a cube, where the source is seen."""
    if isinstance(item, MapDataset):
        seen = CubeCounts(item, models.source(source), Models(models.sources))
        band, inside, background, signal = cell[:, None, None], seen.reached, seen.background, seen.signal
        n, off = item.counts.data, None if item.counts_off is None else item.counts_off.data
    else:
        flux = models[source].spectral.integral_bins(item.energy_true.edge_values)
        band, inside, background, signal = cell, item.usable, item.expected_background, item.predict(flux)
        n, off = item.counts, item.counts_off
    excess = item.excess if isinstance(item, SpectrumDataset) else n - background
    values = {"cell": band, "n_on": n, "n_off": 0.0 if off is None else off, "excess": excess}
    values |= {"background": background, "signal": signal}
    used = inside & (band >= 0)
    return {name: np.broadcast_to(value, used.shape)[used] for name, value in values.items()}
