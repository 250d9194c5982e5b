"""Flux points of a fitted source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.estimate.counted import Counted, as_counted, scales_backgrounds, with_backgrounds
from gpnb.estimate.norm_bins import models_of
from gpnb.estimate.norms import SCAN_POINTS, check_scan, edges_of, energy_cells, fitted_norms, true_bounds
from gpnb.estimate.refit import refitted_norms
from gpnb.fitting.given import as_models, recipe_input
from gpnb.fitting.limits import Limits
from gpnb.products.flux_points import FluxPoints
from gpnb.products.sed import reference_columns


@told
def flux_points(
    datasets: Counted | Iterable[Counted],
    result: Any,
    energy_edges: Any,
    source: str | None = None,
    cl: float = 0.95,
    sided: int = 1,
    limits: str = "bounded",
    refit: bool = False,
    n_scan: int = SCAN_POINTS,
    statistic: str | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> FluxPoints:
    """Flux of a source in bins of energy.

    The shape of its spectrum is that of the fit; in each bin of reconstructed energy a norm is fitted, with errors
    and upper limit where −2 ln L has risen enough. A norm may be negative; limits are for one that is not, if not asked
    otherwise: a source much fainter than the background's fluctuations is then hardly ever excluded.

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or sequence of them
        The data, also of several instruments: all that lie in a bin count together. Of a cube, all pixels that the
        source reaches count; its place, its shape and the background are those of the fit.
    result : FitResult, SkyModel, Models or SpectralModel
        The fit, or models with the shape that is assumed. The light curve of a source that varies is held: the points
        are of its spectral model, which is the flux where the light curve is 1.
    energy_edges : Axis, Quantity or list of str
        Edges of the bins; a bin of the data belongs where its centre lies, and ``e_min`` and ``e_max`` of the points
        are the ends of the bins of data.
    source : str, optional
        Name of the source, if there are several models.
    cl : float
        Confidence of the upper limits.
    sided : {1, 2}
        One-sided limits, or upper ends of two-sided intervals; both are kept with the points, and so is the next.
    limits : {"bounded", "unbounded", "bayesian"}
        How −2 ln L limits the norm: counted from the best norm that is not negative; from the best of all, which may
        give negative limits; or taken as a probability density of norms that are not negative (Helene 1983).
    refit : bool
        Fit the free parameters of the other sources anew in each bin, and the norm of backgrounds that have a free
        model; by default they are held.
    n_scan : int
        Number of norms in each stored scan of −2 ln L.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        By default W where the background is measured, else ``cash``. Bins are added for W where few OFF counts are
        expected and the source is weak: one by one, they would give too little signal. ``wstat`` is W bin by bin, as
        other tools have it.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between bins.

    Returns
    -------
    FluxPoints
        NaN where no usable bin has a signal. Less significant than 2 standard deviations, a point is an upper limit.

    Raises
    ------
    SelectionError
        If no bin of the data lies between the edges.
    ArgumentError
        If an argument does not fit.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(energy, true, [110, 13], [1e14, 1e14], np.eye(2), "1 h",
    ...                             counts_off=[100, 30], acceptance_off=10)
    >>> points = flux_points(data, gpnb.PowerLaw(index=2, amplitude="1.1e-12 TeV-1 s-1 cm-2"), energy)
    >>> points["flux"]
    <Quantity [1.e-12, 1.e-13] 1 / (s cm2)>
    """
    kind = Limits(cl, sided, limits)
    check_scan(n_scan)
    given, edges = as_counted(datasets), edges_of(energy_edges)
    everything = as_models(getattr(result, "models", result))
    models, target = models_of(everything, source, given)
    data, scaled = with_backgrounds(given, everything.resolved()), scales_backgrounds(everything)
    cells = energy_cells(data, edges)
    if not any((cell >= 0).any() for cell in cells):
        raise SelectionError(f"No bin of the data lies between {edges[0]:.3g} and {edges[-1]:.3g} TeV.")
    low, high = true_bounds(data, cells, edges)
    axes = {"e_ref": np.sqrt(low * high), "e_min": low, "e_max": high}
    recipe = Recipe.of_call(flux_points, locals(), name="points", datasets=recipe_input(datasets), refit=refit or None)
    if refit and (scaled or any(name.partition(".")[0] != target.name for name in models.free)):
        numbers = track(range(len(low)), "Fitting flux points", progress, cancel)
        fields = refitted_norms(data, cells, numbers, (len(low),), models, target, kind, n_scan, statistic, scaled)
    else:
        steps = track([(len(low),)], "Fitting flux points", progress, cancel)
        (fields,) = [fitted_norms(data, cells, shape, models, target, kind, n_scan, statistic) for shape in steps]
    reference = reference_columns(target.spectral, **axes)
    return FluxPoints(**axes, **reference, **fields, cl=cl, sided=sided, limits=limits, name=target.name, recipe=recipe)
