"""Light curves of a fitted source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gpnb.core.progress import CancelToken, Report
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.curve_maker import CurveMaker
from gpnb.estimate.norms import SCAN_POINTS
from gpnb.products.light_curve import LightCurve


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
        (Scargle et al. 2013, ApJ 764, 167); ``("bayesian-blocks", "5 min")``: of such bins, for edges within runs.
        Runs across an edge are cut there: they are extracted again, as their recipes say. Bins without data are left
        out.
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
    >>> import numpy as np
    >>> import gpnb
    >>> from astropy.time import Time
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
    maker = CurveMaker(datasets, result, source, cl, sided, limits, n_scan, statistic)
    return maker.curve(bins, energy_edges, progress, cancel)
