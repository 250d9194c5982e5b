"""The faintest fluxes that can be detected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.binding import told
from gpnb.core.recipe import Recipe
from gpnb.core.units import DNDE, ENERGY
from gpnb.datasets.livetime import live_seconds, stretched
from gpnb.estimate.counted import Counted, as_counted, energy_of
from gpnb.estimate.detectable import Demands, Detectable, detectable
from gpnb.estimate.expected_cells import ExpectedCells, source_of
from gpnb.estimate.norms import edges_of, energy_cells, true_bounds
from gpnb.fitting.given import recipe_input
from gpnb.fitting.predictions import noted
from gpnb.models.reference import with_flux
from gpnb.models.spectral import PowerLaw
from gpnb.models.spectrum import SpectralModel
from gpnb.products.sensitivity import Sensitivity


@told
def sensitivity(
    datasets: Counted | Iterable[Counted],
    spectrum: Any = None,
    significance: float = 5.0,
    energy_edges: Any = None,
    livetime: Any = None,
    position: SkyCoord | str | None = None,
    models: Any = None,
    min_counts: float = 10.0,
    systematics: float = 0.05,
    integral: bool = False,
) -> Sensitivity:
    """The least flux of a source that is detected, in bins of energy or above energies.

    Of all datasets together, half of the observations of such a source have the significance that is asked for: it is
    that of counts as they are expected (Cowan et al. 2011, Eur. Phys. J. C 71, 1554), of Li & Ma where OFF counts are
    given. Of a cube all pixels count that the source reaches, with the background beside it held.
    A source must give `min_counts` besides, and `systematics` times the background beneath it. That is what counts in
    a fit, (Σ s)² / Σ (s²/b) over pixels and datasets with the signals s and backgrounds b; in one bin it is b.

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or sequence of them
        Their responses and backgrounds are used, not their counts; OFF counts are taken as those expected.
    spectrum : SpectralModel or SkyModel, optional
        Its shape is assumed; by default a power law with index 2. A `SkyModel` may be extended in cubes.
    significance : float
        In standard deviations.
    energy_edges : Axis, Quantity or list of str, optional
        Bins of reconstructed energy; by default those of the first dataset. A bin of the data belongs where its centre
        lies.
    livetime : Quantity or str, optional
        For other hours than those of the datasets together, such as ``"50 h"``.
    position : SkyCoord or str, optional
        Of a point in cubes; by default the middle of the first one.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel, optional
        What is known of other sources, and of the background of cubes.
    min_counts : float
        Least counts of the source in a bin.
    systematics : float
        Least counts of the source in parts of the background's: what of that is uncertain.
    integral : bool
        For each bin all energies above its lower end count together, each for itself, as in a fit of the norm.

    Returns
    -------
    Sensitivity
        A Table that shows itself; see there. ``e_ref`` of integral fluxes is the lower end. NaN where no bin is usable.

    Raises
    ------
    ArgumentError
        If a dataset has no background, the source lies outside a map, or an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(
    ...     energy, true, [0, 0], [1e13, 1e13], np.eye(2), "1 h", background=[10, 0.1]
    ... )
    >>> found = gpnb.sensitivity(data)
    >>> found["excess"].round(4).tolist(), found["criterion"].tolist()
    ([19.5801, 10.0], ['significance', 'counts'])
    """
    items, demands = as_counted(datasets), Demands(significance, min_counts, systematics)
    items = stretched(items, livetime)
    edges = edges_of(energy_of(items[0]) if energy_edges is None else energy_edges)
    source = source_of(PowerLaw(index=2) if spectrum is None else spectrum, position, items)
    source = replace(source, spectral=with_flux(source.spectral))
    numbers = energy_cells(items, edges)
    cells = ExpectedCells.of(items, numbers, source, models)
    found = _integral(cells, len(edges) - 1, demands) if integral else detectable(cells, len(edges) - 1, demands)
    given = {"datasets": recipe_input(datasets), "models": noted(models)}
    recipe = Recipe.of_call(sensitivity, locals(), name="limits", **given)
    meta = {
        "significance": significance,
        "min_counts": min_counts,
        "systematics": systematics,
        "livetime": sum(live_seconds(item) for item in items) or np.nan,
        "integral": integral,
        "spectrum": repr(source.spectral),
        "recipe": recipe.to_json(),
    }
    low, high = true_bounds(items, numbers, edges)
    return Sensitivity(_columns(found, source.spectral, low, high, integral), meta=meta)


def _integral(cells: ExpectedCells, count: int, demands: Demands) -> Detectable:
    """Of all cells from each number on."""
    parts = [detectable(cells.above(number), 1, demands) for number in range(count)]
    names = ("norms", "signal", "background")
    return Detectable(*(np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names))


def _columns(
    found: Detectable, spectral: SpectralModel, low: np.ndarray, high: np.ndarray, integral: bool
) -> dict[str, Any]:
    """The least fluxes."""
    ref = low if integral else np.sqrt(low * high)
    last = np.full(low.shape, high[-1]) if integral else high
    dnde = found.norm * spectral.evaluate_at(ref) * DNDE
    return {
        "e_ref": ref * ENERGY,
        "e_min": low * ENERGY,
        "e_max": last * ENERGY,
        "norm": found.norm,
        "e2dnde": (dnde * (ref * ENERGY) ** 2).to("erg cm-2 s-1"),
        "dnde": dnde,
        "flux": found.norm * spectral.integral_between(low, last) * u.Unit("cm-2 s-1"),
        "excess": found.norm * found.signal,
        "background": found.background,
        "criterion": found.criterion,
    }
