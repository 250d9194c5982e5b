"""Fitted norms as the fields of flux points and light curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.units import ENERGY, to_array
from gpnb.datasets.off_groups import Rates
from gpnb.estimate.counted import Counted, energy_of, has_cubes, used_energies
from gpnb.estimate.norm_bins import norm_bins
from gpnb.estimate.norm_profile import NormBins, NormProfile
from gpnb.fitting.limits import Limits
from gpnb.maps.axis import Axis
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.products.estimates import EFFECTIVE

UL_BELOW = 2.0
"""Significance under which a point is to be taken as an upper limit."""

SCAN_POINTS = 31

FITTED = ("norm", "norm_err", "norm_errn", "norm_errp", "norm_ul", "ts", "stat", "stat_null")
"""What is known of each norm, beside its scan."""

_COUNTS = ("n_on", "n_off", "excess", "background", "signal", "ref_npred")


def fitted_norms(
    datasets: Sequence[Counted],
    cells: Sequence[np.ndarray],
    shape: tuple[int, ...],
    models: Models,
    source: SkyModel,
    limits: Limits,
    n_scan: int,
    statistic: str | None = None,
    rates: Rates | None = None,
) -> dict[str, Any]:
    """Norms with all that flux points hold of them; NaN where no usable bin has a signal.

    Parameters
    ----------
    datasets, cells, models, source, statistic, rates
        See `norm_bins`.
    shape : tuple of int
        Of the results; cells count along it.
    limits : Limits
        What the upper limits are.
    n_scan : int
        Points of a likelihood scan.
    """
    bins, numbers = norm_bins(datasets, cells, models, source, statistic, rates)
    if bins is None:
        return as_fields(no_norms(0, n_scan), no_counts(datasets), numbers, shape)
    profile = NormProfile(bins)
    errn, errp = profile.errors()
    scan = profile.scan(n_scan, errp)
    found = {
        "norm": profile.best,
        "norm_err": profile.error(errn, errp),
        "norm_errn": errn,
        "norm_errp": errp,
        "norm_ul": profile.limit(limits),
        "ts": profile.ts,
        "stat": profile.least,
        "stat_null": profile.null,
        "norm_scan": scan[0],
        "stat_scan": scan[1],
    }
    return as_fields(found, counts_of(bins, found, datasets), numbers, shape)


def no_norms(count: int, n_scan: int) -> dict[str, np.ndarray]:
    """So many norms of which nothing is known: NaN."""
    scans = {name: np.full((count, n_scan), np.nan) for name in ("norm_scan", "stat_scan")}
    return {name: np.full(count, np.nan) for name in FITTED} | scans


def no_counts(datasets: Sequence[Counted]) -> dict[str, np.ndarray]:
    """What `counts_of` gives for no norms."""
    return dict.fromkeys((*_COUNTS, *(EFFECTIVE if has_cubes(datasets) else ())), np.zeros(0))


def as_fields(
    found: dict[str, np.ndarray], extra: dict[str, np.ndarray], numbers: np.ndarray, shape: tuple[int, ...]
) -> dict[str, Any]:
    """The fields of flux points, from norms that stand at these places; NaN elsewhere."""
    fields = _spread(found, numbers, shape)
    significance = np.sign(fields["norm"]) * np.sqrt(fields["ts"])
    fields["is_ul"] = ~(significance >= UL_BELOW) & np.isfinite(fields["norm_ul"])
    fields["extra"] = _spread(extra, numbers, shape)
    return fields


def counts_of(bins: NormBins, found: dict[str, np.ndarray], datasets: Sequence[Counted]) -> dict[str, np.ndarray]:
    """Counts ON and OFF, their excess, those of all else, and those predicted for the fitted norms and for norm 1.

    With cubes also the `EFFECTIVE` ones at the upper limits: most counts of a sky tell nothing of a source.
    """
    reference = bins.total(bins.signal)
    measured = {name: bins.total(getattr(bins, name)) for name in ("n_on", "n_off", "excess")}
    background = measured["n_on"] - measured["excess"] + bins.total(bins.other)
    counts = {**measured, "background": background, "signal": found["norm"] * reference, "ref_npred": reference}
    if not has_cubes(datasets):
        return counts
    return counts | dict(zip(EFFECTIVE, bins.effective(found["norm_ul"]), strict=True))


def energy_cells(datasets: Sequence[Counted], edges: np.ndarray) -> list[np.ndarray]:
    """For each dataset, the interval that the centre of each of its bins lies in; -1 for none."""
    cells = []
    for item in datasets:
        center = energy_of(item).center_values
        inside = (center >= edges[0]) & (center < edges[-1])
        cells.append(np.where(inside, np.searchsorted(edges, center, side="right") - 1, -1))
    return cells


def true_bounds(
    datasets: Sequence[Counted], cells: Sequence[np.ndarray], edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the usable bins that each interval consists of; its own where it has none (TeV)."""
    count = len(edges) - 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    for item, cell in zip(datasets, cells, strict=True):
        inside, axis = (cell >= 0) & used_energies(item), energy_of(item)
        np.minimum.at(low, cell[inside], axis.low_values[inside])
        np.maximum.at(high, cell[inside], axis.high_values[inside])
    return np.where(np.isfinite(low), low, edges[:-1]), np.where(np.isfinite(high), high, edges[1:])


def edges_of(energy_edges: Any) -> np.ndarray:
    """Edges of energy intervals as plain TeV, from an axis, a Quantity or a list of text.

    Raises
    ------
    ArgumentError
        If they are not at least two, positive and rising.
    """
    edges = (
        energy_edges.edge_values if isinstance(energy_edges, Axis) else to_array(energy_edges, ENERGY, "energy_edges")
    )
    if edges.ndim != 1 or len(edges) < 2 or not (edges[0] > 0 and np.all(np.diff(edges) > 0)):
        raise ArgumentError(f"energy_edges={energy_edges!r} must be at least two energies, positive and rising.")
    return np.asarray(edges)


def check_scan(n_scan: int) -> None:
    """Raise where a scan would hold too little."""
    if n_scan < 3:
        raise ArgumentError(f"n_scan={n_scan!r} must be at least 3.")


def _spread(found: dict[str, np.ndarray], numbers: np.ndarray, shape: tuple[int, ...]) -> dict[str, Any]:
    """Results at their places, NaN elsewhere."""
    fields = {}
    for name, values in found.items():
        whole = np.full((int(np.prod(shape)), *values.shape[1:]), np.nan)
        whole[numbers] = values
        fields[name] = whole.reshape(*shape, *values.shape[1:])
    return fields
