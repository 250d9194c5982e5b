"""Light curves of a fitted source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from astropy.stats import bayesian_blocks
from astropy.time import Time

from gpnb.core.errors import SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.norm_bins import models_of
from gpnb.estimate.norm_profile import Limits
from gpnb.estimate.norms import SCAN_POINTS, check_scan, edges_of, energy_cells, fitted_norms, true_bounds
from gpnb.estimate.time_bins import TimeBin, time_bins, whole
from gpnb.fitting.given import as_datasets, recipe_input
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.products.light_curve import LightCurve
from gpnb.products.sed import reference_columns

_FALSE_BLOCKS = 0.05
"""Probability of a change of flux that is none, for Bayesian blocks."""


def light_curve(
    datasets: SpectrumDataset | Iterable[SpectrumDataset],
    result: Any,
    bins: Any = "run",
    energy_edges: Any = None,
    source: str | None = None,
    cl: float = 0.95,
    sided: int = 1,
    limits: str = "bounded",
    n_scan: int = SCAN_POINTS,
    statistic: str | None = None,
    progress: bool | Report = False,
    cancel: CancelToken | None = None,
) -> LightCurve:
    """Flux of a source in bins of time.

    The shape of its spectrum is that of the fit; in each bin of time and of energy a norm is fitted, as in
    `flux_points`, over all that was taken in it.

    Parameters
    ----------
    datasets : SpectrumDataset, Datasets, or sequence of SpectrumDataset
        The data, with good times.
    result : FitResult, SkyModel, Models or SpectralModel
        The fit, or models with the shape that is assumed.
    bins : str, Quantity, Axis or sequence of Time
        ``"run"``: one a run. ``"night"``: between pauses of six hours or more. A width such as ``"10 min"``, counted
        from the first run. Edges, or pairs of start and stop. ``"bayesian-blocks"``: stretches of runs of one flux
        (Scargle et al. 2013, ApJ 764, 167). Runs across an edge are cut there: they are extracted again, as their
        recipes say. Bins without data are left out.
    energy_edges : Axis, Quantity or list of str, optional
        Edges of energy bands; by default one band, of all usable bins.
    source, cl, sided, limits, n_scan, statistic
        See `flux_points`.
    progress : bool or callable
        See `Progress`.
    cancel : CancelToken, optional
        Checked between runs.

    Returns
    -------
    LightCurve
        NaN where no usable bin has a signal.

    Raises
    ------
    SelectionError
        If no data lie in the bins of time or of energy, have no good times, or a run cannot be cut.
    ArgumentError
        If an argument does not fit.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> from gpnb.data.gti import GTI
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> night = Time(["2020-01-01T22:00", "2020-01-02T22:00"], scale="tt")
    >>> data = [
    ...     gpnb.SpectrumDataset(energy, true, [n, 10], [1e14, 1e14], np.eye(2), "1 h", counts_off=[20, 4], name=str(n),
    ...                          acceptance_off=10.0, obs_ids=(n,), gti=GTI([0], [3600], start))
    ...     for n, start in zip([100, 200], night)
    ... ]
    >>> light_curve(data, gpnb.PowerLaw(), energy_edges=["1 TeV", "10 TeV"])["flux"].ravel()
    <Quantity [9.80e-13, 1.98e-12] 1 / (s cm2)>
    """
    kind = Limits(cl, sided, limits)
    check_scan(n_scan)
    data = as_datasets(datasets)
    models, target = models_of(result, source)
    edges = _whole_range(data) if energy_edges is None else edges_of(energy_edges)
    recipe = Recipe.of(
        "gpnb.light_curve()",
        name="curve",
        datasets=recipe_input(datasets),
        result=result,
        bins=_written(bins),
        energy_edges=energy_edges,
        source=source,
        cl=cl,
        sided=sided,
        limits=limits,
        n_scan=n_scan,
        statistic=statistic,
    )
    if isinstance(bins, str) and bins == "bayesian-blocks":
        found = _blocks(data, edges, models, target, statistic)
    else:
        found = time_bins(data, bins, progress, cancel)
    (curve,) = [
        _curve(one, edges, models, target, kind, n_scan, statistic, recipe)
        for one in track([found], "Fitting the light curve", progress, cancel)
    ]
    return curve


def _written(bins: Any) -> Any:
    """Times one by one, as a recipe holds them."""
    if (isinstance(bins, Time) and bins.shape) or isinstance(bins, list | tuple):
        return [_written(item) for item in bins]
    return bins


def _curve(
    found: Sequence[TimeBin],
    edges: np.ndarray,
    models: Models,
    target: SkyModel,
    limits: Limits,
    n_scan: int,
    statistic: str | None,
    recipe: Recipe | None = None,
) -> LightCurve:
    data = [item for one in found for item in one.datasets]
    owner = [number for number, one in enumerate(found) for _ in one.datasets]
    bands = energy_cells(data, edges)
    if not any((band >= 0).any() for band in bands):
        raise SelectionError(f"No bin of the data lies between {edges[0]:.3g} and {edges[-1]:.3g} TeV.")
    shape = len(found), len(edges) - 1
    cells = [np.where(band >= 0, number * shape[1] + band, -1) for number, band in zip(owner, bands, strict=True)]
    low, high = true_bounds(data, bands, edges)
    axes = {"e_ref": np.sqrt(low * high), "e_min": low, "e_max": high}
    return LightCurve(
        **axes,
        **reference_columns(target.spectral, **axes),
        **fitted_norms(data, cells, shape, models, target, limits, n_scan, statistic),
        time_min=Time([one.start for one in found]),
        time_max=Time([one.stop for one in found]),
        obs_ids=tuple(one.obs_ids for one in found),
        cl=limits.cl,
        sided=limits.sided,
        limits=limits.method,
        name=target.name,
        recipe=recipe or Recipe.memory("curve"),
    )


def _whole_range(datasets: Sequence[SpectrumDataset]) -> np.ndarray:
    """From the lowest to the highest usable bin of all."""
    used = [item for item in datasets if item.usable.any()]
    if not used:
        raise SelectionError("No bin of the data is usable: look at the flags, or at .why(energy).")
    low = min(item.energy.low_values[item.usable].min() for item in used)
    return np.array([low, max(item.energy.high_values[item.usable].max() for item in used)])


def _blocks(
    datasets: Sequence[SpectrumDataset], edges: np.ndarray, models: Models, target: SkyModel, statistic: str | None
) -> list[TimeBin]:
    """Runs joined where their flux over all bands, with its error, does not change."""
    runs = time_bins(datasets, "run")
    curve = _curve(runs, edges[[0, -1]], models, target, Limits(), 3, statistic)
    known = np.isfinite(curve.norm[:, 0]) & (curve.norm_err[:, 0] > 0)
    if known.sum() < 2:
        return [whole([item for one in runs for item in one.datasets])]
    days = (curve.time - curve.time[0]).to_value("d")
    norm, error = curve.norm[known, 0], curve.norm_err[known, 0]
    ends = bayesian_blocks(days[known], norm, error, fitness="measures", p0=_FALSE_BLOCKS)
    block = np.clip(np.searchsorted(ends, days, side="right") - 1, 0, len(ends) - 2)
    return [
        whole([item for one, number in zip(runs, block, strict=True) if number == chosen for item in one.datasets])
        for chosen in np.unique(block)
    ]
