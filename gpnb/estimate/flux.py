"""Flux around every pixel, with errors and upper limits."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.warn import warn
from gpnb.datasets.map import MapDataset
from gpnb.estimate.circle import Circle, radii_deg, sum_in_circle
from gpnb.maps.axis import Axis
from gpnb.maps.rounds import disk_sums
from gpnb.maps.sky_map import SkyMap
from gpnb.models.spectral import PowerLaw, SpectralModel
from gpnb.products.flux import FluxMaps
from gpnb.stats.coverage import limit_coverage
from gpnb.stats.intervals import excess_error, upper_limit
from gpnb.stats.significance import cash_significance, lima

_NODES_PER_DECADE = 50

_TOUCHES = 1e-6
"""Part of an energy; edges nearer to each other are the same."""


@told
def flux_map(
    dataset: MapDataset,
    radius: Any = "0.1 deg",
    energy: Any = None,
    spectral: SpectralModel | None = None,
    cl: float = 0.95,
    sided: int = 1,
    containment: float = 1.0,
) -> FluxMaps:
    """Integral flux of the excess in a circle around every pixel.

    The excess is divided by the exposure in the circle, averaged over the energy range with the
    spectrum as weight. The energy dispersion is not corrected for: that needs the cube analysis. Nor is, by default,
    what the point spread function carries out of the circle, by which the flux of a point source is too low.

    Parameters
    ----------
    dataset : MapDataset
        With a background.
    radius : Quantity or str, or a list of them
        Radius of the circle; one for each energy bin if it changes with energy.
    energy : pair of Quantity or str, optional
        Bins with their centre in this range; all of them by default.
    spectral : SpectralModel, optional
        The shape assumed; by default a power law of index 2.
    cl : float
        Confidence of the upper limit.
    sided : {1, 2}
        Sides of the upper limit; both are kept in the result.
    containment : float
        Part of a source's photons that the circle holds; fluxes, errors and limits are divided by it. For a point
        source, such as ``obs.psf.containment("1 TeV", "0.5 deg", "0.1 deg")``.

    Returns
    -------
    FluxMaps
        NaN where a bin of the range is masked, since its flux would be missing. Where runs of a stack begin at other
        energies, a warning names the range in which all count.

    Raises
    ------
    SelectionError
        If the dataset has no background, or no energy bin is in the range.
    ArgumentError
        If an argument does not fit.
    """
    if not 0 < cl < 1 or sided not in (1, 2):
        raise ArgumentError(f"cl={cl!r} must lie between 0 and 1, and sided={sided!r} be 1 or 2.")
    if not 0 < containment <= 1:
        raise ArgumentError(f"containment={containment!r} must be above 0 and at most 1.")
    circle = sum_in_circle(dataset, radius, energy)
    axis = dataset.geom.axis("energy")
    low, high = float(axis.low_values[circle.planes[0]]), float(axis.high_values[circle.planes[-1]])
    if words := _unshared(dataset.runs, low, high):
        warn(words)
    exposure = containment * _mean_exposure(dataset, circle, low, high, spectral or PowerLaw(index=2.0))
    good = dataset.usable[circle.planes].all(axis=0) & (exposure > 0)
    recipe = Recipe.of_call(flux_map, locals(), name="flux")
    image = dataset.geom.image()
    maps = {
        name: SkyMap(image, _spread(values, good), unit, Recipe.of(f".{name}", on=recipe, name=name))
        for name, values, unit in _values(circle, good, exposure, cl, sided)
    }
    largest = float(radii_deg(radius, axis.n).max())
    return FluxMaps(
        **maps, energy=(low, high), radius=largest, cl=cl, sided=sided, containment=containment, recipe=recipe
    )


def _values(
    circle: Circle, good: np.ndarray, exposure: np.ndarray, cl: float, sided: int
) -> list[tuple[str, np.ndarray, str]]:
    """Name, values at the good pixels, and unit of each map."""
    n, background, x = circle.counts[good], circle.background[good], exposure[good]
    if circle.off is None or circle.alpha is None:
        ratio, off = background, None
        error, significance = np.sqrt(n), cash_significance(n, background)
    else:
        ratio, off = circle.alpha[good], circle.off[good]
        error, significance = np.sqrt(n + ratio**2 * off), lima(n, off, ratio)
    lower, upper = excess_error(n, ratio, off)
    limit = upper_limit(n, ratio, off, cl, sided)
    cover = limit_coverage(*(values[:, None] for values in (n, limit, background)))
    flux = "cm-2 s-1"
    return [
        ("flux", (n - background) / x, flux),
        ("flux_err", error / x, flux),
        ("flux_errn", lower / x, flux),
        ("flux_errp", upper / x, flux),
        ("flux_ul", limit / x, flux),
        ("coverage", cover, ""),
        ("significance", significance, ""),
    ]


def _spread(values: np.ndarray, good: np.ndarray) -> np.ndarray:
    image = np.full(good.shape, np.nan)
    image[good] = values
    return image


def _unshared(runs: Table, low: float, high: float) -> str:
    """What to say where runs of a stack do not count in all energies, though their exposure does; empty if all do."""
    if "ENERGY_MIN" not in runs.colnames:
        return ""
    first, last = (np.asarray(runs[name], dtype=float) for name in ("ENERGY_MIN", "ENERGY_MAX"))
    first, last = first[np.isfinite(first)], last[np.isfinite(first)]
    if not first.size:
        return ""
    low, high = max(low, first.min()), min(high, last.max())  # beyond, no run counts and there is no flux
    part = (first > low * (1 + _TOUCHES)) | (last < high * (1 - _TOUCHES))
    if not part.any():
        return ""
    bottom, top = max(low, first.max()), min(high, last.min())
    remedy = f'give energy=("{bottom:.4g} TeV", "{top:.4g} TeV")' if bottom < top else "take runs of one range"
    return (
        f"{part.sum()} of {len(part)} runs do not count in the whole of {low:.3g} to {high:.3g} TeV, though their "
        f"exposure does, so that fluxes are too low: {remedy}."
    )


def _mean_exposure(dataset: MapDataset, circle: Circle, low: float, high: float, spectral: SpectralModel) -> np.ndarray:
    """Exposure (cm2 s) averaged over the spectrum and over the circle."""
    weights = spectral_weights(dataset.exposure.geom.axis("energy_true"), low, high, spectral)
    mean = np.tensordot(weights, dataset.exposure.data, axes=1)
    usable = circle.usable.astype(float)
    total, pixels = disk_sums(dataset.geom.plane, np.stack([mean * usable, usable]), float(circle.radii[-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(total / pixels)


def spectral_weights(energy_true: Axis, low: float, high: float, spectral: SpectralModel) -> np.ndarray:
    """Weights of the true-energy bins in a mean over the spectrum between two energies (TeV); their sum is 1.

    Values between the centres of the bins are taken as linear in the logarithm of the energy.
    """
    count = max(2, int(np.ceil(np.log10(high / low) * _NODES_PER_DECADE)) + 1)
    edges = np.geomspace(low, high, count)
    flux = spectral.integral_between(edges[:-1], edges[1:])
    position = energy_true.coordinate(np.sqrt(edges[:-1] * edges[1:]))
    below = np.minimum(position.astype(int), energy_true.n - 2)
    part = position - below
    weights = np.bincount(below, flux * (1 - part), energy_true.n) + np.bincount(below + 1, flux * part, energy_true.n)
    return np.asarray(weights / flux.sum())
