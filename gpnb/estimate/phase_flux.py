"""Flux of a source against the phase of a turn."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY
from gpnb.data.phase import Ephemeris, phase_intervals
from gpnb.estimate.flux_points import flux_points
from gpnb.estimate.norms import edges_of
from gpnb.maps.axis import Axis
from gpnb.products.phasogram import Phasogram
from gpnb.reduce.methods import SafeRange
from gpnb.reduce.off_methods import PhaseOff
from gpnb.reduce.spectrum import reduce_spectrum

_COLUMNS = ("flux", "flux_err", "flux_errn", "flux_errp", "flux_ul", "sqrt_ts")


@told
def phase_flux(
    runs: Any,
    on_region: Any,
    energy: Axis,
    result: Any,
    off: Any,
    bins: int = 25,
    ephemeris: Ephemeris | None = None,
    energy_true: Axis | None = None,
    safe: SafeRange | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> Phasogram:
    """Flux in bins of the phase, beyond that at the OFF phases.

    The shape of the spectrum is that of the fit; in each bin of phase a norm is fitted to the spectrum of those phases,
    with the OFF phases as background. The flux is that while the phase lasts, not its share of the mean over the turn.

    Parameters
    ----------
    runs : Observations
        The runs.
    on_region : SkyRegion or DS9 text
        Where the source is.
    energy : Axis
        Bins of reconstructed energy; the flux is that between its ends.
    result : FitResult, SkyModel, Models or SpectralModel
        The fit, or a model with the shape that is assumed.
    off : pair of float, or sequence of pairs
        Phases without pulsation.
    bins : int
        Number of bins in a turn; those that touch OFF phases are left out.
    ephemeris : Ephemeris, optional
        What phases follow from; by default the events' column PHASE.
    energy_true, safe
        See `reduce_spectrum`.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between bins.

    Returns
    -------
    Phasogram
        A Table that shows itself: ``phase_min, phase_max, flux, flux_err, flux_errn, flux_errp, flux_ul, sqrt_ts``.

    Raises
    ------
    ArgumentError
        If an argument does not fit, or all bins touch OFF phases.

    Examples
    --------
    >>> import gpnb
    >>> runs = gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")
    >>> axis = gpnb.Axis.energy("0.1 TeV", "10 TeV", per_decade=4)
    >>> shape = gpnb.PowerLaw(index=3.2, reference="1 TeV")
    >>> pulse = phase_flux(runs, "icrs; circle(128.84, -5.18, 0.15)", axis, shape, off=(0.6, 1.0), bins=5)
    >>> len(pulse), bool(pulse["flux"][0] > 5 * pulse["flux_err"][0])
    (3, True)
    """
    pairs = _bins_beside(phase_intervals(off, "off"), bins)
    ends, rows = edges_of(energy)[[0, -1]], []
    for pair in track(pairs, "Fitting phases", progress, cancel):
        method = PhaseOff(pair, off, ephemeris, average=False)
        spectra = reduce_spectrum(runs, on_region, energy, energy_true, background=method, safe=safe, stack=True)
        rows.append(flux_points(spectra, result, ends * ENERGY))
    low, high = np.array(pairs).T
    columns = {name: np.concatenate([row[name] for row in rows]) for name in _COLUMNS}
    recipe = Recipe.of_call(phase_flux, locals(), name="pulse")
    meta = {"off": [list(pair) for pair in phase_intervals(off)], "energy": ends.tolist()}
    return Phasogram.of({"phase_min": low, "phase_max": high, **columns}, meta, recipe)


def _bins_beside(off: tuple[tuple[float, float], ...], bins: int) -> list[tuple[float, float]]:
    """Bins of one width that do not touch the OFF phases."""
    if bins < 1:
        raise ArgumentError(f"bins={bins} must be at least 1.")
    edges = np.linspace(0.0, 1.0, bins + 1).round(12).tolist()
    free = [pair for pair in pairwise(edges) if all(pair[1] <= low or high <= pair[0] for low, high in off)]
    if not free:
        raise ArgumentError(f"bins={bins}: all of them touch the OFF phases {off}; take more bins.")
    return free
