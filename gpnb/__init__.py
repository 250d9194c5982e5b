"""gpnb: a notebook-native analysis environment for gamma-ray astronomy.

Names are imported when first used, so that ``import gpnb`` is quick and brings neither
Jupyter nor matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Any

__version__ = version("gpnb")

_HOME = {
    "CancelToken": "core.progress",
    "Progress": "core.progress",
    "Recipe": "core.recipe",
    "get_options": "core.options",
    "set_options": "core.options",
    "ArgumentError": "core.errors",
    "Cancelled": "core.errors",
    "DataFormatError": "core.errors",
    "DataWarning": "core.errors",
    "FitError": "core.errors",
    "FrozenError": "core.errors",
    "GpnbError": "core.errors",
    "MissingDependency": "core.errors",
    "SelectionError": "core.errors",
    "Axis": "maps.axis",
    "SkyImage": "maps.image",
    "SkyMap": "maps.sky_map",
    "WcsGeometry": "maps.geometry",
    "DataStore": "data.store",
    "EventList": "data.events",
    "GTI": "data.gti",
    "Observation": "data.observation",
    "Observations": "data.observations",
    "Ephemeris": "data.phase",
    "phases": "data.phase",
    "read_irf": "irf.read",
    "Catalog": "catalogs.catalog",
    "read_catalog": "catalogs.read",
    "bright_stars": "catalogs.stars",
    "Parameter": "models.parameter",
    "SkyModel": "models.sky",
    "Models": "models.collection",
    "SpectralModel": "models.spectrum",
    "NormModel": "models.spectrum",
    "SpatialModel": "models.spatial",
    "PowerLaw": "models.spectral",
    "ExpCutoffPowerLaw": "models.spectral",
    "LogParabola": "models.spectral",
    "PowerLaw2": "models.spectral_catalog",
    "SuperExpCutoffPowerLaw3FGL": "models.spectral_catalog",
    "SuperExpCutoffPowerLaw4FGL": "models.spectral_catalog",
    "SuperExpCutoffPowerLaw4FGLDR3": "models.spectral_catalog",
    "ExpCutoffPowerLaw3FGL": "models.spectral_catalog",
    "LogParabola2": "models.spectral",
    "BrokenPowerLaw": "models.broken",
    "SmoothBrokenPowerLaw": "models.broken",
    "ConstantSpectrum": "models.constant",
    "GaussianLine": "models.line",
    "TemplateSpectrum": "models.template",
    "CompoundSpectrum": "models.compound",
    "ScaledSpectrum": "models.scaled",
    "PowerLawNorm": "models.norms",
    "LogParabolaNorm": "models.norms",
    "ExpCutoffNorm": "models.norms",
    "PiecewiseNorm": "models.piecewise",
    "EBLAbsorption": "models.ebl",
    "NaimaSpectrum": "models.particles",
    "GaussianPrior": "models.priors",
    "UniformPrior": "models.priors",
    "LogUniformPrior": "models.priors",
    "PointSource": "models.spatial",
    "GaussianSource": "models.spatial",
    "DiskSource": "models.spatial",
    "ShellSource": "models.shell",
    "ConstantFlux": "models.temporal",
    "LinearTrend": "models.temporal",
    "ExponentialDecay": "models.temporal",
    "GaussianFlare": "models.temporal",
    "GeneralizedFlare": "models.temporal",
    "PowerLawDecay": "models.temporal",
    "SineVariation": "models.temporal",
    "LightCurveTemplate": "models.temporal_template",
    "PhaseCurve": "models.temporal_template",
    "MapDataset": "datasets.map",
    "SpectrumDataset": "datasets.spectrum",
    "FluxPointsDataset": "datasets.flux_points",
    "LightCurveDataset": "datasets.light_curve",
    "Datasets": "datasets.container",
    "reduce_map": "reduce.map",
    "reduce_spectrum": "reduce.spectrum",
    "theta2_table": "estimate.theta2",
    "phasogram": "estimate.phasogram",
    "frequency_scan": "estimate.frequency_scan",
    "livetime_map": "reduce.livetime",
    "AdaptiveRing": "reduce.methods",
    "Ring": "reduce.methods",
    "FieldOfView": "reduce.methods",
    "SafeRange": "reduce.methods",
    "Reflected": "reduce.off_methods",
    "Wobble": "reduce.off_methods",
    "OffRegions": "reduce.off_methods",
    "PhaseOff": "reduce.off_methods",
    "fit": "fitting.fit",
    "FitResult": "fitting.result",
    "Likelihood": "fitting.likelihood",
    "excess_map": "estimate.excess",
    "flux_map": "estimate.flux",
    "find_peaks": "estimate.peaks",
    "flux_points": "estimate.flux_points",
    "light_curve": "estimate.light_curve",
    "phase_flux": "estimate.phase_flux",
    "variability": "estimate.variability",
    "periodogram": "estimate.periodogram",
    "simulate_events": "simulate.events",
    "simulate_spectrum": "simulate.spectrum",
    "demo_store": "simulate.demo",
    "ExcessMaps": "products.excess",
    "Theta2Table": "products.theta2",
    "Phasogram": "products.phasogram",
    "FrequencyScan": "products.frequency_scan",
    "FluxPoints": "products.flux_points",
    "Sed": "products.energy_distribution",
    "LightCurve": "products.light_curve",
    "Series": "products.series",
    "Variability": "products.variability",
    "FluxMaps": "products.flux",
    "Flag": "datasets.flags",
    "Selection": "state.selection",
    "Workspace": "state.workspace",
}
"""Public name → the module it lives in."""

_ROOMS = {
    "core",
    "maps",
    "stats",
    "models",
    "irf",
    "data",
    "catalogs",
    "datasets",
    "reduce",
    "products",
    "fitting",
    "estimate",
    "simulate",
    "state",
    "draw",
    "widgets",
    "report",
}

__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"gpnb.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'gpnb' has no attribute {name!r}")
    value = getattr(import_module(f"gpnb.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
