"""Light curves of a fitted source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gpnb.core.binding import told
from gpnb.core.progress import CancelToken, Report
from gpnb.estimate.counted import Counted
from gpnb.estimate.curve_maker import CurveMaker
from gpnb.estimate.norms import SCAN_POINTS
from gpnb.products.light_curve import LightCurve


@told
def light_curve(
    datasets: Counted | Iterable[Counted],
    result: Any,
    bins: Any = "run",
    energy_edges: Any = None,
    source: str | None = None,
    cl: float = 0.95,
    sided: int = 1,
    limits: str = "bounded",
    shape: str = "fixed",
    refit: bool = False,
    stack: bool = False,
    n_scan: int = SCAN_POINTS,
    statistic: str | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> LightCurve:
    """Flux of a source in bins of time.

    The shape of its spectrum is that of the fit; in each bin of time and of energy a norm is fitted, as in
    `flux_points`, over all that was taken in it. Or it is fitted anew in each bin of time: see `shape`.

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or sequence of them
        The data, with good times; of cubes, one a run: ``reduce_map(…, stack=False)``. See `flux_points`.
    result : FitResult, SkyModel, Models or SpectralModel
        The fit, or models with the shape that is assumed, or that fits start from. A temporal model of the source is
        left out, so that the fluxes are those of each bin, whatever it says, and may be fitted with it; those of other
        sources are held.
    bins : str, Quantity, GTI, Axis or sequence of Time
        ``"run"``: one a run. ``"night"``: between pauses of six hours or more. ``"gti"``: one a good time interval,
        those that overlap joined. A width such as ``"10 min"``, counted from the first run. Good times, edges, or pairs
        of start and stop. ``"bayesian-blocks"``: stretches of runs of one flux (Scargle et al. 2013, ApJ 764, 167),
        found with the shape held; ``("bayesian-blocks", "5 min")``: of such bins, for edges within runs. Runs across an
        edge are cut there: they are extracted again, as their recipes say (spectra; cubes are not cut). Bins without
        data are left out.
    energy_edges : Axis, Quantity or list of str, optional
        Edges of energy bands; by default one band, of all usable bins.
    source, cl, sided, limits, n_scan, statistic
        See `flux_points`.
    shape : {"fixed", "free"}
        Hold the shape of the source's spectrum, or fit all its free parameters in each bin of time, over all bands
        together; then they are the ``parameters`` of the light curve. The flux of a band is that of the fitted
        spectrum, its symmetric error follows from their covariance, asymmetric errors, upper limits and scans from the
        profile likelihood of the flux, with the shape fitted anew (NaN, or the symmetric error, where no single
        parameter is a norm). ``ts`` and ``stat`` are of the whole spectrum, the same in all bands. A bin that does not
        tell the spectrum (no convergence, or no errors) has NaN as parameters, and norms of the shape given.
    refit : bool
        Fit the free parameters of the other sources too, as in `flux_points`; by default they are held.
    stack : bool
        Add the spectra, and the cubes, of each bin of time up to one before they are fitted (see `Datasets.stack`);
        else they count jointly.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between bins of time, and within fits of the shape.

    Returns
    -------
    LightCurve
        NaN where no usable bin has a signal.

    Warns
    -----
    DataWarning
        Where a bin cannot be fitted; once for all of them if the shape is free.

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
    >>> light_curve(data, gpnb.PowerLaw(), shape="free").parameters["index"].round(2)
    <Quantity [2.01, 2.31]>
    """
    maker = CurveMaker(datasets, result, source, cl, sided, limits, shape, refit, stack, n_scan, statistic)
    return maker.curve(bins, energy_edges, progress, cancel)
