"""What models leave of the counts of a cube: on the sky, and in a region."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.estimate.circle import Circle, sum_in_circle
from gpnb.estimate.in_region import InRegion
from gpnb.estimate.predict import check_cube
from gpnb.fitting.predictions import Predictions, noted
from gpnb.maps.sky_map import SkyMap
from gpnb.stats.onoff import wstat
from gpnb.stats.residuals import residual_significance

_ENOUGH = 10.0
"""Expected counts below which bins are grouped: the distribution of fewer is not like a Gaussian."""

_LARGER = math.sqrt(2.0)
"""From one radius to the next: twice the area."""

_KINDS = ("difference", "sqrt", "significance")


@told
def residual_map(
    cube: MapDataset, models: Any, kind: str = "significance", radius: Any = "0.1 deg", energy: Any = None
) -> SkyMap:
    """Counts less those that models predict, in a circle around every pixel, summed over energy.

    Parameters
    ----------
    cube : MapDataset
        The data.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        See `predict`.
    kind : {"difference", "sqrt", "significance"}
        The difference; the difference over the square root of the prediction; or the signed root of the likelihood
        ratio of counts and prediction (see `gpnb.stats.residual_significance`), of W where the background was measured
        in OFF regions. Of a true model the last has mean 0 and width 1. For the last two the circle grows where fewer
        than 10 counts are predicted, to twice the area until there are so many: neighbours then share most of them.
    radius : Quantity or str
        Of the circle; less than half a pixel for each pixel alone.
    energy : pair of Quantity or str, optional
        Bins with their centre in this range; all of them by default.

    Returns
    -------
    SkyMap
        2-D; NaN where no bin is usable, or the whole map has too few counts.

    Raises
    ------
    ArgumentError
        If an argument does not fit; see `predict` too.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.residual_map(cube, result)  # doctest: +SKIP
    """
    check_cube(cube)
    if kind not in _KINDS:
        raise ArgumentError(f"kind={kind!r} must be one of {', '.join(_KINDS)}.")
    name = "residual" if kind == "difference" else "residuals"
    recipe = Recipe.of_call(residual_map, locals(), name=name, models=noted(models))
    expected = Predictions(cube, models)
    found = residuals_of(Counted.of(cube, expected.total(), expected.background()), kind, radius, energy)
    return SkyMap(cube.geom.image(), found, "", recipe)


class Counted:
    """A cube beside what is predicted for it.

    Parameters
    ----------
    cube : MapDataset
        With all that is predicted as its background; of one with OFF counts, with the background that they give.
    signal : MapDataset or None
        Of one with OFF counts: what the sources add, as its background.
    """

    def __init__(self, cube: MapDataset, signal: MapDataset | None):
        self._cube, self._signal = cube, signal

    @classmethod
    def of(cls, cube: MapDataset, total: np.ndarray, background: np.ndarray) -> Counted:
        """From data, the counts that are predicted, and those of them that belong to no source."""
        off = cube.counts_off is not None
        values = SkyMap(cube.geom, total - background if off else total)
        plain = replace(cube, background=values, counts_off=None, acceptance=None, acceptance_off=None)
        return cls(cube, plain) if off else cls(plain, None)

    @property
    def width(self) -> float:
        """From corner to corner, deg."""
        return float(np.hypot(*self._cube.geom.width.to_value("deg")))

    def around(self, radius: Any, energy: Any) -> tuple[Circle, np.ndarray]:
        """Sums around each pixel, and what is predicted there beside the background."""
        circle = sum_in_circle(self._cube, radius, energy)
        if self._signal is None:
            return circle, np.zeros(circle.counts.shape)
        return circle, sum_in_circle(self._signal, radius, energy).background


def residuals_of(counted: Counted, kind: str, radius: Any, energy: Any = None) -> np.ndarray:
    """What is left around every pixel, see `residual_map`; NaN where no bin is usable, or there are too few counts."""
    circle, signal = counted.around(radius, energy)
    found = _residual(kind, circle, signal)
    few = circle.usable & ~(circle.background + signal >= _ENOUGH) & (kind != "difference")
    size, widest = float(circle.radii.max()), counted.width
    while few.any() and size < widest:
        size *= _LARGER
        circle, signal = counted.around(size * u.deg, energy)
        grown = few & (circle.background + signal >= _ENOUGH)
        found = np.where(grown, _residual(kind, circle, signal), found)
        few &= ~grown
    return np.where(circle.usable & ~few, found, np.nan)


def _residual(kind: str, circle: Circle, signal: np.ndarray) -> np.ndarray:
    """Of each circle."""
    predicted = circle.background + signal
    difference = circle.counts - predicted
    if kind == "difference":
        return np.asarray(difference)
    if kind == "significance":
        return _significance(circle.counts, predicted, signal, circle.off, circle.alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(difference / np.sqrt(predicted))


def _significance(
    n: np.ndarray, predicted: np.ndarray, signal: np.ndarray, off: np.ndarray | None, alpha: np.ndarray | None
) -> np.ndarray:
    """Signed root of the likelihood ratio; of W where the background is alpha times OFF counts."""
    if off is None or alpha is None:
        return residual_significance(n, predicted)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sign(n - predicted) * np.sqrt(np.maximum(wstat(n, off, alpha, signal), 0.0)))


@told
def residual_spectrum(cube: MapDataset, models: Any, region: Any) -> Table:
    """Counts of a region in each bin of energy, beside those that models predict.

    Parameters
    ----------
    cube : MapDataset
        The data; pixels that are not usable add nothing, neither to counts nor to predictions.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        See `predict`.
    region : SkyRegion or DS9 text
        Pixels with their centre in it count.

    Returns
    -------
    Table
        One row an energy: ``e_min``, ``e_max`` (TeV), ``counts``, ``predicted``, ``background``, one column for each
        source, ``residual`` (counts less predicted), ``group``, and ``significance`` as in `residual_map`: of the
        group, the neighbours that are added until 10 counts are predicted. NaN where nothing is usable, or there are
        too few counts in all.

    Raises
    ------
    SelectionError
        If no pixel lies in the region.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.residual_spectrum(cube, result, "icrs; circle(83.63, 22.01, 0.2)")  # doctest: +SKIP
    """
    check_cube(cube)
    part, expected = InRegion.of(cube, region), Predictions(cube, models)
    axis, sources = cube.geom.axis("energy"), [model.name for model in expected.models.sources]
    meta = {"title": "Residual spectrum"}
    table = Table({"e_min": axis.low_values, "e_max": axis.high_values}, meta=meta)
    table["e_min"].unit = table["e_max"].unit = "TeV"
    table["counts"] = part.sums(cube.counts.data)
    table["predicted"] = part.sums(expected.total())
    table["background"] = part.sums(expected.background())
    for name in sources:
        table[name] = part.sums(expected.of(name))
    table["residual"] = table["counts"] - table["predicted"]
    table["group"] = _groups(np.asarray(table["predicted"]), np.asarray(part.usable.any(axis=1)))
    table["significance"] = _of_groups(table, part.off())
    return table


def _groups(predicted: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Numbers of groups of neighbouring energies with enough counts; −1 for those that are in none."""
    found, group, total = np.full(len(predicted), -1), 0, 0.0
    for number in np.flatnonzero(usable).tolist():
        found[number] = group
        total += predicted[number]
        if total >= _ENOUGH:
            group, total = group + 1, 0.0
    rest = found == group  # too few: they join the group before, if there is one
    found[rest] = group - 1
    return found


def _of_groups(table: Table, off: dict[str, np.ndarray]) -> np.ndarray:
    group = np.asarray(table["group"])
    if not (group >= 0).any():
        return np.full(len(table), np.nan)
    inside = np.where(group >= 0, group, 0)

    def sums(values: Any) -> np.ndarray:
        return np.bincount(inside, np.where(group >= 0, np.asarray(values, dtype=float), 0.0))

    n, predicted, background = (sums(table[name]) for name in ("counts", "predicted", "background"))
    counts = alpha = None
    if off:
        counts = sums(off["counts_off"])
        with np.errstate(divide="ignore", invalid="ignore"):
            bare = sums(off["acceptance"]) / sums(off["acceptance_off"])
            alpha = np.where(counts > 0, background / counts, bare)
    found = _significance(n, predicted, predicted - background, counts, alpha)
    return np.where(group >= 0, found[inside], np.nan)
